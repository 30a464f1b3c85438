/* SPDX-License-Identifier: MIT */
/* Finding builds: pages, open ones, expired ones, references people type. */
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

TestSuite(store_build_list, .init = set_up, .fini = tear_down);

/* Numbers of the builds seen, as text: "a3 a2 b1 ". */
struct seen {
    struct chg_build_filter filter;
    struct chg_scope scope;
    int64_t keep;
    int64_t before_at;
    bool delete;
    struct chg_conn *conn;
    char text[512];
    size_t len;
};

static int see(const struct chg_build_row *row, void *userdata)
{
    struct seen *s = userdata;

    s->len += (size_t)snprintf(s->text + s->len, sizeof(s->text) - s->len, "%s%lld ", row->job_name,
                               (long long)row->number);
    return s->delete ? chg_build_delete(s->conn, row->id) : 0;
}

static int list_fn(struct chg_conn *conn, void *userdata)
{
    struct seen *s = userdata;

    return chg_build_list(conn, &s->scope, &s->filter, see, s);
}

static struct seen list(struct chg_build_filter filter)
{
    struct seen s = {.filter = filter, .scope = default_scope};

    if (s.filter.limit == 0)
        s.filter.limit = 100;
    assert_ok(chg_store_read(store, list_fn, &s));
    return s;
}

static void make(unsigned number, const char *job, chengis_status status)
{
    (void)make_build_as(store, (struct made){.number = number, .job = job, .status = status});
}

static void make_five(void)
{
    make(1, "a", CHENGIS_STATUS_SUCCESS);
    make(2, "b", CHENGIS_STATUS_FAILURE);
    make(3, "a", CHENGIS_STATUS_RUNNING);
    make(4, "a", CHENGIS_STATUS_SUCCESS);
    make(5, "b", CHENGIS_STATUS_QUEUED);
}

Test(store_build_list, is_newest_first)
{
    make_five();

    cr_assert_str_eq(list((struct chg_build_filter){0}).text, "b2 a3 a2 b1 a1 ");
}

Test(store_build_list, filters_by_job_and_status)
{
    make_five();

    cr_assert_str_eq(list((struct chg_build_filter){.job = "a"}).text, "a3 a2 a1 ");
    cr_assert_str_eq(list((struct chg_build_filter){.status = CHENGIS_STATUS_SUCCESS}).text,
                     "a3 a1 ");
    cr_assert_str_eq(
        list((struct chg_build_filter){.job = "b", .status = CHENGIS_STATUS_QUEUED}).text, "b2 ");
    cr_assert_str_eq(list((struct chg_build_filter){.job = "none"}).text, "");
}

Test(store_build_list, goes_on_behind_a_cursor)
{
    char *cursor = build_id(4);

    make_five();

    cr_assert_str_eq(list((struct chg_build_filter){.limit = 2}).text, "b2 a3 ");
    cr_assert_str_eq(list((struct chg_build_filter){.limit = 2, .before_id = cursor}).text,
                     "a2 b1 ");
    cr_assert_str_eq(list((struct chg_build_filter){.job = "a", .before_id = cursor}).text,
                     "a2 a1 ");
}

Test(store_build_list, shows_nothing_of_other_organisations)
{
    struct seen s = {.filter = {.limit = 10}, .scope = {"other"}};

    make_five();
    assert_ok(chg_store_read(store, list_fn, &s));

    cr_assert_str_eq(s.text, "");
}

static int stop_at_once(const struct chg_build_row *row, void *userdata)
{
    (void)row;
    ++*(int *)userdata;
    return 42;
}

static int stop_fn(struct chg_conn *conn, void *userdata)
{
    struct chg_build_filter filter = {.limit = 10};

    return chg_build_list(conn, &default_scope, &filter, stop_at_once, userdata);
}

Test(store_build_list, ends_when_its_function_says_so)
{
    int calls = 0;

    make_five();

    cr_assert_eq(chg_store_read(store, stop_fn, &calls), 42);
    cr_assert_eq(calls, 1);
}

static int open_fn(struct chg_conn *conn, void *userdata)
{
    return chg_build_list_open(conn, see, userdata);
}

Test(store_build_list, finds_the_builds_that_are_not_over)
{
    struct seen s = {0};

    make_five();
    make(6, "c", CHENGIS_STATUS_WAITING);
    make(7, "c", CHENGIS_STATUS_TIMED_OUT);
    make(8, "c", CHENGIS_STATUS_ABORTED);
    assert_ok(chg_store_read(store, open_fn, &s));

    cr_assert_str_eq(s.text, "a2 b2 c1 ");
}

static int expired_fn(struct chg_conn *conn, void *userdata)
{
    struct seen *s = userdata;

    s->conn = conn;
    return chg_build_list_expired(conn, s->keep, s->before_at, see, s);
}

static void make_finished(unsigned number, int64_t finished_at, chengis_status status)
{
    (void)make_build_as(
        store,
        (struct made){.number = number, .job = "a", .status = status, .finished_at = finished_at});
}

Test(store_build_list, expires_what_is_beyond_the_newest_of_a_job)
{
    struct seen s = {.keep = 2};

    make_five();
    make(6, "a", CHENGIS_STATUS_SUCCESS);
    assert_ok(chg_store_read(store, expired_fn, &s));

    cr_assert_str_eq(s.text, "a1 ", "open builds stay: %s", s.text);
}

Test(store_build_list, expires_by_age)
{
    struct seen s = {.before_at = 50};

    make_finished(1, 49, CHENGIS_STATUS_SUCCESS);
    make_finished(2, 50, CHENGIS_STATUS_SUCCESS);
    make_finished(3, 10, CHENGIS_STATUS_FAILURE);
    make_finished(4, 10, CHENGIS_STATUS_RUNNING);
    assert_ok(chg_store_read(store, expired_fn, &s));

    cr_assert_str_eq(s.text, "a1 a3 ");
}

