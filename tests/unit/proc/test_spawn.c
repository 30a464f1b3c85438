/* SPDX-License-Identifier: MIT */
/* What a started process finds and what its starter learns. */
#include "proc_test.h"

#include <criterion/parameterized.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(proc_spawn, .timeout = 60);

struct exit_case {
    char script[64];
    int code;
    int signal;
};

ParameterizedTestParameters(proc_spawn, reports_how_it_ended)
{
    static struct exit_case cases[] = {
        {"exit 0", 0, 0},          {"exit 1", 1, 0},         {"exit 255", 255, 0},
        {"kill -TERM $$", -1, 15}, {"kill -KILL $$", -1, 9}, {"kill -SEGV $$", -1, 11},
    };

    return cr_make_param_array(struct exit_case, cases, sizeof(cases) / sizeof(*cases));
}

ParameterizedTest(struct exit_case *test, proc_spawn, reports_how_it_ended)
{
    struct ran ran;

    assert_ok(run_argv(&ran, SH(test->script)));

    cr_assert_eq(ran.exit.code, test->code);
    cr_assert_eq(ran.exit.signal, test->signal);
}

Test(proc_spawn, passes_arguments_unchanged)
{
    struct ran ran;

    assert_ok(run_argv(&ran, ARGV("printf", "[%s]", "a b", "", "$HOME", "'\"\\", "*")));

    cr_assert_str_eq(ran.out, "[a b][][$HOME]['\"\\][*]");
}

Test(proc_spawn, gives_exactly_the_environment_asked_for)
{
    struct chg_spawn request = request_of(ARGV("/usr/bin/env"));
    struct ran ran;

    request.envp = ARGV("A=1", "B=two words", "EMPTY=");
    cr_assert(setenv("CHENGIS_TEST_LEAK", "1", 1) == 0);
    assert_ok(run_request(&ran, request));

    cr_assert_str_eq(ran.out, "A=1\nB=two words\nEMPTY=\n");
}

Test(proc_spawn, runs_in_the_directory_asked_for)
{
    struct chg_spawn request = request_of(ARGV("/bin/pwd"));
    struct ran ran;

    request.dir = "/usr/share";
    assert_ok(run_request(&ran, request));

    cr_assert_str_eq(ran.out, "/usr/share\n");
}

Test(proc_spawn, takes_a_relative_program_from_its_directory)
{
    TEMP_DIR(dir);
    struct chg_spawn request = request_of(ARGV("./hello.sh"));
    struct ran ran;

    write_file(path_in(dir, "hello.sh"), "#!/bin/sh\necho hello\n");
    cr_assert(chmod(path_in(dir, "hello.sh"), 0755) == 0);
    request.dir = dir;
    assert_ok(run_request(&ran, request));

    cr_assert_str_eq(ran.out, "hello\n");
}

Test(proc_spawn, reads_dev_null)
{
    struct ran ran;

    assert_ok(run_argv(&ran, SH("readlink /proc/self/fd/0; cat")));

    cr_assert_str_eq(ran.out, "/dev/null\n");
}

Test(proc_spawn, writes_to_dev_null_when_not_asked_to_capture)
{
    struct chg_child *child = NULL;
    struct chg_spawn request =
        request_of(SH("test \"$(readlink /proc/$$/fd/1)$(readlink /proc/$$/fd/2)\" = "
                      "/dev/null/dev/null"));
    struct chg_exit ended;

    assert_ok(chg_child_spawn(&child, &request));
    assert_ok(wait_child(child, &ended));
    chg_child_free(child);

    cr_assert_eq(ended.code, 0);
}

Test(proc_spawn, leaks_no_descriptor_into_the_child)
{
    struct ran ran;
    int leaky = open("/dev/zero", O_RDONLY); /* a host that forgot O_CLOEXEC */

    cr_assert(leaky >= 0);
    assert_ok(run_argv(&ran, SH("for f in /proc/$$/fd/*; do echo ${f##*/}; done")));

    cr_assert_str_eq(ran.out, STANDARD_FDS);
}

Test(proc_spawn, leaves_no_descriptor_behind)
{
    struct ran ran;
    size_t before = count_open_fds();

    assert_ok(run_argv(&ran, SH("exit 3")));
    assert_err(run_argv(&ran, ARGV("/nonexistent/program")), CHENGIS_ERR_NOT_FOUND, "program");

    cr_assert_eq(count_open_fds(), before);
}

Test(proc_spawn, starts_a_session_of_its_own)
{
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of(ARGV("sleep", "100"));
    struct chg_exit ended;

    assert_ok(chg_child_spawn(&child, &request));
    cr_assert_eq(getsid(chg_child_pid(child)), chg_child_pid(child));
    cr_assert_eq(getpgid(chg_child_pid(child)), chg_child_pid(child));
    cr_assert(kill(chg_child_pid(child), SIGTERM) == 0);
    assert_ok(wait_child(child, &ended));
    chg_child_free(child);

    cr_assert_eq(ended.signal, SIGTERM);
}

Test(proc_spawn, starts_with_default_signals_and_an_empty_mask)
{
    struct ran ran;
    sigset_t all;

    (void)sigfillset(&all);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
    assert_ok(run_argv(&ran, ARGV("sed", "-nE", "/^Sig(Blk|Ign|Cgt):/p", "/proc/self/status")));

    cr_assert_str_eq(ran.out, "SigBlk:\t0000000000000000\n"
                              "SigIgn:\t0000000000000000\n"
                              "SigCgt:\t0000000000000000\n");
}

