/* SPDX-License-Identifier: MIT */
/*
 * Process trees without help: a tree is the sessions of its children. What calls setsid() escapes.
 * Children stay zombies until the tree is released, so that their session numbers cannot come to
 * mean others.
 */
#include <poll.h>
#include <signal.h>

#include "proc/tree_priv.h"

#include "base/banned.h"

#define WAIT_STEP_MS 5

static int prepare(struct chg_tree_host *host)
{
    (void)host;
    return 0;
}

static int open_tree(struct chg_tree *tree)
{
    (void)tree;
    return 0;
}

static int spawn(struct chg_tree *tree, struct chg_child *child, const struct chg_launch *launch,
                 const struct chg_spawn *request)
{
    int rc = chg_child_launch(child, launch, request);

    if (rc < 0)
        return rc;
    child->keep_zombie = true;
    return chg_tree_add_child(tree, child);
}

struct visit {
    struct chg_tree *tree; /* locked */
    int sig;               /* 0: only look */
    bool found;
};

static void visit_process(const struct chg_proc_stat *stat, void *userdata)
{
    struct visit *visit = userdata;
    size_t i;

    for (i = 0; i < visit->tree->children.len; i++) {
        const struct chg_process *process = &visit->tree->children.items[i]->process;

        if (stat->session != process->pid || !chg_process_is_ours(process))
            continue;
        visit->found = true;
        if (visit->sig != 0)
            (void)kill(stat->pid, visit->sig);
    }
}

static bool visit_all(struct chg_tree *tree, int sig)
{
    struct visit visit = {.tree = tree, .sig = sig};

    chg_mutex_lock(&tree->lock);
    if (tree->children.len > 0)
        chg_proc_scan(visit_process, &visit);
    chg_mutex_unlock(&tree->lock);
    return visit.found;
}

static void signal_tree(struct chg_tree *tree, int sig)
{
    (void)visit_all(tree, sig);
}

/* In one step of the kernel, which no fork outruns. */
static void kill_groups(struct chg_tree *tree)
{
    size_t i;

    chg_mutex_lock(&tree->lock);
    for (i = 0; i < tree->children.len; i++)
        chg_process_signal_group(&tree->children.items[i]->process, SIGKILL);
    chg_mutex_unlock(&tree->lock);
}

/* Also the groups that a shell with job control made within the session. */
static void kill_tree(struct chg_tree *tree)
{
    kill_groups(tree);
    (void)visit_all(tree, SIGKILL);
}

static bool is_empty(struct chg_tree *tree)
{
    return !visit_all(tree, 0);
}

static void wait_tree(struct chg_tree *tree, int timeout_ms)
{
    (void)tree;
    (void)poll(NULL, 0, timeout_ms < WAIT_STEP_MS ? timeout_ms : WAIT_STEP_MS);
}

static void close_tree(struct chg_tree *tree, bool empty)
{
    (void)empty;
    chg_tree_drop_children(tree);
}

const struct chg_tree_ops chg_tree_group_ops = {
    .method = CHG_TREE_GROUP,
    .prepare = prepare,
    .open = open_tree,
    .spawn = spawn,
    .signal = signal_tree,
    .kill = kill_tree,
    .is_empty = is_empty,
    .kill_first = kill_groups,
    .wait = wait_tree,
    .close = close_tree,
};
