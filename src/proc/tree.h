/* SPDX-License-Identifier: MIT */
/*
 * Process trees: everything a step starts, so that cancel, timeout and the end of a build reach all
 * of it.
 *
 * Three ways, chosen once per host (engine):
 *   cgroup  a cgroup v2 below our own, where one can be made: children are born in it (clone3
 * CLONE_INTO_CGROUP), cgroup.kill ends them all. Trees are pooled, since making a cgroup costs more
 * than a trivial step's wait. reaper  the small program step-reaper runs the step as its child and
 * is the sub-reaper of everything below; it kills the tree on request and when its starter dies
 * (end of file on the control socket). group   neither could be had: the process group of the
 * step's session; what calls setsid() escapes.
 */
#ifndef CHG_PROC_TREE_H
#define CHG_PROC_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum chg_tree_method {
    CHG_TREE_AUTO,
    CHG_TREE_CGROUP,
    CHG_TREE_REAPER,
    CHG_TREE_GROUP,
};

struct chg_tree_host;
struct chg_tree;

struct chg_tree_host_options {
    const char *name;        /* unique name of the engine, e.g. "chengis-1a2b": names the cgroup */
    const char *reaper_path; /* absolute path of step-reaper; NULL or missing file: not available */
    enum chg_tree_method method; /* AUTO: cgroup, else reaper, else group */
};
/* Makes nothing yet (lazy): the cgroup is made with the first tree. Thread-safe; freed after its
 * trees. */
int chg_tree_host_new(struct chg_tree_host **out, const struct chg_tree_host_options *opts);
void chg_tree_host_free(struct chg_tree_host *host); /* removes the empty cgroups */
enum chg_tree_method
chg_tree_host_method(struct chg_tree_host *host); /* decides now if not yet decided */

int chg_tree_new(struct chg_tree **out, struct chg_tree_host *host);
void chg_tree_signal(
    struct chg_tree *tree,
    int sig); /* to every process of the tree, as far as the method can name them */
void chg_tree_kill(struct chg_tree *tree);     /* SIGKILL to all; returns at once */
bool chg_tree_is_empty(struct chg_tree *tree); /* no process is left */
/* Kill what is left, wait up to 2 s for it to be gone, give the tree back to the pool. NULL is
 * fine. */
void chg_tree_release(struct chg_tree *tree);

/* Recovery: kill everything in the cgroup of a dead host and remove it. 1 found, 0 no such cgroup.
 */
int chg_tree_kill_named(const char *name);
/* The same, but only below our own cgroup: quick, for what is most likely not there. */
void chg_tree_remove_named(const char *name);
/* Recovery without a cgroup: kill session `sid` if it was started at `start_ticks` (field 22 of
 * /proc/PID/stat); scans /proc. Nothing is killed when the leader has gone: the number may mean
 * another session. Returns the number of processes killed. */
int chg_tree_kill_session(pid_t sid, uint64_t start_ticks);
uint64_t chg_proc_start_ticks(pid_t pid); /* 0 when there is no such process */
int chg_proc_boot_id(char out[37]);       /* /proc/sys/kernel/random/boot_id */

#endif
