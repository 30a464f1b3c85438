/* SPDX-License-Identifier: MIT */
/*
 * The bus: the list of subscriptions and the ways to reach them. Its lock guards the list, the
 * known organisations and the engine's function; lock order: bus > subscription.
 */
#include "events/bus.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/map.h"
#include "base/str.h"
#include "events/events_priv.h"

#include "base/banned.h"

#define ORGS_MAX 1024 /* organisations of builds remembered for hints */

static bool wants_any_hints(const chengis_subscription *sub)
{
    return (sub->types & UINT64_C(1) << CHENGIS_EVENT_LOG_LINE) != 0;
}

static void free_org(void *value)
{
    chg_free(value);
}

int chg_bus_new(struct chg_bus **out, chengis_store *store)
{
    struct chg_bus *bus = chg_new(struct chg_bus);
    struct chg_map *orgs = chg_new(struct chg_map);

    if (bus == NULL || orgs == NULL) {
        chg_free(bus);
        chg_free(orgs);
        return CHENGIS_ERR_NO_MEMORY;
    }
    orgs->free_value = free_org;
    chg_ref_init(&bus->ref);
    chg_mutex_init(&bus->lock);
    bus->store = chengis_store_ref(store);
    bus->orgs = orgs;
    bus->stop_fd = -1;
    *out = bus;
    return 0;
}

struct chg_bus *chg_bus_ref(struct chg_bus *bus)
{
    chg_ref_get(&bus->ref);
    return bus;
}

void chg_bus_core_put(struct chg_bus *bus)
{
    if (!chg_ref_put(&bus->ref))
        return;
    chg_map_fini(bus->orgs);
    chg_free(bus->orgs);
    chg_mutex_fini(&bus->lock);
    (void)chengis_store_unref(bus->store);
    chg_free(bus);
}

struct chg_bus *chg_bus_unref(struct chg_bus *bus)
{
    struct chg_subscribers *list;

    if (bus == NULL)
        return NULL;
    chg_bus_unwatch(bus);
    chg_mutex_lock(&bus->lock);
    list = bus->list;
    bus->list = NULL;
    bus->foreign = NULL;
    chg_mutex_unlock(&bus->lock);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        chg_subscription_note_stop(list->items[i]);
        chg_subscription_settle(list->items[i]);
    }
    chg_subscribers_put(list);
    chg_bus_core_put(bus);
    return NULL;
}

void chg_subscribers_put(struct chg_subscribers *list)
{
    if (list == NULL || !chg_ref_put(&list->ref))
        return;
    for (size_t i = 0; i < list->count; i++)
        chg_subscription_core_put(list->items[i]);
    chg_free(list);
}

struct chg_subscribers *chg_bus_subscribers(struct chg_bus *bus)
{
    struct chg_subscribers *list;

    chg_mutex_lock(&bus->lock);
    list = bus->list;
    if (list != NULL)
        chg_ref_get(&list->ref);
    chg_mutex_unlock(&bus->lock);
    return list;
}

/* A copy of the list with one more and one less; either may be NULL. NULL when out of memory. */
static struct chg_subscribers *changed(const struct chg_subscribers *old,
                                       chengis_subscription *more, const chengis_subscription *less)
{
    size_t count = old == NULL ? 0 : old->count;
    struct chg_subscribers *list =
        chg_calloc(1, sizeof(*list) + (count + 1) * sizeof(list->items[0]));

    if (list == NULL)
        return NULL;
    chg_ref_init(&list->ref);
    for (size_t i = 0; i < count; i++) {
        if (old->items[i] != less)
            list->items[list->count++] = old->items[i];
    }
    if (more != NULL)
        list->items[list->count++] = more;
    for (size_t i = 0; i < list->count; i++)
        chg_ref_get(&list->items[i]->core);
    return list;
}

int chg_bus_add(struct chg_bus *bus, chengis_subscription *sub)
{
    struct chg_subscribers *list;
    struct chg_subscribers *old;

    chg_mutex_lock(&bus->lock);
    old = bus->list;
    list = changed(old, sub, NULL);
    if (list != NULL)
        bus->list = list;
    chg_mutex_unlock(&bus->lock);
    if (list == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    (void)atomic_fetch_add(&bus->count, 1);
    if (wants_any_hints(sub))
        (void)atomic_fetch_add(&bus->hint_count, 1);
    chg_subscribers_put(old);
    return 0;
}

static bool contains(const struct chg_subscribers *list, const chengis_subscription *sub)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (list->items[i] == sub)
            return true;
    }
    return false;
}

/* Out of memory, the list keeps a closed subscription until it changes again or the bus goes. */
void chg_bus_remove(struct chg_bus *bus, chengis_subscription *sub)
{
    struct chg_subscribers *old = NULL;
    bool found;

    chg_mutex_lock(&bus->lock);
    found = contains(bus->list, sub);
    if (found) {
        struct chg_subscribers *list = changed(bus->list, NULL, sub);

        if (list != NULL) {
            old = bus->list;
            bus->list = list;
        }
    }
    chg_mutex_unlock(&bus->lock);
    if (found) {
        (void)atomic_fetch_sub(&bus->count, 1);
        if (wants_any_hints(sub))
            (void)atomic_fetch_sub(&bus->hint_count, 1);
    }
    chg_subscribers_put(old);
}

