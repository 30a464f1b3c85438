/* SPDX-License-Identifier: MIT */
/* The handle of a started process: start, descriptor, exit status, end. */
#include "proc/spawn.h"

#include <signal.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "proc/spawn_priv.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

int chg_child_launch(struct chg_child *child, const struct chg_launch *launch,
                     const struct chg_spawn *request)
{
    struct chg_launched launched;
    int rc;

    if (chg_launch_start(&launched, launch) < 0)
        return chg_spawn_error(&launched, request, launch->path);

    rc = chg_process_adopt(&child->process, &launched);
    child->pid = launched.pid;
    return rc;
}

static struct chg_child *child_new(void)
{
    struct chg_child *child = chg_new(struct chg_child);

    if (child == NULL)
        return NULL;
    atomic_init(&child->refs, 1);
    child->process = (struct chg_process){.fd = -1, .gone = true};
    child->control = -1;
    return child;
}

int chg_child_spawn(struct chg_child **out, const struct chg_spawn *request)
{
    chg_autofree char *path = NULL;
    struct chg_child *child;
    int rc;

    CHG_REQUIRE(request->argv != NULL && request->argv[0] != NULL && request->envp != NULL);
    rc = chg_spawn_resolve(&path, request);
    if (rc < 0)
        return rc;
    child = child_new();
    if (child == NULL)
        return CHENGIS_ERR_NO_MEMORY;

    struct chg_launch launch = {
        .path = path,
        .argv = request->argv,
        .envp = request->envp,
        .dir = request->dir,
        .fds = {request->stdin_fd, request->stdout_fd, request->stderr_fd, -1},
        .cgroup_fd = -1,
    };
    if (request->tree != NULL)
        rc = request->tree->ops->spawn(request->tree, child, &launch, request);
    else
        rc = chg_child_launch(child, &launch, request);
    if (rc < 0) {
        chg_child_unref(child);
        return rc;
    }
    *out = child;
    return 0;
}

pid_t chg_child_pid(const struct chg_child *child)
{
    return child->pid;
}

int chg_child_fd(const struct chg_child *child)
{
    return child->control >= 0 ? child->control : child->process.fd;
}

int chg_child_reap(struct chg_child *child, struct chg_exit *out)
{
    int rc;

    if (child->ended && child->ended_rc < 0)
        return chg_error_set(child->ended_rc, "process %d: its exit status is not known",
                             (int)child->pid);
    if (!child->ended) {
        if (child->control >= 0)
            rc = chg_reaper_reap(child, &child->exit);
        else
            rc = chg_process_reap(&child->process, &child->exit, child->keep_zombie);
        if (rc == 0)
            return 0;
        child->ended = true;
        child->ended_rc = rc;
        if (rc < 0)
            return rc;
    }
    *out = child->exit;
    return 1;
}

void chg_child_signal(struct chg_child *child, int sig)
{
    chg_process_signal_group(&child->process, sig);
}

struct chg_child *chg_child_ref(struct chg_child *child)
{
    (void)atomic_fetch_add_explicit(&child->refs, 1, memory_order_relaxed);
    return child;
}

void chg_child_unref(struct chg_child *child)
{
    if (atomic_fetch_sub_explicit(&child->refs, 1, memory_order_acq_rel) > 1)
        return;
    if (child->control >= 0)
        chg_reaper_end(child);
    chg_process_fini(&child->process);
    chg_free(child);
}

void chg_child_free(struct chg_child *child)
{
    if (child == NULL)
        return;
    if (!child->ended && child->control >= 0)
        chg_reaper_kill(child);
    else if (!child->ended)
        chg_child_signal(child, SIGKILL);
    chg_child_unref(child);
}
