/* SPDX-License-Identifier: MIT */
/* Owners: put, found, gone. */
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

TestSuite(store_owner, .init = set_up, .fini = tear_down);

static int put_fn(struct chg_conn *conn, void *userdata)
{
    return chg_owner_put(conn, userdata);
}

static int get_fn(struct chg_conn *conn, void *userdata)
{
    return chg_owner_get(conn, INT64_C(9000000000000000000), userdata);
}

static int delete_fn(struct chg_conn *conn, void *userdata)
{
    (void)userdata;
    return chg_owner_delete(conn, INT64_C(9000000000000000000));
}

static struct chg_owner_row owner(int64_t pid)
{
    return (struct chg_owner_row){.id = INT64_C(9000000000000000000),
                                  .host = text("box"),
                                  .boot_id = text("b-1"),
                                  .pid = pid,
                                  .start_ticks = 12345,
                                  .started_at = 77};
}

Test(store_owner, is_found_with_all_it_is_known_by)
{
    struct chg_owner_row in = owner(41);
    struct chg_owner_row out = {0};

    assert_ok(chg_store_write(store, put_fn, &in));
    assert_ok(chg_store_read(store, get_fn, &out));

    cr_assert_str_eq(out.host, "box");
    cr_assert_str_eq(out.boot_id, "b-1");
    cr_assert_eq(out.pid, 41);
    cr_assert_eq(out.start_ticks, 12345);
    cr_assert_eq(out.started_at, 77);
    chg_owner_row_fini(&out);
}

Test(store_owner, is_replaced_by_its_id)
{
    struct chg_owner_row in = owner(41);
    struct chg_owner_row out = {0};

    assert_ok(chg_store_write(store, put_fn, &in));
    in = owner(42);
    assert_ok(chg_store_write(store, put_fn, &in));
    assert_ok(chg_store_read(store, get_fn, &out));

    cr_assert_eq(out.pid, 42);
    chg_owner_row_fini(&out);
}

Test(store_owner, is_gone_after_a_delete_which_may_be_repeated)
{
    struct chg_owner_row in = owner(41);
    struct chg_owner_row out = {0};

    assert_ok(chg_store_write(store, put_fn, &in));
    assert_ok(chg_store_write(store, delete_fn, NULL));
    assert_ok(chg_store_write(store, delete_fn, NULL));

    assert_err(chg_store_read(store, get_fn, &out), CHENGIS_ERR_NOT_FOUND, "owner 9000");
}

static int count_fn(const struct chg_owner_row *row, void *userdata)
{
    cr_assert_str_eq(row->host, "box");
    (*(int *)userdata)++;
    return 0;
}

static int list_idle_fn(struct chg_conn *conn, void *userdata)
{
    return chg_owner_list_idle(conn, count_fn, userdata);
}

static int idle_owners(void)
{
    int count = 0;

    assert_ok(chg_store_read(store, list_idle_fn, &count));
    return count;
}

Test(store_owner, is_idle_while_no_build_of_it_is_open)
{
    struct chg_owner_row in = owner(41);
    struct made open = {.number = 1, .job = "demo", .owner_id = in.id};
    struct made final = {.number = 2, .job = "demo", .status = CHENGIS_STATUS_SUCCESS};

    open.status = CHENGIS_STATUS_RUNNING;
    assert_ok(chg_store_write(store, put_fn, &in));
    (void)make_build_as(store, final);
    cr_assert_eq(idle_owners(), 1);

    (void)make_build_as(store, open);
    cr_assert_eq(idle_owners(), 0);
}
