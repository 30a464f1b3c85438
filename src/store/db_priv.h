/* SPDX-License-Identifier: MIT */
/* What a database driver provides, and the connection made of it. For the files of store/ alone. */
#ifndef CHG_STORE_DB_PRIV_H
#define CHG_STORE_DB_PRIV_H

#include "store/db.h"

#include <chengis/log.h>

/* One bound parameter; the memory of text and blobs belongs to the caller until the reset. */
struct chg_value {
    char type; /* s, i, d, b; n for NULL */
    int64_t i64;
    double real;
    const void *data;
    size_t len;
};

/* A prepared statement of the driver is a void pointer. int results are 0 (or as said) or an error.
 */
struct chg_driver {
    void (*close)(struct chg_conn *conn);
    int (*exec)(struct chg_conn *conn, const char *sql);
    int (*prepare)(struct chg_conn *conn, void **raw, const char *sql);
    void (*finalize)(void *raw);
    void (*reset)(void *raw); /* also forgets the bound parameters */
    int (*bind)(struct chg_conn *conn, void *raw, int index, const struct chg_value *value);
    int (*step)(struct chg_conn *conn, void *raw); /* 1 a row, 0 done */
    const char *(*text)(void *raw, int column);
    int64_t (*i64)(void *raw, int column);
    bool (*is_null)(void *raw, int column);
    const void *(*blob)(void *raw, int column, size_t *len);
    int64_t (*changes)(struct chg_conn *conn);
    int64_t (*last_id)(struct chg_conn *conn); /* of the row inserted last */
    int64_t (*total_changes)(struct chg_conn *conn); /* since the connection was opened */
    bool (*in_transaction)(struct chg_conn *conn);
    /* The number of the newest applied migration, 0 in an empty database, -1 in one of another
     * program. */
    int (*get_version)(struct chg_conn *conn, int64_t *version);
    int (*set_version)(struct chg_conn *conn, int64_t version);
    int (*set_foreign_keys)(struct chg_conn *conn, bool on);
};

struct chg_stmt_impl {
    const char *sql;
    void *raw;
    bool busy;   /* handed out; a second use of the same text gets a statement of its own */
    bool cached; /* false: finalised when given back */
};

struct chg_conn {
    const struct chg_driver *driver;
    void *handle;
    const char *name;             /* for messages: the path; borrowed from the store */
    struct chg_stmt_impl **slots; /* open addressing by the address of the text */
    size_t slot_count;            /* power of two */
    size_t cached;
};

int chg_conn_run(struct chg_conn *conn,
                 const char *sql); /* one static statement, through the cache */

struct chg_sqlite_options {
    const char *path; /* NULL: in memory */
    int busy_timeout_ms;
    bool reader;
};
/* The file must exist. Foreign keys are off until set_foreign_keys(). */
int chg_sqlite_open(struct chg_conn **out, const struct chg_sqlite_options *opts);
int chg_sqlite_use_wal(
    struct chg_conn *conn); /* readers and the writer never wait for each other */
/* Write a database in memory to a file in one step, as one that keeps a write-ahead log. */
int chg_sqlite_save(struct chg_conn *conn, const char *path);
void chg_conn_close(struct chg_conn *conn); /* NULL is fine */

#endif
