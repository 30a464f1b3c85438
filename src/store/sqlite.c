/* SPDX-License-Identifier: MIT */
/* The SQLite driver: the only file that knows sqlite3. */
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "store/db_priv.h"

#include "base/banned.h"

/* Header field of our files ("CHNG"): tells an empty database from one of another program. */
#define APPLICATION_ID 0x43484E47

static sqlite3 *handle_of(const struct chg_conn *conn)
{
    return conn->handle;
}

static int code_of_constraint(int extended)
{
    bool unique = extended == SQLITE_CONSTRAINT_UNIQUE ||
                  extended == SQLITE_CONSTRAINT_PRIMARYKEY || extended == SQLITE_CONSTRAINT_ROWID;

    return unique ? CHENGIS_ERR_EXISTS : CHENGIS_ERR_DATABASE;
}

static int code_of_errno(int err)
{
    switch (err) {
    case ENOSPC:
    case EDQUOT:
        return CHENGIS_ERR_NO_SPACE;
    case EACCES:
    case EPERM:
    case EROFS:
        return CHENGIS_ERR_PERMISSION;
    default:
        return CHENGIS_ERR_IO;
    }
}

static int code_of(int extended, int err)
{
    switch (extended & 0xff) {
    case SQLITE_FULL:
        return CHENGIS_ERR_NO_SPACE;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return CHENGIS_ERR_BUSY;
    case SQLITE_CORRUPT:
        return CHENGIS_ERR_CORRUPT;
    case SQLITE_NOMEM:
        return CHENGIS_ERR_NO_MEMORY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return CHENGIS_ERR_PERMISSION;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return code_of_errno(err);
    case SQLITE_CONSTRAINT:
        return code_of_constraint(extended);
    default:
        return CHENGIS_ERR_DATABASE;
    }
}

/* The one place where failures of SQLite become ours. */
static int failed(const struct chg_conn *conn)
{
    sqlite3 *db = handle_of(conn);
    int extended = sqlite3_extended_errcode(db);
    int err = sqlite3_system_errno(db);
    int code = code_of(extended, err);
    bool system = (extended & 0xff) == SQLITE_IOERR || (extended & 0xff) == SQLITE_CANTOPEN;

    if (code == CHENGIS_ERR_NO_MEMORY)
        return chg_error_no_memory();
    if (code == CHENGIS_ERR_NO_SPACE)
        return chg_error_set(code, "database '%s': no space left on device", conn->name);
    if (code == CHENGIS_ERR_BUSY)
        return chg_error_set(code, "database '%s' is locked by another process", conn->name);
    if ((extended & 0xff) == SQLITE_NOTADB)
        return chg_error_set(code, "'%s' is not a database", conn->name);
    if (system && err != 0)
        return chg_error_sys(code, err, "database '%s': %s", conn->name, sqlite3_errmsg(db));
    return chg_error_set(code, "database '%s': %s", conn->name, sqlite3_errmsg(db));
}

static void close_conn(struct chg_conn *conn)
{
    (void)sqlite3_close(handle_of(conn));
}

