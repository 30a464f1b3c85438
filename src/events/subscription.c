/* SPDX-License-Identifier: MIT */
/*
 * A subscription: a position in the event log, a ring of live events before it, and a descriptor
 * that is readable exactly while the next event is there. Its lock guards the fields of struct
 * chengis_subscription that say so; lock order: bus > subscription.
 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "events/events_priv.h"

#include "base/banned.h"

#define HINTS_MAX 1024 /* steps with a pending hint; more are dropped */
#define BIT(type) (UINT64_C(1) << (type))

void chg_subscription_update(chengis_subscription *sub)
{
    bool want = sub->count > 0 || sub->hints.len > 0 || sub->broken;
    uint64_t value = 1;
    ssize_t done;

    if (want)
        chg_cond_broadcast(&sub->news);
    if (want == sub->readable)
        return;
    sub->readable = want;
    sub->wake_due = want;
    done = want ? write(sub->fd, &value, sizeof(value)) : read(sub->fd, &value, sizeof(value));
    (void)done; /* a counter between 0 and 1 cannot block */
}

static void push(chengis_subscription *sub, chengis_event *event)
{
    sub->ring[(sub->head + sub->count) % sub->ring_size] = chengis_event_ref(event);
    sub->count++;
}

static bool matches(const chengis_subscription *sub, const struct chg_offer *offer)
{
    return (sub->types & BIT(offer->type)) != 0 &&
           (sub->build_id != NULL || strcmp(sub->org, offer->org_id) == 0);
}

/* Take the event if it is the very next one and there is room. False: the store must be read. */
static bool accept(chengis_subscription *sub, struct chg_offer *offer, int64_t place)
{
    if (sub->behind || sub->catching_up || place != sub->position + 1)
        return false;
    if (matches(sub, offer)) {
        if (sub->count == sub->ring_size ||
            (offer->event == NULL && chg_event_new(&offer->event, offer->row) < 0))
            return false;
        push(sub, offer->event);
        chg_subscription_update(sub);
    }
    sub->position = place;
    return true;
}

void chg_subscription_offer(chengis_subscription *sub, struct chg_offer *offer)
{
    int64_t place = sub->build_id == NULL ? offer->row->id : offer->row->seq;

    if (sub->build_id != NULL && strcmp(sub->build_id, offer->row->build_id) != 0)
        return;
    chg_mutex_lock(&sub->lock);
    if (place > sub->position && !accept(sub, offer, place)) {
        sub->behind = true;
        sub->again = true;
    }
    chg_mutex_unlock(&sub->lock);
}

bool chg_subscription_wants_hints(const chengis_subscription *sub, const char *build_id)
{
    return (sub->types & BIT(CHENGIS_EVENT_LOG_LINE)) != 0 &&
           (sub->build_id == NULL || strcmp(sub->build_id, build_id) == 0);
}

/* The pending hint of the same step, or one past the end. */
static size_t find_hint(const chengis_subscription *sub, const chengis_event *hint)
{
    size_t i = 0;

    while (i < sub->hints.len && (sub->hints.items[i]->hint_step != hint->hint_step ||
                                  strcmp(sub->hints.items[i]->build_id, hint->build_id) != 0))
        i++;
    return i;
}

void chg_subscription_hint(chengis_subscription *sub, chengis_event *hint)
{
    size_t i;

    chg_mutex_lock(&sub->lock);
    i = find_hint(sub, hint);
    if (!sub->finished && !sub->closed) {
        if (i < sub->hints.len) {
            (void)chengis_event_unref(sub->hints.items[i]);
            sub->hints.items[i] = chengis_event_ref(hint);
        } else if (i < HINTS_MAX && chg_vec_push(&sub->hints, hint) == 0) {
            (void)chengis_event_ref(hint);
        }
        chg_subscription_update(sub);
    }
    chg_mutex_unlock(&sub->lock);
}

