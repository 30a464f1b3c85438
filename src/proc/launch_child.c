/* SPDX-License-Identifier: MIT */
/*
 * What a new process does between clone and exec. It runs in the memory of its suspended parent, so
 * it makes raw system calls only: the wrappers of libc may be intercepted by sanitizers, whose
 * tables are the parent's.
 */
#include "proc/launch_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/banned.h"

#define NO_SANITIZE     __attribute__((no_sanitize("address", "undefined", "thread")))
#define FD_COUNT        4
#define CLOEXEC_RANGE   4U /* CLOSE_RANGE_CLOEXEC */
#define LAST_SIGNAL     64
#define KERNEL_SIG_SIZE 8 /* bytes of the kernel's signal set */

/* Large enough for the kernel's struct sigaction everywhere; all zero is SIG_DFL, no flags, empty
 * mask. */
struct kernel_sigaction {
    uint64_t words[8];
};

NO_SANITIZE static void fail(struct chg_launch_shared *shared, enum chg_launch_stage stage)
{
    shared->err = errno;
    shared->stage = stage;
    if (shared->report_fd >= 0) {
        int report[2] = {(int)stage, shared->err};

        (void)syscall(SYS_write, shared->report_fd, report, sizeof(report));
    }
    for (;;)
        (void)syscall(SYS_exit_group, 127);
}

/* Handlers would run in the parent's memory and ignored signals would stay ignored: all back to
 * default. */
NO_SANITIZE static void reset_signals(void)
{
    static const struct kernel_sigaction by_default;
    int sig;

    for (sig = 1; sig <= LAST_SIGNAL; sig++)
        (void)syscall(SYS_rt_sigaction, sig, &by_default, NULL, KERNEL_SIG_SIZE);
}

NO_SANITIZE static void unblock_signals(void)
{
    uint64_t none = 0;

    (void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIG_SIZE);
}

/* Sources that lie in the way of a target are moved up first, so that no dup can close one still
 * needed. */
NO_SANITIZE static int gather_fds(int *source, const int *wanted)
{
    int null_fd = -1;
    int i;

    for (i = 0; i < FD_COUNT; i++) {
        source[i] = wanted[i];
        if (source[i] < 0 && i < CHG_LAUNCH_CONTROL_FD) {
            if (null_fd < 0)
                null_fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
            if (null_fd < 0)
                return -1;
            source[i] = null_fd;
        }
        if (source[i] >= 0 && source[i] < FD_COUNT && source[i] != i) {
            source[i] = (int)syscall(SYS_fcntl, source[i], F_DUPFD_CLOEXEC, FD_COUNT);
            if (source[i] < 0)
                return -1;
        }
    }
    return 0;
}

NO_SANITIZE static int place_fds(const int *wanted)
{
    int source[FD_COUNT];
    unsigned first_closed = wanted[CHG_LAUNCH_CONTROL_FD] >= 0 ? FD_COUNT : CHG_LAUNCH_CONTROL_FD;
    int i;

    if (gather_fds(source, wanted) < 0)
        return -1;
    for (i = 0; i < FD_COUNT; i++) {
        long rc = 0;

        if (source[i] == i)
            rc = syscall(SYS_fcntl, i, F_SETFD, 0);
        else if (source[i] >= 0)
            rc = syscall(SYS_dup3, source[i], i, 0);
        if (rc < 0)
            return -1;
    }
#ifdef SYS_close_range
    /* Also what the host opened without close-on-exec must not reach a step. */
    (void)syscall(SYS_close_range, first_closed, ~0U, CLOEXEC_RANGE);
#else
    (void)first_closed;
#endif
    return 0;
}

NO_SANITIZE void chg_launch_child(struct chg_launch_shared *shared)
{
    const struct chg_launch *request = shared->request;

    if (shared->procs_fd >= 0 && syscall(SYS_write, shared->procs_fd, "0", 1) < 0)
        fail(shared, CHG_LAUNCH_CGROUP);
    while (request->path == NULL)
        (void)syscall(SYS_exit_group, 0);

    if (syscall(SYS_setsid) < 0)
        fail(shared, CHG_LAUNCH_SESSION);
    reset_signals();
    if (place_fds(request->fds) < 0)
        fail(shared, CHG_LAUNCH_FDS);
    if (request->dir != NULL && syscall(SYS_chdir, request->dir) < 0)
        fail(shared, CHG_LAUNCH_DIR);
    unblock_signals();
    (void)syscall(SYS_execve, request->path, request->argv, request->envp);
    fail(shared, CHG_LAUNCH_EXEC);
    __builtin_unreachable();
}
