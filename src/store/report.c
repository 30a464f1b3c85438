/* SPDX-License-Identifier: MIT */
/* The store's public answers in JSON: counts, and builds page by page. */
#include <string.h>

#include "base/cleanup.h"
#include "base/options.h"
#include "store/rows_priv.h"
#include "store/store_priv.h"

#include "base/banned.h"

#define DEFAULT_PAGE 50
#define LARGEST_PAGE 1000

static const char sql_jobs[] = "SELECT COUNT(*) FROM jobs WHERE org_id = ?1";
static const char sql_statuses[] =
    "SELECT status, COUNT(*) FROM builds WHERE org_id = ?1 GROUP BY status";

static int count_jobs(struct chg_conn *conn, const struct chg_scope *scope, json_t *out)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_jobs);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", scope->org_id);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    return rc < 0 ? rc : chg_json_set_i64(out, "jobs", chg_stmt_i64(&q, 0));
}

static int all_zero(json_t *builds)
{
    int rc = chg_json_set_i64(builds, "total", 0);

#define CHG_ZERO(name, number, word) rc = rc < 0 ? rc : chg_json_set_i64(builds, word, 0);
    CHENGIS_STATUS_LIST(CHG_ZERO)
#undef CHG_ZERO
    return rc;
}

static int count_builds(struct chg_conn *conn, const struct chg_scope *scope, json_t *builds)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int64_t total = 0;
    int rc = chg_stmt_prepare(&q, conn, sql_statuses);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "s", scope->org_id);
    while (rc >= 0 && (rc = chg_stmt_step(&q)) > 0) {
        total += chg_stmt_i64(&q, 1);
        rc = chg_json_set_i64(builds, chg_stmt_text(&q, 0), chg_stmt_i64(&q, 1));
    }
    return rc < 0 ? rc : chg_json_set_i64(builds, "total", total);
}

int chg_store_counts(struct chg_conn *conn, const struct chg_scope *scope, json_t **out)
{
    chg_autojson object = json_object();
    json_t *builds = json_object();
    int rc = object == NULL ? chg_error_no_memory() : 0;

    if (rc >= 0)
        rc = count_jobs(conn, scope, object);
    if (rc < 0) {
        json_decref(builds);
        return rc;
    }
    rc = chg_json_set_take(object, "builds", builds);
    if (rc >= 0)
        rc = all_zero(builds);
    if (rc >= 0)
        rc = count_builds(conn, scope, builds);
    if (rc >= 0)
        *out = chg_steal(&object);
    return rc;
}

static int dump_to(char **out, const json_t *value)
{
    char *text = chg_json_dump(value);

    if (text == NULL)
        return chg_error_no_memory();
    *out = text;
    return 0;
}

struct scoped {
    struct chg_scope scope;
    json_t *out;
};

static int read_counts(struct chg_conn *conn, void *userdata)
{
    struct scoped *s = userdata;

    return chg_store_counts(conn, &s->scope, &s->out);
}

int chengis_store_status_json(char **out, chengis_store *store, const char *org)
{
    struct scoped s = {.scope = {org == NULL ? CHG_DEFAULT_ORG : org}};
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE_STORE(store);
    rc = chg_store_read(store, read_counts, &s);
    if (rc >= 0)
        rc = dump_to(out, s.out);
    json_decref(s.out);
    return rc;
}

/* One page: builds, and the id of the last of them when there are more. */
struct page {
    struct chg_scope scope;
    struct chg_build_filter filter;
    size_t wanted;
    json_t *builds;
    char last[64];
    bool more;
};

static int add_build(const struct chg_build_row *row, void *userdata)
{
    struct page *page = userdata;
    json_t *build;

    if (json_array_size(page->builds) == page->wanted) {
        page->more = true;
        return 0;
    }
    build = chg_build_row_to_json(row);
    if (build == NULL)
        return chg_error_code();
    if (json_array_append_new(page->builds, build) != 0)
        return chg_error_no_memory();
    if (strlen(row->id) < sizeof(page->last))
        memcpy(page->last, row->id, strlen(row->id) + 1);
    return 0;
}

static int read_page(struct chg_conn *conn, void *userdata)
{
    struct page *page = userdata;

    return chg_build_list(conn, &page->scope, &page->filter, add_build, page);
}

static int page_to_text(char **out, struct page *page)
{
    chg_autojson object = json_object();
    int rc = object == NULL ? chg_error_no_memory() : 0;

    rc = rc < 0 ? rc : chg_json_set_take(object, "builds", json_incref(page->builds));
    rc = rc < 0 ? rc : chg_json_put_str(object, "next", page->more ? page->last : NULL);
    return rc < 0 ? rc : dump_to(out, object);
}

int chengis_store_builds_json(char **out, chengis_store *store, const chengis_build_query *query)
{
    chengis_build_query known;
    struct page page = {0};
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE_STORE(store);
    rc = chg_options_import(&known, sizeof(known), sizeof(known), query, "chengis_build_query");
    if (rc < 0)
        return rc;
    if (known.limit > LARGEST_PAGE)
        return chg_error_set(CHENGIS_ERR_INVALID, "limit is %lu, expected at most %d",
                             (unsigned long)known.limit, LARGEST_PAGE);
    page.wanted = known.limit == 0 ? DEFAULT_PAGE : known.limit;
    page.scope.org_id = known.org == NULL ? CHG_DEFAULT_ORG : known.org;
    page.filter = (struct chg_build_filter){known.job, known.status, known.before, page.wanted + 1};
    page.builds = json_array();
    if (page.builds == NULL)
        return chg_error_no_memory();
    rc = chg_store_read(store, read_page, &page);
    if (rc >= 0)
        rc = page_to_text(out, &page);
    json_decref(page.builds);
    return rc;
}
