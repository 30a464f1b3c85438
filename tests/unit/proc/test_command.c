/* SPDX-License-Identifier: MIT */
/* Short commands of our own: output, input, time and cancel. */
#include "proc_test.h"

#include <criterion/parameterized.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "proc/command.h"

TestSuite(proc_command, .timeout = 60);

static struct chg_exit result;
static struct chg_str out = CHG_STR_INIT;
static struct chg_str err = CHG_STR_INIT;

static struct chg_command command_of(const char *const *argv)
{
    return (struct chg_command){.argv = argv, .envp = test_env};
}

Test(proc_command, collects_output_and_errors_apart)
{
    struct chg_command command = command_of(SH("echo one; echo two >&2; echo three; exit 3"));

    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_eq(result.code, 3);
    cr_assert_str_eq(out.ptr, "one\nthree\n");
    cr_assert_str_eq(err.ptr, "two\n");
}

Test(proc_command, may_discard_the_output)
{
    struct chg_command command = command_of(SH("echo one; echo two >&2"));

    assert_ok(chg_command_run(&result, NULL, NULL, &command));

    cr_assert_eq(result.code, 0);
}

Test(proc_command, feeds_the_input)
{
    struct chg_command command = command_of(ARGV("cat"));

    command.input = "line 1\nline 2\n";
    command.input_len = 14;
    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_str_eq(out.ptr, "line 1\nline 2\n");
}

Test(proc_command, survives_a_command_that_does_not_read_its_input)
{
    static char big[1 << 20];
    struct chg_command command = command_of(ARGV("true"));

    memset(big, 'x', sizeof(big));
    command.input = big;
    command.input_len = sizeof(big);
    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_eq(result.code, 0);
}

Test(proc_command, passes_a_large_input_to_a_large_output)
{
    static char big[3 << 20];
    struct chg_command command = command_of(ARGV("cat"));

    memset(big, 'y', sizeof(big));
    command.input = big;
    command.input_len = sizeof(big);
    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_eq(out.len, sizeof(big));
    cr_assert_eq(memcmp(out.ptr, big, sizeof(big)), 0);
}

Test(proc_command, refuses_output_beyond_the_maximum)
{
    struct chg_command command = command_of(SH("yes | head -c 1000000; echo end >&2"));

    out.max = 1000;
    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_LIMIT,
               "printed more than 1000 bytes");

    cr_assert_eq(result.code, 0, "it could run to its end");
    cr_assert_str_eq(err.ptr, "end\n");
}

Test(proc_command, takes_output_of_just_the_maximum)
{
    struct chg_command command = command_of(SH("yes | head -c 1000"));

    out.max = 1000;
    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_eq(out.len, 1000);
}

Test(proc_command, discards_messages_beyond_the_maximum)
{
    struct chg_command command = command_of(SH("yes | head -c 1000000 >&2; echo end"));

    err.max = 1000;
    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_eq(err.len, 1000);
    cr_assert_str_eq(out.ptr, "end\n");
}

Test(proc_command, runs_in_its_directory)
{
    struct chg_command command = command_of(ARGV("pwd"));

    command.dir = "/usr/share";
    assert_ok(chg_command_run(&result, &out, NULL, &command));

    cr_assert_str_eq(out.ptr, "/usr/share\n");
}

Test(proc_command, says_what_is_missing)
{
    struct chg_command command = command_of(ARGV("no-such-program"));

    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_NOT_FOUND,
               "'no-such-program'");
}

Test(proc_command, reports_the_signal_that_ended_it)
{
    struct chg_command command = command_of(SH("kill -KILL $$"));

    assert_ok(chg_command_run(&result, NULL, NULL, &command));

    cr_assert_eq(result.code, -1);
    cr_assert_eq(result.signal, SIGKILL);
}

Test(proc_command, ends_at_the_time_limit)
{
    struct chg_command command = command_of(SH("echo started; exec sleep 100"));

    command.timeout_ms = 100;
    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_TIMEOUT,
               "'sh' did not end within 100 ms");

    cr_assert_str_eq(out.ptr, "started\n");
}

Test(proc_command, kills_after_the_grace_what_ignores_the_request)
{
    struct chg_command command = command_of(SH("trap '' TERM; while :; do sleep 0.1; done"));
    int64_t start = chg_clock_mono_ms();

    command.timeout_ms = 100;
    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_TIMEOUT, "100 ms");

    cr_assert_geq(chg_clock_mono_ms() - start, 1000);
    cr_assert_lt(chg_clock_mono_ms() - start, 10000);
}

Test(proc_command, does_not_wait_for_what_holds_its_output)
{
    struct chg_command command = command_of(SH("sleep 100 & echo $!"));

    assert_ok(chg_command_run(&result, &out, &err, &command));

    cr_assert_eq(result.code, 0);
    (void)kill((pid_t)strtoll(out.ptr, NULL, 10), SIGKILL);
}

