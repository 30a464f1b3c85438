/* SPDX-License-Identifier: MIT */
/* Builds: insert, update, get, and the request to cancel one. */
#include <string.h>

#include "base/alloc.h"
#include "model/status.h"
#include "store/build_priv.h"
#include "store/rows_priv.h"

#include "base/banned.h"

#define F(type, member)                                                                            \
    {                                                                                              \
        type, offsetof(struct chg_build_row, member)                                               \
    }
const struct chg_field chg_build_fields[CHG_BUILD_FIELD_COUNT] = {
    F('s', id),      F('s', org_id),     F('s', job_id),          F('s', job_name),
    F('i', number),  F('S', status),     F('s', reason),          F('s', message),
    F('s', trigger), F('s', parameters), F('s', pipeline_source), F('s', workspace),
    F('s', git),     F('s', log_path),   F('s', parent_id),       F('i', owner_id),
    F('i', attempt), F('i', created_at), F('i', started_at),      F('i', finished_at),
    F('s', request), F('s', plan),
};
#undef F

static const char sql_number[] = "UPDATE jobs SET next_build_number = next_build_number + 1 "
                                 "WHERE id = ?1 AND org_id = ?2 RETURNING next_build_number - 1";
static const char sql_insert[] =
    "INSERT INTO builds (id, org_id, job_id, build_number, status, reason, message, trigger_type, "
    "parameters, pipeline_source, workspace, git, log_path, parent_build_id, owner_id, attempt, "
    "created_at, started_at, finished_at, request, plan, git_branch, git_commit, git_commit_short, "
    "git_author, git_message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, COALESCE(?10, 'server'), "
    "?11, ?12, ?13, ?14, NULLIF(?15, 0), MAX(?16, 1), ?17, NULLIF(?18, 0), NULLIF(?19, 0), ?20, "
    "?21, ?22, ?23, ?24, ?25, ?26)";
static const char sql_update[] =
    "UPDATE builds SET status = ?3, reason = ?4, message = ?5, parameters = ?6, "
    "pipeline_source = COALESCE(?7, pipeline_source), workspace = ?8, git = ?9, log_path = ?10, "
    "owner_id = NULLIF(?11, 0), attempt = MAX(?12, 1), started_at = NULLIF(?13, 0), "
    "finished_at = NULLIF(?14, 0), request = COALESCE(?15, request), plan = COALESCE(?16, plan), "
    "git_branch = ?17, git_commit = ?18, git_commit_short = ?19, git_author = ?20, "
    "git_message = ?21 WHERE id = ?1 AND org_id = ?2";
static const char sql_get[] = "SELECT " CHG_BUILD_COLUMNS ", b.request, b.plan "
                              "FROM builds b JOIN jobs j ON j.id = b.job_id "
                              "WHERE b.id = ?1 AND b.org_id = ?2";
static const char sql_is_known[] = "SELECT 1 FROM builds WHERE id = ?1";
static const char sql_exists[] = "SELECT 1 FROM builds WHERE id = ?1 AND org_id = ?2";
static const char sql_claim[] = "UPDATE builds SET owner_id = NULLIF(?3, 0) WHERE id = ?1 "
                                "AND status = 'queued' AND COALESCE(owner_id, 0) = ?2";
static const char sql_cancel[] =
    "UPDATE builds SET cancel_level = ?3, cancel_reason = COALESCE(cancel_reason, ?4), "
    "cancel_requested_at = COALESCE(cancel_requested_at, ?5) "
    "WHERE id = ?1 AND org_id = ?2 AND cancel_level < ?3 AND status IN " CHG_SQL_OPEN;
static const char sql_cancel_requests[] =
    "SELECT id, cancel_level, cancel_reason FROM builds "
    "WHERE owner_id = ?1 AND status IN " CHG_SQL_OPEN " AND cancel_level > 0 ORDER BY id";

void chg_build_row_fini(struct chg_build_row *row)
{
    chg_row_fini(chg_build_fields, CHG_FIELD_COUNT(chg_build_fields), row);
}

static int no_such_build(const char *id)
{
    return chg_error_set(CHENGIS_ERR_NOT_FOUND, "build '%s' does not exist", id);
}

/* What the columns git_* repeat of the git object, borrowed from it. */
struct git_columns {
    json_t *object;
    const char *branch;
    const char *commit;
    const char *commit_short;
    const char *author;
    const char *message;
};

