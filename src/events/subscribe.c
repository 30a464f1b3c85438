/* SPDX-License-Identifier: MIT */
/* Making a subscription: its options, and where in the log it begins. */
#include <errno.h>
#include <sys/eventfd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/options.h"
#include "base/parse.h"
#include "base/str.h"
#include "events/events_priv.h"

#include "base/banned.h"

#define DEFAULT_RING 256
#define LARGEST_RING 65536
#define LOG_LINES    (UINT64_C(1) << CHENGIS_EVENT_LOG_LINE)
#define ALL_TYPES    ((LOG_LINES << 1) - 1)

static int check_options(const chengis_subscription_options *opts)
{
    if ((opts->types & ~ALL_TYPES) != 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "types has bits of unknown event types");
    if (opts->ring_size > LARGEST_RING)
        return chg_error_set(CHENGIS_ERR_INVALID, "ring_size is %lu, expected at most %d",
                             (unsigned long)opts->ring_size, LARGEST_RING);
    if (opts->from_seq < 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "from_seq is %lld, expected 0 or more",
                             (long long)opts->from_seq);
    if (opts->build_id != NULL && opts->cursor != NULL)
        return chg_error_set(CHENGIS_ERR_INVALID, "cursor is for all builds, from_seq for one");
    return 0;
}

struct start {
    const chengis_subscription_options *opts;
    struct chg_scope scope;
    int64_t position;
};

static int start_at_cursor(struct start *start, int64_t last)
{
    const char *cursor = start->opts->cursor;

    if (cursor == NULL) {
        start->position = last;
        return 0;
    }
    if (*cursor == '\0') {
        start->position = 0;
        return 0;
    }
    if (chg_parse_i64(&start->position, cursor) < 0 || start->position < 0 ||
        start->position > last)
        return chg_error_set(CHENGIS_ERR_INVALID, "cursor '%s' is not one of this store", cursor);
    return 0;
}

static int find_start(struct chg_conn *conn, void *userdata)
{
    struct start *start = userdata;
    int64_t last = 0;
    int rc;

    if (start->opts->build_id != NULL) {
        start->position = start->opts->from_seq > 0 ? start->opts->from_seq - 1 : 0;
        return chg_build_require(conn, &start->scope, start->opts->build_id);
    }
    rc = chg_event_last_id(conn, &last);
    return rc < 0 ? rc : start_at_cursor(start, last);
}

static int fill(chengis_subscription *sub, const struct start *start)
{
    const chengis_subscription_options *opts = start->opts;

    sub->position = start->position;
    sub->types = opts->types == 0 ? ALL_TYPES & ~LOG_LINES : opts->types;
    sub->ring_size = opts->ring_size == 0 ? DEFAULT_RING : opts->ring_size;
    sub->ring = chg_calloc(sub->ring_size, sizeof(*sub->ring));
    sub->org = chg_strdup(start->scope.org_id);
    sub->build_id = chg_strdup(opts->build_id);
    if (sub->ring == NULL || sub->org == NULL || (opts->build_id != NULL && sub->build_id == NULL))
        return CHENGIS_ERR_NO_MEMORY;
    sub->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return sub->fd < 0 ? chg_error_sys(0, errno, "cannot make an eventfd") : 0;
}

static chengis_subscription *allocate(struct chg_bus *bus)
{
    chengis_subscription *sub = chg_new(chengis_subscription);

    if (sub == NULL)
        return NULL;
    sub->magic = CHG_SUBSCRIPTION_MAGIC;
    chg_ref_init(&sub->ref);
    chg_ref_init(&sub->core);
    chg_mutex_init(&sub->lock);
    chg_cond_init(&sub->news);
    sub->bus = chg_bus_ref(bus);
    sub->fd = -1;
    sub->behind = true; /* until the store has been read from the start position */
    return sub;
}

/* First be told of news, then read what there is: nothing can fall between. */
static int join(chengis_subscription *sub)
{
    int rc = chg_bus_add(sub->bus, sub);

    if (rc < 0)
        return rc;
    chg_mutex_lock(&sub->lock);
    if (sub->behind && !sub->catching_up)
        rc = chg_subscription_catch_up(sub);
    chg_mutex_unlock(&sub->lock);
    return rc;
}

int chg_subscription_new(chengis_subscription **out, struct chg_bus *bus,
                         const chengis_subscription_options *opts)
{
    chengis_subscription_options known;
    struct start start = {.opts = &known};
    chengis_subscription *sub;
    int rc = chg_options_import(&known, sizeof(known), sizeof(known), opts,
                                "chengis_subscription_options");

    if (rc >= 0)
        rc = check_options(&known);
    if (rc >= 0)
        rc = chg_bus_watch(bus);
    if (rc < 0)
        return rc;
    start.scope.org_id = known.org == NULL ? CHG_DEFAULT_ORG : known.org;
    rc = chg_store_read(bus->store, find_start, &start);
    if (rc < 0)
        return rc;
    sub = allocate(bus);
    if (sub == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = fill(sub, &start);
    if (rc >= 0)
        rc = join(sub);
    if (rc < 0) {
        (void)chengis_subscription_unref(sub);
        return rc;
    }
    *out = sub;
    return 0;
}
