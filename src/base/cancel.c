/* SPDX-License-Identifier: MIT */
/*
 * Cancellation. The mutex of an object guards its list of children, its reason and the making of
 * its descriptor. Lock order: parent before child. An object leaves its parent's list before it is
 * freed, under the parent's lock, so whoever walks the list under that lock meets only live memory.
 */
#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/ref.h"
#include "base/thread.h"

#include "base/banned.h"

#define MAX_LEVEL 2

struct chg_cancel {
    struct chg_ref ref;
    struct chg_cancel *parent; /* immutable; a counted reference */

    atomic_int level;
    atomic_int fd; /* -1 until it is asked for */
    _Atomic(char *) reason;

    struct chg_mutex mutex;
    struct chg_cond raised;
    struct chg_cancel *children;

    struct chg_cancel *next; /* guarded by the parent's mutex, as is prev */
    struct chg_cancel *prev;
};

static void raise_level(struct chg_cancel *cancel, int level, const char *reason);

int chg_cancel_new(struct chg_cancel **out, struct chg_cancel *parent)
{
    struct chg_cancel *cancel = chg_new(struct chg_cancel);

    if (cancel == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_ref_init(&cancel->ref);
    atomic_init(&cancel->fd, -1);
    chg_mutex_init(&cancel->mutex);
    chg_cond_init(&cancel->raised);
    if (parent != NULL) {
        cancel->parent = chg_cancel_ref(parent);
        chg_mutex_lock(&parent->mutex);
        cancel->next = parent->children;
        if (cancel->next != NULL)
            cancel->next->prev = cancel;
        parent->children = cancel;
        if (chg_cancel_level(parent) > 0)
            raise_level(cancel, chg_cancel_level(parent), chg_cancel_reason(parent));
        chg_mutex_unlock(&parent->mutex);
    }
    *out = cancel;
    return 0;
}

struct chg_cancel *chg_cancel_ref(struct chg_cancel *cancel)
{
    chg_ref_get(&cancel->ref);
    return cancel;
}

static void leave_parent(struct chg_cancel *cancel)
{
    struct chg_cancel *parent = cancel->parent;

    chg_mutex_lock(&parent->mutex);
    if (cancel->next != NULL)
        cancel->next->prev = cancel->prev;
    if (cancel->prev != NULL)
        cancel->prev->next = cancel->next;
    else
        parent->children = cancel->next;
    chg_mutex_unlock(&parent->mutex);
}

struct chg_cancel *chg_cancel_unref(struct chg_cancel *cancel)
{
    while (cancel != NULL && chg_ref_put(&cancel->ref)) {
        struct chg_cancel *parent = cancel->parent;
        int fd = atomic_load(&cancel->fd);

        if (parent != NULL)
            leave_parent(cancel);
        if (fd >= 0)
            (void)close(fd);
        chg_free(atomic_load(&cancel->reason));
        chg_cond_fini(&cancel->raised);
        chg_mutex_fini(&cancel->mutex);
        chg_free(cancel);
        cancel = parent;
    }
    return NULL;
}

/* Make the descriptor readable. A full counter is readable already. */
static void signal_fd(struct chg_cancel *cancel)
{
    int fd = atomic_load(&cancel->fd);
    uint64_t one = 1;

    if (fd >= 0) {
        ssize_t n = write(fd, &one, sizeof(one));
        (void)n;
    }
}

/* Trees of cancellations are as deep as build, stage and step, so recursion is shallow. */
static void raise_level(struct chg_cancel *cancel, int level, const char *reason)
{
    chg_mutex_lock(&cancel->mutex);
    if (level > atomic_load(&cancel->level)) {
        /* Without memory for the reason the request still counts. */
        if (atomic_load(&cancel->level) == 0)
            atomic_store(&cancel->reason, chg_strdup(reason));
        atomic_store(&cancel->level, level);
        signal_fd(cancel);
        chg_cond_broadcast(&cancel->raised);
        for (struct chg_cancel *child = cancel->children; child != NULL; child = child->next)
            raise_level(child, level, reason);
    }
    chg_mutex_unlock(&cancel->mutex);
}

void chg_cancel_request(struct chg_cancel *cancel, int level, const char *reason)
{
    if (level < 1)
        return;
    raise_level(cancel, level < MAX_LEVEL ? level : MAX_LEVEL, reason);
}

int chg_cancel_level(const struct chg_cancel *cancel)
{
    return cancel != NULL ? atomic_load(&cancel->level) : 0;
}

const char *chg_cancel_reason(const struct chg_cancel *cancel)
{
    const char *reason = cancel != NULL ? atomic_load(&cancel->reason) : NULL;

    return reason != NULL ? reason : "";
}

int chg_cancel_fd(struct chg_cancel *cancel)
{
    int fd;

    chg_mutex_lock(&cancel->mutex);
    fd = atomic_load(&cancel->fd);
    if (fd < 0) {
        fd = eventfd(chg_cancel_level(cancel) > 0 ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
        atomic_store(&cancel->fd, fd);
    }
    chg_mutex_unlock(&cancel->mutex);
    if (fd < 0)
        (void)chg_error_sys(0, errno, "no descriptor for cancellation");
    return fd;
}

void chg_cancel_drain(struct chg_cancel *cancel)
{
    int fd = atomic_load(&cancel->fd);
    uint64_t count;

    if (fd >= 0) {
        ssize_t n = read(fd, &count, sizeof(count));
        (void)n;
    }
}

void chg_cancel_rearm(struct chg_cancel *cancel, int level)
{
    chg_mutex_lock(&cancel->mutex);
    chg_cancel_drain(cancel);
    if (chg_cancel_level(cancel) >= level)
        signal_fd(cancel);
    chg_mutex_unlock(&cancel->mutex);
}

int chg_cancel_check(const struct chg_cancel *cancel)
{
    const char *reason;

    if (chg_cancel_level(cancel) == 0)
        return 0;
    reason = chg_cancel_reason(cancel);
    return chg_error_set(CHENGIS_ERR_CANCELLED, "cancelled%s%s", reason[0] != '\0' ? ": " : "",
                         reason);
}

static int sleep_until(int64_t until)
{
    int64_t left;

    while ((left = until - chg_clock_mono_ms()) > 0)
        (void)poll(NULL, 0, left < 1000 ? (int)left : 1000);
    return 0;
}

int chg_cancel_sleep(struct chg_cancel *cancel, int64_t ms)
{
    int64_t until = chg_clock_mono_ms() + ms;
    bool in_time = true;

    if (cancel == NULL)
        return sleep_until(until);
    chg_mutex_lock(&cancel->mutex);
    while (in_time && chg_cancel_level(cancel) == 0)
        in_time = chg_cond_wait_until(&cancel->raised, &cancel->mutex, until);
    chg_mutex_unlock(&cancel->mutex);
    return chg_cancel_check(cancel);
}
