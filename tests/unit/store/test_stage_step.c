/* SPDX-License-Identifier: MIT */
/* Stages and steps: in order, replaced in place, names may repeat. */
#include "store_test.h"

static chengis_store *store;
static char *id;

static void set_up(void)
{
    store = open_store(NULL);
    id = make_build(store, 1);
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_stage_step, .init = set_up, .fini = tear_down);

static int put_stage_fn(struct chg_conn *conn, void *userdata)
{
    return chg_stage_put(conn, userdata);
}

static int put_step_fn(struct chg_conn *conn, void *userdata)
{
    return chg_step_put(conn, userdata);
}

static void put_stage(int64_t ordinal, const char *name, chengis_status status)
{
    struct chg_stage_row row = {
        .build_id = id, .ordinal = ordinal, .name = text(name), .status = status};

    assert_ok(chg_store_write(store, put_stage_fn, &row));
}

struct seen {
    char text[256];
    size_t len;
    struct chg_step_row last;
};

static int see_stage(const struct chg_stage_row *row, void *userdata)
{
    struct seen *s = userdata;

    s->len +=
        (size_t)snprintf(s->text + s->len, sizeof(s->text) - s->len, "%lld:%s:%s ",
                         (long long)row->ordinal, row->name, chengis_status_name(row->status));
    return 0;
}

static int list_stages_fn(struct chg_conn *conn, void *userdata)
{
    return chg_stage_list(conn, id, see_stage, userdata);
}

Test(store_stage_step, lists_stages_in_their_order)
{
    struct seen s = {0};

    put_stage(3, "Deploy", CHENGIS_STATUS_QUEUED);
    put_stage(1, "Zip", CHENGIS_STATUS_SUCCESS);
    put_stage(2, "Archive", CHENGIS_STATUS_RUNNING);
    assert_ok(chg_store_read(store, list_stages_fn, &s));

    cr_assert_str_eq(s.text, "1:Zip:success 2:Archive:running 3:Deploy:queued ");
}

Test(store_stage_step, replaces_a_stage_at_its_place)
{
    struct seen s = {0};

    put_stage(1, "Build", CHENGIS_STATUS_RUNNING);
    put_stage(1, "Build", CHENGIS_STATUS_TIMED_OUT);
    assert_ok(chg_store_read(store, list_stages_fn, &s));

    cr_assert_str_eq(s.text, "1:Build:timed-out ");
}

Test(store_stage_step, takes_a_stage_name_twice)
{
    struct seen s = {0};

    put_stage(1, "post:always", CHENGIS_STATUS_SUCCESS);
    put_stage(2, "post:always", CHENGIS_STATUS_FAILURE);
    assert_ok(chg_store_read(store, list_stages_fn, &s));

    cr_assert_str_eq(s.text, "1:post:always:success 2:post:always:failure ");
}

Test(store_stage_step, refuses_stages_of_no_build)
{
    struct chg_stage_row row = {.build_id = text("none"), .ordinal = 1, .name = text("Build")};

    assert_err(chg_store_write(store, put_stage_fn, &row), CHENGIS_ERR_DATABASE, "stage 'Build'");
}

static int see_step(const struct chg_step_row *row, void *userdata)
{
    struct seen *s = userdata;

    s->len += (size_t)snprintf(s->text + s->len, sizeof(s->text) - s->len, "%lld:%s ",
                               (long long)row->ordinal, row->name);
    s->last = *row;
    s->last.stage_name = s->last.name = s->last.reason = s->last.message = NULL;
    cr_assert_str_eq(row->stage_name, "Build");
    return 0;
}

static int list_steps_fn(struct chg_conn *conn, void *userdata)
{
    return chg_step_list(conn, id, see_step, userdata);
}

Test(store_stage_step, keeps_every_field_of_a_step)
{
    struct chg_step_row row = {.build_id = id,
                               .ordinal = 4,
                               .stage_ordinal = 2,
                               .stage_name = text("Build"),
                               .name = text("make"),
                               .status = CHENGIS_STATUS_FAILURE,
                               .reason = text("exit-code"),
                               .message = text("exit code 2"),
                               .exit_code = 2,
                               .signal = 9,
                               .attempt = 3,
                               .started_at = 100,
                               .finished_at = 200,
                               .log_bytes = 300,
                               .log_lines = 12};
    struct seen s = {0};

    assert_ok(chg_store_write(store, put_step_fn, &row));
    assert_ok(chg_store_read(store, list_steps_fn, &s));

    cr_assert_str_eq(s.text, "4:make ");
    cr_assert_eq(s.last.stage_ordinal, 2);
    cr_assert_eq(s.last.status, CHENGIS_STATUS_FAILURE);
    cr_assert_eq(s.last.exit_code, 2);
    cr_assert_eq(s.last.signal, 9);
    cr_assert_eq(s.last.attempt, 3);
    cr_assert_eq(s.last.started_at, 100);
    cr_assert_eq(s.last.finished_at, 200);
    cr_assert_eq(s.last.log_bytes, 300);
    cr_assert_eq(s.last.log_lines, 12);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM build_steps WHERE reason = 'exit-code' AND "
                               "message = 'exit code 2'"),
                 1);
}

Test(store_stage_step, tells_no_exit_code_from_zero)
{
    struct chg_step_row row = {.build_id = id,
                               .ordinal = 1,
                               .stage_ordinal = 1,
                               .stage_name = text("Build"),
                               .name = text("a"),
                               .exit_code = -1,
                               .status = CHENGIS_STATUS_RUNNING};
    struct seen s = {0};

    assert_ok(chg_store_write(store, put_step_fn, &row));
    assert_ok(chg_store_read(store, list_steps_fn, &s));
    cr_assert_eq(s.last.exit_code, -1);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM build_steps WHERE exit_code IS NULL"), 1);
    row.exit_code = 0;
    assert_ok(chg_store_write(store, put_step_fn, &row));
    assert_ok(chg_store_read(store, list_steps_fn, &s));

    cr_assert_eq(s.last.exit_code, 0);
}

Test(store_stage_step, refuses_steps_of_no_build)
{
    struct chg_step_row row = {
        .build_id = text("none"), .ordinal = 1, .name = text("make"), .stage_name = text("Build")};

    assert_err(chg_store_write(store, put_step_fn, &row), CHENGIS_ERR_DATABASE, "step 'make'");
}
