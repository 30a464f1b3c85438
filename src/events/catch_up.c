/* SPDX-License-Identifier: MIT */
/* Reading on from the store when the ring cannot serve: at the start, after an overflow, after
 * foreign commits. */
#include "base/error.h"
#include "events/events_priv.h"

#include "base/banned.h"

#define BATCH_MAX 256

/* What one read of the store gave. */
struct batch {
    const chengis_subscription *sub;
    int64_t position;
    size_t limit;
    size_t rows;
    CHG_VEC(chengis_event *) events;
};

static int add_row(const struct chg_event_row *row, void *userdata)
{
    struct batch *batch = userdata;
    const chengis_subscription *sub = batch->sub;
    chengis_event *event = NULL;
    int rc = 0;

    batch->rows++;
    batch->position = sub->build_id == NULL ? row->id : row->seq;
    if ((sub->types & UINT64_C(1) << chg_event_type_parse(row->type)) == 0)
        return 0;
    rc = chg_event_new(&event, row);
    if (rc < 0)
        return rc;
    rc = chg_vec_push(&batch->events, event);
    if (rc < 0)
        (void)chengis_event_unref(event);
    return rc;
}

static int read_batch(struct chg_conn *conn, void *userdata)
{
    struct batch *batch = userdata;
    const chengis_subscription *sub = batch->sub;
    struct chg_scope scope = {sub->org};
    int64_t last = 0;
    int rc;

    if (sub->build_id != NULL)
        return chg_event_list(conn, NULL, sub->build_id, batch->position, batch->limit, add_row,
                              batch);
    rc = chg_event_last_id(conn, &last);
    if (rc >= 0)
        rc = chg_event_list(conn, &scope, NULL, batch->position, batch->limit, add_row, batch);
    /* Behind the last match are only events of other organisations. */
    if (rc >= 0 && batch->rows < batch->limit && last > batch->position)
        batch->position = last;
    return rc;
}

/* Called with the lock held: hand the events of a batch over to the ring, where there is room for
 * them. */
static void keep(chengis_subscription *sub, struct batch *batch)
{
    for (size_t i = 0; i < batch->events.len; i++) {
        sub->ring[(sub->head + sub->count) % sub->ring_size] = batch->events.items[i];
        sub->count++;
    }
    sub->position = batch->position;
    sub->behind = batch->rows == batch->limit || sub->again;
    chg_vec_fini(&batch->events);
}

static void drop(struct batch *batch)
{
    for (size_t i = 0; i < batch->events.len; i++)
        (void)chengis_event_unref(batch->events.items[i]);
    chg_vec_fini(&batch->events);
}

/* Called with the lock held, which is given up over the read. */
static int one_batch(chengis_subscription *sub)
{
    size_t room = sub->ring_size - sub->count;
    struct batch batch = {
        .sub = sub, .position = sub->position, .limit = room < BATCH_MAX ? room : BATCH_MAX};
    int rc;

    sub->again = false;
    chg_mutex_unlock(&sub->lock);
    rc = chg_store_read(sub->bus->store, read_batch, &batch);
    chg_mutex_lock(&sub->lock);
    if (rc < 0) {
        drop(&batch);
        return rc;
    }
    keep(sub, &batch);
    return 0;
}

int chg_subscription_catch_up(chengis_subscription *sub)
{
    int rc = 0;

    sub->catching_up = true;
    while (rc >= 0 && sub->behind && sub->count == 0 && !sub->closed)
        rc = one_batch(sub);
    sub->catching_up = false;
    sub->broken = rc < 0;
    chg_cond_broadcast(&sub->news);
    chg_subscription_update(sub);
    return rc;
}
