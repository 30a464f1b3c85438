/* SPDX-License-Identifier: MIT */
/* The write turn: what commits, what fails alone, what is lost and tried again. */
#include <pthread.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/thread.h"
#include "store/store_priv.h"
#include "store_test.h"

static char *dir;
static chengis_store *store;

static void set_up(void)
{
    dir = temp_dir();
    store = open_store(path_in(dir, "a.db"));
    assert_ok(run_script(store, "CREATE TABLE t (i INTEGER PRIMARY KEY)"));
}

static void tear_down(void)
{
    store = chengis_store_unref(store);
    temp_dir_remove(dir);
}

TestSuite(store_write, .init = set_up, .fini = tear_down);

static int insert_number(struct chg_conn *conn, void *userdata)
{
    static const char sql[] = "INSERT INTO t VALUES (?1)";
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "i", *(int64_t *)userdata);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    chg_stmt_fini(&q);
    return rc;
}

static int insert_then_fail(struct chg_conn *conn, void *userdata)
{
    int rc = insert_number(conn, userdata);

    return rc < 0 ? rc : chg_error_set(CHENGIS_ERR_STATE, "changed my mind");
}

Test(store_write, commits_and_counts)
{
    uint64_t before = chg_store_commits(store);
    int64_t one = 1;

    assert_ok(chg_store_write(store, insert_number, &one));

    cr_assert_eq(chg_store_commits(store), before + 1);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM t"), 1);
}

static int give_seven(struct chg_conn *conn, void *userdata)
{
    (void)conn;
    (void)userdata;
    return 7;
}

Test(store_write, hands_back_what_the_function_returned)
{
    cr_assert_eq(chg_store_write(store, give_seven, NULL), 7);
}

Test(store_write, undoes_all_of_a_failing_function)
{
    uint64_t before = chg_store_commits(store);
    int64_t one = 1;

    assert_err(chg_store_write(store, insert_then_fail, &one), CHENGIS_ERR_STATE,
               "changed my mind");

    cr_assert_eq(chg_store_commits(store), before);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM t"), 0);
}

/* Callers of one group: they queue behind a holder of the writer, and go together when it is given
 * up. */
struct caller {
    pthread_t thread;
    chg_store_fn fn;
    int64_t number;
    int rc;
    struct chg_error_saved error;
};

static void *call(void *userdata)
{
    struct caller *caller = userdata;

    caller->rc = chg_store_write(store, caller->fn, &caller->number);
    chg_error_save(&caller->error);
    return NULL;
}

static size_t queued(void)
{
    size_t count = 0;

    chg_mutex_lock(&store->lock);
    for (struct chg_write_call *at = store->queue; at != NULL; at = at->next)
        count++;
    chg_mutex_unlock(&store->lock);
    return count;
}

static void run_group(struct caller *callers, size_t count)
{
    chg_store_take_writer(store);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
        while (queued() <= i)
            (void)sched_yield();
    }
    chg_store_give_writer(store);
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(callers[i].thread, NULL);
}

Test(store_write, commits_a_group_once)
{
    struct caller callers[5] = {0};
    uint64_t before = chg_store_commits(store);

    for (int i = 0; i < 5; i++)
        callers[i] = (struct caller){.fn = insert_number, .number = i};
    run_group(callers, 5);

    cr_assert_eq(chg_store_commits(store), before + 1);
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM t"), 5);
}

Test(store_write, lets_a_failing_function_fail_alone)
{
    struct caller callers[3] = {{.fn = insert_number, .number = 1},
                                {.fn = insert_then_fail, .number = 2},
                                {.fn = insert_number, .number = 3}};
    uint64_t before = chg_store_commits(store);

    run_group(callers, 3);

    cr_assert_eq(callers[0].rc, 0);
    cr_assert_eq(callers[1].rc, CHENGIS_ERR_STATE);
    cr_assert_str_eq(callers[1].error.message, "changed my mind");
    cr_assert_eq(callers[2].rc, 0);
    cr_assert_eq(scalar(store, "SELECT SUM(i) FROM t"), 4);
    cr_assert_eq(chg_store_commits(store), before + 1);
}

