/* SPDX-License-Identifier: MIT */
/* The event log: gapless per build, ordered over the store, cut into pages. */
#include "base/error.h"
#include "store_test.h"

static chengis_store *store;
static char *first;
static char *second;

static void set_up(void)
{
    store = open_store(NULL);
    first = make_build(store, 1);
    second = make_build(store, 2);
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_event_log, .init = set_up, .fini = tear_down);

static int append_fn(struct chg_conn *conn, void *userdata)
{
    return chg_event_append(conn, userdata);
}

static struct chg_event_row append(const char *build, const char *type)
{
    struct chg_event_row row = {.build_id = text(build), .type = text(type), .at = 9};

    assert_ok(chg_store_write(store, append_fn, &row));
    return row;
}

struct seen {
    const struct chg_scope *scope;
    const char *build;
    int64_t after;
    size_t limit;
    char text[256];
    size_t len;
};

static int see(const struct chg_event_row *row, void *userdata)
{
    struct seen *s = userdata;

    s->len += (size_t)snprintf(s->text + s->len, sizeof(s->text) - s->len, "%s%lld ", row->type,
                               (long long)row->seq);
    return 0;
}

static int list_fn(struct chg_conn *conn, void *userdata)
{
    struct seen *s = userdata;

    return chg_event_list(conn, s->scope, s->build, s->after, s->limit, see, s);
}

static struct seen list(const struct chg_scope *scope, const char *build, int64_t after,
                        size_t limit)
{
    struct seen s = {.scope = scope, .build = build, .after = after, .limit = limit};

    assert_ok(chg_store_read(store, list_fn, &s));
    return s;
}

static int last_fn(struct chg_conn *conn, void *userdata)
{
    return chg_event_last_id(conn, userdata);
}

static int64_t last_id(void)
{
    int64_t last = -1;

    assert_ok(chg_store_read(store, last_fn, &last));
    return last;
}

Test(store_event_log, counts_from_one_in_every_build)
{
    struct chg_event_row a = append(first, "a");
    struct chg_event_row b = append(second, "b");
    struct chg_event_row c = append(first, "c");

    cr_assert_eq(a.seq, 1);
    cr_assert_eq(b.seq, 1);
    cr_assert_eq(c.seq, 2);
    cr_assert_eq(b.id, a.id + 1);
    cr_assert_eq(c.id, b.id + 1);
}

static int append_all_fn(struct chg_conn *conn, void *userdata)
{
    return chg_event_append_all(conn, userdata, 3);
}

Test(store_event_log, appends_events_of_one_build_in_their_order)
{
    struct chg_event_row before = append(first, "before");
    struct chg_event_row rows[] = {{.build_id = first, .type = text("a"), .at = 9},
                                   {.build_id = first, .type = text("b"), .at = 9},
                                   {.build_id = first, .type = text("c"), .at = 9}};

    assert_ok(chg_store_write(store, append_all_fn, rows));

    cr_assert_str_eq(list(NULL, first, 0, 10).text, "before1 a2 b3 c4 ");
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(rows[i].seq, before.seq + 1 + i);
        cr_assert_eq(rows[i].id, before.id + 1 + i);
    }
}

static int append_then_fail(struct chg_conn *conn, void *userdata)
{
    int rc = chg_event_append(conn, userdata);

    return rc < 0 ? rc : chg_error_set(CHENGIS_ERR_STATE, "undone");
}

Test(store_event_log, leaves_no_hole_when_a_write_is_undone)
{
    struct chg_event_row lost = {.build_id = first, .type = text("lost"), .at = 9};
    struct chg_event_row a = append(first, "a");
    struct chg_event_row b;

    assert_err(chg_store_write(store, append_then_fail, &lost), CHENGIS_ERR_STATE, "undone");
    b = append(first, "b");

    cr_assert_eq(b.seq, 2);
    cr_assert_eq(b.id, a.id + 1);
}

Test(store_event_log, lists_one_build_behind_a_seq)
{
    (void)append(first, "a");
    (void)append(second, "x");
    (void)append(first, "b");
    (void)append(first, "c");

    cr_assert_str_eq(list(NULL, first, 0, 10).text, "a1 b2 c3 ");
    cr_assert_str_eq(list(NULL, first, 1, 1).text, "b2 ");
    cr_assert_str_eq(list(&default_scope, first, 2, 10).text, "c3 ");
    cr_assert_str_eq(list(NULL, first, 3, 10).text, "");
}

Test(store_event_log, lists_all_builds_behind_an_id)
{
    struct chg_event_row a = append(first, "a");

    (void)append(second, "x");
    (void)append(first, "b");

    cr_assert_str_eq(list(NULL, NULL, 0, 10).text, "a1 x1 b2 ");
    cr_assert_str_eq(list(&default_scope, NULL, a.id, 10).text, "x1 b2 ");
    cr_assert_str_eq(list(NULL, NULL, a.id, 1).text, "x1 ");
}

Test(store_event_log, shows_nothing_to_other_organisations)
{
    struct chg_scope other = {"other"};

    (void)append(first, "a");

    cr_assert_str_eq(list(&other, NULL, 0, 10).text, "");
    cr_assert_str_eq(list(&other, first, 0, 10).text, "");
}

Test(store_event_log, gives_no_id_twice)
{
    struct chg_event_row a = append(first, "a");

    assert_ok(run_script(store, "DELETE FROM build_events"));

    cr_assert_eq(last_id(), a.id);
    cr_assert_eq(append(second, "b").id, a.id + 1);
}

Test(store_event_log, begins_with_id_zero)
{
    cr_assert_eq(last_id(), 0);
}

static int check_full(const struct chg_event_row *row, void *userdata)
{
    *(int *)userdata += 1;
    cr_assert_str_eq(row->stage_name, "Build");
    cr_assert_str_eq(row->step_name, "make");
    cr_assert_eq(row->status, CHENGIS_STATUS_TIMED_OUT);
    cr_assert_str_eq(row->data, "{\"exit-code\":124}");
    cr_assert_eq(row->at, 1700000000123);
    return 0;
}

static int check_fn(struct chg_conn *conn, void *userdata)
{
    return chg_event_list(conn, NULL, first, 0, 10, check_full, userdata);
}

Test(store_event_log, keeps_every_field)
{
    struct chg_event_row row = {.build_id = first,
                                .type = text("step-completed"),
                                .at = 1700000000123,
                                .stage_name = text("Build"),
                                .step_name = text("make"),
                                .status = CHENGIS_STATUS_TIMED_OUT,
                                .data = text("{\"exit-code\":124}")};
    int count = 0;

    assert_ok(chg_store_write(store, append_fn, &row));
    assert_ok(chg_store_read(store, check_fn, &count));

    cr_assert_eq(count, 1);
}

Test(store_event_log, refuses_events_of_no_build)
{
    struct chg_event_row row = {.build_id = text("none"), .type = text("x"), .at = 1};

    assert_err(chg_store_write(store, append_fn, &row), CHENGIS_ERR_DATABASE,
               "event x of build 'none'");
}
