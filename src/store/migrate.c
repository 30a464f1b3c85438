/* SPDX-License-Identifier: MIT */
/* Runs migrations and keeps the table schema_migrations, which says when each was applied. */
#include "store/migrate.h"

#include "base/clock.h"
#include "base/error.h"
#include "store/db_priv.h"

#include "base/banned.h"

static const char sql_table[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                "number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                                "applied_at INTEGER NOT NULL)";
static const char sql_add[] =
    "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?1, ?2, ?3)";
static const char sql_remove[] = "DELETE FROM schema_migrations WHERE number = ?1";

int64_t chg_migrate_newest(void)
{
    int64_t count = 0;

    while (chg_migrations_sqlite[count].number != 0)
        count++;
    return count;
}

static int note_up(struct chg_conn *conn, const struct chg_migration *migration)
{
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_add);

    if (rc < 0)
        return rc;
    rc = chg_stmt_bind(&q, "isi", (int64_t)migration->number, migration->name, chg_clock_wall_ms());
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    chg_stmt_fini(&q);
    return rc;
}

static int note_down(struct chg_conn *conn, const struct chg_migration *migration)
{
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_remove);

    if (rc < 0)
        return rc;
    rc = chg_stmt_bind(&q, "i", (int64_t)migration->number);
    if (rc >= 0)
        rc = chg_stmt_exec(&q);
    chg_stmt_fini(&q);
    return rc;
}

static int step_up(struct chg_conn *conn, const struct chg_migration *migration)
{
    int rc = chg_conn_exec(conn, sql_table);

    if (rc >= 0)
        rc = chg_conn_exec(conn, migration->up);
    if (rc >= 0)
        rc = note_up(conn, migration);
    if (rc >= 0)
        rc = conn->driver->set_version(conn, migration->number);
    return rc;
}

static int step_down(struct chg_conn *conn, const struct chg_migration *migration)
{
    int rc = chg_conn_exec(conn, migration->down);

    if (rc >= 0)
        rc = note_down(conn, migration);
    if (rc >= 0)
        rc = conn->driver->set_version(conn, migration->number - 1);
    return rc;
}

static int all_at_once(struct chg_conn *conn)
{
    int rc = chg_conn_exec(conn, sql_table);

    if (rc >= 0)
        rc = chg_conn_exec(conn, chg_migrations_sqlite_schema);
    for (int64_t i = 0; rc >= 0 && chg_migrations_sqlite[i].number != 0; i++)
        rc = note_up(conn, &chg_migrations_sqlite[i]);
    if (rc >= 0)
        rc = conn->driver->set_version(conn, chg_migrate_newest());
    return rc;
}

static int end_transaction(struct chg_conn *conn, int rc)
{
    struct chg_error_saved saved;

    if (rc >= 0)
        rc = chg_conn_exec(conn, "COMMIT");
    if (rc >= 0)
        return 0;
    chg_error_save(&saved);
    if (conn->driver->in_transaction(conn))
        (void)chg_conn_exec(conn, "ROLLBACK");
    return chg_error_restore(&saved);
}

static int run_step(struct chg_conn *conn, const struct chg_migration *migration, bool up)
{
    int rc = chg_conn_exec(conn, "BEGIN IMMEDIATE");

    if (rc >= 0)
        rc = end_transaction(conn, up ? step_up(conn, migration) : step_down(conn, migration));
    if (rc < 0)
        return chg_error_prefix("migration %03d-%s %s", migration->number, migration->name,
                                up ? "up" : "down");
    return 0;
}

static int run_chain(struct chg_conn *conn, int64_t from, int64_t to)
{
    int rc = 0;

    for (int64_t at = from; at < to && rc >= 0; at++)
        rc = run_step(conn, &chg_migrations_sqlite[at], true);
    for (int64_t at = from; at > to && rc >= 0; at--)
        rc = run_step(conn, &chg_migrations_sqlite[at - 1], false);
    return rc;
}

int chg_migrate(struct chg_conn *conn, int64_t from, int64_t to)
{
    int rc;

    if (from == to)
        return 0;
    /* Tables are rebuilt under the same name: references to them must not be enforced meanwhile. */
    rc = conn->driver->set_foreign_keys(conn, false);
    if (rc < 0)
        return rc;
    if (from == 0 && to == chg_migrate_newest()) {
        rc = chg_conn_exec(conn, "BEGIN IMMEDIATE");
        if (rc >= 0)
            rc = end_transaction(conn, all_at_once(conn));
    } else {
        rc = run_chain(conn, from, to);
    }
    return rc;
}
