/* SPDX-License-Identifier: MIT */
/*
 * Starting and reaping child processes: vfork semantics (never fork), new session, default signals
 * and mask, explicit environment, no descriptor beyond 0 to 2. Reaps the one pid it started, by
 * pidfd; a thread that waits for that pid where the kernel has no pidfd_open.
 */
#ifndef CHG_PROC_SPAWN_H
#define CHG_PROC_SPAWN_H

#include "proc/tree.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct chg_spawn {
    const char *const
        *argv; /* NULL-terminated; argv[0] with '/' is a path, else searched in PATH of envp */
    const char *const *envp; /* NULL-terminated NAME=VALUE */
    const char *dir;         /* working directory; NULL: ours */
    int stdin_fd;            /* -1: /dev/null */
    int stdout_fd;           /* -1: /dev/null */
    int stderr_fd;           /* -1: /dev/null */
    struct chg_tree *tree;   /* may be NULL: a session of its own, no tree */
};

struct chg_exit {
    int code;   /* exit status 0..255, or -1 when killed by a signal */
    int signal; /* signal number, or 0 */
};

struct chg_child; /* one started process */

/*
 * Start a process. CHENGIS_ERR_NOT_FOUND: no such program (names it, and the interpreter of a
 * script when that is what is missing) or no such directory; PERMISSION: not executable; LIMIT:
 * argument or environment too long (the kernel's 131,071 bytes a string), or no more processes or
 * descriptors; PROCESS otherwise.
 */
int chg_child_spawn(struct chg_child **out, const struct chg_spawn *request);
pid_t chg_child_pid(const struct chg_child *child);
int chg_child_fd(
    const struct chg_child *child); /* readable when the process has ended; poll only */
/* 1 and *out once ended; 0 still running; CHENGIS_ERR_PROCESS when somebody else reaped it (host
 * with its own waitpid(-1) or SIGCHLD ignored): still ended. */
int chg_child_reap(struct chg_child *child, struct chg_exit *out);
void chg_child_free(struct chg_child *child); /* a child that still runs is killed and reaped */

#endif
