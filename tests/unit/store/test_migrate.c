/* SPDX-License-Identifier: MIT */
/* The chain of migrations: whole, reversible, and equal to the schema fresh databases get. */
#include "store/migrate.h"

#include "base/clock.h"
#include "base/str.h"
#include "store/db_priv.h"
#include "store_test.h"

static struct chg_conn *conn;

static struct chg_conn *in_memory(void)
{
    struct chg_sqlite_options opts = {.busy_timeout_ms = 100};
    struct chg_conn *made = NULL;

    assert_ok(chg_sqlite_open(&made, &opts));
    return made;
}

static void set_up(void)
{
    conn = in_memory();
}

static void tear_down(void)
{
    chg_conn_close(conn);
}

TestSuite(store_migrate, .init = set_up, .fini = tear_down);

/* One line per row of a query, columns joined by '|'. */
static char *rows_of(struct chg_conn *from, const char *sql, int columns)
{
    struct chg_str out = CHG_STR_INIT;
    struct chg_stmt q = CHG_STMT_INIT;

    assert_ok(chg_stmt_prepare(&q, from, sql));
    while (chg_stmt_step(&q) > 0) {
        for (int i = 0; i < columns; i++) {
            const char *value = chg_stmt_text(&q, i);

            chg_str_addf(&out, "%s|", value == NULL ? "NULL" : value);
        }
        chg_str_add_char(&out, '\n');
    }
    chg_stmt_fini(&q);
    return keep(chg_str_take(&out));
}

/* Everything that shapes data: columns, keys, indexes, references; not how the SQL was spelled. */
static char *shape_of(struct chg_conn *from)
{
    static const char sql[] =
        "SELECT m.name, 'column', c.name, c.type, c.\"notnull\", c.dflt_value, c.pk "
        "FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' UNION ALL "
        "SELECT m.name, 'index', x.\"unique\" || x.partial || x.origin, i.seqno, i.name, NULL, "
        "CASE WHEN x.origin = 'c' THEN x.name END "
        "FROM sqlite_master m, pragma_index_list(m.name) x, pragma_index_info(x.name) i "
        "WHERE m.type = 'table' UNION ALL "
        "SELECT m.name, 'reference', f.\"table\", f.\"from\", f.\"to\", f.on_delete, NULL "
        "FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' "
        "ORDER BY 1, 2, 3, 4, 5, 6, 7";

    return rows_of(from, sql, 7);
}

/* As schema.sql is written. */
static char *schema_text(struct chg_conn *from)
{
    struct chg_str out = CHG_STR_INIT;
    struct chg_stmt q = CHG_STMT_INIT;

    assert_ok(chg_stmt_prepare(&q, from,
                               "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
                               "AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migrations' "
                               "ORDER BY rowid"));
    while (chg_stmt_step(&q) > 0) {
        const char *sql = chg_stmt_text(&q, 0);
        bool space = false;

        for (; *sql != '\0'; sql++) {
            if (strchr(" \t\n", *sql) == NULL)
                chg_str_add_char(&out, *sql);
            else if (!space)
                chg_str_add_char(&out, ' ');
            space = strchr(" \t\n", *sql) != NULL;
        }
        chg_str_add(&out, ";\n");
    }
    chg_stmt_fini(&q);
    return keep(chg_str_take(&out));
}

Test(store_migrate, numbers_the_steps_without_holes)
{
    for (int64_t i = 0; i < chg_migrate_newest(); i++) {
        cr_assert_eq(chg_migrations_sqlite[i].number, i + 1);
        cr_assert_neq(chg_migrations_sqlite[i].up[0], '\0');
        cr_assert_neq(chg_migrations_sqlite[i].down[0], '\0');
    }
    cr_assert_geq(chg_migrate_newest(), 35);
}

Test(store_migrate, makes_a_fresh_database_exactly_what_the_chain_makes)
{
    struct chg_conn *fresh = in_memory();
    char *chain;
    const char *statements;

    assert_ok(chg_migrate(conn, 0, 1));
    assert_ok(chg_migrate(conn, 1, chg_migrate_newest()));
    assert_ok(chg_migrate(fresh, 0, chg_migrate_newest()));
    cr_assert_str_eq(shape_of(fresh), shape_of(conn));

    chain = schema_text(conn);
    statements = strstr(chg_migrations_sqlite_schema, "CREATE TABLE");
    if (strncmp(statements, chain, strlen(chain)) != 0) {
        write_file("/tmp/chengis-schema.sql", chain);
        cr_assert_fail("migrations/sqlite/schema.sql is not what the chain makes: take the CREATE "
                       "statements of /tmp/chengis-schema.sql");
    }
    cr_assert_str_eq(rows_of(fresh, "SELECT * FROM organizations", 7),
                     rows_of(conn, "SELECT * FROM organizations", 7));
    cr_assert_str_eq(rows_of(fresh, "SELECT number, name FROM schema_migrations", 2),
                     rows_of(conn, "SELECT number, name FROM schema_migrations", 2));
    chg_conn_close(fresh);
}

