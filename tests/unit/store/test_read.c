/* SPDX-License-Identifier: MIT */
/* Reading: which connection is used, and that reading changes nothing. */
#include "base/cleanup.h"
#include "store/store_priv.h"
#include "store_test.h"

static char *dir;
static chengis_store *store;

static void set_up(void)
{
    dir = temp_dir();
    store = open_store(path_in(dir, "a.db"));
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
    temp_dir_remove(dir);
}

TestSuite(store_read, .init = set_up, .fini = tear_down);

static int count_builds(struct chg_conn *conn, void *userdata)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, "SELECT COUNT(*) FROM builds");

    if (rc >= 0)
        rc = chg_stmt_step(&q);
    *(int64_t *)userdata = rc > 0 ? chg_stmt_i64(&q, 0) : -1;
    return rc < 0 ? rc : 0;
}

static int read_inside(struct chg_conn *conn, void *userdata)
{
    (void)conn;
    return chg_store_read(store, count_builds, userdata);
}

static int remove_builds(struct chg_conn *conn, void *userdata)
{
    (void)userdata;
    return chg_conn_exec(conn, "DELETE FROM builds");
}

Test(store_read, opens_no_second_connection_while_the_writer_is_free)
{
    int64_t count = -1;

    (void)make_build(store, 1);

    assert_ok(chg_store_read(store, count_builds, &count));
    cr_assert_eq(count, 1);
    cr_assert_eq(store->readers, 0);
}

Test(store_read, opens_one_when_the_writer_is_busy)
{
    int64_t count = -1;

    assert_ok(chg_store_write(store, read_inside, &count));

    cr_assert_eq(count, 0);
    cr_assert_eq(store->readers, 1);
}

Test(store_read, takes_back_what_was_written_meanwhile)
{
    (void)make_build(store, 1);

    assert_err(chg_store_read(store, remove_builds, NULL), CHENGIS_ERR_PERMISSION, "a.db");
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds"), 1);
}

Test(store_read, takes_back_what_was_written_meanwhile_in_memory)
{
    chengis_store *memory = open_store(NULL);

    (void)make_build(memory, 1);

    assert_err(chg_store_read(memory, remove_builds, NULL), CHENGIS_ERR_PERMISSION, ":memory:");
    cr_assert_eq(scalar(memory, "SELECT COUNT(*) FROM builds"), 1);
    (void)chengis_store_unref(memory);
}
