/* SPDX-License-Identifier: MIT */
/* What the tests of the store share: stores, rows with the usual values, JSON answers. */
#ifndef STORE_TEST_H
#define STORE_TEST_H

#include <chengis/store.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json.h"
#include "store/rows.h"
#include "support.h"

#define UNUSED __attribute__((unused))

static const UNUSED struct chg_scope default_scope = {CHG_DEFAULT_ORG};

static inline chengis_store *open_store(const char *uri)
{
    chengis_store *store = NULL;

    assert_ok(chengis_store_open(&store, uri, NULL));
    return store;
}

/* Keep a heap string until the test's process ends, still reachable for the leak checker. */
static inline char *keep(char *heap)
{
    static char *kept[512];
    static unsigned next;

    chg_free(kept[next % 512]);
    kept[next++ % 512] = heap;
    return heap;
}

/* Row structs own their strings; those of tests point to literals and are never released. */
static inline char *text(const char *literal)
{
    char *copy;

    memcpy(&copy, &literal, sizeof(copy));
    return copy;
}

/* An id as UUIDv7 looks, numbered below 64: later numbers are newer. */
static inline char *build_id(unsigned number)
{
    static char ids[64][48];
    char *id = ids[number % 64];

    (void)snprintf(id, sizeof(ids[0]), "0197%04x-0000-7000-8000-%012x", number >> 4, number);
    return id;
}

static inline struct chg_build_row build_row(unsigned number, const char *job_id)
{
    return (struct chg_build_row){
        .id = build_id(number),
        .org_id = text(CHG_DEFAULT_ORG),
        .job_id = text(job_id),
        .status = CHENGIS_STATUS_RUNNING,
        .trigger = text("manual"),
        .pipeline_source = text("file"),
        .attempt = 1,
        .created_at = 1000 + number,
    };
}

/* Put job "demo" (or another name) and a build of it into the store; the build's id. */
struct made {
    unsigned number;
    const char *job;
    chengis_status status;
    int64_t finished_at;
    int64_t owner_id;
    char *id;
    int64_t build_number;
};
static inline int make_build_fn(struct chg_conn *conn, void *userdata)
{
    struct made *made = userdata;
    char *job = NULL;
    struct chg_build_row row;
    int rc = chg_job_ensure(conn, &default_scope, made->job == NULL ? "demo" : made->job, NULL,
                            1000, &job);

    if (rc < 0)
        return rc;
    row = build_row(made->number, job);
    row.owner_id = made->owner_id;
    row.finished_at = made->finished_at;
    if (made->status != CHENGIS_STATUS_UNKNOWN)
        row.status = made->status;
    rc = chg_build_insert(conn, &row);
    made->id = row.id;
    made->build_number = row.number;
    chg_free(job);
    return rc;
}
static inline struct made make_build_as(chengis_store *store, struct made made)
{
    assert_ok(chg_store_write(store, make_build_fn, &made));
    return made;
}
static inline char *make_build(chengis_store *store, unsigned number)
{
    return make_build_as(store, (struct made){.number = number}).id;
}

/* Run SQL text. */
static inline int script_fn(struct chg_conn *conn, void *userdata)
{
    return chg_conn_exec(conn, userdata);
}
static inline int run_script(chengis_store *store, const char *sql)
{
    return chg_store_write(store, script_fn, text(sql));
}

/* The first column of the first row as a number; -1 without a row. */
struct scalar {
    const char *sql;
    int64_t value;
};
static inline int scalar_fn(struct chg_conn *conn, void *userdata)
{
    struct scalar *scalar = userdata;
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, scalar->sql);

    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc > 0)
        scalar->value = chg_stmt_i64(&q, 0);
    chg_stmt_fini(&q);
    return rc < 0 ? rc : 0;
}
static inline int64_t scalar(chengis_store *store, const char *sql)
{
    struct scalar one = {sql, -1};

    assert_ok(chg_store_read(store, scalar_fn, &one));
    return one.value;
}

#endif
