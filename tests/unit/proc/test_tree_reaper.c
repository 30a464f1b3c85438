/* SPDX-License-Identifier: MIT */
/* Trees held by step-reaper: they end with whoever started them. */
#include "proc_test.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/tree_priv.h"

TestSuite(proc_tree_reaper, .timeout = 60);

Test(proc_tree_reaper, kills_the_tree_when_its_starter_is_killed)
{
    int ends[2];
    pid_t starter;
    pid_t daemon = 0;

    cr_assert(pipe(ends) == 0);
    starter = fork();
    if (starter == 0) {
        struct chg_tree_host *host = make_host(CHG_TREE_REAPER);
        struct chg_tree *tree = NULL;
        struct chg_child *child = NULL;

        if (chg_tree_new(&tree, host) == 0)
            daemon = start_ready(
                &child, "trap '' TERM; setsid sh -c 'setsid sleep 100 & echo $!'; sleep 100", tree);
        (void)!write(ends[1], &daemon, sizeof(daemon));
        (void)pause();
        _exit(1);
    }
    cr_assert(read(ends[0], &daemon, sizeof(daemon)) == sizeof(daemon));
    cr_assert(daemon > 1 && is_alive(daemon));

    cr_assert(kill(starter, SIGKILL) == 0);
    cr_assert(waitpid(starter, NULL, 0) == starter);

    cr_assert(gone_within_10s(daemon));
}

Test(proc_tree_reaper, reports_a_kill_when_the_reaper_is_killed)
{
    struct chg_tree_host *host = make_host(CHG_TREE_REAPER);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    struct chg_exit ended;
    pid_t step;

    assert_ok(chg_tree_new(&tree, host));
    step = start_ready(&child, "echo $$; exec sleep 100", tree);
    cr_assert(kill(child->process.pid, SIGKILL) == 0);
    assert_ok(wait_child(child, &ended));

    cr_assert_eq(ended.signal, SIGKILL);
    cr_assert(gone_within_10s(step));
    chg_child_free(child);
    chg_tree_release(tree);
    chg_tree_host_free(host);
}

Test(proc_tree_reaper, is_not_ended_by_signals_of_the_terminal)
{
    struct chg_tree_host *host = make_host(CHG_TREE_REAPER);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    struct chg_exit ended;
    pid_t step;

    assert_ok(chg_tree_new(&tree, host));
    step = start_ready(&child, "echo $$; exec sleep 100", tree);
    cr_assert(kill(child->process.pid, SIGTERM) == 0);
    cr_assert(kill(child->process.pid, SIGINT) == 0);
    cr_assert(kill(step, SIGUSR1) == 0);
    assert_ok(wait_child(child, &ended));

    cr_assert_eq(ended.signal, SIGUSR1);
    chg_child_free(child);
    chg_tree_release(tree);
    chg_tree_host_free(host);
}

Test(proc_tree_reaper, keeps_the_exit_status_after_the_tree_is_empty)
{
    struct chg_tree_host *host = make_host(CHG_TREE_REAPER);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;
    struct chg_spawn request = request_of(SH("exit 6"));
    struct chg_exit ended;

    assert_ok(chg_tree_new(&tree, host));
    request.tree = tree;
    assert_ok(chg_child_spawn(&child, &request));
    cr_assert(chg_process_wait_ms(&child->process, 20000)); /* the reaper has ended */
    cr_assert(chg_tree_is_empty(tree));
    assert_ok(wait_child(child, &ended));

    cr_assert_eq(ended.code, 6);
    chg_child_free(child);
    chg_tree_release(tree);
    chg_tree_host_free(host);
}

Test(proc_tree_reaper, works_in_a_program_without_standard_descriptors)
{
    struct chg_tree_host *host = make_host(CHG_TREE_REAPER);
    struct chg_spawn request = request_of(SH("readlink /proc/$$/fd/0; echo out; echo err >&2"));
    struct ran ran;
    int saved = dup(STDERR_FILENO);
    int rc;

    assert_ok(chg_tree_new(&request.tree, host));
    (void)close(0);
    (void)close(1);
    (void)close(2);
    rc = run_request(&ran, request);
    (void)dup2(saved, 1);
    (void)dup2(saved, 2);
    chg_tree_release(request.tree);
    chg_tree_host_free(host);

    cr_assert_eq(rc, 1);
    cr_assert_str_eq(ran.out, "/dev/null\nout\nerr\n");
}

Test(proc_tree_reaper, is_not_available_without_the_program)
{
    struct chg_tree_host *host = NULL;
    struct chg_tree *tree = NULL;

    assert_ok(chg_tree_host_new(&host, &(struct chg_tree_host_options){
                                           .name = "chengis-x",
                                           .reaper_path = "/nonexistent/step-reaper",
                                           .method = CHG_TREE_REAPER,
                                       }));
    assert_err(chg_tree_new(&tree, host), CHENGIS_ERR_UNSUPPORTED, "/nonexistent/step-reaper");
    chg_tree_host_free(host);
}

Test(proc_tree_reaper, explains_itself_when_started_by_hand)
{
    struct ran ran;

    assert_ok(run_argv(&ran, ARGV(REAPER_PATH)));

    cr_assert_eq(ran.exit.code, 2);
    cr_assert_not_null(strstr(ran.out, "not by hand"));
}

/* Every process begins a session of its own, so that no group holds two of them. */
#define SESSION_FORKER                                                                             \
    "exec perl -MPOSIX -e '$| = 1; print \"up\\n\"; while (1) { exit if fork; setsid() }'"

Test(proc_tree_reaper, kills_a_forker_that_leaves_every_session)
{
    struct chg_tree_host *host = make_host(CHG_TREE_REAPER);
    struct chg_tree *tree = NULL;
    struct chg_child *child = NULL;

    assert_ok(chg_tree_new(&tree, host));
    (void)start_ready(&child, SESSION_FORKER, tree);
    chg_tree_kill(tree);
    cr_assert(chg_process_wait_ms(&child->process, 20000)); /* the reaper ends when all have */

    cr_assert(chg_tree_is_empty(tree));
    chg_child_free(child);
    chg_tree_release(tree);
    chg_tree_host_free(host);
}