static int insert_then_lose_everything(struct chg_conn *conn, void *userdata)
{
    int rc = insert_number(conn, userdata);

    (void)chg_conn_exec(conn, "ROLLBACK");
    return rc < 0 ? rc : chg_error_set(CHENGIS_ERR_NO_SPACE, "as on a full disk");
}

Test(store_write, tries_the_members_of_a_lost_group_alone)
{
    struct caller callers[3] = {{.fn = insert_number, .number = 1},
                                {.fn = insert_then_lose_everything, .number = 2},
                                {.fn = insert_number, .number = 3}};

    run_group(callers, 3);

    cr_assert_eq(callers[0].rc, 0);
    cr_assert_eq(callers[1].rc, CHENGIS_ERR_NO_SPACE);
    cr_assert_eq(callers[2].rc, 0);
    cr_assert_eq(scalar(store, "SELECT SUM(i) FROM t"), 4);
}

Test(store_write, reads_one_state_while_others_write)
{
    struct chg_sqlite_options opts = {.path = store->path, .busy_timeout_ms = 100, .reader = true};
    struct chg_stmt q = CHG_STMT_INIT;
    struct chg_conn *reader = NULL;
    int64_t one = 1;

    assert_ok(chg_sqlite_open(&reader, &opts));
    assert_ok(chg_conn_exec(reader, "BEGIN; SELECT COUNT(*) FROM t"));
    assert_ok(chg_store_write(store, insert_number, &one));
    assert_ok(chg_stmt_prepare(&q, reader, "SELECT COUNT(*) FROM t"));

    cr_assert_eq(chg_stmt_step(&q), 1);
    cr_assert_eq(chg_stmt_i64(&q, 0), 0);
    chg_stmt_fini(&q);
    chg_conn_close(reader);
}

static int fill_disk(struct chg_conn *conn, void *userdata)
{
    (void)userdata;
    return chg_conn_exec(conn, "CREATE TABLE IF NOT EXISTS big (b BLOB); "
                               "INSERT INTO big VALUES (zeroblob(8000000))");
}

Test(store_write, says_that_the_disk_is_full_and_goes_on_afterwards)
{
    chengis_store *small = NULL;
    const char *place = path_in(dir, "small");
    int64_t number = 9;
    int rc;

    assert_ok(mkdir(place, 0700));
    if (mount("none", place, "tmpfs", 0, "size=4m") != 0)
        cr_skip_test("no mounts here");
    small = open_store(path_in(dir, "small/a.db"));
    assert_ok(run_script(small, "CREATE TABLE t (i INTEGER PRIMARY KEY)"));

    chengis_error_clear();
    rc = chg_store_write(small, fill_disk, NULL);
    cr_expect_eq(rc, CHENGIS_ERR_NO_SPACE);
    cr_expect(strstr(chengis_error_last()->message, "small/a.db': no space") != NULL);
    cr_expect_eq(chg_store_write(small, insert_number, &number), 0);
    cr_expect_eq(scalar(small, "SELECT i FROM t"), 9);
    cr_expect_eq(scalar(small, "SELECT COUNT(*) FROM pragma_integrity_check "
                               "WHERE integrity_check <> 'ok'"),
                 0);
    (void)chengis_store_unref(small);
    (void)umount(place);
}

Test(store_write, shares_one_connection_in_memory)
{
    chengis_store *memory = open_store(NULL);
    int64_t number = 3;

    assert_ok(run_script(memory, "CREATE TABLE t (i INTEGER PRIMARY KEY)"));
    assert_ok(chg_store_write(memory, insert_number, &number));

    cr_assert_eq(scalar(memory, "SELECT i FROM t"), 3);
    (void)chengis_store_unref(memory);
}

static int try_to_write(struct chg_conn *conn, void *userdata)
{
    return insert_number(conn, userdata);
}

Test(store_write, lets_nobody_write_while_reading)
{
    int64_t number = 3;

    assert_err(chg_store_read(store, try_to_write, &number), CHENGIS_ERR_PERMISSION, "a.db");
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM t"), 0);
}
