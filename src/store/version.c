/* SPDX-License-Identifier: MIT */
/* The version of a store and moving it: the public side of migrations. */
#include "base/cleanup.h"
#include "store/migrate.h"
#include "store/rows_priv.h"
#include "store/store_priv.h"

#include "base/banned.h"

static const char sql_applied[] = "SELECT applied_at FROM schema_migrations WHERE number = ?1";

static int read_version(struct chg_conn *conn, void *userdata)
{
    return conn->driver->get_version(conn, userdata);
}

int chengis_store_version(int64_t *current, int64_t *newest, chengis_store *store)
{
    int64_t version = 0;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(current != NULL);
    CHG_REQUIRE_STORE(store);
    rc = chg_store_read(store, read_version, &version);
    if (rc < 0)
        return rc;
    *current = version;
    if (newest != NULL)
        *newest = chg_migrate_newest();
    return 0;
}

static int migrate_with_ticket(chengis_store *store, int64_t target)
{
    struct chg_conn *writer = store->writer;
    struct chg_error_saved saved;
    int64_t version = 0;
    int rc = writer->driver->get_version(writer, &version);

    if (rc >= 0)
        rc = chg_migrate(writer, version, target);
    if (rc < 0)
        chg_error_save(&saved);
    chg_ticket_announce(&store->ticket);
    if (writer->driver->set_foreign_keys(writer, true) < 0 && rc >= 0)
        return chg_error_code();
    return rc < 0 ? chg_error_restore(&saved) : 0;
}

int chengis_store_migrate(chengis_store *store, int64_t target)
{
    int rc;

    chengis_error_clear();
    CHG_REQUIRE_STORE(store);
    if (target == -1)
        target = chg_migrate_newest();
    if (target < 0 || target > chg_migrate_newest())
        return chg_error_set(CHENGIS_ERR_INVALID, "version %lld is not known, expected 0 to %lld",
                             (long long)target, (long long)chg_migrate_newest());
    chg_store_take_writer(store);
    rc = chg_ticket_acquire(&store->ticket, store->busy_timeout_ms);
    if (rc >= 0) {
        rc = migrate_with_ticket(store, target);
        chg_ticket_release(&store->ticket);
    }
    chg_store_give_writer(store);
    return rc;
}

static int applied_at(struct chg_conn *conn, int number, int64_t *at)
{
    chg_auto(stmt) q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, sql_applied);

    if (rc >= 0)
        rc = chg_stmt_bind(&q, "i", (int64_t)number);
    if (rc >= 0)
        rc = chg_stmt_step(&q);
    *at = rc > 0 ? chg_stmt_i64(&q, 0) : 0;
    return rc < 0 ? rc : 0;
}

static int add_migration(json_t *list, const struct chg_migration *migration, int64_t at)
{
    json_t *object = json_object();
    int rc;

    if (object == NULL || json_array_append_new(list, object) != 0)
        return chg_error_no_memory();
    rc = chg_json_set_i64(object, "number", migration->number);
    rc = rc < 0 ? rc : chg_json_put_str(object, "name", migration->name);
    return rc < 0 ? rc : chg_json_put_time(object, "applied-at", at);
}

static int list_migrations(struct chg_conn *conn, void *userdata)
{
    const struct chg_migration *migration = chg_migrations_sqlite;
    int64_t version = 0;
    int rc = conn->driver->get_version(conn, &version);

    for (; rc >= 0 && migration->number != 0; migration++) {
        int64_t at = 0;

        if (migration->number <= version)
            rc = applied_at(conn, migration->number, &at);
        if (rc >= 0)
            rc = add_migration(userdata, migration, at);
    }
    return rc;
}

int chengis_store_migrations_json(char **out, chengis_store *store)
{
    chg_autojson list = NULL;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE_STORE(store);
    list = json_array();
    if (list == NULL)
        return chg_error_no_memory();
    rc = chg_store_read(store, list_migrations, list);
    if (rc < 0)
        return rc;
    *out = chg_json_dump(list);
    return *out == NULL ? chg_error_no_memory() : 0;
}
