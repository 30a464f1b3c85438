/* SPDX-License-Identifier: MIT */
/*
 * The inside of events/: event objects, subscriptions and the bus they hang on.
 *
 * Locks, outer first: bus > subscription; both stand between build and log in the order of the
 * library. The store, a wakeup function and the engine's function are called with neither held.
 */
#ifndef CHG_EVENTS_EVENTS_PRIV_H
#define CHG_EVENTS_EVENTS_PRIV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ref.h"
#include "base/thread.h"
#include "base/vec.h"
#include "events/bus.h"

#define CHG_EVENT_MAGIC        CHG_MAGIC('E', 'V', 'N', 'T')
#define CHG_SUBSCRIPTION_MAGIC CHG_MAGIC('S', 'U', 'B', 'S')

/* Immutable; json is made on first use. */
struct chengis_event {
    uint32_t magic;
    struct chg_ref ref;
    chengis_event_type type;
    chengis_status status;
    int64_t id;
    int64_t seq;
    int64_t at;
    uint64_t hint_step; /* of a LOG_LINE hint: the step it is about */
    const char *name;   /* these point into text */
    const char *build_id;
    const char *stage;
    const char *step;
    const char *data;
    const char *cursor;
    _Atomic(char *) json;
    char text[];
};

chengis_event_type chg_event_type_parse(const char *name);

struct chengis_subscription {
    uint32_t magic;
    struct chg_ref ref;  /* of the host */
    struct chg_ref core; /* of the bus's lists, and one for all of the host's: keeps the memory */

    /* constant */
    struct chg_bus *bus; /* holds a reference */
    char *build_id;      /* NULL: all builds */
    char *org;
    uint64_t types; /* bits (1 << type) */
    int fd;
    size_t ring_size;

    struct chg_mutex lock; /* guards what follows */
    struct chg_cond news;
    chengis_event **ring;
    size_t head;
    size_t count;
    CHG_VEC(chengis_event *) hints; /* the newest of each step */
    /* Everything up to here is in the ring, or was, or does not match: a seq with build_id, else an
     * id. */
    int64_t position;
    bool behind; /* the store may have more; live events are not taken until it has been read */
    bool catching_up; /* a thread is reading the store */
    bool again;       /* more was written since that thread began to read */
    bool broken;      /* reading failed on another thread; the next reader tries, and reports */
    bool readable;    /* the descriptor is */
    bool wake_due;
    bool interrupted;
    bool finished; /* the one build is completed */
    bool stopped;  /* the engine is gone */
    bool closed;   /* the host has released it */
    chengis_wakeup_fn wakeup;
    void *wakeup_data;
    unsigned calling; /* threads inside wakeup */
};

void chg_subscription_core_put(chengis_subscription *sub);

/* One committed event on its way to the subscriptions. The object is made for the first that wants
 * it. */
struct chg_offer {
    const struct chg_event_row *row;
    chengis_event_type type;
    const char *org_id;
    chengis_event *event;
};
void chg_subscription_offer(chengis_subscription *sub, struct chg_offer *offer);
bool chg_subscription_wants_hints(const chengis_subscription *sub, const char *build_id);
void chg_subscription_hint(chengis_subscription *sub, chengis_event *hint);
void chg_subscription_note_foreign(
    chengis_subscription *sub); /* the store may have events nobody offered */
void chg_subscription_note_stop(chengis_subscription *sub);
/* After offers, with no lock held: read the store where needed, and wake the host. */
void chg_subscription_settle(chengis_subscription *sub);

/* Called with the lock held: make the descriptor tell the truth. */
void chg_subscription_update(chengis_subscription *sub);
/* Called with the lock held, which is given up meanwhile: read the store until there is an event or
 * no more. */
int chg_subscription_catch_up(chengis_subscription *sub);

/* A list of subscriptions that does not change; a change makes another. Holds core references. */
struct chg_subscribers {
    struct chg_ref ref;
    size_t count;
    chengis_subscription *items[];
};

struct chg_bus {
    struct chg_ref ref; /* of the engine and of every subscription */
    chengis_store *store;
    atomic_size_t count;      /* of subscriptions */
    atomic_size_t hint_count; /* of those that want hints */

    struct chg_mutex lock; /* guards what follows */
    struct chg_subscribers *list;
    struct chg_map *orgs; /* build id to organisation, for hints to those who follow all builds */
    void (*foreign)(void *userdata);
    void *foreign_data;
    bool watching;

    /* of the watcher, constant while it runs */
    struct chg_thread watcher;
    struct chg_store_watch *watch;
    int stop_fd;
};

struct chg_bus *chg_bus_ref(struct chg_bus *bus);
void chg_bus_core_put(struct chg_bus *bus);
int chg_bus_add(struct chg_bus *bus, chengis_subscription *sub);
void chg_bus_remove(struct chg_bus *bus, chengis_subscription *sub);
struct chg_subscribers *
chg_bus_subscribers(struct chg_bus *bus); /* release with chg_subscribers_put() */
void chg_subscribers_put(struct chg_subscribers *list);
int chg_bus_watch(struct chg_bus *bus); /* start the watcher, once; nothing to do in memory */
void chg_bus_unwatch(struct chg_bus *bus);

#endif
