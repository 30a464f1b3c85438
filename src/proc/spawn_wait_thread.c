/* SPDX-License-Identifier: MIT */
/*
 * The stand-in for a pidfd on kernels (and under valgrind) without one: a thread blocks until one
 * pid has ended and makes an eventfd readable. It leaves the zombie to its owner, so the pid cannot
 * come to mean another process.
 */
#include "proc/spawn_priv.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

#include "base/banned.h"

struct chg_wait_thread {
    struct chg_thread thread;
    pid_t pid;
    int fd; /* owned by the process */
};

static void wait_for_end(void *userdata)
{
    struct chg_wait_thread *waiter = userdata;
    uint64_t one = 1;
    siginfo_t info;

    /* ECHILD: somebody else reaped it, so it has ended too. */
    while (waitid(P_PID, (id_t)waiter->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        continue;
    (void)!write(waiter->fd, &one, sizeof(one));
}

int chg_wait_thread_start(struct chg_wait_thread **out, pid_t pid, int *fd)
{
    struct chg_wait_thread *waiter = chg_new(struct chg_wait_thread);
    int rc;

    if (waiter == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    waiter->pid = pid;
    waiter->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (waiter->fd < 0) {
        rc = chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot watch process %d", (int)pid);
        chg_free(waiter);
        return rc;
    }
    rc = chg_thread_start(&waiter->thread, "chg-wait", wait_for_end, waiter);
    if (rc < 0) {
        (void)close(waiter->fd);
        chg_free(waiter);
        return rc;
    }
    *fd = waiter->fd;
    *out = waiter;
    return 0;
}

void chg_wait_thread_join(struct chg_wait_thread *waiter)
{
    if (waiter == NULL)
        return;
    chg_thread_join(&waiter->thread);
    chg_free(waiter);
}
