/* SPDX-License-Identifier: MIT */
/* Builds: numbers without gaps, every field kept, cancel requests. */
#include "base/alloc.h"
#include "base/error.h"
#include "store_test.h"

static chengis_store *store;

static void set_up(void)
{
    store = open_store(NULL);
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_build, .init = set_up, .fini = tear_down);

struct get {
    struct chg_scope scope;
    const char *id;
    struct chg_build_row row;
};

static int get_fn(struct chg_conn *conn, void *userdata)
{
    struct get *g = userdata;

    return chg_build_get(conn, &g->scope, g->id, &g->row);
}

static struct chg_build_row get(const char *id)
{
    struct get g = {.scope = default_scope, .id = id};

    assert_ok(chg_store_read(store, get_fn, &g));
    return g.row;
}

static int insert_fn(struct chg_conn *conn, void *userdata)
{
    return chg_build_insert(conn, userdata);
}

static int update_fn(struct chg_conn *conn, void *userdata)
{
    return chg_build_update(conn, userdata);
}

Test(store_build, counts_its_number_per_job)
{
    struct made a1 = make_build_as(store, (struct made){.number = 1, .job = "a"});
    struct made b1 = make_build_as(store, (struct made){.number = 2, .job = "b"});
    struct made a2 = make_build_as(store, (struct made){.number = 3, .job = "a"});

    cr_assert_eq(a1.build_number, 1);
    cr_assert_eq(b1.build_number, 1);
    cr_assert_eq(a2.build_number, 2);
}

static int make_then_fail(struct chg_conn *conn, void *userdata)
{
    int rc = make_build_fn(conn, userdata);

    return rc < 0 ? rc : chg_error_set(CHENGIS_ERR_STATE, "no");
}

Test(store_build, leaves_no_gap_when_an_insert_is_undone)
{
    struct made lost = {.number = 2};
    struct made next;

    (void)make_build(store, 1);
    assert_err(chg_store_write(store, make_then_fail, &lost), CHENGIS_ERR_STATE, "no");
    next = make_build_as(store, (struct made){.number = 3});

    cr_assert_eq(next.build_number, 2);
}

Test(store_build, gives_no_number_again)
{
    char *first = make_build(store, 1);
    char sql[128];
    struct made second;

    (void)snprintf(sql, sizeof(sql), "DELETE FROM builds WHERE id = '%s'", first);
    assert_ok(run_script(store, sql));
    second = make_build_as(store, (struct made){.number = 2});

    cr_assert_eq(second.build_number, 2);
}

Test(store_build, keeps_every_field)
{
    struct made made = make_build_as(store, (struct made){.number = 1});
    struct chg_build_row row = get(made.id);
    struct chg_build_row full = build_row(2, row.job_id);
    struct chg_build_row read;

    full.reason = text("tests-failed");
    full.message = text("2 of 9 tests");
    full.parameters = text("{\"A\":\"1\"}");
    full.plan = text("{\"stages\":[]}");
    full.request = text("{\"source\":\"/src\"}");
    full.workspace = text("/w");
    full.log_path = text("logs/1");
    full.git = text("{\"branch\":\"feature/x\",\"commit\":\"abc\",\"author\":\"Ann\"}");
    full.parent_id = made.id;
    full.owner_id = INT64_MAX;
    full.attempt = 2;
    full.started_at = 11;
    full.finished_at = 12;
    assert_ok(chg_store_write(store, insert_fn, &full));
    read = get(full.id);

    cr_assert_str_eq(read.job_name, "demo");
    cr_assert_str_eq(read.org_id, CHG_DEFAULT_ORG);
    cr_assert_eq(read.number, 2);
    cr_assert_eq(read.status, CHENGIS_STATUS_RUNNING);
    cr_assert_str_eq(read.reason, full.reason);
    cr_assert_str_eq(read.message, full.message);
    cr_assert_str_eq(read.trigger, "manual");
    cr_assert_str_eq(read.parameters, full.parameters);
    cr_assert_str_eq(read.plan, full.plan);
    cr_assert_str_eq(read.request, full.request);
    cr_assert_str_eq(read.pipeline_source, "file");
    cr_assert_str_eq(read.workspace, "/w");
    cr_assert_str_eq(read.log_path, "logs/1");
    cr_assert_str_eq(read.git, full.git);
    cr_assert_str_eq(read.parent_id, made.id);
    cr_assert_eq(read.owner_id, INT64_MAX);
    cr_assert_eq(read.attempt, 2);
    cr_assert_eq(read.created_at, 1002);
    cr_assert_eq(read.started_at, 11);
    cr_assert_eq(read.finished_at, 12);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds WHERE git_branch = 'feature/x' AND "
                               "git_commit = 'abc' AND git_author = 'Ann' AND git_message IS NULL"),
                 1);
    chg_build_row_fini(&row);
    chg_build_row_fini(&read);
}

