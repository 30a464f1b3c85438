/* SPDX-License-Identifier: MIT */
/* Trees that are cgroups: the pool, the directories, recovery by name. */
#include "proc_test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "proc/tree_priv.h"

TestSuite(proc_tree_cgroup, .timeout = 60);

static const char *host_dir(const struct chg_tree_host *host)
{
    static char path[512];
    char *own = NULL;

    assert_ok(chg_cgroup_own_dir(&own));
    (void)snprintf(path, sizeof(path), "%s/%s", own, host->name);
    chg_free(own);
    return path;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

Test(proc_tree_cgroup, makes_nothing_before_the_first_tree)
{
    struct chg_tree_host *host = NULL;

    assert_ok(chg_tree_host_new(
        &host, &(struct chg_tree_host_options){.name = "chengis-lazy", .method = CHG_TREE_CGROUP}));

    cr_assert_eq(host->cgroups_made, 0);
    cr_assert_null(host->ops);
    chg_tree_host_free(host);
}

Test(proc_tree_cgroup, uses_one_cgroup_for_trees_that_follow_each_other)
{
    struct chg_tree_host *host = make_host(CHG_TREE_CGROUP);
    struct chg_spawn request = request_of(ARGV("true"));
    struct ran ran;
    int i;

    for (i = 0; i < 10; i++) {
        assert_ok(chg_tree_new(&request.tree, host));
        assert_ok(run_request(&ran, request));
        chg_tree_release(request.tree);
    }

    cr_assert_eq(host->cgroups_made, 1);
    chg_tree_host_free(host);
}

Test(proc_tree_cgroup, removes_a_cgroup_that_was_killed_instead_of_using_it_again)
{
    struct chg_tree_host *host = make_host(CHG_TREE_CGROUP);
    struct chg_tree *tree = NULL;
    char first[600];

    (void)snprintf(first, sizeof(first), "%s/0", host_dir(host));
    assert_ok(chg_tree_new(&tree, host));
    cr_assert(exists(first));
    chg_tree_kill(tree);
    chg_tree_release(tree);

    cr_assert_not(exists(first));
    cr_assert_eq(host->pool.len, 0);
    chg_tree_host_free(host);
}

Test(proc_tree_cgroup, leaves_directories_of_a_dead_host_of_its_name_alone)
{
    struct chg_tree_host *first = make_host(CHG_TREE_CGROUP);
    struct chg_tree_host *second = NULL;
    struct chg_tree *trees[2] = {NULL, NULL};
    struct chg_child *child = NULL;
    pid_t pid;

    assert_ok(chg_tree_new(&trees[0], first));
    pid = start_ready(&child, "echo $$; exec sleep 100", trees[0]);
    assert_ok(chg_tree_host_new(
        &second, &(struct chg_tree_host_options){.name = first->name, .method = CHG_TREE_CGROUP}));
    assert_ok(chg_tree_new(&trees[1], second));
    chg_tree_kill(trees[1]);
    chg_tree_release(trees[1]);
    chg_tree_host_free(second);

    cr_assert(is_alive(pid));
    chg_tree_release(trees[0]);
    chg_child_free(child);
    chg_tree_host_free(first);
}

Test(proc_tree_cgroup, keeps_trees_that_live_at_once_apart)
{
    struct chg_tree_host *host = make_host(CHG_TREE_CGROUP);
    struct chg_tree *trees[2] = {NULL, NULL};
    struct chg_child *children[2] = {NULL, NULL};
    pid_t one;
    pid_t two;

    assert_ok(chg_tree_new(&trees[0], host));
    assert_ok(chg_tree_new(&trees[1], host));
    one = start_ready(&children[0], "echo $$; exec sleep 100", trees[0]);
    two = start_ready(&children[1], "echo $$; exec sleep 100", trees[1]);
    chg_tree_release(trees[0]);

    cr_assert_eq(host->cgroups_made, 2);
    cr_assert_not(is_alive(one));
    cr_assert(is_alive(two));
    chg_tree_release(trees[1]);
    chg_child_free(children[0]);
    chg_child_free(children[1]);
    chg_tree_host_free(host);
}

Test(proc_tree_cgroup, removes_its_directories_with_the_host)
{
    struct chg_tree_host *host = make_host(CHG_TREE_CGROUP);
    struct chg_tree *tree = NULL;
    char dir[512];

    assert_ok(chg_tree_new(&tree, host));
    (void)snprintf(dir, sizeof(dir), "%s", host_dir(host));
    cr_assert(exists(dir));
    chg_tree_release(tree);
    chg_tree_host_free(host);

    cr_assert_not(exists(dir));
}

Test(proc_tree_cgroup, removes_cgroups_that_a_step_made)
{
    struct chg_tree_host *host = make_host(CHG_TREE_CGROUP);
    struct chg_tree *tree = NULL;
    char dir[512];
    char inner[600];

    assert_ok(chg_tree_new(&tree, host));
    (void)snprintf(dir, sizeof(dir), "%s", host_dir(host));
    (void)snprintf(inner, sizeof(inner), "%s/0/made-by-step", dir);
    cr_assert(mkdir(inner, 0755) == 0);
    chg_tree_release(tree);
    chg_tree_host_free(host);

    cr_assert_not(exists(dir));
}

Test(proc_tree_cgroup, says_why_it_cannot_be_had)
{
    char *out = NULL;

    assert_err(chg_cgroup_locate(&out, "", "0::/\n"), CHENGIS_ERR_UNSUPPORTED, "not mounted");
}

/* A host that dies with a step running; its name and the pid of the step come back. */
static pid_t leave_behind(char *name, size_t size)
{
    int ends[2];
    pid_t pid;
    pid_t step = 0;

    (void)snprintf(name, size, "chengis-dead-%d", (int)getpid());
    cr_assert(pipe(ends) == 0);
    pid = fork();
    if (pid == 0) {
        struct chg_tree_host *host = NULL;
        struct chg_tree *tree = NULL;
        struct chg_child *child = NULL;

        (void)chg_tree_host_new(
            &host, &(struct chg_tree_host_options){.name = name, .method = CHG_TREE_CGROUP});
        if (chg_tree_new(&tree, host) == 0)
            step = start_ready(&child, "setsid sleep 100 & echo $!; wait", tree);
        (void)!write(ends[1], &step, sizeof(step));
        (void)raise(SIGKILL);
    }
    cr_assert(read(ends[0], &step, sizeof(step)) == sizeof(step));
    cr_assert(waitpid(pid, NULL, 0) == pid);
    return step;
}

Test(proc_tree_cgroup, kills_the_processes_of_a_dead_host_by_name)
{
    char name[64];
    pid_t step;

    chg_tree_host_free(make_host(CHG_TREE_CGROUP));
    step = leave_behind(name, sizeof(name));
    cr_assert(is_alive(step));

    cr_assert_eq(chg_tree_kill_named(name), 1);

    cr_assert(gone_within_10s(step));
    cr_assert_eq(chg_tree_kill_named(name), 0);
}

Test(proc_tree_cgroup, finds_the_dead_host_in_another_cgroup)
{
    char *mount = NULL;
    char dir[512];
    char inner[600];

    chg_tree_host_free(make_host(CHG_TREE_CGROUP));
    assert_ok(chg_cgroup_mount_dir(&mount));
    (void)snprintf(dir, sizeof(dir), "%s/elsewhere-%d", mount, (int)getpid());
    (void)snprintf(inner, sizeof(inner), "%s/chengis-far-away", dir);
    cr_assert(mkdir(dir, 0755) == 0 && mkdir(inner, 0755) == 0);
    cr_assert_eq(chg_tree_kill_named("chengis-far-away"), 1);
    cr_assert_not(exists(inner));
    cr_assert(rmdir(dir) == 0);
    chg_free(mount);
}

Test(proc_tree_cgroup, finds_no_host_by_a_bad_name)
{
    cr_assert_eq(chg_tree_kill_named(""), 0);
    cr_assert_eq(chg_tree_kill_named(".."), 0);
    cr_assert_eq(chg_tree_kill_named("a/b"), 0);
    cr_assert_eq(chg_tree_kill_named("chengis-never-was"), 0);
}

Test(proc_tree_cgroup, removes_the_cgroup_of_a_host_that_is_gone)
{
    char name[64];
    pid_t step;

    chg_tree_host_free(make_host(CHG_TREE_CGROUP));
    step = leave_behind(name, sizeof(name));

    chg_tree_remove_named(name);

    cr_assert(gone_within_10s(step));
    cr_assert_eq(chg_tree_kill_named(name), 0);
    chg_tree_remove_named(name);
    chg_tree_remove_named("a/b");
}
