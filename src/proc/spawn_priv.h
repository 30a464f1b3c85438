/* SPDX-License-Identifier: MIT */
/* Inside of proc: a direct child process of ours, and the child handle around it. */
#ifndef CHG_PROC_SPAWN_PRIV_H
#define CHG_PROC_SPAWN_PRIV_H

#include "base/thread.h"
#include "proc/launch_priv.h"
#include "proc/spawn.h"

#include <stdatomic.h>

/* For tests only: pretend that the kernel lacks these. Process-wide; 0 restores. */
#define CHG_SPAWN_CLONE3 1U
#define CHG_SPAWN_PIDFD  2U
void chg_spawn_disable(unsigned mask);
bool chg_spawn_disabled(unsigned what);

/* Waits for one pid where there is no pidfd; leaves it to be reaped. fd: eventfd, readable once it
 * has ended. */
struct chg_wait_thread;
int chg_wait_thread_start(struct chg_wait_thread **out, pid_t pid, int *fd);
void chg_wait_thread_join(
    struct chg_wait_thread *waiter); /* only once the pid has ended; NULL is fine */

/* A process we are the parent of. One thread at a time, except _is_ours and _signal_group. */
struct chg_process {
    pid_t pid;
    int fd; /* pidfd, or the eventfd of the waiter */
    struct chg_wait_thread *waiter;
    bool gone; /* reaped, by us or by somebody else */
};
int chg_process_adopt(struct chg_process *process,
                      const struct chg_launched *launched); /* kills it on failure */
/* As chg_child_reap(). keep leaves the zombie, so that its pid and group number stay ours. */
int chg_process_reap(struct chg_process *process, struct chg_exit *out, bool keep);
bool chg_process_is_ours(
    const struct chg_process *process); /* running or a zombie: its pid means it */
void chg_process_signal_group(const struct chg_process *process, int sig);
bool chg_process_wait_ms(const struct chg_process *process, int timeout_ms); /* true: has ended */
void chg_process_fini(struct chg_process *process); /* kills, waits a bounded time, reaps */

struct chg_child {
    atomic_int refs;
    pid_t pid; /* of the step; process.pid is its reaper's with that method */
    struct chg_process process;
    int control;      /* socket to the reaper, or -1 */
    bool keep_zombie; /* method group: the tree still needs the group number */
    bool ended;
    int ended_rc; /* what chg_child_reap() gives from now on */
    struct chg_exit exit;
};
struct chg_child *chg_child_ref(struct chg_child *child);
void chg_child_unref(struct chg_child *child);
/* To the step's process group; for children without a tree. */
void chg_child_signal(struct chg_child *child, int sig);

/* The file argv[0] means: itself with a '/', else found in PATH of envp. Relative results are
 * relative to dir. */
int chg_spawn_resolve(char **out, const struct chg_spawn *request);
/* Turn a failed start into the error record; path is what was executed. */
int chg_spawn_error(const struct chg_launched *failed, const struct chg_spawn *request,
                    const char *path);

#endif