Test(store_migrate, undoes_each_step_exactly)
{
    for (int64_t at = 1; at <= chg_migrate_newest(); at++) {
        char *before = shape_of(conn);
        char *after;

        assert_ok(chg_migrate(conn, at - 1, at > 1 ? at : 1));
        assert_ok(chg_migrate(conn, at, at - 1));
        after = shape_of(conn);
        cr_assert(at == 1 || strcmp(after, before) == 0, "migration %lld: %s\n--- was\n%s",
                  (long long)at, after, before);
        assert_ok(chg_migrate(conn, at - 1, at));
    }
}

Test(store_migrate, goes_down_to_nothing)
{
    assert_ok(chg_migrate(conn, 0, chg_migrate_newest()));
    assert_ok(chg_migrate(conn, chg_migrate_newest(), 0));

    cr_assert_str_eq(rows_of(conn,
                             "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' "
                             "AND name <> 'schema_migrations'",
                             1),
                     "");
    cr_assert_str_eq(rows_of(conn, "SELECT number FROM schema_migrations", 1), "");
}

/* A database as version 25 had it, with rows in every table that is rebuilt later. */
static const char old_rows[] =
    "INSERT INTO jobs (id, name, pipeline, created_at, updated_at) VALUES ('j', 'api', '{}', 1, 2);"
    "INSERT INTO builds (id, job_id, build_number, status, created_at) "
    "VALUES ('b', 'j', 4, 'success', 3);"
    "INSERT INTO build_stages (id, build_id, stage_name, status, started_at) "
    "VALUES ('s2', 'b', 'Build', 'success', 20), ('s1', 'b', 'Check', 'success', 10);"
    "INSERT INTO build_steps (id, build_id, stage_name, step_name, status, exit_code) "
    "VALUES ('t2', 'b', 'Build', 'make', 'failure', 2), ('t1', 'b', 'Check', 'lint', 'success', 0);"
    "INSERT INTO job_secrets (id, name, encrypted_value, created_at, updated_at) "
    "VALUES ('x', 'TOKEN', 'abc', 1, 1);"
    "INSERT INTO users (id, username, password_hash, role, created_at, updated_at) "
    "VALUES ('u', 'ann', '-', 'admin', 5, 5);";

Test(store_migrate, keeps_the_rows_of_older_versions)
{
    assert_ok(chg_migrate(conn, 0, 25));
    assert_ok(chg_conn_exec(conn, old_rows));
    assert_ok(chg_migrate(conn, 25, chg_migrate_newest()));

    cr_assert_str_eq(rows_of(conn, "SELECT id, org_id, name, next_build_number FROM jobs", 4),
                     "j|default-org|api|5|\n");
    cr_assert_str_eq(rows_of(conn, "SELECT id, build_number, org_id, attempt FROM builds", 4),
                     "b|4|default-org|1|\n");
    cr_assert_str_eq(rows_of(conn, "SELECT ordinal, stage_name FROM build_stages ORDER BY 1", 2),
                     "1|Check|\n2|Build|\n");
    cr_assert_str_eq(rows_of(conn,
                             "SELECT ordinal, stage_ordinal, step_name, exit_code FROM build_steps "
                             "ORDER BY 1",
                             4),
                     "1|1|lint|0|\n2|2|make|2|\n");
    cr_assert_str_eq(rows_of(conn, "SELECT name, org_id, scope FROM job_secrets", 3),
                     "TOKEN|default-org|global|\n");
    cr_assert_str_eq(rows_of(conn, "SELECT id, user_id, role FROM org_members", 3),
                     "u-default-mem|u|admin|\n");
    cr_assert_str_eq(rows_of(conn, "PRAGMA foreign_key_check", 4), "");
    cr_assert_str_eq(rows_of(conn, "PRAGMA integrity_check", 1), "ok|\n");
}

Test(store_migrate, keeps_the_rows_on_the_way_down)
{
    assert_ok(chg_migrate(conn, 0, 25));
    assert_ok(chg_conn_exec(conn, old_rows));
    assert_ok(chg_migrate(conn, 25, chg_migrate_newest()));
    assert_ok(chg_migrate(conn, chg_migrate_newest(), 25));

    cr_assert_str_eq(rows_of(conn, "SELECT id, name, pipeline FROM jobs", 3), "j|api|{}|\n");
    cr_assert_str_eq(rows_of(conn, "SELECT stage_name, step_name, exit_code FROM build_steps", 3),
                     "Check|lint|0|\nBuild|make|2|\n");
    cr_assert_str_eq(rows_of(conn, "PRAGMA foreign_key_check", 4), "");
}

