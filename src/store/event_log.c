/* SPDX-License-Identifier: MIT */
/* The event log of builds. */
#include "store/db_priv.h"
#include "store/rows_priv.h"

#include "base/banned.h"

#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_event_row, member)                                               \
    }
static const struct chg_field event_fields[] = {
    F('i', id),         F('i', seq),       F('s', build_id), F('s', type), F('i', at),
    F('s', stage_name), F('s', step_name), F('S', status),   F('s', data),
};
#undef F
#define COLUMNS "e.id, e.seq, e.build_id, e.type, e.at, e.stage_name, e.step_name, e.status, e.data"

/* The newest seq is one look into the unique index; a counter in builds would rewrite that wide row
 * each time. */
static const char sql_next[] =
    "SELECT COALESCE(MAX(seq), 0) + 1 FROM build_events WHERE build_id = ?1";
static const char sql_append[] =
    "INSERT INTO build_events (build_id, seq, type, at, stage_name, step_name, status, data) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
static const char sql_all[] =
    "SELECT " COLUMNS " FROM build_events e WHERE e.id > ?1 ORDER BY e.id LIMIT ?2";
static const char sql_org[] = "SELECT " COLUMNS " FROM build_events e "
                              "JOIN builds b ON b.id = e.build_id AND b.org_id = ?3 "
                              "WHERE e.id > ?1 ORDER BY e.id LIMIT ?2";
static const char sql_build[] = "SELECT " COLUMNS " FROM build_events e WHERE e.build_id = ?3 "
                                "AND e.seq > ?1 ORDER BY e.seq LIMIT ?2";
static const char sql_org_build[] =
    "SELECT " COLUMNS " FROM build_events e WHERE e.build_id = ?3 AND e.seq > ?1 "
    "AND EXISTS (SELECT 1 FROM builds b WHERE b.id = ?3 AND b.org_id = ?4) "
    "ORDER BY e.seq LIMIT ?2";
/* Where AUTOINCREMENT remembers the newest id, also of events deleted since. */
static const char sql_last[] = "SELECT seq FROM sqlite_sequence WHERE name = 'build_events'";

CHG_ROW_FUNCTIONS(event, event_fields);

static int next_seq(struct chg_conn *conn, const char *build_id, int64_t *seq)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_next);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", build_id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    *seq = chg_stmt_i64(&q, 0);
    return 0;
}

static int insert(struct chg_conn *conn, struct chg_event_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    const char *status =
        row->status == CHENGIS_STATUS_UNKNOWN ? NULL : chengis_status_name(row->status);
    int rc = chg_stmt_prepare(&q, conn, sql_append);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "sisissss", row->build_id, row->seq, row->type, row->at,
                           row->stage_name, row->step_name, status, row->data);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    if (rc >= 0)
        row->id = conn->driver->last_id(conn);
    return rc;
}

int chg_event_append_all(struct chg_conn *conn, struct chg_event_row *rows, size_t count)
{
    int64_t seq = 0;
    int rc = count == 0 ? 0 : next_seq(conn, rows[0].build_id, &seq);

    for (size_t i = 0; i < count && rc >= 0; i++) {
        rows[i].seq = seq + (int64_t)i;
        rc = insert(conn, &rows[i]);
        if (rc < 0)
            return chg_error_prefix("event %s of build '%s'", rows[i].type, rows[i].build_id);
    }
    return rc < 0 ? chg_error_prefix("events of build '%s'", rows[0].build_id) : 0;
}

int chg_event_append(struct chg_conn *conn, struct chg_event_row *row)
{
    return chg_event_append_all(conn, row, 1);
}

int chg_event_list(struct chg_conn *conn, const struct chg_scope *scope, const char *build_id,
                   int64_t after, size_t limit,
                   int (*each)(const struct chg_event_row *row, void *userdata), void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    const char *org = scope == NULL ? NULL : scope->org_id;
    int64_t rows = limit > INT32_MAX ? INT32_MAX : (int64_t)limit;
    int rc;

    if (build_id == NULL)
        rc = chg_stmt_prepare(&q, conn, org == NULL ? sql_all : sql_org);
    else
        rc = chg_stmt_prepare(&q, conn, org == NULL ? sql_build : sql_org_build);
    if (rc < 0)
        return rc;
    if (build_id == NULL)
        rc = chg_stmt_bind(&q, org == NULL ? "ii" : "iis", after, rows, org);
    else
        rc = chg_stmt_bind(&q, org == NULL ? "iis" : "iiss", after, rows, build_id, org);
    return rc < 0 ? rc : each_event(&q, each, userdata);
}

int chg_event_last_id(struct chg_conn *conn, int64_t *id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_last);

    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    *id = rc > 0 ? chg_stmt_i64(&q, 0) : 0;
    return 0;
}
