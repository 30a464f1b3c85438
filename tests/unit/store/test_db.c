/* SPDX-License-Identifier: MIT */
/* Statements: binding, stepping, the cache. */
#include "store/db.h"

#include "store/db_priv.h"
#include "store_test.h"

static struct chg_conn *conn;

static void set_up(void)
{
    struct chg_sqlite_options opts = {.busy_timeout_ms = 100};

    assert_ok(chg_sqlite_open(&conn, &opts));
    assert_ok(chg_conn_exec(conn, "CREATE TABLE t (s TEXT UNIQUE, i INTEGER, d REAL, b BLOB)"));
}

static void tear_down(void)
{
    chg_conn_close(conn);
}

TestSuite(store_db, .init = set_up, .fini = tear_down);

static const char sql_insert[] = "INSERT INTO t (s, i, d, b) VALUES (?1, ?2, ?3, ?4)";
static const char sql_select[] = "SELECT s, i, d, b FROM t";

static int insert(const char *s, int64_t i)
{
    struct chg_stmt q = CHG_STMT_INIT;
    int rc;

    assert_ok(chg_stmt_prepare(&q, conn, sql_insert));
    assert_ok(chg_stmt_bind(&q, "sidb", s, i, 0.5, "a\0b", (size_t)3));
    rc = chg_stmt_exec(&q);
    chg_stmt_fini(&q);
    return rc;
}

Test(store_db, gives_back_what_was_bound)
{
    struct chg_stmt q = CHG_STMT_INIT;
    size_t len = 0;
    const void *blob;

    assert_ok(insert("text", INT64_MIN));
    assert_ok(chg_stmt_prepare(&q, conn, sql_select));

    cr_assert_eq(chg_stmt_step(&q), 1);
    cr_assert_str_eq(chg_stmt_text(&q, 0), "text");
    cr_assert_eq(chg_stmt_i64(&q, 1), INT64_MIN);
    blob = chg_stmt_blob(&q, 3, &len);
    cr_assert_eq(len, 3);
    cr_assert_eq(memcmp(blob, "a\0b", 3), 0);
    cr_assert_eq(chg_stmt_step(&q), 0);
    chg_stmt_fini(&q);
}

Test(store_db, tells_null_from_empty)
{
    struct chg_stmt q = CHG_STMT_INIT;

    assert_ok(insert(NULL, 0));
    assert_ok(insert("", 0));
    assert_ok(chg_stmt_prepare(&q, conn, sql_select));

    cr_assert_eq(chg_stmt_step(&q), 1);
    cr_assert(chg_stmt_is_null(&q, 0));
    cr_assert_null(chg_stmt_text(&q, 0));
    cr_assert_eq(chg_stmt_step(&q), 1);
    cr_assert_not(chg_stmt_is_null(&q, 0));
    cr_assert_str_eq(chg_stmt_text(&q, 0), "");
    chg_stmt_fini(&q);
}

Test(store_db, binds_truth_as_zero_and_one)
{
    static const char sql[] = "SELECT ?1 + ?2 * 10";
    struct chg_stmt q = CHG_STMT_INIT;

    assert_ok(chg_stmt_prepare(&q, conn, sql));
    assert_ok(chg_stmt_bind(&q, "BB", 0, 7));

    cr_assert_eq(chg_stmt_step(&q), 1);
    cr_assert_eq(chg_stmt_i64(&q, 0), 10);
    chg_stmt_fini(&q);
}

Test(store_db, reports_a_repeated_key_as_exists)
{
    assert_ok(insert("same", 1));

    assert_err(insert("same", 2), CHENGIS_ERR_EXISTS, "t.s");
}

Test(store_db, reports_wrong_sql_with_its_cause)
{
    struct chg_stmt q = CHG_STMT_INIT;

    assert_err(chg_stmt_prepare(&q, conn, "SELECT a FROM nowhere"), CHENGIS_ERR_DATABASE,
               "nowhere");
    chg_stmt_fini(&q);
}

