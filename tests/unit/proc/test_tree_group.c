/* SPDX-License-Identifier: MIT */
/* Trees that are sessions: what they reach, and what is documented to escape. */
#include "proc_test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(proc_tree_group, .timeout = 60);

Test(proc_tree_group, misses_a_daemon_that_left_its_session)
{
    struct chg_tree_host *host = make_host(CHG_TREE_GROUP);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    struct chg_exit ended;
    pid_t daemon;

    assert_ok(chg_tree_new(&tree, host));
    daemon = start_ready(&child, "setsid sh -c 'echo $$; exec sleep 100' & wait", tree);
    chg_tree_kill(tree);
    assert_ok(wait_child(child, &ended));
    chg_child_free(child);
    chg_tree_release(tree);
    chg_tree_host_free(host);

    cr_assert(is_alive(daemon));
    (void)kill(daemon, SIGKILL);
}

Test(proc_tree_group, reaches_groups_made_by_a_shell_with_job_control)
{
    struct chg_tree_host *host = make_host(CHG_TREE_GROUP);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    pid_t job;

    assert_ok(chg_tree_new(&tree, host));
    job = start_ready(&child, "exec bash -c 'set -m; sleep 100 & echo $!; wait'", tree);
    cr_assert_eq(getpgid(job), job);
    chg_tree_release(tree);

    cr_assert_not(is_alive(job));
    chg_child_free(child);
    chg_tree_host_free(host);
}

Test(proc_tree_group, keeps_the_number_of_an_ended_step_until_release)
{
    struct chg_tree_host *host = make_host(CHG_TREE_GROUP);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of(SH("exit 2"));
    struct chg_exit ended;
    pid_t pid;

    assert_ok(chg_tree_new(&tree, host));
    request.tree = tree;
    assert_ok(chg_child_spawn(&child, &request));
    pid = chg_child_pid(child);
    assert_ok(wait_child(child, &ended));
    chg_child_free(child);

    cr_assert_eq(ended.code, 2);
    cr_assert_eq(kill(pid, 0), 0); /* a zombie: nobody else can get the number */
    chg_tree_release(tree);
    cr_assert_eq(kill(pid, 0), -1);
    chg_tree_host_free(host);
}

Test(proc_tree_group, kills_nobody_when_the_host_reaped_its_child)
{
    struct chg_tree_host *host = make_host(CHG_TREE_GROUP);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    struct chg_exit ended;
    pid_t left;

    assert_ok(chg_tree_new(&tree, host));
    left = start_ready(&child, "sleep 100 & echo $!", tree);
    cr_assert(waitpid(chg_child_pid(child), NULL, 0) == chg_child_pid(child));
    assert_err(wait_child(child, &ended), CHENGIS_ERR_PROCESS, "somebody else");
    chg_child_free(child);
    chg_tree_release(tree);
    chg_tree_host_free(host);

    cr_assert(is_alive(left)); /* its number may mean somebody else, so it is left alone */
    (void)kill(left, SIGKILL);
}