Test(proc_spawn, keeps_the_signal_mask_and_handlers_of_the_host)
{
    struct ran ran;
    sigset_t before;
    sigset_t after;

    (void)sigemptyset(&before);
    (void)sigaddset(&before, SIGUSR1);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)signal(SIGUSR2, SIG_IGN);
    assert_ok(run_argv(&ran, SH("true")));

    (void)pthread_sigmask(SIG_SETMASK, NULL, &after);
    cr_assert_eq(sigismember(&after, SIGUSR1), 1);
    cr_assert_eq(sigismember(&after, SIGUSR2), 0);
    cr_assert_eq(signal(SIGUSR2, SIG_DFL), SIG_IGN);
}

Test(proc_spawn, works_in_a_program_without_standard_descriptors)
{
    struct ran ran;
    int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);

    (void)close(0);
    (void)close(1);
    (void)close(2);
    /* The pipe of run_argv() now has the numbers 0 and 1. */
    int rc = run_argv(&ran, SH("readlink /proc/self/fd/0; echo out; echo err >&2"));
    (void)dup2(saved, 1);
    (void)dup2(saved, 2);

    cr_assert_eq(rc, 1);
    cr_assert_str_eq(ran.out, "/dev/null\nout\nerr\n");
}

Test(proc_spawn, can_swap_standard_descriptors)
{
    TEMP_DIR(dir);
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of(SH("echo to-out; echo to-err >&2"));
    struct chg_exit ended;
    int saved_out = fcntl(1, F_DUPFD_CLOEXEC, 10);
    int saved_err = fcntl(2, F_DUPFD_CLOEXEC, 10);

    (void)dup2(open(path_in(dir, "one"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600), 1);
    (void)dup2(open(path_in(dir, "two"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600), 2);
    request.stdout_fd = 2;
    request.stderr_fd = 1;
    int rc = chg_child_spawn(&child, &request);
    (void)dup2(saved_out, 1);
    (void)dup2(saved_err, 2);
    assert_ok(rc);
    assert_ok(wait_child(child, &ended));
    chg_child_free(child);

    char *one = read_file(path_in(dir, "one"));
    char *two = read_file(path_in(dir, "two"));
    cr_assert_str_eq(one, "to-err\n");
    cr_assert_str_eq(two, "to-out\n");
    free(one);
    free(two);
}

Test(proc_spawn, says_running_before_the_end_and_the_same_status_ever_after)
{
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of(SH("read line; exit 7"));
    struct chg_exit ended = {0};
    int ends[2];

    cr_assert(pipe2(ends, O_CLOEXEC) == 0);
    request.stdin_fd = ends[0];
    assert_ok(chg_child_spawn(&child, &request));
    cr_assert_eq(chg_child_reap(child, &ended), 0);
    cr_assert(write(ends[1], "go\n", 3) == 3);

    cr_assert_eq(wait_child(child, &ended), 1);
    ended.code = -5;
    cr_assert_eq(chg_child_reap(child, &ended), 1);
    cr_assert_eq(ended.code, 7);
    chg_child_free(child);
}

Test(proc_spawn, kills_a_child_that_is_freed_while_it_runs)
{
    struct chg_child *child = NULL;
    pid_t pid = start_ready(&child, "echo $$; exec sleep 100", NULL);

    chg_child_free(child);

    cr_assert_eq(waitpid(pid, NULL, WNOHANG), -1);
    cr_assert_not(is_alive(pid));
}

Test(proc_spawn, refuses_a_request_without_program)
{
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of((const char *const[]){NULL});

    assert_err(chg_child_spawn(&child, &request), CHENGIS_ERR_INVALID, "argv");
    cr_assert_null(child);
}

static void *reap_everything(void *done)
{
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    *(bool *)done = true;
    return NULL;
}

Test(proc_spawn, reports_a_status_taken_by_the_host)
{
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of(SH("exit 3"));
    struct chg_exit ended;
    pthread_t thief;
    bool done = false;

    assert_ok(chg_child_spawn(&child, &request));
    cr_assert(pthread_create(&thief, NULL, reap_everything, &done) == 0);
    cr_assert(pthread_join(thief, NULL) == 0);

    assert_err(wait_child(child, &ended), CHENGIS_ERR_PROCESS, "somebody else");
    assert_err(chg_child_reap(child, &ended), CHENGIS_ERR_PROCESS, "not known");
    chg_child_free(child);
}

Test(proc_spawn, does_not_hang_in_a_host_that_ignores_sigchld)
{
    struct ran ran;

    (void)signal(SIGCHLD, SIG_IGN);
    assert_err(run_argv(&ran, SH("echo ran")), CHENGIS_ERR_PROCESS, "SIGCHLD");

    cr_assert_str_eq(ran.out, "ran\n");
}

static void *spawn_many(void *failures)
{
    struct ran ran;
    int i;

    for (i = 0; i < 50; i++) {
        if (run_argv(&ran, SH("echo $0; exit 5")) != 1 || ran.exit.code != 5)
            ++*(int *)failures;
    }
    return NULL;
}

Test(proc_spawn, works_from_several_threads_at_once)
{
    pthread_t threads[4];
    int failures[4] = {0};
    int i;

    for (i = 0; i < 4; i++)
        cr_assert(pthread_create(&threads[i], NULL, spawn_many, &failures[i]) == 0);
    for (i = 0; i < 4; i++)
        cr_assert(pthread_join(threads[i], NULL) == 0);

    cr_assert_eq(failures[0] + failures[1] + failures[2] + failures[3], 0);
}