static int exec(struct chg_conn *conn, const char *sql)
{
    return sqlite3_exec(handle_of(conn), sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed(conn);
}

static int prepare(struct chg_conn *conn, void **raw, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(handle_of(conn), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK)
        return failed(conn);
    *raw = statement;
    return 0;
}

static void finalize(void *raw)
{
    (void)sqlite3_finalize(raw);
}

static void reset(void *raw)
{
    (void)sqlite3_reset(raw);
    (void)sqlite3_clear_bindings(raw);
}

static int bind(struct chg_conn *conn, void *raw, int index, const struct chg_value *value)
{
    int rc;

    switch (value->type) {
    case 's':
        rc = sqlite3_bind_text64(raw, index, value->data, value->len, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case 'i':
        rc = sqlite3_bind_int64(raw, index, value->i64);
        break;
    case 'd':
        rc = sqlite3_bind_double(raw, index, value->real);
        break;
    case 'b':
        rc = sqlite3_bind_blob64(raw, index, value->data, value->len, SQLITE_STATIC);
        break;
    default:
        rc = sqlite3_bind_null(raw, index);
        break;
    }
    return rc == SQLITE_OK ? 0 : failed(conn);
}

static int step(struct chg_conn *conn, void *raw)
{
    switch (sqlite3_step(raw)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return failed(conn);
    }
}

static const char *column_text(void *raw, int column)
{
    return (const char *)sqlite3_column_text(raw, column);
}

static int64_t column_i64(void *raw, int column)
{
    return sqlite3_column_int64(raw, column);
}

static bool column_is_null(void *raw, int column)
{
    return sqlite3_column_type(raw, column) == SQLITE_NULL;
}

static const void *column_blob(void *raw, int column, size_t *len)
{
    const void *data = sqlite3_column_blob(raw, column);

    *len = (size_t)sqlite3_column_bytes(raw, column);
    return data;
}

static int64_t changes(struct chg_conn *conn)
{
    return sqlite3_changes64(handle_of(conn));
}

static int64_t last_id(struct chg_conn *conn)
{
    return sqlite3_last_insert_rowid(handle_of(conn));
}

static int64_t total_changes(struct chg_conn *conn)
{
    return sqlite3_total_changes64(handle_of(conn));
}

static bool in_transaction(struct chg_conn *conn)
{
    return sqlite3_get_autocommit(handle_of(conn)) == 0;
}

static int first_i64(struct chg_conn *conn, int64_t *out, const char *sql)
{
    void *raw = NULL;
    int rc = prepare(conn, &raw, sql);

    if (rc < 0)
        return rc;
    rc = step(conn, raw);
    if (rc > 0)
        *out = column_i64(raw, 0);
    finalize(raw);
    return rc < 0 ? rc : 0;
}

static int get_version(struct chg_conn *conn, int64_t *version)
{
    int64_t application = 0;
    int64_t objects = 0;
    int rc = first_i64(conn, &application, "PRAGMA application_id");

    if (rc < 0)
        return rc;
    if (application == APPLICATION_ID)
        return first_i64(conn, version, "PRAGMA user_version");
    rc = first_i64(conn, &objects, "SELECT COUNT(*) FROM sqlite_master");
    if (rc < 0)
        return rc;
    *version = application == 0 && objects == 0 ? 0 : -1;
    return 0;
}

static int set_version(struct chg_conn *conn, int64_t version)
{
    char sql[96];

    (void)snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%lld",
                   APPLICATION_ID, (long long)version);
    return exec(conn, sql);
}

static int set_foreign_keys(struct chg_conn *conn, bool on)
{
    return exec(conn, on ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF");
}

static const struct chg_driver driver = {
    .close = close_conn,
    .exec = exec,
    .prepare = prepare,
    .finalize = finalize,
    .reset = reset,
    .bind = bind,
    .step = step,
    .text = column_text,
    .i64 = column_i64,
    .is_null = column_is_null,
    .blob = column_blob,
    .changes = changes,
    .last_id = last_id,
    .total_changes = total_changes,
    .in_transaction = in_transaction,
    .get_version = get_version,
    .set_version = set_version,
    .set_foreign_keys = set_foreign_keys,
};

/* Durable commits (FULL) that never wait for readers (WAL). */
static int configure(struct chg_conn *conn, const struct chg_sqlite_options *opts)
{
    sqlite3 *db = handle_of(conn);

    (void)sqlite3_extended_result_codes(db, 1);
    (void)sqlite3_busy_timeout(db, opts->busy_timeout_ms);
    if (opts->reader)
        return exec(conn, "PRAGMA query_only=ON; PRAGMA temp_store=MEMORY");
    return exec(conn, "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY");
}

int chg_sqlite_use_wal(struct chg_conn *conn)
{
    void *raw = NULL;
    const char *mode;
    int rc = prepare(conn, &raw, "PRAGMA journal_mode=WAL");

    if (rc < 0)
        return rc;
    rc = step(conn, raw);
    mode = rc > 0 ? column_text(raw, 0) : NULL;
    if (rc >= 0 && (mode == NULL || strcmp(mode, "wal") != 0))
        rc = chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                           "database '%s': its file system cannot hold a write-ahead log",
                           conn->name);
    finalize(raw);
    return rc < 0 ? rc : 0;
}

/* Bytes 18 and 19 of the file format: the version needed to write and to read; 2 is WAL. */
#define WRITE_VERSION_AT 18
#define READ_VERSION_AT  19
#define WAL_VERSION      2

int chg_sqlite_save(struct chg_conn *conn, const char *path)
{
    sqlite3_int64 size = 0;
    unsigned char *image = sqlite3_serialize(handle_of(conn), "main", &size, 0);
    int rc;

    if (image == NULL)
        return chg_error_no_memory();
    image[WRITE_VERSION_AT] = WAL_VERSION;
    image[READ_VERSION_AT] = WAL_VERSION;
    rc = chg_fs_write(path, image, (size_t)size, 0600);
    sqlite3_free(image);
    return rc;
}

int chg_sqlite_open(struct chg_conn **out, const struct chg_sqlite_options *opts)
{
    struct chg_conn *conn = chg_new(struct chg_conn);
    sqlite3 *db = NULL;
    int rc;

    if (conn == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    conn->driver = &driver;
    conn->name = opts->path == NULL ? ":memory:" : opts->path;
    rc = sqlite3_open_v2(conn->name, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    conn->handle = db;
    if (db == NULL)
        rc = chg_error_no_memory();
    else
        rc = rc == SQLITE_OK ? configure(conn, opts) : failed(conn);
    if (rc < 0) {
        chg_conn_close(conn);
        return rc;
    }
    *out = conn;
    return 0;
}
