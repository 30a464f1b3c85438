/* SPDX-License-Identifier: MIT */
/* What every method of process trees promises. */
#include "proc_test.h"

#include <criterion/parameterized.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(proc_tree, .timeout = 60);

#define PARAMETERS(name, ...)                                                                      \
    ParameterizedTestParameters(proc_tree, name)                                                   \
    {                                                                                              \
        static enum chg_tree_method methods[] = {__VA_ARGS__};                                     \
        return cr_make_param_array(enum chg_tree_method, methods,                                  \
                                   sizeof(methods) / sizeof(*methods));                            \
    }                                                                                              \
    ParameterizedTest(enum chg_tree_method *method, proc_tree, name)
#define EACH_METHOD(name) PARAMETERS(name, CHG_TREE_CGROUP, CHG_TREE_REAPER, CHG_TREE_GROUP)
/* The methods that nothing escapes. */
#define EACH_TIGHT_METHOD(name) PARAMETERS(name, CHG_TREE_CGROUP, CHG_TREE_REAPER)

/* A tree of the method, and its end. */
struct fixture {
    struct chg_tree_host *host;
    struct chg_tree *tree;
    struct chg_child *child;
};

static struct fixture set_up(enum chg_tree_method method)
{
    struct fixture f = {.host = make_host(method)};

    cr_assert_eq(chg_tree_host_method(f.host), method);
    assert_ok(chg_tree_new(&f.tree, f.host));
    return f;
}

static void tear_down(struct fixture *f)
{
    chg_child_free(f->child);
    chg_tree_release(f->tree);
    chg_tree_host_free(f->host);
}

EACH_METHOD(runs_a_program_and_reports_its_end)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(SH("echo hello; echo oops >&2; exit 9"));
    struct ran ran;

    request.tree = f.tree;
    assert_ok(run_request(&ran, request));
    tear_down(&f);

    cr_assert_str_eq(ran.out, "hello\noops\n");
    cr_assert_eq(ran.exit.code, 9);
}

EACH_METHOD(reports_a_signal)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(SH("kill -ABRT $$"));
    struct ran ran;

    request.tree = f.tree;
    assert_ok(run_request(&ran, request));
    tear_down(&f);

    cr_assert_eq(ran.exit.signal, SIGABRT);
}

EACH_METHOD(gives_the_child_the_same_clean_start)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(SH(
        "for f in /proc/$$/fd/*; do echo ${f##*/}; done; readlink /proc/$$/fd/0; pwd; env | grep "
        "-v -e ^PWD -e ^_ -e ^OLDPWD -e ^SHLVL; grep -E '^Sig(Blk|Ign)' /proc/self/status"));
    struct ran ran;

    (void)signal(SIGPIPE, SIG_IGN);
    request.dir = "/usr/share";
    request.tree = f.tree;
    assert_ok(run_request(&ran, request));
    tear_down(&f);

    cr_assert_str_eq(ran.out,
                     STANDARD_FDS "/dev/null\n/usr/share\nPATH=/usr/bin:/bin\n"
                                  "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

EACH_METHOD(names_the_pid_of_the_step)
{
    struct fixture f = set_up(*method);
    pid_t said = start_ready(&f.child, "echo $$; exec sleep 100", f.tree);

    cr_assert_eq(chg_child_pid(f.child), said);
    cr_assert_eq(getsid(said), said);
    tear_down(&f);
}

EACH_METHOD(says_what_is_missing)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(ARGV("/nonexistent/tool"));
    struct chg_child *child = NULL;

    request.tree = f.tree;
    assert_err(chg_child_spawn(&child, &request), CHENGIS_ERR_NOT_FOUND,
               "program '/nonexistent/tool' does not exist");
    request.argv = ARGV("true");
    request.dir = "/nonexistent/dir";
    assert_err(chg_child_spawn(&child, &request), CHENGIS_ERR_NOT_FOUND, "'/nonexistent/dir'");
    cr_assert(chg_tree_is_empty(f.tree));
    tear_down(&f);
}

EACH_METHOD(refuses_an_argument_that_is_too_long)
{
    static char text[131073];
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(ARGV("echo", text));
    struct chg_child *child = NULL;

    memset(text, 'x', sizeof(text) - 1);
    request.tree = f.tree;
    assert_err(chg_child_spawn(&child, &request), CHENGIS_ERR_LIMIT, "argument 1 has 131072 bytes");
    tear_down(&f);
}

