/* SPDX-License-Identifier: MIT */
/* The sparse index of each step's part of the log file. Its bytes are the business of logs/. */
#include "base/alloc.h"
#include "base/clock.h"
#include "store/rows_priv.h"

#include "base/banned.h"

static const char sql_put[] =
    "INSERT INTO build_logs (build_id, timestamp, level, message, step, bytes, lines, data) "
    "VALUES (?1, ?6, 'index', '', ?2, ?3, ?4, ?5) "
    "ON CONFLICT (build_id, step) WHERE step IS NOT NULL DO UPDATE SET "
    "timestamp = excluded.timestamp, bytes = excluded.bytes, lines = excluded.lines, "
    "data = excluded.data";
static const char sql_get[] = "SELECT data FROM build_logs WHERE build_id = ?1 AND step = ?2";

int chg_log_index_put(struct chg_conn *conn, const char *build_id, int64_t step, int64_t bytes,
                      int64_t lines, const void *blob, size_t len)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_put);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "siiibi", build_id, step, bytes, lines, blob, len,
                           chg_clock_wall_ms());
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    return rc < 0 ? chg_error_prefix("log index of build '%s'", build_id) : 0;
}

int chg_log_index_get(struct chg_conn *conn, const char *build_id, int64_t step, void **blob,
                      size_t *len)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    const void *data;
    size_t size = 0;
    int rc = chg_stmt_prepare(&q, conn, sql_get);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "si", build_id, step);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "build '%s' has no log index of step %lld",
                             build_id, (long long)step);
    data = chg_stmt_blob(&q, 0, &size);
    *blob = size == 0 ? chg_malloc(0) : chg_memdup(data, size);
    if (*blob == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *len = size;
    return 0;
}