Test(proc_command, does_not_start_when_cancelled_before)
{
    struct chg_command command = command_of(ARGV("/nonexistent/tool"));

    assert_ok(chg_cancel_new(&command.cancel, NULL));
    chg_cancel_request(command.cancel, 1, "changed my mind");
    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_CANCELLED,
               "changed my mind");
    (void)chg_cancel_unref(command.cancel);
}

struct later {
    struct chg_cancel *cancel;
    int level;
    int fd; /* readable when the command is up */
};

static void *cancel_when_up(void *userdata)
{
    struct later *later = userdata;
    char byte;

    (void)!read(later->fd, &byte, 1);
    chg_cancel_request(later->cancel, later->level, "enough");
    return NULL;
}

ParameterizedTestParameters(proc_command, ends_on_cancel)
{
    static int levels[] = {1, 2};

    return cr_make_param_array(int, levels, 2);
}

ParameterizedTest(int *level, proc_command, ends_on_cancel)
{
    TEMP_DIR(dir);
    struct chg_command command = command_of(SH("echo up >fifo; exec sleep 100"));
    struct later later = {.level = *level};
    pthread_t thread;
    int ends[2];

    /* The command says over a pipe below /proc that it is up. */
    cr_assert(pipe(ends) == 0);
    char link[64];
    (void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)getpid(), ends[1]);
    cr_assert(symlink(link, path_in(dir, "fifo")) == 0);
    command.dir = dir;
    assert_ok(chg_cancel_new(&command.cancel, NULL));
    later.cancel = command.cancel;
    later.fd = ends[0];
    cr_assert(pthread_create(&thread, NULL, cancel_when_up, &later) == 0);

    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_CANCELLED, "enough");

    cr_assert_eq(result.signal, *level == 2 ? SIGKILL : SIGTERM);
    cr_assert(pthread_join(thread, NULL) == 0);
    (void)chg_cancel_unref(command.cancel);
}

ParameterizedTestParameters(proc_command, takes_everything_with_it)
{
    static enum chg_tree_method methods[] = {CHG_TREE_CGROUP, CHG_TREE_REAPER, CHG_TREE_GROUP};

    return cr_make_param_array(enum chg_tree_method, methods, 3);
}

ParameterizedTest(enum chg_tree_method *method, proc_command, takes_everything_with_it)
{
    struct chg_command command = command_of(SH("sleep 100 & echo $!; echo oops >&2; exit 5"));

    command.trees = make_host(*method);
    assert_ok(chg_command_run(&result, &out, &err, &command));
    chg_tree_host_free(command.trees);

    cr_assert_eq(result.code, 5);
    cr_assert_str_eq(err.ptr, "oops\n");
    cr_assert(gone_within_10s((pid_t)strtoll(out.ptr, NULL, 10)));
}

Test(proc_command, leaves_no_descriptor_behind)
{
    struct chg_command command = command_of(ARGV("cat"));
    size_t before = count_open_fds();

    command.input = "x";
    command.input_len = 1;
    assert_ok(chg_command_run(&result, &out, &err, &command));
    command.argv = ARGV("/nonexistent/tool");
    assert_err(chg_command_run(&result, &out, &err, &command), CHENGIS_ERR_NOT_FOUND, "tool");

    cr_assert_eq(count_open_fds(), before);
}

Test(proc_command, survives_every_failing_allocation)
{
    struct chg_command command = command_of(SH("echo hello; exit 4"));
    size_t before = count_open_fds();
    unsigned failures = 0;
    bool reached;

    do {
        struct chg_str text = CHG_STR_INIT;
        int rc;

        command.trees = make_host(CHG_TREE_CGROUP);
        fault_alloc(++failures);
        rc = chg_command_run(&result, &text, NULL, &command);
        reached = fault_alloc_off();
        cr_assert(rc == 0 || (reached && rc == CHENGIS_ERR_NO_MEMORY), "allocation %u: %d",
                  failures, rc);
        chg_str_fini(&text);
        chg_tree_host_free(command.trees);
    } while (reached);

    cr_assert_geq(failures, 5);
    cr_assert_eq(result.code, 4);
    cr_assert_eq(count_open_fds(), before);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
}

Test(proc_command, survives_every_failing_allocation_with_the_reaper)
{
    struct chg_command command = command_of(SH("echo hello; exit 4"));
    size_t before = count_open_fds();
    unsigned failures = 0;
    bool reached;

    command.trees = make_host(CHG_TREE_REAPER);
    do {
        int rc;

        fault_alloc(++failures);
        rc = chg_command_run(&result, NULL, NULL, &command);
        reached = fault_alloc_off();
        cr_assert(rc == 0 || (reached && rc == CHENGIS_ERR_NO_MEMORY), "allocation %u: %d",
                  failures, rc);
    } while (reached);
    chg_tree_host_free(command.trees);

    cr_assert_geq(failures, 5);
    cr_assert_eq(result.code, 4);
    cr_assert_eq(count_open_fds(), before);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
}