Test(store_build_list, expires_nothing_without_limits)
{
    struct seen s = {0};

    make_five();
    assert_ok(chg_store_read(store, expired_fn, &s));

    cr_assert_str_eq(s.text, "");
}

Test(store_build_list, lets_expired_builds_be_deleted_on_the_way)
{
    struct seen s = {.keep = 1, .delete = true};

    make_five();
    assert_ok(chg_store_write(store, expired_fn, &s));

    cr_assert_str_eq(s.text, "a1 b1 ");
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds"), 3);
}

static int delete_fn(struct chg_conn *conn, void *userdata)
{
    return chg_build_delete(conn, userdata);
}

Test(store_build_list, deletes_a_build_with_all_its_rows)
{
    char *id = make_build(store, 1);
    char sql[1024];

    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO build_stages (build_id, ordinal, stage_name) VALUES ('%s', 1, 's');"
                   "INSERT INTO build_steps (build_id, ordinal, stage_ordinal, stage_name, "
                   "step_name) VALUES ('%s', 1, 1, 's', 't');"
                   "INSERT INTO build_events (build_id, seq, type, at) VALUES ('%s', 1, 'x', 1);"
                   "INSERT INTO build_logs (build_id, timestamp, level, message) "
                   "VALUES ('%s', 1, 'i', 'm')",
                   id, id, id, id);
    assert_ok(run_script(store, sql));
    assert_ok(chg_store_write(store, delete_fn, id));

    cr_assert_eq(scalar(store, "SELECT (SELECT COUNT(*) FROM build_stages) + (SELECT COUNT(*) "
                               "FROM build_steps) + (SELECT COUNT(*) FROM build_events) + "
                               "(SELECT COUNT(*) FROM build_logs)"),
                 0);
    assert_err(chg_store_write(store, delete_fn, id), CHENGIS_ERR_NOT_FOUND, "does not exist");
}

struct resolve {
    struct chg_scope scope;
    const char *ref;
    char *id;
};

static int resolve_fn(struct chg_conn *conn, void *userdata)
{
    struct resolve *r = userdata;

    return chg_build_resolve(conn, &r->scope, r->ref, &r->id);
}

static int resolve(const char *ref, char **id)
{
    struct resolve r = {default_scope, ref, NULL};
    int rc = chg_store_read(store, resolve_fn, &r);

    *id = keep(r.id);
    return rc;
}

Test(store_build_list, finds_a_build_by_what_people_type)
{
    char *id = NULL;

    make(0x10, "api", CHENGIS_STATUS_SUCCESS);
    make(0x20, "api", CHENGIS_STATUS_SUCCESS);
    make(0x30, "c#", CHENGIS_STATUS_SUCCESS);

    assert_ok(resolve(build_id(0x20), &id));
    cr_assert_str_eq(id, build_id(0x20));
    assert_ok(resolve("01970001", &id));
    cr_assert_str_eq(id, build_id(0x10));
    assert_ok(resolve("01970002-0000-7000-8000-000000000020", &id));
    cr_assert_str_eq(id, build_id(0x20));
    assert_ok(resolve("api#2", &id));
    cr_assert_str_eq(id, build_id(0x20));
    assert_ok(resolve("c##1", &id));
    cr_assert_str_eq(id, build_id(0x30));
}

struct bad_ref {
    char ref[64];
    int code;
    char part[48];
};
ParameterizedTestParameters(store_build_list, says_what_is_wrong_with_a_reference)
{
    static struct bad_ref refs[] = {
        {"0197", CHENGIS_ERR_INVALID, "several ids begin"},
        {"019", CHENGIS_ERR_INVALID, "at least 4"},
        {"", CHENGIS_ERR_INVALID, "at least 4"},
        {"0198", CHENGIS_ERR_NOT_FOUND, "build '0198' does not exist"},
        {"api#9", CHENGIS_ERR_NOT_FOUND, "build 'api#9'"},
        {"api#", CHENGIS_ERR_INVALID, "JOB#NUMBER"},
        {"api#two", CHENGIS_ERR_INVALID, "JOB#NUMBER"},
        {"nothing#1", CHENGIS_ERR_NOT_FOUND, "nothing#1"},
        {"latest", CHENGIS_ERR_NOT_FOUND, "build 'latest'"},
        {"0197%", CHENGIS_ERR_NOT_FOUND, "0197%"},
        {"01970001-0000-7000-8000-0000000000100", CHENGIS_ERR_NOT_FOUND, "does not exist"},
    };

    return cr_make_param_array(struct bad_ref, refs, sizeof(refs) / sizeof(refs[0]));
}

ParameterizedTest(struct bad_ref *bad, store_build_list, says_what_is_wrong_with_a_reference)
{
    char *id = NULL;

    make(0x10, "api", CHENGIS_STATUS_SUCCESS);
    make(0x20, "api", CHENGIS_STATUS_SUCCESS);

    assert_err(resolve(bad->ref, &id), bad->code, bad->part);
    cr_assert_null(id);
}

Test(store_build_list, resolves_nothing_of_other_organisations)
{
    struct resolve r = {{"other"}, "demo#1", NULL};

    (void)make_build(store, 1);

    assert_err(chg_store_read(store, resolve_fn, &r), CHENGIS_ERR_NOT_FOUND, "demo#1");
    r.ref = "01970000";
    assert_err(chg_store_read(store, resolve_fn, &r), CHENGIS_ERR_NOT_FOUND, "01970000");
}
