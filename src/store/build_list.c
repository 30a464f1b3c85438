/* SPDX-License-Identifier: MIT */
/* Finding builds: by reference, page by page, the open ones, the expired ones. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/uuid.h"
#include "base/vec.h"
#include "store/build_priv.h"

#include "base/banned.h"

#define PREFIX_MIN    4
#define EXPIRED_BATCH 500

#define FROM " FROM builds b JOIN jobs j ON j.id = b.job_id "

/* '~' sorts behind every id, 'g' behind every hexadecimal digit and '-'. */
static const char sql_page[] =
    "SELECT " CHG_BUILD_COLUMNS FROM "WHERE b.org_id = ?1 AND b.id < COALESCE(?2, '~') "
    "AND (?3 IS NULL OR b.status = ?3) ORDER BY b.id DESC LIMIT ?4";
static const char sql_job_page[] =
    "SELECT " CHG_BUILD_COLUMNS FROM "WHERE b.org_id = ?1 AND +b.id < COALESCE(?2, '~') "
    "AND (?3 IS NULL OR b.status = ?3) "
    "AND b.job_id = (SELECT id FROM jobs WHERE org_id = ?1 AND name = ?5) "
    "ORDER BY b.id DESC LIMIT ?4";
static const char sql_open[] = "SELECT " CHG_BUILD_COLUMNS ", b.request, b.plan" FROM
                               "WHERE b.status IN " CHG_SQL_OPEN " ORDER BY b.id";
static const char sql_prefix[] = "SELECT id FROM builds WHERE id >= ?2 AND id < ?2 || 'g' "
                                 "AND org_id = ?1 LIMIT 2";
static const char sql_number[] =
    "SELECT b.id" FROM "WHERE j.org_id = ?1 AND j.name = ?2 AND b.build_number = ?3";
static const char sql_expired[] =
    "SELECT " CHG_BUILD_COLUMNS FROM "WHERE b.status NOT IN " CHG_SQL_OPEN
    " AND ((?1 > 0 AND b.build_number < j.next_build_number - ?1) "
    "OR COALESCE(b.finished_at, b.created_at) < ?2) ORDER BY b.id LIMIT ?3";
static const char sql_delete[] = "DELETE FROM builds WHERE id = ?1";

typedef int (*each_fn)(const struct chg_build_row *row, void *userdata);

static int each_build(struct chg_stmt *q, size_t columns, each_fn each, void *userdata)
{
    int rc;

    while ((rc = chg_stmt_step(q)) > 0) {
        struct chg_build_row row = {0};

        rc = chg_row_read(q, chg_build_fields, columns, &row);
        if (rc >= 0)
            rc = each(&row, userdata);
        chg_build_row_fini(&row);
        if (rc != 0)
            return rc;
    }
    return rc;
}

int chg_build_list(struct chg_conn *conn, const struct chg_scope *scope,
                   const struct chg_build_filter *filter, each_fn each, void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    const char *status =
        filter->status == CHENGIS_STATUS_UNKNOWN ? NULL : chengis_status_name(filter->status);
    int64_t limit = filter->limit > INT32_MAX ? INT32_MAX : (int64_t)filter->limit;
    bool one_job = filter->job != NULL;
    int rc = chg_stmt_prepare(&q, conn, one_job ? sql_job_page : sql_page);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, one_job ? "sssis" : "sssi", scope->org_id, filter->before_id, status,
                           limit, filter->job);
    return rc < 0 ? rc : each_build(&q, CHG_BUILD_SHORT_COUNT, each, userdata);
}

int chg_build_list_open(struct chg_conn *conn, each_fn each, void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_open);

    return rc < 0 ? rc : each_build(&q, CHG_BUILD_FIELD_COUNT, each, userdata);
}

/* Step to the first row and copy its first column: 1, or 0 without a row. */
static int first_text(struct chg_stmt *q, char **out)
{
    int rc = chg_stmt_step(q);

    if (rc <= 0)
        return rc;
    *out = chg_strdup(chg_stmt_text(q, 0));
    return *out == NULL ? CHENGIS_ERR_NO_MEMORY : 1;
}

