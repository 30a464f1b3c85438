/* SPDX-License-Identifier: MIT */
/*
 * Noticing commits of other processes without polling: inotify on DB.writer, which every committer
 * changes once its commit can be read. (The WAL itself is written before that, so a watcher of it
 * would look too early.)
 */
#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "store/store_priv.h"

#include "base/banned.h"

struct chg_store_watch {
    chengis_store *store;
    int fd;
    int64_t foreign; /* commits of others seen so far */
};

static int64_t foreign_commits(const chengis_store *store)
{
    int64_t own = (int64_t)chg_store_commits(store);

    return (int64_t)chg_ticket_commits(&store->ticket) - own;
}

int chg_store_watch_new(struct chg_store_watch **out, chengis_store *store)
{
    struct chg_store_watch *watch = chg_new(struct chg_store_watch);

    if (watch == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    watch->store = chengis_store_ref(store);
    watch->fd = -1;
    if (store->path != NULL)
        watch->foreign = foreign_commits(store);
    *out = watch;
    return 0;
}

int chg_store_watch_start(struct chg_store_watch *watch)
{
    const char *path = watch->store->ticket.path;
    chg_autofd int fd = -1;

    if (watch->store->path == NULL || watch->fd >= 0)
        return 0;
    fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return chg_error_sys(0, errno, "cannot watch '%s': inotify", path);
    if (inotify_add_watch(fd, path, IN_MODIFY) < 0)
        return chg_error_sys(0, errno, "cannot watch '%s'", path);
    watch->fd = chg_steal_fd(&fd);
    return 0;
}

int chg_store_watch_fd(const struct chg_store_watch *watch)
{
    return watch->fd;
}

bool chg_store_watch_drain(struct chg_store_watch *watch)
{
    char events[4096];
    int64_t foreign;
    bool news;

    if (watch->store->path == NULL)
        return false;
    while (watch->fd >= 0 && read(watch->fd, events, sizeof(events)) > 0)
        ;
    foreign = foreign_commits(watch->store);
    news = foreign > watch->foreign;
    if (news)
        watch->foreign = foreign;
    return news;
}

void chg_store_watch_free(struct chg_store_watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->fd >= 0)
        (void)close(watch->fd);
    (void)chengis_store_unref(watch->store);
    chg_free(watch);
}
