/* SPDX-License-Identifier: MIT */
/* Jobs: made once per name and organisation. */
#include "store_test.h"

static chengis_store *store;

static void set_up(void)
{
    store = open_store(NULL);
    assert_ok(run_script(store, "INSERT INTO organizations (id, name, slug, created_at, "
                                "updated_at) VALUES ('other', 'Other', 'other', 0, 0)"));
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_job, .init = set_up, .fini = tear_down);

struct ensure {
    struct chg_scope scope;
    const char *name;
    const char *pipeline;
    char *id;
};

static int ensure_fn(struct chg_conn *conn, void *userdata)
{
    struct ensure *e = userdata;

    return chg_job_ensure(conn, &e->scope, e->name, e->pipeline, 77, &e->id);
}

static char *ensure(const char *org, const char *name, const char *pipeline)
{
    struct ensure e = {{org}, name, pipeline, NULL};

    assert_ok(chg_store_write(store, ensure_fn, &e));
    return keep(e.id);
}

struct get {
    struct chg_scope scope;
    const char *ref;
    struct chg_job_row row;
};

static int get_fn(struct chg_conn *conn, void *userdata)
{
    struct get *g = userdata;

    return chg_job_get(conn, &g->scope, g->ref, &g->row);
}

Test(store_job, is_made_once)
{
    char *first = ensure(CHG_DEFAULT_ORG, "api", NULL);
    char *second = ensure(CHG_DEFAULT_ORG, "api", NULL);

    cr_assert_str_eq(first, second);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM jobs"), 1);
}

Test(store_job, belongs_to_its_organisation)
{
    char *ours = ensure(CHG_DEFAULT_ORG, "api", NULL);
    char *theirs = ensure("other", "api", NULL);
    struct get g = {.scope = {"other"}, .ref = ours};

    cr_assert_str_neq(ours, theirs);
    assert_err(chg_store_read(store, get_fn, &g), CHENGIS_ERR_NOT_FOUND, "does not exist");
}

Test(store_job, is_found_by_name_and_by_id)
{
    char *id = ensure(CHG_DEFAULT_ORG, "api", "{\"stages\":[]}");
    struct get by_name = {.scope = default_scope, .ref = "api"};
    struct get by_id = {.scope = default_scope, .ref = id};

    assert_ok(chg_store_read(store, get_fn, &by_name));
    assert_ok(chg_store_read(store, get_fn, &by_id));

    cr_assert_str_eq(by_name.row.id, id);
    cr_assert_str_eq(by_id.row.name, "api");
    cr_assert_str_eq(by_id.row.org_id, CHG_DEFAULT_ORG);
    cr_assert_str_eq(by_id.row.pipeline, "{\"stages\":[]}");
    cr_assert_eq(by_id.row.created_at, 77);
    chg_job_row_fini(&by_name.row);
    chg_job_row_fini(&by_id.row);
    cr_assert_null(by_id.row.name);
}

Test(store_job, is_missed_by_name)
{
    struct get g = {.scope = default_scope, .ref = "nothing"};

    assert_err(chg_store_read(store, get_fn, &g), CHENGIS_ERR_NOT_FOUND,
               "job 'nothing' does not exist");
}

Test(store_job, needs_an_organisation_that_exists)
{
    struct ensure e = {{"nobody"}, "api", NULL, NULL};

    assert_err(chg_store_write(store, ensure_fn, &e), CHENGIS_ERR_NOT_FOUND,
               "organisation 'nobody' does not exist");
}

Test(store_job, takes_any_text_as_its_name)
{
    const char *name = "x'); DROP TABLE jobs; -- \xc3\xa4";
    struct get g = {.scope = default_scope, .ref = name};

    (void)ensure(CHG_DEFAULT_ORG, name, NULL);
    assert_ok(chg_store_read(store, get_fn, &g));

    cr_assert_str_eq(g.row.name, name);
    chg_job_row_fini(&g.row);
}
