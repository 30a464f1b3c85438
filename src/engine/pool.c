/* SPDX-License-Identifier: MIT */
/* Slots and worker threads: which builds run now, which wait, and how all of them end. Everything
 * here is under engine.lock. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/journal.h"

#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define END_RETRY_MS 1000

static void remove_at(struct chg_run **items, size_t *len, size_t index)
{
    memmove(items + index, items + index + 1, (*len - index - 1) * sizeof(*items));
    (*len)--;
}

static bool remove_run(struct chg_run **items, size_t *len, const struct chg_run *run)
{
    for (size_t i = 0; i < *len; i++) {
        if (items[i] == run) {
            remove_at(items, len, i);
            return true;
        }
    }
    return false;
}

/* ---- ends that could not be stored ---- */

void chg_pool_keep_end(chengis_engine *engine, struct chg_run *run)
{
    chg_mutex_lock(&engine->lock);
    run->next_unstored = engine->unstored;
    engine->unstored = chg_run_ref(run);
    chg_mutex_unlock(&engine->lock);
}

/* Whoever takes the list owns its runs. */
static struct chg_run *take_ends(chengis_engine *engine)
{
    struct chg_run *list;

    chg_mutex_lock(&engine->lock);
    list = engine->unstored;
    engine->unstored = NULL;
    chg_mutex_unlock(&engine->lock);
    return list;
}

void chg_pool_store_ends(chengis_engine *engine)
{
    struct chg_run *next;
    int rc = 0;

    for (struct chg_run *run = take_ends(engine); run != NULL; run = next) {
        next = run->next_unstored;
        if (rc == 0) /* what one could not do, the next cannot do either: it only waits as long */
            rc = chg_run_store_end(run);
        if (rc < 0)
            chg_pool_keep_end(engine, run);
        (void)chg_run_unref(run);
    }
}

void chg_pool_forget_ends(chengis_engine *engine)
{
    struct chg_run *next;

    for (struct chg_run *run = take_ends(engine); run != NULL; run = next) {
        next = run->next_unstored;
        (void)chg_run_unref(run);
    }
}

/* ---- workers ---- */

static void dispatch(chengis_engine *engine);

/* NULL: the engine shuts down. */
static struct chg_run *await_run(chengis_engine *engine)
{
    struct chg_run *run;

    while (engine->ready.len == 0 && !engine->shut_down) {
        bool retry = false;

        engine->idle_workers++;
        if (engine->unstored == NULL)
            chg_cond_wait(&engine->changed, &engine->lock);
        else
            retry = !chg_cond_wait_until(&engine->changed, &engine->lock,
                                         chg_clock_mono_ms() + END_RETRY_MS);
        engine->idle_workers--;
        if (retry) {
            chg_mutex_unlock(&engine->lock);
            chg_pool_store_ends(engine);
            chg_mutex_lock(&engine->lock);
        }
    }
    if (engine->ready.len == 0)
        return NULL;
    run = engine->ready.items[0];
    remove_at(engine->ready.items, &engine->ready.len, 0);
    return run;
}

static void work(void *userdata)
{
    chengis_engine *engine = userdata;
    struct chg_run *run;

    chg_mutex_lock(&engine->lock);
    while ((run = await_run(engine)) != NULL) {
        chg_mutex_unlock(&engine->lock);
        chg_run_execute(run);
        chg_mutex_lock(&engine->lock);
        (void)remove_run(engine->active.items, &engine->active.len, run);
        (void)remove_run(engine->starved.items, &engine->starved.len, run);
        dispatch(engine);
        chg_cond_broadcast(&engine->changed);
        chg_mutex_unlock(&engine->lock);
        (void)chg_run_unref(run);
        chg_mutex_lock(&engine->lock);
    }
    chg_mutex_unlock(&engine->lock);
}

static int add_worker(chengis_engine *engine)
{
    struct chg_thread thread;
    int rc = chg_vec_reserve(&engine->workers, engine->workers.len + 1);

    if (rc == 0)
        rc = chg_thread_start(&thread, "chengis-build", work, engine);
    if (rc == 0)
        engine->workers.items[engine->workers.len++] = thread;
    return rc;
}