Test(store_migrate, leaves_a_failing_step_undone_and_names_it)
{
    int64_t version = 0;

    assert_ok(chg_migrate(conn, 0, chg_migrate_newest()));
    assert_ok(chg_conn_exec(conn, "INSERT INTO organizations VALUES ('o', 'O', 'o', NULL, NULL, "
                                  "0, 0); INSERT INTO jobs (id, org_id, name, created_at, "
                                  "updated_at) VALUES ('1', 'o', 'same', 0, 0), "
                                  "('2', 'default-org', 'same', 0, 0)"));

    assert_err(chg_migrate(conn, chg_migrate_newest(), 25), CHENGIS_ERR_EXISTS,
               "migration 026-org-scope down");
    assert_ok(conn->driver->get_version(conn, &version));
    cr_assert_eq(version, 26);
    cr_assert_str_eq(rows_of(conn, "SELECT COUNT(*) FROM jobs", 1), "2|\n");
}

Test(store_migrate, says_when_each_step_was_applied)
{
    static const struct chg_clock_fake noon = {.wall_ms = 1700000000123};

    chg_clock_set_fake(&noon);
    assert_ok(chg_migrate(conn, 0, 2));
    chg_clock_set_fake(NULL);

    cr_assert_str_eq(rows_of(conn, "SELECT number, name, applied_at FROM schema_migrations", 3),
                     "1|core|1700000000123|\n2|build-git|1700000000123|\n");
}

/* The tables and columns the schema is specified with. */
struct expected_table {
    char name[32];
    char columns[512]; /* some of them, separated by spaces */
};
ParameterizedTestParameters(store_migrate, has_the_tables_of_the_specification)
{
    static struct expected_table tables[] = {
        {"jobs",
         "id org_id name description pipeline parameters triggers source next_build_number"},
        {"builds", "id job_id build_number status trigger_type started_at finished_at workspace "
                   "parameters git_branch git_commit git_commit_short git_author git_message "
                   "pipeline_source parent_build_id agent_id dispatched_at org_id"},
        {"build_stages", "build_id ordinal stage_name status reason started_at finished_at"},
        {"build_steps", "build_id ordinal stage_name step_name status exit_code container_image "
                        "container_id attempt signal"},
        {"build_logs", "id build_id timestamp level source message step data"},
        {"job_secrets", "org_id scope name encrypted_value"},
        {"build_artifacts", "build_id filename path size_bytes content_type sha256 original_path"},
        {"build_notifications", "build_id type status details sent_at"},
        {"plugins", "name version enabled config"},
        {"agents", "id name url labels status max_builds system_info last_heartbeat org_id"},
        {"users", "username password_hash role active session_version failed_attempts locked_until "
                  "provider provider_id email"},
        {"api_tokens", "user_id name token_hash expires_at revoked_at scopes"},
        {"audit_logs", "timestamp user_id username action resource_type ip_address org_id"},
        {"build_queue", "build_id job_id priority status queued_at retry_count next_retry_at"},
        {"jwt_blacklist", "jti user_id expires_at reason"},
        {"webhook_events", "provider status repo_url branch payload_size org_id"},
        {"secret_access_log", "secret_name action user_id created_at org_id"},
        {"login_attempts", "username success attempted_at"},
        {"build_approvals", "build_id stage_name status timeout_minutes approved_by "
                            "required_approvals approval_count org_id"},
        {"approval_responses", "approval_id user_id decision comment"},
        {"pipeline_templates", "name description pipeline_data version org_id"},
        {"organizations", "id name slug settings"},
        {"org_members", "org_id user_id role"},
        {"secret_backends", "name type config org_id"},
        {"build_events", "id build_id seq type at stage_name step_name status data"},
        {"owners", "id host boot_id pid start_ticks started_at"},
    };

    return cr_make_param_array(struct expected_table, tables, sizeof(tables) / sizeof(tables[0]));
}

ParameterizedTest(struct expected_table *table, store_migrate, has_the_tables_of_the_specification)
{
    char columns[512];
    char *rest = columns;
    char *name;

    assert_ok(chg_migrate(conn, 0, chg_migrate_newest()));
    (void)snprintf(columns, sizeof(columns), "%s", table->columns);

    while ((name = strsep(&rest, " ")) != NULL) {
        char sql[128];

        (void)snprintf(sql, sizeof(sql), "SELECT %s FROM %s", name, table->name);
        cr_assert_eq(chg_conn_exec(conn, sql), 0, "%s: %s", sql, chengis_error_last()->message);
    }
}