/* A subscription that joins after the look at the count reads these events from the store: they are
 * committed. */
void chg_bus_publish(struct chg_bus *bus, const struct chg_event_row *rows, size_t count,
                     const char *org_id)
{
    struct chg_subscribers *list;

    if (atomic_load(&bus->count) == 0)
        return;
    list = chg_bus_subscribers(bus);
    if (list == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        struct chg_offer offer = {&rows[i], chg_event_type_parse(rows[i].type), org_id, NULL};

        for (size_t k = 0; k < list->count; k++)
            chg_subscription_offer(list->items[k], &offer);
        (void)chengis_event_unref(offer.event);
    }
    for (size_t k = 0; k < list->count; k++)
        chg_subscription_settle(list->items[k]);
    chg_subscribers_put(list);
}

bool chg_bus_wants_log_hints(struct chg_bus *bus, const char *build_id)
{
    struct chg_subscribers *list;
    bool wanted = false;

    if (atomic_load(&bus->hint_count) == 0)
        return false;
    list = chg_bus_subscribers(bus);
    for (size_t i = 0; list != NULL && i < list->count && !wanted; i++)
        wanted = chg_subscription_wants_hints(list->items[i], build_id);
    chg_subscribers_put(list);
    return wanted;
}

struct org_query {
    const char *build_id;
    char *org;
};

static int read_org(struct chg_conn *conn, void *userdata)
{
    static const char sql[] = "SELECT org_id FROM builds WHERE id = ?1";
    struct org_query *query = userdata;
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", query->build_id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc > 0)
        query->org = chg_strdup(chg_stmt_text(&q, 0));
    return rc < 0 ? rc : 0;
}

/* Whose build it is, asked once per build: hints carry no organisation, and must not reach another
 * one. */
static char *org_of(struct chg_bus *bus, const char *build_id)
{
    struct org_query query = {build_id, NULL};
    char *copy;

    chg_mutex_lock(&bus->lock);
    copy = chg_strdup(chg_map_get(bus->orgs, build_id));
    chg_mutex_unlock(&bus->lock);
    if (copy != NULL || chg_store_read(bus->store, read_org, &query) < 0 || query.org == NULL)
        return copy;
    copy = chg_strdup(query.org);
    chg_mutex_lock(&bus->lock);
    if (bus->orgs->count >= ORGS_MAX) {
        chg_map_fini(bus->orgs);
        *bus->orgs = (struct chg_map)CHG_MAP_INIT(free_org);
    }
    if (chg_map_put(bus->orgs, build_id, query.org) < 0)
        chg_free(query.org);
    chg_mutex_unlock(&bus->lock);
    return copy;
}

static int new_hint(chengis_event **out, const char *build_id, const char *stage, const char *step,
                    uint64_t step_ordinal, uint64_t offset)
{
    chg_autofree char *data =
        chg_asprintf("{\"step\":%llu,\"offset\":%llu}", (unsigned long long)step_ordinal,
                     (unsigned long long)offset);
    chg_autofree char *build = chg_strdup(build_id);
    chg_autofree char *stage_name = chg_strdup(stage);
    chg_autofree char *step_name = chg_strdup(step);
    char type[] = "log-line";
    struct chg_event_row row = {.build_id = build, .type = type, .at = chg_clock_wall_ms()};
    int rc;

    if (data == NULL || build == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    row.stage_name = stage_name;
    row.step_name = step_name;
    row.data = data;
    rc = chg_event_new(out, &row);
    if (rc >= 0)
        (*out)->hint_step = step_ordinal;
    return rc;
}

static bool may_see(struct chg_bus *bus, const chengis_subscription *sub, const char *build_id,
                    char **org)
{
    if (sub->build_id != NULL)
        return true;
    if (*org == NULL)
        *org = org_of(bus, build_id);
    return *org != NULL && strcmp(*org, sub->org) == 0;
}

void chg_bus_publish_log_hint(struct chg_bus *bus, const char *build_id, const char *stage,
                              const char *step, uint64_t step_ordinal, uint64_t offset)
{
    struct chg_subscribers *list;
    chengis_event *hint = NULL;
    chg_autofree char *org = NULL;

    if (atomic_load(&bus->hint_count) == 0)
        return;
    list = chg_bus_subscribers(bus);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        chengis_subscription *sub = list->items[i];

        if (!chg_subscription_wants_hints(sub, build_id) || !may_see(bus, sub, build_id, &org))
            continue;
        if (hint == NULL && new_hint(&hint, build_id, stage, step, step_ordinal, offset) < 0)
            break;
        chg_subscription_hint(sub, hint);
        chg_subscription_settle(sub);
    }
    (void)chengis_event_unref(hint);
    chg_subscribers_put(list);
}