Test(store_db, reuses_a_statement_by_the_address_of_its_text)
{
    struct chg_stmt first = CHG_STMT_INIT;
    struct chg_stmt second = CHG_STMT_INIT;
    struct chg_stmt_impl *impl;

    assert_ok(chg_stmt_prepare(&first, conn, sql_select));
    impl = first.impl;
    chg_stmt_fini(&first);
    assert_ok(chg_stmt_prepare(&second, conn, sql_select));

    cr_assert_eq(second.impl, impl);
    chg_stmt_fini(&second);
}

Test(store_db, gives_a_nested_use_its_own_statement)
{
    struct chg_stmt outer = CHG_STMT_INIT;
    struct chg_stmt inner = CHG_STMT_INIT;

    assert_ok(insert("a", 1));
    assert_ok(insert("b", 2));
    assert_ok(chg_stmt_prepare(&outer, conn, sql_select));
    cr_assert_eq(chg_stmt_step(&outer), 1);
    assert_ok(chg_stmt_prepare(&inner, conn, sql_select));
    cr_assert_eq(chg_stmt_step(&inner), 1);
    chg_stmt_fini(&inner);

    cr_assert_eq(chg_stmt_step(&outer), 1);
    cr_assert_str_eq(chg_stmt_text(&outer, 0), "b");
    chg_stmt_fini(&outer);
}

Test(store_db, forgets_parameters_between_uses)
{
    struct chg_stmt q = CHG_STMT_INIT;

    assert_ok(insert("full", 7));
    assert_ok(chg_stmt_prepare(&q, conn, sql_insert));
    assert_ok(chg_stmt_exec(&q));
    chg_stmt_fini(&q);
    assert_ok(chg_stmt_prepare(&q, conn, "SELECT COUNT(*) FROM t WHERE s IS NULL AND i IS NULL"));

    cr_assert_eq(chg_stmt_step(&q), 1);
    cr_assert_eq(chg_stmt_i64(&q, 0), 1);
    chg_stmt_fini(&q);
}

Test(store_db, finds_hundreds_of_statements_again)
{
    static char texts[300][32];
    struct chg_stmt_impl *seen[300];

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 300; i++) {
            struct chg_stmt q = CHG_STMT_INIT;

            (void)snprintf(texts[i], sizeof(texts[i]), "SELECT %d", i);
            assert_ok(chg_stmt_prepare(&q, conn, texts[i]));
            cr_assert_eq(chg_stmt_step(&q), 1);
            cr_assert_eq(chg_stmt_i64(&q, 0), i);
            cr_assert(round == 0 || q.impl == seen[i]);
            seen[i] = q.impl;
            chg_stmt_fini(&q);
        }
    }
}

Test(store_db, exec_one_gives_the_callers_code_when_no_row_changed)
{
    static const char sql[] = "UPDATE t SET i = 5 WHERE s = ?1";
    struct chg_stmt q = CHG_STMT_INIT;

    assert_ok(insert("there", 1));
    assert_ok(chg_stmt_prepare(&q, conn, sql));
    assert_ok(chg_stmt_bind(&q, "s", "not there"));
    cr_assert_eq(chg_stmt_exec_one(&q, CHENGIS_ERR_NOT_FOUND), CHENGIS_ERR_NOT_FOUND);
    chg_stmt_fini(&q);
    assert_ok(chg_stmt_prepare(&q, conn, sql));
    assert_ok(chg_stmt_bind(&q, "s", "there"));

    cr_assert_eq(chg_stmt_exec_one(&q, CHENGIS_ERR_NOT_FOUND), 0);
    cr_assert_eq(chg_stmt_changes(&q), 1);
    chg_stmt_fini(&q);
}

Test(store_db, survives_each_failing_allocation_of_a_prepare)
{
    static const char sql[] = "SELECT i FROM t";

    for (unsigned nth = 1; nth < 200; nth++) {
        struct chg_stmt q = CHG_STMT_INIT;
        int rc;

        fault_alloc(nth);
        rc = chg_stmt_prepare(&q, conn, sql);
        chg_stmt_fini(&q);
        if (!fault_alloc_off())
            return;
        cr_assert(rc == 0 || rc == CHENGIS_ERR_NO_MEMORY, "allocation %u: %d", nth, rc);
    }
}
