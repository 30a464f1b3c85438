/* SPDX-License-Identifier: MIT */
/*
 * Process trees through step-reaper: each child is started by a reaper of its own, which adopts all
 * that child leaves behind. Closing or shutting our end of its socket kills the tree, so the death
 * of this program does too.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "proc/reaper_protocol.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

#define REAPER_ARGS    4 /* step-reaper FD PATH -- */
#define END_WAIT_MS    5000
#define CONTROL_FD_ARG "3"

static int prepare(struct chg_tree_host *host)
{
    if (host->reaper_path == NULL)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED, "the path of step-reaper is not known");
    if (access(host->reaper_path, X_OK) < 0)
        return chg_error_sys(CHENGIS_ERR_UNSUPPORTED, errno, "step-reaper cannot be used: '%s'",
                             host->reaper_path);
    return 0;
}

static int open_tree(struct chg_tree *tree)
{
    (void)tree;
    return 0;
}

/* 1 a message, 0 none yet (only with MSG_DONTWAIT), -1 the reaper has gone. */
static int receive(int control, struct chg_reaper_message *out, int flags)
{
    ssize_t n;

    do
        n = recv(control, out, sizeof(*out), flags);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof(*out))
        return 1;
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

static const char **reaper_argv(const char *reaper_path, const struct chg_launch *launch)
{
    const char **argv;
    size_t count = 0;

    while (launch->argv[count] != NULL)
        count++;
    argv = chg_calloc(count + REAPER_ARGS + 1, sizeof(*argv));
    if (argv == NULL)
        return NULL;
    argv[0] = reaper_path;
    argv[1] = CONTROL_FD_ARG;
    argv[2] = launch->path;
    argv[3] = "--";
    memcpy(argv + REAPER_ARGS, launch->argv, count * sizeof(*argv));
    return argv;
}

static int wait_started(struct chg_child *child, const struct chg_launch *launch,
                        const struct chg_spawn *request)
{
    struct chg_reaper_message message;

    if (receive(child->control, &message, 0) < 0)
        return chg_error_set(CHENGIS_ERR_PROCESS,
                             "cannot start '%s': step-reaper ended unexpectedly", request->argv[0]);
    if (message.type == CHG_REAPER_FAILED) {
        struct chg_launched failed = {.stage = CHG_LAUNCH_EXEC, .err = message.a};

        return chg_spawn_error(&failed, request, launch->path);
    }
    child->pid = message.a;
    return 0;
}

/* E2BIG is about the step's own strings; anything else that keeps the reaper from starting is about
 * the reaper. */
static int start_reaper(struct chg_child *child, const struct chg_launch *launch,
                        const struct chg_spawn *request)
{
    struct chg_launched launched;

    if (chg_launch_start(&launched, launch) == 0)
        return chg_process_adopt(&child->process, &launched);
    if (launched.stage == CHG_LAUNCH_EXEC && launched.err != E2BIG)
        return chg_error_sys(CHENGIS_ERR_PROCESS, launched.err, "cannot start '%s': '%s'",
                             request->argv[0], launch->path);
    return chg_spawn_error(&launched, request, launch->path);
}

static int spawn(struct chg_tree *tree, struct chg_child *child, const struct chg_launch *launch,
                 const struct chg_spawn *request)
{
    chg_autofree const char **argv = reaper_argv(tree->host->reaper_path, launch);
    chg_autofd int their_end = -1;
    struct chg_launch via = *launch;
    int ends[2];
    int rc;

    if (argv == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot start '%s'", request->argv[0]);
    child->control = ends[0];
    their_end = ends[1];

    via.path = tree->host->reaper_path;
    via.argv = argv;
    via.fds[CHG_LAUNCH_CONTROL_FD] = their_end;
    rc = start_reaper(child, &via, request);
    if (rc < 0)
        return rc;
    (void)close(chg_steal_fd(&their_end));
    rc = wait_started(child, launch, request);
    if (rc < 0)
        return rc;
    return chg_tree_add_child(tree, child);
}

int chg_reaper_reap(struct chg_child *child, struct chg_exit *out)
{
    struct chg_reaper_message message;
    int rc = receive(child->control, &message, MSG_DONTWAIT);

    if (rc == 0)
        return 0;
    if (rc > 0) {
        *out = (struct chg_exit){.code = message.a, .signal = message.b};
        return 1;
    }
    /* The reaper was killed, so the step was its living child a moment ago: the number is still the
     * step's. */
    (void)kill(-child->pid, SIGKILL);
    *out = (struct chg_exit){.code = -1, .signal = SIGKILL};
    return 1;
}

void chg_reaper_kill(const struct chg_child *child)
{
    (void)shutdown(child->control, SHUT_WR);
}

void chg_reaper_end(struct chg_child *child)
{
    (void)close(child->control);
    if (!child->process.gone)
        (void)chg_process_wait_ms(&child->process, END_WAIT_MS);
}

static void signal_tree(struct chg_tree *tree, int sig)
{
    struct chg_reaper_message message = {.type = CHG_REAPER_SIGNAL, .a = sig};
    size_t i;

    chg_mutex_lock(&tree->lock);
    for (i = 0; i < tree->children.len; i++)
        (void)send(tree->children.items[i]->control, &message, sizeof(message),
                   MSG_NOSIGNAL | MSG_DONTWAIT);
    chg_mutex_unlock(&tree->lock);
}

static void kill_tree(struct chg_tree *tree)
{
    size_t i;

    chg_mutex_lock(&tree->lock);
    for (i = 0; i < tree->children.len; i++)
        chg_reaper_kill(tree->children.items[i]);
    chg_mutex_unlock(&tree->lock);
}

/* Hung up means that the reaper has ended, which it does when its tree is empty. Reads no message:
 * they are the child's. */
static bool has_hung_up(const struct chg_child *child, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = child->control, .events = POLLRDHUP};

    return poll(&poll_fd, 1, timeout_ms) > 0;
}

/* The first child whose tree lives, waited for; NULL when there is none. */
static struct chg_child *find_living(struct chg_tree *tree)
{
    struct chg_child *living = NULL;
    size_t i;

    chg_mutex_lock(&tree->lock);
    for (i = 0; i < tree->children.len && living == NULL; i++) {
        if (!has_hung_up(tree->children.items[i], 0))
            living = chg_child_ref(tree->children.items[i]);
    }
    chg_mutex_unlock(&tree->lock);
    return living;
}

static bool is_empty(struct chg_tree *tree)
{
    struct chg_child *living = find_living(tree);

    if (living == NULL)
        return true;
    chg_child_unref(living);
    return false;
}

static void wait_tree(struct chg_tree *tree, int timeout_ms)
{
    struct chg_child *living = find_living(tree);

    if (living == NULL)
        return;
    (void)has_hung_up(living, timeout_ms);
    chg_child_unref(living);
}

static void close_tree(struct chg_tree *tree, bool empty)
{
    (void)empty;
    chg_tree_drop_children(tree);
}

const struct chg_tree_ops chg_tree_reaper_ops = {
    .method = CHG_TREE_REAPER,
    .prepare = prepare,
    .open = open_tree,
    .spawn = spawn,
    .signal = signal_tree,
    .kill = kill_tree,
    .is_empty = is_empty,
    .wait = wait_tree,
    .close = close_tree,
};