EACH_METHOD(is_empty_only_without_processes)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;

    cr_assert(chg_tree_is_empty(f.tree));
    (void)start_ready(&f.child, "echo $$; exec sleep 100", f.tree);
    cr_assert_not(chg_tree_is_empty(f.tree));
    chg_tree_kill(f.tree);
    assert_ok(wait_child(f.child, &ended));
    chg_tree_release(f.tree);
    f.tree = NULL;

    cr_assert_eq(ended.signal, SIGKILL);
    tear_down(&f);
}

EACH_METHOD(signals_every_process)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;
    pid_t inner = start_ready(
        &f.child, "trap 'wait; exit 42' TERM; sh -c 'echo $$; exec sleep 100' & wait", f.tree);

    chg_tree_signal(f.tree, SIGTERM);
    assert_ok(wait_child(f.child, &ended));

    cr_assert_eq(ended.code, 42);
    cr_assert(gone_within_10s(inner));
    tear_down(&f);
}

EACH_METHOD(kills_what_ignores_signals)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;
    pid_t inner =
        start_ready(&f.child, "trap '' TERM INT HUP; sleep 100 & echo $!; wait; sleep 100", f.tree);

    chg_tree_signal(f.tree, SIGTERM);
    chg_tree_kill(f.tree);
    assert_ok(wait_child(f.child, &ended));

    cr_assert_eq(ended.signal, SIGKILL);
    cr_assert(gone_within_10s(inner));
    tear_down(&f);
}

EACH_METHOD(kills_on_release_what_a_step_left_behind)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;
    pid_t left = start_ready(&f.child, "sleep 100 & echo $!", f.tree);

    assert_ok(wait_child(f.child, &ended));
    cr_assert_eq(ended.code, 0);
    cr_assert(is_alive(left));
    cr_assert_not(chg_tree_is_empty(f.tree));
    chg_tree_release(f.tree);
    f.tree = NULL;

    cr_assert_not(is_alive(left));
    tear_down(&f);
}

EACH_METHOD(does_not_hold_the_output_of_the_step)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(SH("sleep 100 >/dev/null 2>&1 & echo done"));
    struct ran ran;

    request.tree = f.tree;
    assert_ok(run_request(&ran, request)); /* ends only at end of file of the output */
    cr_assert_not(chg_tree_is_empty(f.tree));
    tear_down(&f);

    cr_assert_str_eq(ran.out, "done\n");
}

EACH_METHOD(outlives_its_child_handle)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;
    pid_t left = start_ready(&f.child, "sleep 100 & echo $!", f.tree);

    assert_ok(wait_child(f.child, &ended));
    chg_child_free(f.child);
    f.child = NULL;
    cr_assert(is_alive(left));
    chg_tree_release(f.tree);
    f.tree = NULL;

    cr_assert_not(is_alive(left));
    tear_down(&f);
}

EACH_METHOD(lets_the_child_handle_outlive_it)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;

    (void)start_ready(&f.child, "echo $$; exec sleep 100", f.tree);
    chg_tree_release(f.tree);
    f.tree = NULL;
    assert_ok(wait_child(f.child, &ended));

    cr_assert_eq(ended.signal, SIGKILL);
    tear_down(&f);
}

EACH_METHOD(holds_several_children)
{
    struct fixture f = set_up(*method);
    struct chg_child *second = NULL;
    pid_t one = start_ready(&f.child, "echo $$; exec sleep 100", f.tree);
    pid_t two = start_ready(&second, "echo $$; exec sleep 100", f.tree);

    chg_tree_kill(f.tree);

    cr_assert(gone_within_10s(one));
    cr_assert(gone_within_10s(two));
    chg_child_free(second);
    tear_down(&f);
}

EACH_METHOD(leaves_neither_descriptors_nor_zombies)
{
    size_t before = count_open_fds();
    struct fixture f = set_up(*method);

    (void)start_ready(&f.child, "sleep 100 & echo $!", f.tree);
    tear_down(&f);

    cr_assert_eq(count_open_fds(), before);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
}

