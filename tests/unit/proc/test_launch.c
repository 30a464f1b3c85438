/* SPDX-License-Identifier: MIT */
/* The same promises on kernels without clone3 and without pidfd. */
#include "proc_test.h"

#include <criterion/parameterized.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/spawn_priv.h"

TestSuite(proc_launch, .timeout = 60);

#define EACH_KERNEL(name)                                                                          \
    ParameterizedTestParameters(proc_launch, name)                                                 \
    {                                                                                              \
        static unsigned masks[] = {0, CHG_SPAWN_CLONE3, CHG_SPAWN_CLONE3 | CHG_SPAWN_PIDFD};       \
        return cr_make_param_array(unsigned, masks, 3);                                            \
    }                                                                                              \
    ParameterizedTest(unsigned *mask, proc_launch, name)

EACH_KERNEL(runs_and_reports)
{
    struct ran ran;

    chg_spawn_disable(*mask);
    assert_ok(run_argv(&ran, SH("readlink /proc/self/fd/0; echo hello; exit 4")));

    cr_assert_str_eq(ran.out, "/dev/null\nhello\n");
    cr_assert_eq(ran.exit.code, 4);
}

EACH_KERNEL(says_what_is_missing)
{
    struct ran ran;
    struct chg_spawn request = request_of(ARGV("true"));
    size_t before = count_open_fds();

    chg_spawn_disable(*mask);
    request.dir = "/nonexistent/dir";
    assert_err(run_argv(&ran, ARGV("/nonexistent/tool")), CHENGIS_ERR_NOT_FOUND, "tool");
    assert_err(run_request(&ran, request), CHENGIS_ERR_NOT_FOUND, "/nonexistent/dir");

    cr_assert_eq(count_open_fds(), before);
    cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1); /* no zombie is left */
}

EACH_KERNEL(leaks_no_descriptor)
{
    struct ran ran;
    size_t before = count_open_fds();

    chg_spawn_disable(*mask);
    assert_ok(run_argv(&ran, SH("for f in /proc/$$/fd/*; do echo ${f##*/}; done")));

    cr_assert_str_eq(ran.out, STANDARD_FDS);
    cr_assert_eq(count_open_fds(), before);
}

EACH_KERNEL(starts_with_default_signals)
{
    struct ran ran;

    (void)signal(SIGPIPE, SIG_IGN);
    chg_spawn_disable(*mask);
    assert_ok(run_argv(&ran, ARGV("sed", "-nE", "/^Sig(Blk|Ign):/p", "/proc/self/status")));

    cr_assert_str_eq(ran.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

EACH_KERNEL(kills_a_child_that_is_freed)
{
    struct chg_child *child = NULL;
    pid_t pid;

    chg_spawn_disable(*mask);
    pid = start_ready(&child, "echo $$; exec sleep 100", NULL);
    chg_child_free(child);

    cr_assert_not(is_alive(pid));
    cr_assert_eq(waitpid(pid, NULL, WNOHANG), -1);
}

EACH_KERNEL(does_not_hang_when_sigchld_is_ignored)
{
    struct ran ran;

    (void)signal(SIGCHLD, SIG_IGN);
    chg_spawn_disable(*mask);
    assert_err(run_argv(&ran, SH("true")), CHENGIS_ERR_PROCESS, "somebody else");
}

EACH_KERNEL(works_without_standard_descriptors)
{
    struct ran ran;
    int saved = dup(STDERR_FILENO);
    int rc;

    chg_spawn_disable(*mask);
    (void)close(0);
    (void)close(1);
    (void)close(2);
    rc = run_argv(&ran, SH("echo out; echo err >&2"));
    (void)dup2(saved, 1);
    (void)dup2(saved, 2);

    cr_assert_eq(rc, 1);
    cr_assert_str_eq(ran.out, "out\nerr\n");
}

EACH_KERNEL(is_born_in_the_cgroup)
{
    struct chg_tree_host *host = make_host(CHG_TREE_CGROUP);
    struct chg_tree *tree = NULL;
    struct chg_spawn request = request_of(ARGV("grep", "^0::", "/proc/self/cgroup"));
    struct ran ran;

    chg_spawn_disable(*mask);
    assert_ok(chg_tree_new(&tree, host));
    request.tree = tree;
    assert_ok(run_request(&ran, request));
    chg_tree_release(tree);
    chg_tree_host_free(host);

    cr_assert_not_null(strstr(ran.out, "/chengis-test-"), "%s", ran.out);
}
