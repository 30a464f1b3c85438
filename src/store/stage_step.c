/* SPDX-License-Identifier: MIT */
/* Stages and steps of a build, in the order of the pipeline. */
#include "store/rows_priv.h"

#include "base/banned.h"

#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_stage_row, member)                                               \
    }
static const struct chg_field stage_fields[] = {
    F('s', build_id), F('i', ordinal),    F('s', name),        F('S', status),
    F('s', reason),   F('i', started_at), F('i', finished_at),
};
#undef F
#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_step_row, member)                                                \
    }
static const struct chg_field step_fields[] = {
    F('s', build_id),    F('i', ordinal),   F('i', stage_ordinal), F('s', stage_name),
    F('s', name),        F('S', status),    F('s', reason),        F('s', message),
    F('i', exit_code),   F('i', signal),    F('i', attempt),       F('i', started_at),
    F('i', finished_at), F('i', log_bytes), F('i', log_lines),
};
#undef F

static const char sql_stage_put[] =
    "INSERT INTO build_stages (build_id, ordinal, stage_name, status, reason, started_at, "
    "finished_at) VALUES (?1, ?2, ?3, ?4, ?5, NULLIF(?6, 0), NULLIF(?7, 0)) "
    "ON CONFLICT (build_id, ordinal) DO UPDATE SET stage_name = excluded.stage_name, "
    "status = excluded.status, reason = excluded.reason, started_at = excluded.started_at, "
    "finished_at = excluded.finished_at";
static const char sql_stage_list[] =
    "SELECT build_id, ordinal, stage_name, status, reason, started_at, finished_at "
    "FROM build_stages WHERE build_id = ?1 ORDER BY ordinal";
static const char sql_step_put[] =
    "INSERT INTO build_steps (build_id, ordinal, stage_ordinal, stage_name, step_name, status, "
    "reason, message, exit_code, signal, attempt, started_at, finished_at, log_bytes, log_lines) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULLIF(?9, -1), NULLIF(?10, 0), MAX(?11, 1), "
    "NULLIF(?12, 0), NULLIF(?13, 0), ?14, ?15) "
    "ON CONFLICT (build_id, ordinal) DO UPDATE SET stage_ordinal = excluded.stage_ordinal, "
    "stage_name = excluded.stage_name, step_name = excluded.step_name, status = excluded.status, "
    "reason = excluded.reason, message = excluded.message, exit_code = excluded.exit_code, "
    "signal = excluded.signal, attempt = excluded.attempt, started_at = excluded.started_at, "
    "finished_at = excluded.finished_at, log_bytes = excluded.log_bytes, "
    "log_lines = excluded.log_lines";
static const char sql_step_list[] =
    "SELECT build_id, ordinal, stage_ordinal, stage_name, step_name, status, reason, message, "
    "COALESCE(exit_code, -1), signal, attempt, started_at, finished_at, log_bytes, log_lines "
    "FROM build_steps WHERE build_id = ?1 ORDER BY ordinal";

CHG_ROW_FUNCTIONS(stage, stage_fields);
CHG_ROW_FUNCTIONS(step, step_fields);

int chg_stage_put(struct chg_conn *conn, const struct chg_stage_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_stage_put);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "sisssii", row->build_id, row->ordinal, row->name,
                           chengis_status_name(row->status), row->reason, row->started_at,
                           row->finished_at);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    return rc < 0 ? chg_error_prefix("stage '%s'", row->name) : 0;
}

int chg_step_put(struct chg_conn *conn, const struct chg_step_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_step_put);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "siisssssiiiiiii", row->build_id, row->ordinal, row->stage_ordinal,
                           row->stage_name, row->name, chengis_status_name(row->status),
                           row->reason, row->message, row->exit_code, row->signal, row->attempt,
                           row->started_at, row->finished_at, row->log_bytes, row->log_lines);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    return rc < 0 ? chg_error_prefix("step '%s'", row->name) : 0;
}

int chg_stage_list(struct chg_conn *conn, const char *build_id,
                   int (*each)(const struct chg_stage_row *row, void *userdata), void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_stage_list);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", build_id);
    return rc < 0 ? rc : each_stage(&q, each, userdata);
}

int chg_step_list(struct chg_conn *conn, const char *build_id,
                  int (*each)(const struct chg_step_row *row, void *userdata), void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_step_list);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", build_id);
    return rc < 0 ? rc : each_step(&q, each, userdata);
}