/* Give a slot. Takes a reference; fails only when no worker at all can be had. When one more cannot
 * be had but others exist, the run waits for the first of them. */
static int activate(chengis_engine *engine, struct chg_run *run)
{
    size_t need = engine->options.max_builds;

    if (chg_vec_reserve(&engine->active, need) < 0 || chg_vec_reserve(&engine->ready, need) < 0 ||
        chg_vec_reserve(&engine->starved, need) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    if (engine->idle_workers <= engine->ready.len &&
        engine->workers.len < engine->options.max_builds) {
        int rc = add_worker(engine);

        if (rc < 0 && engine->workers.len == 0)
            return rc;
    }
    engine->active.items[engine->active.len++] = chg_run_ref(run);
    engine->ready.items[engine->ready.len++] = run;
    chg_cond_broadcast(&engine->changed);
    return 0;
}

static void dispatch(chengis_engine *engine)
{
    while (!engine->stopping && engine->queue.len > 0 &&
           engine->active.len < engine->options.max_builds) {
        struct chg_run *run = engine->queue.items[0];

        if (activate(engine, run) < 0)
            return;
        remove_at(engine->queue.items, &engine->queue.len, 0);
        (void)chg_run_unref(run);
    }
}

/* ---- submitting ---- */

static int refuse_stopped(void)
{
    return chg_error_set(CHENGIS_ERR_STATE, "the engine is stopped");
}

int chg_pool_enqueue(chengis_engine *engine, struct chg_run *run)
{
    int rc = 0;

    chg_mutex_lock(&engine->lock);
    if (engine->stopping)
        rc = refuse_stopped();
    else if (chg_vec_push(&engine->queue, run) < 0)
        rc = CHENGIS_ERR_NO_MEMORY;
    else
        (void)chg_run_ref(run);
    if (rc == 0)
        dispatch(engine);
    chg_mutex_unlock(&engine->lock);
    return rc;
}

static int wait_stored(struct chg_run *run)
{
    int rc;

    chg_mutex_lock(&run->lock);
    while (!run->stored)
        chg_cond_wait(&run->changed, &run->lock);
    rc = run->start_error.code;
    chg_mutex_unlock(&run->lock);
    return rc < 0 ? chg_error_restore(&run->start_error) : 0;
}

static int store_as_queued(struct chg_run *run)
{
    (void)chg_status_move(&run->row.status, CHENGIS_STATUS_QUEUED, "build");
    chg_journal_touch_build(run->journal);
    chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_QUEUED, NULL, NULL, CHENGIS_STATUS_QUEUED,
                      NULL);
    return chg_journal_commit(run->journal);
}

/* Stored as queued, but it cannot wait here: the caller gets an error, so the build must not stay.
 */
static int take_back(struct chg_run *run)
{
    struct chg_error_saved error;

    chg_error_save(&error);
    (void)chg_run_close(run, "engine-failed", error.message);
    return chg_error_restore(&error);
}

int chg_pool_submit(chengis_engine *engine, struct chg_run *run)
{
    bool now;
    int rc = 0;

    chg_mutex_lock(&engine->lock);
    now = engine->active.len < engine->options.max_builds && engine->queue.len == 0;
    if (engine->stopping)
        rc = refuse_stopped();
    else if (now)
        rc = activate(engine, run);
    chg_mutex_unlock(&engine->lock);
    if (rc < 0)
        return rc;
    if (now)
        return wait_stored(run);
    rc = store_as_queued(run);
    if (rc < 0)
        return rc;
    rc = chg_pool_enqueue(engine, run);
    return rc < 0 ? take_back(run) : 0;
}

bool chg_pool_unqueue(chengis_engine *engine, struct chg_run *run)
{
    bool found;

    chg_mutex_lock(&engine->lock);
    found = remove_run(engine->queue.items, &engine->queue.len, run);
    chg_mutex_unlock(&engine->lock);
    return found; /* the queue's reference is the caller's now */
}

