/* SPDX-License-Identifier: MIT */
/* Jobs: what builds are builds of. */
#include <string.h>

#include "base/alloc.h"
#include "base/uuid.h"
#include "store/rows_priv.h"

#include "base/banned.h"

#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_job_row, member)                                                 \
    }
static const struct chg_field fields[] = {
    F('s', id),       F('s', org_id),     F('s', name),
    F('s', pipeline), F('i', created_at), F('i', updated_at),
};
#undef F

static const char sql_find[] = "SELECT id FROM jobs WHERE org_id = ?1 AND name = ?2";
static const char sql_insert[] =
    "INSERT INTO jobs (id, org_id, name, pipeline, created_at, updated_at) "
    "SELECT ?1, id, ?3, ?4, ?5, ?5 FROM organizations WHERE id = ?2";
static const char sql_get[] =
    "SELECT id, org_id, name, pipeline, created_at, updated_at FROM jobs "
    "WHERE org_id = ?1 AND (id = ?2 OR name = ?2) ORDER BY id = ?2 DESC LIMIT 1";

void chg_job_row_fini(struct chg_job_row *row)
{
    chg_row_fini(fields, CHG_FIELD_COUNT(fields), row);
}

static int find(struct chg_conn *conn, const struct chg_scope *scope, const char *name, char **id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_find);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ss", scope->org_id, name);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc <= 0)
        return rc;
    *id = chg_strdup(chg_stmt_text(&q, 0));
    return *id == NULL ? CHENGIS_ERR_NO_MEMORY : 1;
}

int chg_job_ensure(struct chg_conn *conn, const struct chg_scope *scope, const char *name,
                   const char *pipeline, int64_t now, char **id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    char uuid[CHG_UUID_SIZE];
    int rc = find(conn, scope, name, id);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = chg_uuid7(uuid);
    if (rc >= 0)
        rc = chg_stmt_prepare(&q, conn, sql_insert);
    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ssssi", uuid, scope->org_id, name, pipeline, now);
    if (rc >= 0)
        rc = chg_stmt_exec_one(&q, CHENGIS_ERR_NOT_FOUND);
    if (rc == CHENGIS_ERR_NOT_FOUND)
        return chg_error_set(rc, "organisation '%s' does not exist", scope->org_id);
    if (rc < 0)
        return chg_error_prefix("job '%s'", name);
    *id = chg_strdup(uuid);
    return *id == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

int chg_job_get(struct chg_conn *conn, const struct chg_scope *scope, const char *id_or_name,
                struct chg_job_row *out)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_get);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ss", scope->org_id, id_or_name);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "job '%s' does not exist", id_or_name);
    memset(out, 0, sizeof(*out));
    return chg_row_read(&q, fields, CHG_FIELD_COUNT(fields), out);
}
