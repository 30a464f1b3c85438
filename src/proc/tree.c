/* SPDX-License-Identifier: MIT */
/*
 * Process trees: chooses the method of a host and runs the life of a tree over its method table.
 * Locks: host->lock guards the choice, the cgroups and the pool; tree->lock the list of children.
 * Host before tree.
 */
#include "proc/tree.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

#define NAME_MAX_LEN    64
#define RELEASE_WAIT_MS 2000
#define NAME_CHARS      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

bool chg_tree_name_is_valid(const char *name)
{
    size_t len = name != NULL ? strlen(name) : 0;

    return len > 0 && len <= NAME_MAX_LEN && strspn(name, NAME_CHARS) == len;
}

int chg_tree_host_new(struct chg_tree_host **out, const struct chg_tree_host_options *opts)
{
    struct chg_tree_host *host;

    if (!chg_tree_name_is_valid(opts->name))
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "the name of a process tree host is 1 to %d letters, digits and '-'",
                             NAME_MAX_LEN);
    host = chg_new(struct chg_tree_host);
    if (host == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    host->name = chg_strdup(opts->name);
    host->reaper_path = chg_strdup(opts->reaper_path);
    host->wanted = opts->method;
    host->cgroup_parent_fd = -1;
    host->cgroup_fd = -1;
    chg_mutex_init(&host->lock);
    if (host->name == NULL || (opts->reaper_path != NULL && host->reaper_path == NULL)) {
        chg_tree_host_free(host);
        return CHENGIS_ERR_NO_MEMORY;
    }
    *out = host;
    return 0;
}

void chg_tree_host_free(struct chg_tree_host *host)
{
    if (host == NULL)
        return;
    if (host->ops != NULL && host->ops->host_fini != NULL)
        host->ops->host_fini(host);
    chg_mutex_fini(&host->lock);
    chg_free(host->reaper_path);
    chg_free(host->name);
    chg_free(host);
}

/* Methods in order of preference; group cannot fail. */
static const struct chg_tree_ops *const methods[] = {
    &chg_tree_cgroup_ops,
    &chg_tree_reaper_ops,
    &chg_tree_group_ops,
};

/* Host lock held. */
static int decide(struct chg_tree_host *host)
{
    int rc = 0;
    size_t i;

    if (host->ops != NULL)
        return 0;
    for (i = 0; i < sizeof(methods) / sizeof(*methods) && host->ops == NULL; i++) {
        if (host->wanted != CHG_TREE_AUTO && host->wanted != methods[i]->method)
            continue;
        rc = methods[i]->prepare(host);
        if (rc == 0)
            host->ops = methods[i];
    }
    if (host->ops == NULL)
        return rc;
    chengis_error_clear(); /* why a better method cannot be had is nobody's failure */
    return 0;
}

enum chg_tree_method chg_tree_host_method(struct chg_tree_host *host)
{
    enum chg_tree_method method;

    chg_mutex_lock(&host->lock);
    (void)decide(host);
    method = host->ops != NULL ? host->ops->method : host->wanted;
    chg_mutex_unlock(&host->lock);
    return method;
}

int chg_tree_new(struct chg_tree **out, struct chg_tree_host *host)
{
    struct chg_tree *tree = chg_new(struct chg_tree);
    int rc;

    if (tree == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    tree->host = host;
    chg_mutex_lock(&host->lock);
    rc = decide(host);
    tree->ops = host->ops;
    chg_mutex_unlock(&host->lock);
    if (rc == 0)
        rc = tree->ops->open(tree);
    if (rc < 0) {
        chg_free(tree);
        return rc;
    }
    chg_mutex_init(&tree->lock);
    *out = tree;
    return 0;
}

void chg_tree_signal(struct chg_tree *tree, int sig)
{
    tree->ops->signal(tree, sig);
}

void chg_tree_kill(struct chg_tree *tree)
{
    tree->ops->kill(tree);
}

bool chg_tree_is_empty(struct chg_tree *tree)
{
    return tree->ops->is_empty(tree);
}

static bool kill_and_wait(struct chg_tree *tree)
{
    int64_t deadline = chg_clock_mono_ms() + RELEASE_WAIT_MS;
    int64_t left = RELEASE_WAIT_MS;

    if (tree->ops->kill_first != NULL)
        tree->ops->kill_first(tree);
    while (!tree->ops->is_empty(tree)) {
        if (left <= 0)
            return false;
        tree->ops->kill(tree);
        tree->ops->wait(tree, (int)left);
        left = deadline - chg_clock_mono_ms();
    }
    return true;
}

void chg_tree_release(struct chg_tree *tree)
{
    if (tree == NULL)
        return;
    tree->ops->close(tree, kill_and_wait(tree));
    chg_mutex_fini(&tree->lock);
    chg_vec_fini(&tree->children);
    chg_free(tree);
}

int chg_tree_add_child(struct chg_tree *tree, struct chg_child *child)
{
    int rc;

    chg_mutex_lock(&tree->lock);
    rc = chg_vec_push(&tree->children, child);
    if (rc == 0)
        (void)chg_child_ref(child);
    chg_mutex_unlock(&tree->lock);
    return rc;
}

void chg_tree_drop_children(struct chg_tree *tree)
{
    size_t i;

    for (i = 0; i < tree->children.len; i++)
        chg_child_unref(tree->children.items[i]);
    tree->children.len = 0;
}
