/* SPDX-License-Identifier: MIT */
/* chengis migrate up, down, status: versions of the database. */
#include <unistd.h>

#include "base/error.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/table.h"

#include "base/banned.h"

/* The version asked for by the only word; `absent` without one. */
static int target_version(int64_t *out, struct chg_cli *cli, int64_t absent)
{
    const char *word = chg_cli_word(cli, 0);

    *out = absent;
    if (word != NULL && (chg_parse_i64(out, word) < 0 || *out < 0))
        return chg_error_set(CHENGIS_ERR_INVALID, "'%s' is not a version: a number from 0", word);
    return 0;
}

static int report(struct chg_cli *cli, chengis_store *store, int64_t before)
{
    int64_t current, newest;

    if (chengis_store_version(&current, &newest, store) < 0)
        return chg_cli_fail(cli);
    if (cli->quiet)
        return CHG_EXIT_OK;
    if (current == before)
        chg_out_addf(&cli->out, "Nothing to do: the database is at version %lld\n",
                     (long long)current);
    else
        chg_out_addf(&cli->out, "Migrated from version %lld to %lld\n", (long long)before,
                     (long long)current);
    return CHG_EXIT_OK;
}

static int run_up(struct chg_cli *cli)
{
    chengis_store *store;
    int64_t current, newest, target;

    if (target_version(&target, cli, -1) < 0 ||
        chg_context_store(&store, cli, CHG_STORE_RAW_MAKE) < 0 ||
        chengis_store_version(&current, &newest, store) < 0)
        return chg_cli_fail(cli);
    if (target >= 0 && target < current)
        return chg_cli_usage(cli, "the database is at version %lld: 'migrate down %lld' goes back",
                             (long long)current, (long long)target);
    if (chengis_store_migrate(store, target) < 0)
        return chg_cli_fail(cli);
    return report(cli, store, current);
}

/* Ask on the terminal; only "yes" counts. */
static bool confirmed(struct chg_cli *cli, int64_t current, int64_t target)
{
    char answer[8] = "";
    ssize_t len;

    chg_out_addf(&cli->err,
                 "Going from version %lld down to %lld deletes what the newer versions store.\n"
                 "Type 'yes' to go on: ",
                 (long long)current, (long long)target);
    (void)chg_out_flush(&cli->err);
    len = read(STDIN_FILENO, answer, sizeof(answer) - 1);
    return len == 4 && chg_starts_with(answer, "yes\n");
}

static int run_down(struct chg_cli *cli)
{
    chengis_store *store;
    int64_t current, newest, target;

    if (chg_context_store(&store, cli, CHG_STORE_RAW) < 0 ||
        chengis_store_version(&current, &newest, store) < 0 ||
        target_version(&target, cli, current > 0 ? current - 1 : 0) < 0)
        return chg_cli_fail(cli);
    if (target > current)
        return chg_cli_usage(cli, "the database is at version %lld: 'migrate up %lld' goes forward",
                             (long long)current, (long long)target);
    if (target < current && !chg_args_has(&cli->args, "yes")) {
        if (isatty(STDIN_FILENO) != 1)
            return chg_cli_usage(cli, "'migrate down' deletes data: confirm it with --yes");
        if (!confirmed(cli, current, target)) {
            chg_out_add(&cli->err, "Nothing was changed.\n");
            return CHG_EXIT_FAILED;
        }
    }
    if (chengis_store_migrate(store, target) < 0)
        return chg_cli_fail(cli);
    return report(cli, store, current);
}

static int print_status(struct chg_cli *cli, const json_t *migrations, int64_t current,
                        int64_t newest)
{
    struct chg_table table;
    chg_auto(str) text = CHG_STR_INIT;
    const json_t *migration;
    size_t i;

    chg_table_init(&table, "NUMBER|NAME|APPLIED");
    json_array_foreach (migrations, i, migration) {
        chg_table_cell_i64(&table, json_integer_value(json_object_get(migration, "number")));
        chg_table_cell(&table, json_string_value(json_object_get(migration, "name")));
        chg_table_cell(&table, json_string_value(json_object_get(migration, "applied-at")));
    }
    chg_table_print(&table, cli->out.look, &text);
    chg_table_fini(&table);
    chg_out_add_len(&cli->out, text.ptr, text.len);
    chg_out_addf(&cli->out, "\nVersion %lld of %lld%s\n", (long long)current, (long long)newest,
                 current < newest ? ": 'chengis migrate up' brings it up to date" : "");
    return CHG_EXIT_OK;
}

static int run_status(struct chg_cli *cli)
{
    chengis_store *store;
    int64_t current, newest;
    chg_autojson status = NULL;
    chg_autofree char *text = NULL;
    char *migrations = NULL;
    json_t *list;

    if (chg_context_store(&store, cli, CHG_STORE_RAW) < 0 ||
        chengis_store_version(&current, &newest, store) < 0 ||
        chengis_store_migrations_json(&migrations, store) < 0)
        return chg_cli_fail(cli);
    list = json_loads(migrations, 0, NULL);
    chengis_free(migrations);
    if (!cli->json) {
        int exit_code = print_status(cli, list, current, newest);

        json_decref(list);
        return exit_code;
    }
    status = json_pack("{s:I, s:I, s:o}", "version", (json_int_t)current, "newest",
                       (json_int_t)newest, "migrations", list);
    text = status == NULL ? NULL : chg_json_dump(status);
    if (text == NULL)
        return chg_cli_fail(cli);
    chg_cli_put_json(cli, text);
    return CHG_EXIT_OK;
}

const struct chg_command chg_cmd_migrate_up = {
    .path = "migrate up",
    .synopsis = "[VERSION]",
    .summary = "bring the database to the newest version",
    .details =
        "Brings the database to VERSION, by default the newest one. Nearly never needed: every\n"
        "command that opens the database does it.\n",
    .examples = "chengis migrate up",
    .max_words = 1,
    .run = run_up,
};

static const struct chg_option down_options[] = {
    {.name = "yes", .letter = 'y', .help = "do not ask"},
    {.name = NULL},
};
const struct chg_command chg_cmd_migrate_down = {
    .path = "migrate down",
    .synopsis = "[VERSION]",
    .summary = "take the database back to an older version",
    .details =
        "Takes the database back to VERSION, by default one version back. Deletes what the newer\n"
        "version stores, so it asks first; without a terminal it needs --yes.\n",
    .examples = "chengis migrate down\nchengis migrate down 0 --yes",
    .options = down_options,
    .max_words = 1,
    .run = run_down,
};

static const struct chg_option status_options[] = {
    {.name = "json", .help = "print JSON: {\"version\", \"newest\", \"migrations\": [...]}"},
    {.name = NULL},
};
const struct chg_command chg_cmd_migrate_status = {
    .path = "migrate status",
    .synopsis = "",
    .summary = "show the version of the database",
    .details =
        "Shows the migrations that made the database what it is, and whether newer ones wait.\n",
    .examples = "chengis migrate status\nchengis migrate status --json",
    .options = status_options,
    .run = run_status,
};
