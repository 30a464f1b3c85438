/* SPDX-License-Identifier: MIT */
/* Prepared statements over any driver, cached per connection by the address of their text. */
#include "store/db.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "store/db_priv.h"

#include "base/banned.h"

#define FIRST_SLOTS 64

static size_t slot_of(const struct chg_conn *conn, const char *sql)
{
    uintptr_t key = (uintptr_t)sql;
    size_t slot;

    key ^= key >> 15;
    key *= (uintptr_t)0x9E3779B97F4A7C15;
    slot = (size_t)(key >> 32) & (conn->slot_count - 1);
    while (conn->slots[slot] != NULL && conn->slots[slot]->sql != sql)
        slot = (slot + 1) & (conn->slot_count - 1);
    return slot;
}

/* Keep at least half of the slots free, so that every search ends soon. */
static int make_room(struct chg_conn *conn)
{
    struct chg_stmt_impl **old = conn->slots;
    size_t old_count = conn->slot_count;

    if (old != NULL && conn->cached * 2 < old_count)
        return 0;
    conn->slots = chg_calloc(old_count == 0 ? FIRST_SLOTS : old_count * 2, sizeof(*conn->slots));
    if (conn->slots == NULL) {
        conn->slots = old;
        return CHENGIS_ERR_NO_MEMORY;
    }
    conn->slot_count = old_count == 0 ? FIRST_SLOTS : old_count * 2;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i] != NULL)
            conn->slots[slot_of(conn, old[i]->sql)] = old[i];
    }
    chg_free(old);
    return 0;
}

static int new_impl(struct chg_conn *conn, struct chg_stmt_impl **out, const char *sql)
{
    struct chg_stmt_impl *impl = chg_new(struct chg_stmt_impl);
    int rc;

    if (impl == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    impl->sql = sql;
    rc = conn->driver->prepare(conn, &impl->raw, sql);
    if (rc < 0) {
        chg_free(impl);
        return rc;
    }
    *out = impl;
    return 0;
}

int chg_stmt_prepare(struct chg_stmt *q, struct chg_conn *conn, const char *sql)
{
    struct chg_stmt_impl *impl = NULL;
    size_t slot;
    int rc = make_room(conn);

    if (rc < 0)
        return rc;
    slot = slot_of(conn, sql);
    impl = conn->slots[slot];
    if (impl == NULL || impl->busy) {
        rc = new_impl(conn, &impl, sql);
        if (rc < 0)
            return rc;
        if (conn->slots[slot] == NULL) {
            conn->slots[slot] = impl;
            conn->cached++;
            impl->cached = true;
        }
    }
    impl->busy = true;
    q->conn = conn;
    q->impl = impl;
    return 0;
}

static int bind_one(struct chg_stmt *q, int index, const struct chg_value *value)
{
    return q->conn->driver->bind(q->conn, q->impl->raw, index, value);
}

int chg_stmt_bind(struct chg_stmt *q, const char *types, ...)
{
    va_list args;
    int rc = 0;

    va_start(args, types);
    for (int i = 0; types[i] != '\0' && rc >= 0; i++) {
        struct chg_value value = {.type = types[i]};

        switch (types[i]) {
        case 's':
            value.data = va_arg(args, const char *);
            value.len = value.data == NULL ? 0 : strlen(value.data);
            break;
        case 'i':
            value.i64 = va_arg(args, int64_t);
            break;
        case 'd':
            value.real = va_arg(args, double);
            break;
        case 'b':
            value.data = va_arg(args, const void *);
            value.len = va_arg(args, size_t);
            break;
        default: /* 'B' */
            chg_assert(types[i] == 'B');
            value.type = 'i';
            value.i64 = va_arg(args, int) != 0;
            break;
        }
        if ((value.type == 's' || value.type == 'b') && value.data == NULL)
            value.type = 'n';
        rc = bind_one(q, i + 1, &value);
    }
    va_end(args);
    return rc;
}

int chg_stmt_step(struct chg_stmt *q)
{
    return q->conn->driver->step(q->conn, q->impl->raw);
}

int chg_stmt_exec(struct chg_stmt *q)
{
    int rc;

    do {
        rc = chg_stmt_step(q);
    } while (rc > 0);
    return rc;
}

int chg_stmt_exec_one(struct chg_stmt *q, int none)
{
    int rc = chg_stmt_exec(q);

    if (rc < 0)
        return rc;
    return chg_stmt_changes(q) == 1 ? 0 : none;
}

int64_t chg_stmt_changes(struct chg_stmt *q)
{
    return q->conn->driver->changes(q->conn);
}

const char *chg_stmt_text(struct chg_stmt *q, int column)
{
    return q->conn->driver->text(q->impl->raw, column);
}

int64_t chg_stmt_i64(struct chg_stmt *q, int column)
{
    return q->conn->driver->i64(q->impl->raw, column);
}

bool chg_stmt_is_null(struct chg_stmt *q, int column)
{
    return q->conn->driver->is_null(q->impl->raw, column);
}

const void *chg_stmt_blob(struct chg_stmt *q, int column, size_t *len)
{
    return q->conn->driver->blob(q->impl->raw, column, len);
}

void chg_stmt_fini(struct chg_stmt *q)
{
    struct chg_stmt_impl *impl = q->impl;

    if (impl == NULL)
        return;
    q->impl = NULL;
    if (!impl->cached) {
        q->conn->driver->finalize(impl->raw);
        chg_free(impl);
        return;
    }
    q->conn->driver->reset(impl->raw);
    impl->busy = false;
}

int chg_conn_exec(struct chg_conn *conn, const char *sql)
{
    return conn->driver->exec(conn, sql);
}

int chg_conn_run(struct chg_conn *conn, const char *sql)
{
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql);

    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    chg_stmt_fini(&q);
    return rc;
}

void chg_conn_close(struct chg_conn *conn)
{
    if (conn == NULL)
        return;
    for (size_t i = 0; i < conn->slot_count; i++) {
        if (conn->slots[i] != NULL)
            conn->driver->finalize(conn->slots[i]->raw);
        chg_free(conn->slots[i]);
    }
    chg_free(conn->slots);
    conn->driver->close(conn);
    chg_free(conn);
}
