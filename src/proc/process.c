/* SPDX-License-Identifier: MIT */
/* A process we are the parent of: wait for it by descriptor, reap exactly it, end it. */
#include "proc/spawn_priv.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

#include "base/banned.h"

#ifndef P_PIDFD
#define P_PIDFD ((idtype_t)3)
#endif

#define FINI_WAIT_MS 5000

static atomic_uint disabled;

void chg_spawn_disable(unsigned mask)
{
    atomic_store(&disabled, mask);
}

bool chg_spawn_disabled(unsigned what)
{
    return (atomic_load_explicit(&disabled, memory_order_relaxed) & what) != 0;
}

/* By pidfd where possible: a pid could by now mean another child of the host. */
static int wait_exactly(const struct chg_process *process, siginfo_t *info, int options)
{
    int rc = -1;

    info->si_pid = 0;
    errno = EINVAL;
    if (process->waiter == NULL)
        rc = waitid(P_PIDFD, (id_t)process->fd, info, options);
    if (rc < 0 && errno == EINVAL)
        rc = waitid(P_PID, (id_t)process->pid, info, options);
    return rc;
}

static void end_unwatched(const struct chg_launched *launched)
{
    siginfo_t info;

    (void)kill(launched->pid, SIGKILL);
    while (waitid(P_PID, (id_t)launched->pid, &info, WEXITED) < 0 && errno == EINTR)
        continue;
}

int chg_process_adopt(struct chg_process *process, const struct chg_launched *launched)
{
    int rc;

    *process = (struct chg_process){.pid = launched->pid, .fd = launched->pidfd};
    if (launched->pidfd >= 0)
        return 0;
    rc = chg_wait_thread_start(&process->waiter, launched->pid, &process->fd);
    if (rc < 0) {
        end_unwatched(launched);
        process->gone = true;
    }
    return rc;
}

int chg_process_reap(struct chg_process *process, struct chg_exit *out, bool keep)
{
    siginfo_t info;

    if (process->waiter != NULL && !chg_process_wait_ms(process, 0))
        return 0;
    if (wait_exactly(process, &info, WEXITED | WNOHANG | (keep ? WNOWAIT : 0)) < 0) {
        process->gone = true;
        return chg_error_sys(
            CHENGIS_ERR_PROCESS, errno,
            "process %d: the exit status was taken by somebody else (a waitpid(-1) "
            "or an ignored SIGCHLD in this program)",
            (int)process->pid);
    }
    if (info.si_pid == 0)
        return 0;
    process->gone = !keep;
    if (info.si_code == CLD_EXITED)
        *out = (struct chg_exit){.code = info.si_status};
    else
        *out = (struct chg_exit){.code = -1, .signal = info.si_status};
    return 1;
}

bool chg_process_is_ours(const struct chg_process *process)
{
    siginfo_t info;

    return !process->gone && wait_exactly(process, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void chg_process_signal_group(const struct chg_process *process, int sig)
{
    if (chg_process_is_ours(process))
        (void)kill(-process->pid, sig);
}

bool chg_process_wait_ms(const struct chg_process *process, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = process->fd, .events = POLLIN};
    int rc;

    do
        rc = poll(&poll_fd, 1, timeout_ms);
    while (rc < 0 && errno == EINTR);
    return rc > 0;
}

void chg_process_fini(struct chg_process *process)
{
    siginfo_t info;

    if (!process->gone) {
        chg_process_signal_group(process, SIGKILL);
        /* The waiter cannot be left behind; a process that does not die is the kernel's. */
        if (chg_process_wait_ms(process, process->waiter != NULL ? -1 : FINI_WAIT_MS))
            (void)wait_exactly(process, &info, WEXITED | WNOHANG);
    }
    chg_wait_thread_join(process->waiter);
    if (process->fd >= 0)
        (void)close(process->fd);
    *process = (struct chg_process){.fd = -1, .gone = true};
}
