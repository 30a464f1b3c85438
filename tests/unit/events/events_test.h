/* SPDX-License-Identifier: MIT */
/* What the tests of events share: a store with builds, a bus, committed and published events. */
#ifndef EVENTS_TEST_H
#define EVENTS_TEST_H

#include <poll.h>

#include "../store/store_test.h"
#include "base/clock.h"
#include "events/bus.h"

/* Several events of one transaction. */
struct batch {
    struct chg_event_row rows[8];
    size_t count;
};

static inline int append_all(struct chg_conn *conn, void *userdata)
{
    struct batch *batch = userdata;
    int rc = 0;

    for (size_t i = 0; i < batch->count && rc >= 0; i++)
        rc = chg_event_append(conn, &batch->rows[i]);
    return rc;
}

static inline struct chg_event_row event_of(const char *build, const char *type)
{
    return (struct chg_event_row){.build_id = text(build), .type = text(type), .at = 5};
}

/* Commit one event; it is published only by whoever does that with what this returns. */
static inline struct chg_event_row commit_event(chengis_store *store, const char *build,
                                                const char *type)
{
    struct batch batch = {.rows = {event_of(build, type)}, .count = 1};

    assert_ok(chg_store_write(store, append_all, &batch));
    return batch.rows[0];
}

static inline void publish(chengis_store *store, struct chg_bus *bus, const char *build,
                           const char *type)
{
    struct chg_event_row row = commit_event(store, build, type);

    chg_bus_publish(bus, &row, 1, CHG_DEFAULT_ORG);
}

static inline bool is_readable(chengis_subscription *sub)
{
    struct pollfd fd = {.events = POLLIN};

    assert_ok(chengis_subscription_fd(&fd.fd, sub));
    return poll(&fd, 1, 0) == 1;
}

/* Everything deliverable now as "type.seq " words. The descriptor must tell the truth before each.
 */
static inline const char *drain(chengis_subscription *sub)
{
    static char seen[8192];
    size_t len = 0;

    seen[0] = '\0';
    for (;;) {
        chengis_event *event = NULL;
        bool readable = is_readable(sub);
        int rc = chengis_subscription_next(&event, sub, 0);

        cr_assert(rc >= 0, "%s", chengis_error_last()->message);
        cr_assert_eq(readable, rc == 1, "after '%s' the descriptor said %d, next %d", seen,
                     readable, rc);
        if (rc == 0)
            return seen;
        len += (size_t)snprintf(seen + len, sizeof(seen) - len, "%s.%lld ",
                                chengis_event_name(event), (long long)chengis_event_seq(event));
        (void)chengis_event_unref(event);
    }
}

static inline chengis_subscription *subscribe(struct chg_bus *bus,
                                              chengis_subscription_options opts)
{
    chengis_subscription *sub = NULL;

    opts.struct_size = sizeof(opts);
    assert_ok(chg_subscription_new(&sub, bus, &opts));
    return sub;
}

#endif
