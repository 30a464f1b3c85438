/* SPDX-License-Identifier: MIT */
/*
 * The thread that notices commits of other processes. It sleeps in poll and looks at most every 10
 * ms. It watches in earnest only after a moment: closing an inotify descriptor takes the kernel 10
 * to 25 ms, more than a short build and its process altogether.
 */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "events/events_priv.h"

#include "base/banned.h"

#define FIRST_MS 100
#define REST_MS  10
#define LOOK_MS  1000

static void tell_everybody(struct chg_bus *bus)
{
    struct chg_subscribers *list = chg_bus_subscribers(bus);
    void (*foreign)(void *userdata);
    void *userdata;

    for (size_t i = 0; list != NULL && i < list->count; i++) {
        chg_subscription_note_foreign(list->items[i]);
        chg_subscription_settle(list->items[i]);
    }
    chg_subscribers_put(list);
    chg_mutex_lock(&bus->lock);
    foreign = bus->foreign;
    userdata = bus->foreign_data;
    chg_mutex_unlock(&bus->lock);
    if (foreign != NULL)
        foreign(userdata);
}

/* Without inotify (its instances are limited per user) a look now and then has to do. */
static void watch(void *userdata)
{
    struct chg_bus *bus = userdata;
    struct pollfd fds[2] = {{.fd = bus->stop_fd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};

    if (poll(fds, 1, FIRST_MS) > 0)
        return;
    (void)chg_store_watch_start(bus->watch);
    fds[1].fd = chg_store_watch_fd(bus->watch);
    for (;;) {
        if (chg_store_watch_drain(bus->watch))
            tell_everybody(bus);
        if (poll(fds, 1, REST_MS) > 0)
            return;
        if (poll(fds, 2, fds[1].fd < 0 ? LOOK_MS : -1) > 0 && fds[0].revents != 0)
            return;
    }
}

/* Called with the lock held. */
static int start(struct chg_bus *bus)
{
    int rc = chg_store_watch_new(&bus->watch, bus->store);

    if (rc < 0)
        return rc;
    bus->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bus->stop_fd < 0)
        rc = chg_error_sys(0, errno, "cannot make an eventfd");
    else
        rc = chg_thread_start(&bus->watcher, "chg-watch", watch, bus);
    if (rc >= 0)
        return 0;
    if (bus->stop_fd >= 0)
        (void)close(bus->stop_fd);
    bus->stop_fd = -1;
    chg_store_watch_free(bus->watch);
    bus->watch = NULL;
    return rc;
}

int chg_bus_watch(struct chg_bus *bus)
{
    int rc = 0;

    if (chg_store_path(bus->store) == NULL)
        return 0;
    chg_mutex_lock(&bus->lock);
    if (!bus->watching)
        rc = start(bus);
    if (rc >= 0)
        bus->watching = true;
    chg_mutex_unlock(&bus->lock);
    return rc;
}

void chg_bus_unwatch(struct chg_bus *bus)
{
    uint64_t one = 1;
    ssize_t written;
    bool watching;

    chg_mutex_lock(&bus->lock);
    watching = bus->watching;
    bus->watching = false;
    chg_mutex_unlock(&bus->lock);
    if (!watching || bus->watch == NULL)
        return;
    written = write(bus->stop_fd, &one, sizeof(one));
    (void)written; /* the first write to an eventfd cannot fail */
    chg_thread_join(&bus->watcher);
    (void)close(bus->stop_fd);
    bus->stop_fd = -1;
    chg_store_watch_free(bus->watch);
    bus->watch = NULL;
}

int chg_bus_on_foreign_commit(struct chg_bus *bus, void (*fn)(void *userdata), void *userdata)
{
    chg_mutex_lock(&bus->lock);
    bus->foreign = fn;
    bus->foreign_data = userdata;
    chg_mutex_unlock(&bus->lock);
    return chg_bus_watch(bus);
}
