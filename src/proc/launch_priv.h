/* SPDX-License-Identifier: MIT */
/*
 * The bare start of a program: clone or vfork, the work between it and exec, and how a failure
 * there comes back. Nothing here sets the error record; spawn_error.c makes the message.
 */
#ifndef CHG_PROC_LAUNCH_PRIV_H
#define CHG_PROC_LAUNCH_PRIV_H

#include <sys/types.h>

#define CHG_LAUNCH_CONTROL_FD 3 /* where the child finds fds[3] */

enum chg_launch_stage {
    CHG_LAUNCH_STARTED,
    CHG_LAUNCH_CLONE,
    CHG_LAUNCH_CGROUP,
    CHG_LAUNCH_SESSION,
    CHG_LAUNCH_FDS,
    CHG_LAUNCH_DIR,
    CHG_LAUNCH_EXEC,
};

struct chg_launch {
    const char
        *path; /* the file to execute; NULL: the child ends at once with status 0 (a probe) */
    const char *const *argv;
    const char *const *envp;
    const char *dir; /* NULL: ours */
    int fds[4];      /* become 0 to 3; -1: /dev/null for 0 to 2, nothing for 3 */
    int cgroup_fd;   /* directory of the cgroup to be born in, or -1 */
};

struct chg_launched {
    pid_t pid;
    int pidfd; /* close-on-exec; -1 where the kernel has no pidfd */
    enum chg_launch_stage stage;
    int err; /* errno of the failed stage */
};

/* 0 once the program runs; -1 with stage and err set, and no process left, when it could not be
 * started. */
int chg_launch_start(struct chg_launched *out, const struct chg_launch *request);

/* What parent and child share; the child writes stage and err. */
struct chg_launch_shared {
    const struct chg_launch *request;
    int procs_fd;  /* cgroup.procs to join, where the kernel could not do that itself; or -1 */
    int report_fd; /* pipe for a child that may be a copy (vfork emulated by fork); or -1 */
    enum chg_launch_stage stage;
    int err;
};

/* The child's part, in the parent's memory: system calls only, no libc state, never returns. */
void chg_launch_child(struct chg_launch_shared *shared) __attribute__((noreturn));

#endif