void chg_subscription_note_foreign(chengis_subscription *sub)
{
    chg_mutex_lock(&sub->lock);
    sub->behind = true;
    sub->again = true;
    chg_mutex_unlock(&sub->lock);
}

void chg_subscription_note_stop(chengis_subscription *sub)
{
    chg_mutex_lock(&sub->lock);
    sub->stopped = true;
    sub->behind = true;
    sub->again = true;
    chg_cond_broadcast(&sub->news);
    chg_mutex_unlock(&sub->lock);
}

void chg_subscription_settle(chengis_subscription *sub)
{
    chengis_wakeup_fn wakeup;
    void *userdata;

    chg_mutex_lock(&sub->lock);
    if (sub->behind && sub->count == 0 && !sub->catching_up && !sub->closed)
        (void)chg_subscription_catch_up(sub); /* whoever reads next learns of a failure */
    wakeup = sub->wake_due ? sub->wakeup : NULL;
    userdata = sub->wakeup_data;
    sub->wake_due = false;
    if (wakeup != NULL) {
        sub->calling++;
        chg_mutex_unlock(&sub->lock);
        wakeup(userdata);
        chg_mutex_lock(&sub->lock);
        sub->calling--;
        chg_cond_broadcast(&sub->news);
    }
    chg_mutex_unlock(&sub->lock);
}

static void drop_hint(chengis_subscription *sub, size_t index)
{
    (void)chengis_event_unref(sub->hints.items[index]);
    sub->hints.len--;
    memmove(&sub->hints.items[index], &sub->hints.items[index + 1],
            (sub->hints.len - index) * sizeof(sub->hints.items[0]));
}

/* A completed build is read to its end by its step events: hints have nothing to add. */
static void drop_hints_of(chengis_subscription *sub, const char *build_id)
{
    for (size_t i = sub->hints.len; i > 0; i--) {
        if (strcmp(sub->hints.items[i - 1]->build_id, build_id) == 0)
            drop_hint(sub, i - 1);
    }
}

/* The next event as the caller's reference, or NULL. Stored events go before hints. */
static chengis_event *pop(chengis_subscription *sub)
{
    chengis_event *event;

    if (sub->count > 0) {
        event = sub->ring[sub->head];
        sub->head = (sub->head + 1) % sub->ring_size;
        sub->count--;
        if (event->type == CHENGIS_EVENT_BUILD_COMPLETED) {
            drop_hints_of(sub, event->build_id);
            sub->finished = sub->build_id != NULL;
        }
        return event;
    }
    if (sub->hints.len == 0)
        return NULL;
    event = chengis_event_ref(sub->hints.items[0]);
    drop_hint(sub, 0);
    return event;
}

/* Called with the lock held. 1 an event, 0 nothing now. */
static int take(chengis_subscription *sub, chengis_event **out)
{
    chengis_event *event;
    int rc = 0;

    if (sub->stopped && sub->count == 0)
        sub->behind = true; /* nobody tells any more */
    if (sub->behind && sub->count == 0 && !sub->catching_up) {
        sub->broken = false;
        rc = chg_subscription_catch_up(sub);
    }
    if (rc < 0) {
        sub->broken = false; /* it is being reported */
        chg_subscription_update(sub);
        return rc;
    }
    event = pop(sub);
    if (event != NULL && sub->count == 0 && sub->behind && !sub->catching_up)
        (void)chg_subscription_catch_up(
            sub); /* whether there is more decides about the descriptor */
    chg_subscription_update(sub);
    if (event == NULL)
        return 0;
    chengis_error_clear(); /* an event is given: a failure behind it is reported by the next call */
    *out = event;
    return 1;
}

/* Called with the lock held. 1 go on, 0 the time is over. */
static int wait_for_news(chengis_subscription *sub, int32_t timeout_ms, int64_t deadline)
{
    if (timeout_ms == 0)
        return 0;
    if (sub->stopped && !sub->catching_up)
        return chg_error_set(CHENGIS_ERR_STATE, "the engine of this subscription has stopped");
    if (timeout_ms > 0)
        return chg_cond_wait_until(&sub->news, &sub->lock, deadline) ? 1 : 0;
    chg_cond_wait(&sub->news, &sub->lock);
    return 1;
}