Test(store_build, has_nothing_where_nothing_was_given)
{
    struct chg_build_row row = get(make_build(store, 1));

    cr_assert_null(row.reason);
    cr_assert_null(row.git);
    cr_assert_null(row.plan);
    cr_assert_eq(row.owner_id, 0);
    cr_assert_eq(row.started_at, 0);
    cr_assert_eq(row.finished_at, 0);
    chg_build_row_fini(&row);
}

Test(store_build, refuses_a_job_that_does_not_exist)
{
    struct chg_build_row row = build_row(1, "no-such-job");

    assert_err(chg_store_write(store, insert_fn, &row), CHENGIS_ERR_NOT_FOUND, "no-such-job");
    cr_assert_eq(row.number, 0);
}

Test(store_build, refuses_a_git_object_that_is_none)
{
    char *id = make_build(store, 1);
    struct chg_build_row old = get(id);
    struct chg_build_row row = build_row(2, old.job_id);

    row.git = text("{\"branch\": 7}");
    assert_err(chg_store_write(store, insert_fn, &row), CHENGIS_ERR_INVALID, "branch");
    row.git = text("not json");
    assert_err(chg_store_write(store, insert_fn, &row), CHENGIS_ERR_INVALID, "git object");
    cr_assert_eq(scalar(store, "SELECT next_build_number FROM jobs"), 2);
    chg_build_row_fini(&old);
}

Test(store_build, is_updated_with_what_changed)
{
    struct chg_build_row row = get(make_build(store, 1));
    struct chg_build_row read;

    row.status = CHENGIS_STATUS_FAILURE;
    row.reason = chg_strdup("step-failed");
    row.finished_at = 99;
    row.git = chg_strdup("{\"branch\":\"main\"}");
    assert_ok(chg_store_write(store, update_fn, &row));
    read = get(row.id);

    cr_assert_eq(read.status, CHENGIS_STATUS_FAILURE);
    cr_assert_str_eq(read.reason, "step-failed");
    cr_assert_eq(read.finished_at, 99);
    cr_assert_eq(read.number, 1);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds WHERE git_branch = 'main'"), 1);
    chg_build_row_fini(&row);
    chg_build_row_fini(&read);
}

Test(store_build, keeps_plan_and_request_through_an_update_without_them)
{
    struct chg_build_row row = get(make_build(store, 1));
    struct chg_build_row read;

    row.plan = chg_strdup("{\"p\":1}");
    row.request = chg_strdup("{\"r\":1}");
    assert_ok(chg_store_write(store, update_fn, &row));
    chg_free(row.plan);
    chg_free(row.request);
    row.plan = row.request = NULL;
    assert_ok(chg_store_write(store, update_fn, &row));
    read = get(row.id);

    cr_assert_str_eq(read.plan, "{\"p\":1}");
    cr_assert_str_eq(read.request, "{\"r\":1}");
    chg_build_row_fini(&row);
    chg_build_row_fini(&read);
}

Test(store_build, is_not_updated_for_another_organisation)
{
    struct chg_build_row row = get(make_build(store, 1));

    chg_free(row.org_id);
    row.org_id = chg_strdup("other");

    assert_err(chg_store_write(store, update_fn, &row), CHENGIS_ERR_NOT_FOUND, "does not exist");
    chg_build_row_fini(&row);
}

