/* SPDX-License-Identifier: MIT */
/*
 * The write turn. The first caller leads: it takes everything queued, runs it in one transaction,
 * commits, and reports to the others, who slept meanwhile. What arrives during its commit is the
 * next leader's. Nobody needs a thread.
 */
#include <stdbool.h>

#include "base/error.h"
#include "store/store_priv.h"

#include "base/banned.h"

static void set_result(struct chg_write_call *call, int rc)
{
    call->rc = rc;
    if (rc < 0)
        chg_error_save(&call->error);
}

static void roll_back(struct chg_conn *conn)
{
    if (conn->driver->in_transaction(conn))
        (void)chg_conn_exec(conn, "ROLLBACK");
}

/* The count of this handle goes first: a watcher may see too few foreign commits for a moment,
 * never too many. */
static void committed(chengis_store *store)
{
    (void)atomic_fetch_add(&store->commits, 1);
    chg_ticket_announce(&store->ticket);
}

static const char sql_begin[] = "BEGIN IMMEDIATE";
static const char sql_commit[] = "COMMIT";
static const char sql_savepoint[] = "SAVEPOINT one";
static const char sql_release[] = "RELEASE one";
static const char sql_undo[] = "ROLLBACK TO one";

static void run_alone(chengis_store *store, struct chg_write_call *call)
{
    int rc = chg_conn_run(store->writer, sql_begin);
    int committing = 0;

    if (rc >= 0)
        rc = call->fn(store->writer, call->userdata);
    if (rc >= 0)
        committing = chg_conn_run(store->writer, sql_commit);
    set_result(call, committing < 0 ? committing : rc);
    if (call->rc < 0)
        roll_back(store->writer);
    else
        committed(store);
}

/* Run one function of a group in its savepoint. False when the whole transaction is lost. */
static bool run_member(chengis_store *store, struct chg_write_call *call)
{
    struct chg_conn *conn = store->writer;

    if (chg_conn_run(conn, sql_savepoint) < 0)
        return false;
    set_result(call, call->fn(conn, call->userdata));
    if (call->rc >= 0)
        return chg_conn_run(conn, sql_release) >= 0;
    return conn->driver->in_transaction(conn) && chg_conn_run(conn, sql_undo) >= 0 &&
           chg_conn_run(conn, sql_release) >= 0;
}

/* False when the transaction as a whole is lost. */
static bool run_members(chengis_store *store, struct chg_write_call *batch)
{
    bool good = true;

    for (struct chg_write_call *call = batch; call != NULL && good; call = call->next)
        good = run_member(store, call);
    if (good)
        good = chg_conn_run(store->writer, sql_commit) >= 0;
    if (good)
        committed(store);
    else
        roll_back(store->writer);
    return good;
}

static void fail_all(struct chg_write_call *batch, int rc)
{
    for (struct chg_write_call *call = batch; call != NULL; call = call->next)
        set_result(call, rc);
}

static void run_batch(chengis_store *store, struct chg_write_call *batch)
{
    bool together = batch->next != NULL;
    int rc = chg_ticket_acquire(&store->ticket, store->busy_timeout_ms);

    if (rc < 0) {
        fail_all(batch, rc);
        return;
    }
    if (together)
        rc = chg_conn_run(store->writer, sql_begin);
    if (rc < 0)
        fail_all(batch, rc);
    else if (!together || !run_members(store, batch)) {
        /* What a group could not do (the disk is full) some of its members may still do alone. */
        for (struct chg_write_call *call = batch; call != NULL; call = call->next)
            run_alone(store, call);
    }
    chg_ticket_release(&store->ticket);
}

/* Called with the lock held; somebody who waits for the writer goes on. */
static void free_writer(chengis_store *store)
{
    store->writer_busy = false;
    if (store->queue != NULL)
        chg_cond_signal(&store->queue->wake);
    chg_cond_broadcast(&store->writer_free);
}

/* Called with the lock held, which is given up meanwhile. The queue holds at least the caller. */
static void lead(chengis_store *store)
{
    struct chg_write_call *batch = store->queue;

    store->queue = NULL;
    store->queue_end = &store->queue;
    store->writer_busy = true;
    chg_mutex_unlock(&store->lock);
    run_batch(store, batch);
    chg_mutex_lock(&store->lock);
    while (batch != NULL) {
        struct chg_write_call *call = batch;

        batch = call->next; /* a call that is done belongs to its thread again */
        call->done = true;
        chg_cond_signal(&call->wake);
    }
    free_writer(store);
}

int chg_store_write(chengis_store *store, chg_store_fn fn, void *userdata)
{
    struct chg_write_call call = {.fn = fn, .userdata = userdata};

    chg_cond_init(&call.wake);
    chg_mutex_lock(&store->lock);
    *store->queue_end = &call;
    store->queue_end = &call.next;
    while (!call.done && store->writer_busy)
        chg_cond_wait(&call.wake, &store->lock);
    if (!call.done)
        lead(store);
    chg_mutex_unlock(&store->lock);
    chg_cond_fini(&call.wake);
    return call.rc < 0 ? chg_error_restore(&call.error) : call.rc;
}

void chg_store_take_writer(chengis_store *store)
{
    chg_mutex_lock(&store->lock);
    while (store->writer_busy)
        chg_cond_wait(&store->writer_free, &store->lock);
    store->writer_busy = true;
    chg_mutex_unlock(&store->lock);
}

void chg_store_give_writer(chengis_store *store)
{
    chg_mutex_lock(&store->lock);
    free_writer(store);
    chg_mutex_unlock(&store->lock);
}

uint64_t chg_store_commits(const chengis_store *store)
{
    return atomic_load(&store->commits);
}
