/* SPDX-License-Identifier: MIT */
/* The log index: one blob per step, beside the engine's own messages. */
#include "base/alloc.h"
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

TestSuite(store_log_index, .init = set_up, .fini = tear_down);

struct entry {
    const char *build;
    int64_t step;
    const void *blob;
    void *read;
    size_t len;
};

static int put_fn(struct chg_conn *conn, void *userdata)
{
    struct entry *e = userdata;

    return chg_log_index_put(conn, e->build, e->step, 100, 7, e->blob, e->len);
}

static int get_fn(struct chg_conn *conn, void *userdata)
{
    struct entry *e = userdata;

    return chg_log_index_get(conn, e->build, e->step, &e->read, &e->len);
}

Test(store_log_index, gives_back_the_bytes)
{
    struct entry in = {.build = id, .step = 3, .blob = "a\0b\xff", .len = 4};
    struct entry out = {.build = id, .step = 3};

    assert_ok(chg_store_write(store, put_fn, &in));
    assert_ok(chg_store_read(store, get_fn, &out));

    cr_assert_eq(out.len, 4);
    cr_assert_eq(memcmp(out.read, "a\0b\xff", 4), 0);
    cr_assert_eq(scalar(store, "SELECT bytes * 1000 + lines FROM build_logs"), 100007);
    chg_free(out.read);
}

Test(store_log_index, keeps_the_last_of_a_step)
{
    struct entry old = {.build = id, .step = 1, .blob = "old", .len = 3};
    struct entry new = {.build = id, .step = 1, .blob = "newer", .len = 5};
    struct entry out = {.build = id, .step = 1};

    assert_ok(chg_store_write(store, put_fn, &old));
    assert_ok(chg_store_write(store, put_fn, &new));
    assert_ok(chg_store_read(store, get_fn, &out));

    cr_assert_eq(out.len, 5);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM build_logs"), 1);
    chg_free(out.read);
}

Test(store_log_index, takes_an_empty_index)
{
    struct entry in = {.build = id, .step = 1, .blob = "", .len = 0};
    struct entry out = {.build = id, .step = 1, .len = 9};

    assert_ok(chg_store_write(store, put_fn, &in));
    assert_ok(chg_store_read(store, get_fn, &out));

    cr_assert_eq(out.len, 0);
    cr_assert_not_null(out.read);
    chg_free(out.read);
}

Test(store_log_index, misses_what_was_not_put)
{
    struct entry out = {.build = id, .step = 8};

    assert_err(chg_store_read(store, get_fn, &out), CHENGIS_ERR_NOT_FOUND, "log index of step 8");
}

Test(store_log_index, refuses_a_build_that_does_not_exist)
{
    struct entry in = {.build = "none", .step = 1, .blob = "x", .len = 1};

    assert_err(chg_store_write(store, put_fn, &in), CHENGIS_ERR_DATABASE, "build 'none'");
}