static struct chg_run *find_in(struct chg_run *const *items, size_t len, const char *build_id)
{
    for (size_t i = 0; i < len; i++) {
        if (chg_streq(items[i]->row.id, build_id))
            return chg_run_ref(items[i]);
    }
    return NULL;
}

struct chg_run *chg_pool_find(chengis_engine *engine, const char *build_id)
{
    struct chg_run *run;

    chg_mutex_lock(&engine->lock);
    run = find_in(engine->active.items, engine->active.len, build_id);
    if (run == NULL)
        run = find_in(engine->queue.items, engine->queue.len, build_id);
    chg_mutex_unlock(&engine->lock);
    return run;
}

/* ---- process slots ---- */

bool chg_pool_take_step(chengis_engine *engine, struct chg_run *run)
{
    bool taken;

    chg_mutex_lock(&engine->lock);
    taken = engine->free_steps > 0;
    if (taken) {
        engine->free_steps--;
    } else {
        (void)remove_run(engine->starved.items, &engine->starved.len, run); /* once is enough */
        engine->starved.items[engine->starved.len++] = run; /* room was made with the slot */
    }
    chg_mutex_unlock(&engine->lock);
    return taken;
}

void chg_pool_give_step(chengis_engine *engine)
{
    const uint64_t one = 1;

    chg_mutex_lock(&engine->lock);
    engine->free_steps++;
    for (size_t i = 0; i < engine->starved.len; i++) {
        ssize_t written = write(engine->starved.items[i]->wake_fd, &one, sizeof(one));

        (void)written; /* non-blocking eventfd: a full one wakes all the same */
    }
    engine->starved.len = 0;
    chg_mutex_unlock(&engine->lock);
}

/* ---- the end ---- */

static void wait_idle(chengis_engine *engine, int64_t until)
{
    while (engine->active.len > 0) {
        if (until < 0)
            chg_cond_wait(&engine->changed, &engine->lock);
        else if (!chg_cond_wait_until(&engine->changed, &engine->lock, until))
            return;
    }
}

/* Queued builds stay queued in the store, for the next engine that adopts them. */
static void drop_queue(chengis_engine *engine)
{
    while (engine->queue.len > 0) {
        struct chg_run *run = engine->queue.items[--engine->queue.len];

        const struct chg_error_saved error = {
            .code = CHENGIS_ERR_STATE, .message = "the engine was stopped before the build began"};

        chg_mutex_lock(&run->lock);
        run->dropped = true;
        chg_mutex_unlock(&run->lock);
        chg_run_set_done(run, &error);
        (void)chg_run_unref(run);
    }
}

/* One caller joins, the others wait until it has. */
static void join_workers(chengis_engine *engine)
{
    bool joins;

    chg_mutex_lock(&engine->lock);
    joins = !engine->joining;
    engine->joining = true;
    while (!joins && engine->workers.len > 0)
        chg_cond_wait(&engine->changed, &engine->lock);
    chg_mutex_unlock(&engine->lock);
    if (!joins)
        return;
    for (size_t i = 0; i < engine->workers.len; i++) /* stopping: no more are added */
        chg_thread_join(&engine->workers.items[i]);
    chg_mutex_lock(&engine->lock);
    engine->workers.len = 0;
    chg_cond_broadcast(&engine->changed);
    chg_mutex_unlock(&engine->lock);
}

void chg_pool_stop(chengis_engine *engine, int32_t grace_ms)
{
    chg_mutex_lock(&engine->lock);
    engine->stopping = true;
    wait_idle(engine, grace_ms < 0 ? -1 : chg_clock_mono_ms() + grace_ms);
    for (size_t i = 0; i < engine->active.len; i++)
        chg_cancel_request(engine->active.items[i]->cancel, 2, "the engine was stopped");
    wait_idle(engine, -1);
    drop_queue(engine);
    engine->shut_down = true;
    chg_cond_broadcast(&engine->changed);
    chg_mutex_unlock(&engine->lock);
    join_workers(engine);
    chg_pool_store_ends(engine);
    chg_engine_let_store_go(engine);
}