EACH_METHOD(starts_new_trees_after_a_kill)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(SH("exit 3"));
    struct ran ran;

    (void)start_ready(&f.child, "echo $$; exec sleep 100", f.tree);
    chg_tree_kill(f.tree);
    chg_tree_release(f.tree);
    assert_ok(chg_tree_new(&f.tree, f.host));
    request.tree = f.tree;
    assert_ok(run_request(&ran, request));
    tear_down(&f);

    cr_assert_eq(ran.exit.signal, 0);
    cr_assert_eq(ran.exit.code, 3);
}

EACH_TIGHT_METHOD(kills_a_daemon_that_left_its_session)
{
    struct fixture f = set_up(*method);
    struct chg_exit ended;
    /* A double fork with setsid(), its parent gone: the way daemons start. */
    pid_t daemon = start_ready(
        &f.child, "setsid sh -c 'setsid sh -c \"echo \\$\\$; exec sleep 100\" & exit 0'; exit 0",
        f.tree);

    assert_ok(wait_child(f.child, &ended));
    cr_assert(is_alive(daemon));
    cr_assert_not(chg_tree_is_empty(f.tree));
    chg_tree_release(f.tree);
    f.tree = NULL;

    cr_assert(gone_within_10s(daemon));
    tear_down(&f);
}

EACH_TIGHT_METHOD(signals_a_daemon_that_left_its_session)
{
    struct fixture f = set_up(*method);
    pid_t daemon =
        start_ready(&f.child, "setsid sh -c 'echo $$; exec sleep 100' & exec sleep 100", f.tree);

    chg_tree_signal(f.tree, SIGTERM);

    cr_assert(gone_within_10s(daemon));
    tear_down(&f);
}

/* Four chains in which each process starts the next and ends: killing them one by one comes too
 * late. */
#define FAST_FORKER                                                                                \
    "exec perl -e '$| = 1; $SIG{TERM} = \"IGNORE\"; fork; fork; print \"up\\n\"; while (1) { "     \
    "exit if fork }'"

EACH_METHOD(kills_a_fast_forker)
{
    struct fixture f = set_up(*method);
    struct chg_spawn request = request_of(SH(FAST_FORKER));
    struct pollfd output = {.events = 0}; /* the hang-up only, whatever is left to read */
    char line[32];
    int ends[2];

    cr_assert(pipe2(ends, O_CLOEXEC) == 0);
    request.stdout_fd = ends[1];
    request.tree = f.tree;
    assert_ok(chg_child_spawn(&f.child, &request));
    (void)close(ends[1]);
    cr_assert(read(ends[0], line, sizeof(line)) > 0);
    chg_tree_release(f.tree);
    f.tree = NULL;

    /* Each of them holds the pipe: it hangs up when the last has ended. */
    output.fd = ends[0];
    cr_assert_eq(poll(&output, 1, 10000), 1);
    cr_assert_eq(output.revents, POLLHUP);
    (void)close(ends[0]);
    tear_down(&f);
}

Test(proc_tree, chooses_the_best_method)
{
    struct chg_tree_host *host = make_host(CHG_TREE_AUTO);

    cr_assert_neq(chg_tree_host_method(host), CHG_TREE_AUTO);
    cr_assert_neq(chg_tree_host_method(host), CHG_TREE_GROUP);
    cr_assert_eq(chengis_error_last()->code, CHENGIS_OK);
    chg_tree_host_free(host);
}

struct bad_name {
    char name[80];
};

ParameterizedTestParameters(proc_tree, refuses_a_bad_name)
{
    static struct bad_name names[] = {
        {""},         {"a/b"},
        {".."},       {"a b"},
        {"a.b"},      {"a\n"},
        {"\xc3\xa4"}, {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    };

    return cr_make_param_array(struct bad_name, names, sizeof(names) / sizeof(*names));
}

ParameterizedTest(struct bad_name *bad, proc_tree, refuses_a_bad_name)
{
    struct chg_tree_host *host = NULL;

    assert_err(chg_tree_host_new(&host, &(struct chg_tree_host_options){.name = bad->name}),
               CHENGIS_ERR_INVALID, "letters, digits");
}

Test(proc_tree, accepts_null)
{
    chg_tree_release(NULL);
    chg_tree_host_free(NULL);
    chg_child_free(NULL);
}
