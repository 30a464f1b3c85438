/* SPDX-License-Identifier: MIT */
/* What a build leaves behind: artifacts and notifications. */
#include "store/rows_priv.h"

#include "base/banned.h"

#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_artifact_row, member)                                            \
    }
static const struct chg_field artifact_fields[] = {
    F('s', id),         F('s', build_id), F('s', filename),     F('s', original_path), F('s', path),
    F('i', size_bytes), F('s', sha256),   F('s', content_type), F('i', created_at),
};
#undef F

static const char sql_insert[] =
    "INSERT INTO build_artifacts (id, build_id, filename, original_path, path, size_bytes, "
    "sha256, content_type, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
static const char sql_list[] =
    "SELECT id, build_id, filename, original_path, path, size_bytes, sha256, content_type, "
    "created_at FROM build_artifacts WHERE build_id = ?1 ORDER BY rowid";
static const char sql_notification[] =
    "INSERT INTO build_notifications (id, build_id, type, status, details, sent_at, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, NULLIF(?6, 0), ?7) ON CONFLICT (id) DO UPDATE SET "
    "status = excluded.status, details = excluded.details, sent_at = excluded.sent_at";

CHG_ROW_FUNCTIONS(artifact, artifact_fields);

int chg_artifact_insert(struct chg_conn *conn, const struct chg_artifact_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_insert);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "sssssissi", row->id, row->build_id, row->filename,
                           row->original_path, row->path, row->size_bytes, row->sha256,
                           row->content_type, row->created_at);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    return rc < 0 ? chg_error_prefix("artifact '%s'", row->filename) : 0;
}

int chg_artifact_list(struct chg_conn *conn, const char *build_id,
                      int (*each)(const struct chg_artifact_row *row, void *userdata),
                      void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_list);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", build_id);
    return rc < 0 ? rc : each_artifact(&q, each, userdata);
}

int chg_notification_put(struct chg_conn *conn, const struct chg_notification_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_notification);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "sssssii", row->id, row->build_id, row->type, row->status,
                           row->details, row->sent_at, row->created_at);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    return rc < 0 ? chg_error_prefix("notification '%s'", row->type) : 0;
}
