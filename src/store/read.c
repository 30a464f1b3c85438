/* SPDX-License-Identifier: MIT */
/*
 * Reading: a connection of the pool, inside a transaction so that all statements see one state.
 * Connections are opened when they are first needed, which is when a reader first meets a busy
 * writer, and kept. In memory there is one connection, which readers share with the writer.
 */
#include "store/store_priv.h"

#include "base/banned.h"

static const char sql_begin[] = "BEGIN";
static const char sql_end[] = "ROLLBACK";

static void release_place(chengis_store *store, struct chg_conn *conn)
{
    chg_mutex_lock(&store->lock);
    if (conn != NULL)
        store->idle[store->idle_count++] = conn;
    else
        store->readers--;
    chg_cond_signal(&store->reader_free);
    chg_mutex_unlock(&store->lock);
}

static int take_reader(chengis_store *store, struct chg_conn **out)
{
    struct chg_sqlite_options opts = {
        .path = store->path, .busy_timeout_ms = store->busy_timeout_ms, .reader = true};
    struct chg_conn *conn = NULL;
    int rc;

    chg_mutex_lock(&store->lock);
    while (store->idle_count == 0 && store->readers == CHG_STORE_READERS_MAX)
        chg_cond_wait(&store->reader_free, &store->lock);
    if (store->idle_count > 0)
        conn = store->idle[--store->idle_count];
    else
        store->readers++;
    chg_mutex_unlock(&store->lock);
    if (conn == NULL) {
        rc = chg_sqlite_open(&conn, &opts);
        if (rc < 0) {
            release_place(store, NULL);
            return rc;
        }
    }
    *out = conn;
    return 0;
}

/* A connection of the pool refuses to write; the writer, lent to a reader, forgets it again. */
static int read_on(struct chg_conn *conn, chg_store_fn fn, void *userdata)
{
    struct chg_error_saved saved;
    int64_t changes = conn->driver->total_changes(conn);
    int rc = chg_conn_run(conn, sql_begin);

    if (rc < 0)
        return rc;
    rc = fn(conn, userdata);
    if (rc >= 0 && conn->driver->total_changes(conn) != changes)
        rc = chg_error_set(CHENGIS_ERR_PERMISSION, "database '%s': written while reading",
                           conn->name);
    if (rc < 0)
        chg_error_save(&saved);
    if (conn->driver->in_transaction(conn))
        (void)chg_conn_run(conn, sql_end);
    return rc < 0 ? chg_error_restore(&saved) : rc;
}

/* Opening a connection means reading the whole schema, and many a process reads but a little. */
static bool borrow_writer(chengis_store *store)
{
    bool free;

    chg_mutex_lock(&store->lock);
    free = store->readers == 0 && !store->writer_busy && store->queue == NULL;
    if (free)
        store->writer_busy = true;
    chg_mutex_unlock(&store->lock);
    return free;
}

int chg_store_read(chengis_store *store, chg_store_fn fn, void *userdata)
{
    struct chg_conn *conn = NULL;
    bool borrowed = false;
    int rc;

    if (store->path == NULL)
        chg_store_take_writer(store);
    else
        borrowed = borrow_writer(store);
    if (store->path == NULL || borrowed) {
        rc = read_on(store->writer, fn, userdata);
        chg_store_give_writer(store);
        return rc;
    }
    rc = take_reader(store, &conn);
    if (rc < 0)
        return rc;
    rc = read_on(conn, fn, userdata);
    release_place(store, conn);
    return rc;
}