int chengis_subscription_next(chengis_event **out, chengis_subscription *sub, int32_t timeout_ms)
{
    int64_t deadline;
    int more = 1;
    int rc = 0;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(CHG_IS(sub, CHG_SUBSCRIPTION_MAGIC));
    CHG_REQUIRE(timeout_ms >= -1);
    deadline = timeout_ms > 0 ? chg_clock_mono_ms() + timeout_ms : 0;
    chg_mutex_lock(&sub->lock);
    while (rc == 0 && more > 0) {
        if (sub->interrupted) {
            sub->interrupted = false;
            rc = chg_error_set(CHENGIS_ERR_INTERRUPTED, "waiting for an event was interrupted");
            break;
        }
        rc = take(sub, out);
        if (rc == 0 && !sub->interrupted)
            more = wait_for_news(sub, timeout_ms, deadline);
    }
    chg_mutex_unlock(&sub->lock);
    return rc != 0 ? rc : more;
}

int chengis_subscription_interrupt(chengis_subscription *sub)
{
    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(sub, CHG_SUBSCRIPTION_MAGIC));
    chg_mutex_lock(&sub->lock);
    sub->interrupted = true;
    chg_cond_broadcast(&sub->news);
    chg_mutex_unlock(&sub->lock);
    return 0;
}

int chengis_subscription_fd(int32_t *out, chengis_subscription *sub)
{
    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(CHG_IS(sub, CHG_SUBSCRIPTION_MAGIC));
    *out = sub->fd;
    return 0;
}

int chengis_subscription_set_wakeup(chengis_subscription *sub, chengis_wakeup_fn fn, void *userdata)
{
    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(sub, CHG_SUBSCRIPTION_MAGIC));
    chg_mutex_lock(&sub->lock);
    sub->wakeup = NULL;
    while (sub->calling > 0)
        chg_cond_wait(&sub->news, &sub->lock);
    sub->wakeup = fn;
    sub->wakeup_data = userdata;
    sub->wake_due = sub->readable;
    chg_mutex_unlock(&sub->lock);
    chg_subscription_settle(sub);
    return 0;
}

chengis_subscription *chengis_subscription_ref(chengis_subscription *sub)
{
    if (CHG_IS(sub, CHG_SUBSCRIPTION_MAGIC))
        chg_ref_get(&sub->ref);
    return sub;
}

chengis_subscription *chengis_subscription_unref(chengis_subscription *sub)
{
    if (!CHG_IS(sub, CHG_SUBSCRIPTION_MAGIC) || !chg_ref_put(&sub->ref))
        return NULL;
    chg_bus_remove(sub->bus, sub);
    chg_mutex_lock(&sub->lock);
    sub->closed = true;
    sub->wakeup = NULL;
    while (sub->calling > 0)
        chg_cond_wait(&sub->news, &sub->lock);
    chg_mutex_unlock(&sub->lock);
    chg_subscription_core_put(sub);
    return NULL;
}

void chg_subscription_core_put(chengis_subscription *sub)
{
    if (!chg_ref_put(&sub->core))
        return;
    sub->magic = 0;
    for (; sub->count > 0; sub->count--) {
        (void)chengis_event_unref(sub->ring[sub->head]);
        sub->head = (sub->head + 1) % sub->ring_size;
    }
    while (sub->hints.len > 0)
        drop_hint(sub, sub->hints.len - 1);
    chg_vec_fini(&sub->hints);
    if (sub->fd >= 0)
        (void)close(sub->fd);
    chg_cond_fini(&sub->news);
    chg_mutex_fini(&sub->lock);
    chg_bus_core_put(sub->bus);
    chg_free(sub->ring);
    chg_free(sub->build_id);
    chg_free(sub->org);
    chg_free(sub);
}