static int resolve_number(struct chg_conn *conn, const struct chg_scope *scope, const char *ref,
                          const char *hash, char **id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    chg_autofree char *job = chg_strndup(ref, (size_t)(hash - ref));
    int64_t number = 0;
    int rc;

    if (job == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (chg_parse_i64(&number, hash + 1) < 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "build '%s': expected JOB#NUMBER", ref);
    rc = chg_stmt_prepare(&q, conn, sql_number);
    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ssi", scope->org_id, job, number);
    return rc < 0 ? rc : first_text(&q, id);
}

static bool looks_like_id(const char *ref)
{
    return ref[strspn(ref, "0123456789abcdefABCDEF-")] == '\0';
}

static int resolve_prefix(struct chg_conn *conn, const struct chg_scope *scope, const char *ref,
                          char **id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    chg_autofree char *first = NULL;
    char prefix[CHG_UUID_SIZE];
    size_t len = strlen(ref);
    int rc;

    if (len >= sizeof(prefix) || !looks_like_id(ref))
        return 0;
    if (len < PREFIX_MIN)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "build '%s': a prefix of an id needs at least %d characters", ref,
                             PREFIX_MIN);
    for (size_t i = 0; i <= len; i++)
        prefix[i] = (char)tolower((unsigned char)ref[i]);
    rc = chg_stmt_prepare(&q, conn, sql_prefix);
    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ss", scope->org_id, prefix);
    if (rc >= 0)
        rc = first_text(&q, &first);
    if (rc <= 0)
        return rc;
    rc = chg_stmt_step(&q);
    if (rc > 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "build '%s': several ids begin like this", ref);
    if (rc < 0)
        return rc;
    *id = chg_steal(&first);
    return 1;
}

int chg_build_resolve(struct chg_conn *conn, const struct chg_scope *scope, const char *ref,
                      char **id)
{
    const char *hash = strrchr(ref, '#');
    int rc = hash != NULL ? resolve_number(conn, scope, ref, hash, id)
                          : resolve_prefix(conn, scope, ref, id);

    if (rc < 0)
        return rc;
    return rc > 0 ? 0 : chg_error_set(CHENGIS_ERR_NOT_FOUND, "build '%s' does not exist", ref);
}

struct rows {
    CHG_VEC(struct chg_build_row) rows;
};

/* The rows are read before any is handed out, so that each() may delete. */
static int expired_batch(struct chg_conn *conn, int64_t keep, int64_t before_at, struct rows *out)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_expired);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "iii", keep, before_at, (int64_t)EXPIRED_BATCH);
    while (rc >= 0 && (rc = chg_stmt_step(&q)) > 0) {
        rc = chg_vec_reserve(&out->rows, out->rows.len + 1);
        if (rc < 0)
            break;
        memset(&out->rows.items[out->rows.len], 0, sizeof(struct chg_build_row));
        rc = chg_row_read(&q, chg_build_fields, CHG_BUILD_SHORT_COUNT,
                          &out->rows.items[out->rows.len]);
        if (rc >= 0)
            out->rows.len++;
    }
    return rc;
}

int chg_build_list_expired(struct chg_conn *conn, int64_t keep, int64_t before_at, each_fn each,
                           void *userdata)
{
    struct rows all = {0};
    int rc = expired_batch(conn, keep, before_at, &all);

    for (size_t i = 0; i < all.rows.len; i++) {
        if (rc == 0)
            rc = each(&all.rows.items[i], userdata);
        chg_build_row_fini(&all.rows.items[i]);
    }
    chg_vec_fini(&all.rows);
    return rc;
}

int chg_build_delete(struct chg_conn *conn, const char *id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_delete);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", id);
    if (rc >= 0)
        rc = chg_stmt_exec_one(&q, CHENGIS_ERR_NOT_FOUND);
    return rc == CHENGIS_ERR_NOT_FOUND ? chg_error_set(rc, "build '%s' does not exist", id) : rc;
}
