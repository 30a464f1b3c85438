/* SPDX-License-Identifier: MIT */
/* The driver: failures of SQLite become ours, with the path. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db_priv.h"
#include "store_test.h"

static char *dir;
static struct chg_conn *conn;

static void set_up(void)
{
    dir = temp_dir();
}

static void tear_down(void)
{
    chg_conn_close(conn);
    temp_dir_remove(dir);
}

TestSuite(store_sqlite, .init = set_up, .fini = tear_down);

static int open_at(const char *path, bool reader)
{
    struct chg_sqlite_options opts = {.path = path, .busy_timeout_ms = 20, .reader = reader};

    return chg_sqlite_open(&conn, &opts);
}

static const char *empty_file(const char *name)
{
    const char *path = path_in(dir, name);

    write_file(path, "");
    return path;
}

Test(store_sqlite, refuses_a_file_that_is_missing)
{
    assert_err(open_at(path_in(dir, "missing.db"), false), CHENGIS_ERR_IO, "missing.db");
}

Test(store_sqlite, tells_that_a_file_is_not_a_database)
{
    const char *path = path_in(dir, "notes.txt");

    write_file(path, "Dear diary, this is long enough to be no database header at all. "
                     "And it goes on for a while, so that a header could be read.");

    assert_err(open_at(path, false), CHENGIS_ERR_DATABASE, "notes.txt' is not a database");
}

Test(store_sqlite, writes_a_log_ahead)
{
    const char *path = empty_file("a.db");

    assert_ok(open_at(path, false));
    assert_ok(chg_sqlite_use_wal(conn));
    assert_ok(chg_conn_exec(conn, "CREATE TABLE t (i)"));

    cr_assert_eq(access(path_in(dir, "a.db-wal"), F_OK), 0);
}

Test(store_sqlite, lets_no_reader_write)
{
    const char *path = empty_file("a.db");

    assert_ok(open_at(path, true));

    assert_err(chg_conn_exec(conn, "CREATE TABLE t (i)"), CHENGIS_ERR_PERMISSION, "a.db");
}

Test(store_sqlite, reports_a_lock_of_somebody_else_as_busy)
{
    const char *path = empty_file("a.db");
    struct chg_conn *other;

    assert_ok(open_at(path, false));
    assert_ok(chg_sqlite_use_wal(conn));
    other = conn;
    assert_ok(open_at(path, false));
    assert_ok(chg_conn_exec(other, "BEGIN IMMEDIATE"));

    assert_err(chg_conn_exec(conn, "BEGIN IMMEDIATE"), CHENGIS_ERR_BUSY, "a.db' is locked");
    chg_conn_close(other);
}

Test(store_sqlite, reports_damage_as_corrupt)
{
    const char *path = empty_file("a.db");
    static char garbage[8192];
    int fd;

    assert_ok(open_at(path, false));
    assert_ok(chg_conn_exec(conn, "CREATE TABLE t (s); CREATE INDEX i ON t(s)"));
    assert_ok(chg_conn_exec(conn, "INSERT INTO t VALUES ('row')"));
    chg_conn_close(conn);
    conn = NULL;
    memset(garbage, 0x5a, sizeof(garbage));
    fd = open(path, O_WRONLY);
    cr_assert_eq(pwrite(fd, garbage, sizeof(garbage), 4096), (ssize_t)sizeof(garbage));
    (void)close(fd);
    assert_ok(open_at(path, false));

    assert_err(chg_conn_exec(conn, "INSERT INTO t SELECT s || 'x' FROM t"), CHENGIS_ERR_CORRUPT,
               "a.db");
}

Test(store_sqlite, knows_whose_database_it_is)
{
    int64_t version = 7;

    assert_ok(open_at(empty_file("a.db"), false));
    assert_ok(conn->driver->get_version(conn, &version));
    cr_assert_eq(version, 0, "an empty file");
    assert_ok(chg_conn_exec(conn, "CREATE TABLE bookmarks (url)"));
    assert_ok(conn->driver->get_version(conn, &version));
    cr_assert_eq(version, -1, "tables of somebody else");
    assert_ok(conn->driver->set_version(conn, 12));
    assert_ok(conn->driver->get_version(conn, &version));
    cr_assert_eq(version, 12, "marked as ours");
}

Test(store_sqlite, enforces_references_when_told)
{
    assert_ok(open_at(empty_file("a.db"), false));
    assert_ok(chg_conn_exec(conn, "CREATE TABLE p (i PRIMARY KEY); "
                                  "CREATE TABLE c (i REFERENCES p(i))"));
    assert_ok(chg_conn_exec(conn, "INSERT INTO c VALUES (1)"));
    assert_ok(conn->driver->set_foreign_keys(conn, true));

    assert_err(chg_conn_exec(conn, "INSERT INTO c VALUES (2)"), CHENGIS_ERR_DATABASE,
               "FOREIGN KEY");
}