static int read_git(struct git_columns *git, const char *text)
{
    int rc;

    memset(git, 0, sizeof(*git));
    if (text == NULL)
        return 0;
    git->object = chg_json_parse(text, strlen(text));
    if (git->object == NULL)
        return chg_error_prefix("git object of a build");
    rc = chg_json_get_str(&git->branch, git->object, "branch");
    if (rc >= 0)
        rc = chg_json_get_str(&git->commit, git->object, "commit");
    if (rc >= 0)
        rc = chg_json_get_str(&git->commit_short, git->object, "commit-short");
    if (rc >= 0)
        rc = chg_json_get_str(&git->author, git->object, "author");
    if (rc >= 0)
        rc = chg_json_get_str(&git->message, git->object, "message");
    return rc < 0 ? chg_error_prefix("git object of a build") : 0;
}

static int take_number(struct chg_conn *conn, struct chg_build_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_number);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ss", row->job_id, row->org_id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "job '%s' does not exist", row->job_id);
    row->number = chg_stmt_i64(&q, 0);
    return 0;
}

static int insert(struct chg_conn *conn, const struct chg_build_row *row,
                  const struct git_columns *git)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_insert);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "sssissssssssssiiiiisssssss", row->id, row->org_id, row->job_id,
                           row->number, chengis_status_name(row->status), row->reason, row->message,
                           row->trigger, row->parameters, row->pipeline_source, row->workspace,
                           row->git, row->log_path, row->parent_id, row->owner_id, row->attempt,
                           row->created_at, row->started_at, row->finished_at, row->request,
                           row->plan, git->branch, git->commit, git->commit_short, git->author,
                           git->message);
    return rc < 0 ? rc : chg_stmt_exec(&q);
}

int chg_build_insert(struct chg_conn *conn, struct chg_build_row *row)
{
    struct git_columns git;
    int64_t before = row->number;
    int rc = read_git(&git, row->git);

    if (rc >= 0)
        rc = take_number(conn, row);
    if (rc >= 0)
        rc = insert(conn, row, &git);
    json_decref(git.object);
    if (rc >= 0)
        return 0;
    row->number = before;
    return chg_error_prefix("build '%s'", row->id);
}

int chg_build_update(struct chg_conn *conn, const struct chg_build_row *row)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    struct git_columns git;
    int rc = read_git(&git, row->git);

    if (rc >= 0)
        rc = chg_stmt_prepare(&q, conn, sql_update);
    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ssssssssssiiiisssssss", row->id, row->org_id,
                           chengis_status_name(row->status), row->reason, row->message,
                           row->parameters, row->pipeline_source, row->workspace, row->git,
                           row->log_path, row->owner_id, row->attempt, row->started_at,
                           row->finished_at, row->request, row->plan, git.branch, git.commit,
                           git.commit_short, git.author, git.message);
    if (rc >= 0)
        rc = chg_stmt_exec_one(&q, CHENGIS_ERR_NOT_FOUND);
    json_decref(git.object);
    return rc == CHENGIS_ERR_NOT_FOUND ? no_such_build(row->id) : rc;
}

int chg_build_get(struct chg_conn *conn, const struct chg_scope *scope, const char *id,
                  struct chg_build_row *out)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_get);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ss", id, scope->org_id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return no_such_build(id);
    memset(out, 0, sizeof(*out));
    return chg_row_read(&q, chg_build_fields, CHG_FIELD_COUNT(chg_build_fields), out);
}

int chg_build_is_known(struct chg_conn *conn, const char *id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_is_known);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", id);
    return rc < 0 ? rc : chg_stmt_step(&q);
}

int chg_build_require(struct chg_conn *conn, const struct chg_scope *scope, const char *id)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_exists);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ss", id, scope->org_id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc < 0)
        return rc;
    return rc == 0 ? no_such_build(id) : 0;
}

int chg_build_claim(struct chg_conn *conn, const char *id, int64_t from, int64_t to)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_claim);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "sii", id, from, to);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    if (rc < 0)
        return rc;
    return chg_stmt_changes(&q) == 1 ? 1 : 0;
}

int chg_build_request_cancel(struct chg_conn *conn, const struct chg_scope *scope, const char *id,
                             int level, const char *reason, int64_t now)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_build_require(conn, scope, id);

    if (rc >= 0)
        rc = chg_stmt_prepare(&q, conn, sql_cancel);
    if (rc >= 0)
        rc = chg_stmt_bind(&q, "ssisi", id, scope->org_id, (int64_t)level, reason, now);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    if (rc < 0)
        return rc;
    return chg_stmt_changes(&q) == 1 ? 1 : 0;
}

int chg_build_cancel_requests(struct chg_conn *conn, int64_t owner_id,
                              int (*each)(const char *id, int level, const char *reason,
                                          void *userdata),
                              void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_cancel_requests);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "i", owner_id);
    while (rc >= 0 && (rc = chg_stmt_step(&q)) > 0) {
        rc = each(chg_stmt_text(&q, 0), (int)chg_stmt_i64(&q, 1), chg_stmt_text(&q, 2), userdata);
        if (rc != 0)
            return rc;
    }
    return rc;
}