Test(store_build, is_not_found_in_another_organisation)
{
    struct get g = {.scope = {"other"}, .id = make_build(store, 1)};

    assert_err(chg_store_read(store, get_fn, &g), CHENGIS_ERR_NOT_FOUND, "does not exist");
}

static int is_known_fn(struct chg_conn *conn, void *userdata)
{
    return chg_build_is_known(conn, userdata);
}

Test(store_build, is_known_whatever_its_organisation)
{
    char *id = make_build(store, 1);

    cr_assert_eq(chg_store_read(store, is_known_fn, id), 1);
    cr_assert_eq(chg_store_read(store, is_known_fn, build_id(2)), 0);
}

struct cancel {
    const char *id;
    const char *org;
    int level;
    const char *reason;
};

static int cancel_fn(struct chg_conn *conn, void *userdata)
{
    struct cancel *c = userdata;
    struct chg_scope scope = {c->org};

    return chg_build_request_cancel(conn, &scope, c->id, c->level, c->reason, 5);
}

static int cancel(const char *id, int level, const char *reason)
{
    struct cancel c = {id, CHG_DEFAULT_ORG, level, reason};

    return chg_store_write(store, cancel_fn, &c);
}

struct requests {
    int64_t owner;
    int count;
    int level;
    char id[64];
    char reason[64];
};

static int note_request(const char *id, int level, const char *reason, void *userdata)
{
    struct requests *r = userdata;

    r->count++;
    r->level = level;
    (void)snprintf(r->id, sizeof(r->id), "%s", id);
    (void)snprintf(r->reason, sizeof(r->reason), "%s", reason == NULL ? "NULL" : reason);
    return 0;
}

static int requests_fn(struct chg_conn *conn, void *userdata)
{
    struct requests *r = userdata;

    return chg_build_cancel_requests(conn, r->owner, note_request, r);
}

static struct requests requests_of(int64_t owner)
{
    struct requests r = {.owner = owner};

    assert_ok(chg_store_read(store, requests_fn, &r));
    return r;
}

Test(store_build, passes_a_cancel_request_to_its_owner_alone)
{
    char *id = make_build_as(store, (struct made){.number = 1, .owner_id = 7}).id;
    struct requests seen;

    (void)make_build_as(store, (struct made){.number = 2, .owner_id = 7});
    cr_assert_eq(cancel(id, 1, "by ann"), 1);
    seen = requests_of(7);

    cr_assert_eq(seen.count, 1);
    cr_assert_eq(seen.level, 1);
    cr_assert_str_eq(seen.id, id);
    cr_assert_str_eq(seen.reason, "by ann");
    cr_assert_eq(requests_of(8).count, 0);
}

Test(store_build, can_only_be_cancelled_harder)
{
    char *id = make_build_as(store, (struct made){.number = 1, .owner_id = 7}).id;

    cr_assert_eq(cancel(id, 1, "first"), 1);
    cr_assert_eq(cancel(id, 1, "second"), 0);
    cr_assert_eq(cancel(id, 2, "third"), 1);
    cr_assert_eq(cancel(id, 1, "fourth"), 0);

    cr_assert_eq(requests_of(7).level, 2);
    cr_assert_str_eq(requests_of(7).reason, "first");
}

Test(store_build, is_not_cancelled_when_it_is_over)
{
    struct made made = {.number = 1, .owner_id = 7, .status = CHENGIS_STATUS_SUCCESS};
    char *id = make_build_as(store, made).id;

    cr_assert_eq(cancel(id, 2, NULL), 0);
    cr_assert_eq(requests_of(7).count, 0);
}

Test(store_build, is_not_cancelled_by_strangers)
{
    struct cancel c = {make_build(store, 1), "other", 1, NULL};

    assert_err(chg_store_write(store, cancel_fn, &c), CHENGIS_ERR_NOT_FOUND, "does not exist");
    assert_err(cancel("nothing", 1, NULL), CHENGIS_ERR_NOT_FOUND, "build 'nothing'");
}
