/* SPDX-License-Identifier: MIT */
/* Owners: the processes that run builds. */
#include <string.h>

#include "store/rows_priv.h"

#include "base/banned.h"

#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_owner_row, member)                                               \
    }
static const struct chg_field owner_fields[] = {
    F('i', id), F('s', host), F('s', boot_id), F('i', pid), F('i', start_ticks), F('i', started_at),
};
#undef F

static const char sql_put[] =
    "INSERT INTO owners (id, host, boot_id, pid, start_ticks, started_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET host = excluded.host, "
    "boot_id = excluded.boot_id, pid = excluded.pid, start_ticks = excluded.start_ticks, "
    "started_at = excluded.started_at";
static const char sql_get[] =
    "SELECT id, host, boot_id, pid, start_ticks, started_at FROM owners WHERE id = ?1";
static const char sql_list_idle[] =
    "SELECT id, host, boot_id, pid, start_ticks, started_at FROM owners WHERE id NOT IN "
    "(SELECT owner_id FROM builds WHERE status IN ('queued', 'running', 'waiting') "
    "AND owner_id IS NOT NULL) ORDER BY id LIMIT 500";
static const char sql_delete[] = "DELETE FROM owners WHERE id = ?1";

void chg_owner_row_fini(struct chg_owner_row *row)
{
    chg_row_fini(owner_fields, CHG_FIELD_COUNT(owner_fields), row);
}

int chg_owner_put(struct chg_conn *conn, const struct chg_owner_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_put);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "issiii", row->id, row->host, row->boot_id, row->pid,
                           row->start_ticks, row->started_at);
    return rc < 0 ? rc : chg_stmt_exec(&q);
}

int chg_owner_get(struct chg_conn *conn, int64_t id, struct chg_owner_row *out)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_get);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "i", id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "owner %lld does not exist", (long long)id);
    memset(out, 0, sizeof(*out));
    return chg_row_read(&q, owner_fields, CHG_FIELD_COUNT(owner_fields), out);
}

int chg_owner_list_idle(struct chg_conn *conn,
                        int (*each)(const struct chg_owner_row *row, void *userdata),
                        void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_list_idle);

    while (rc >= 0 && (rc = chg_stmt_step(&q)) > 0) {
        struct chg_owner_row row = {0};

        rc = chg_row_read(&q, owner_fields, CHG_FIELD_COUNT(owner_fields), &row);
        if (rc >= 0)
            rc = each(&row, userdata);
        chg_owner_row_fini(&row);
        if (rc != 0)
            return rc;
    }
    return rc;
}

int chg_owner_delete(struct chg_conn *conn, int64_t id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_delete);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "i", id);
    return rc < 0 ? rc : chg_stmt_exec(&q);
}
