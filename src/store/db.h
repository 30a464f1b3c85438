/* SPDX-License-Identifier: MIT */
/*
 * The seam between the stores and a database driver. A connection runs prepared statements; a
 * driver is a table of functions. Only store/sqlite.c sees sqlite3. SQL is written once, in the
 * common subset, with ?1 ?2 parameters.
 */
#ifndef CHG_STORE_DB_H
#define CHG_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chg_conn; /* one connection; used by one thread at a time */
struct chg_stmt_impl;

struct chg_stmt {
    struct chg_conn *conn;
    struct chg_stmt_impl *impl;
};
#define CHG_STMT_INIT                                                                              \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }

/* Statements are cached by the address of `sql`, which must be a static string. chg_stmt_fini
 * resets and gives back. */
int chg_stmt_prepare(struct chg_stmt *q, struct chg_conn *conn, const char *sql);
/* types: s text (NULL allowed), i int64_t, d double, b blob (two arguments: pointer, size_t), B
 * bool as int */
int chg_stmt_bind(struct chg_stmt *q, const char *types, ...);
int chg_stmt_step(
    struct chg_stmt *q); /* 1 a row, 0 done, < 0 error (EXISTS on a unique violation) */
int chg_stmt_exec(struct chg_stmt *q); /* run to the end, rows ignored */
int chg_stmt_exec_one(
    struct chg_stmt *q,
    int none); /* exactly one row must have changed, else code `none` without a message change */
int64_t chg_stmt_changes(struct chg_stmt *q); /* rows changed by the statement that ran last */
const char *chg_stmt_text(struct chg_stmt *q,
                          int column); /* borrowed until the next step; NULL for SQL NULL */
int64_t chg_stmt_i64(struct chg_stmt *q, int column); /* 0 for NULL */
bool chg_stmt_is_null(struct chg_stmt *q, int column);
const void *chg_stmt_blob(struct chg_stmt *q, int column, size_t *len);
void chg_stmt_fini(struct chg_stmt *q);
int chg_conn_exec(struct chg_conn *conn, const char *sql); /* a script */

#endif
