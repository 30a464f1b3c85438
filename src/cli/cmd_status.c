/* SPDX-License-Identifier: MIT */
/* chengis status: what the database holds. */
#include "base/error.h"
#include "cli/cli.h"
#include "cli/context.h"

#include "base/banned.h"

static void print_counts(struct chg_cli *cli, const json_t *status)
{
    json_t *builds = json_object_get(status, "builds");
    const char *word;
    json_t *count;

    chg_out_addf(&cli->out, "Jobs      %lld\n",
                 (long long)json_integer_value(json_object_get(status, "jobs")));
    chg_out_addf(&cli->out, "Builds    %lld\n",
                 (long long)json_integer_value(json_object_get(builds, "total")));
    json_object_foreach (builds, word, count) {
        if (!chg_streq(word, "total") && json_integer_value(count) > 0)
            chg_out_addf(&cli->out, "  %-10s %lld\n", word, (long long)json_integer_value(count));
    }
}

static int print_text(struct chg_cli *cli, const json_t *status, const char *uri)
{
    chg_out_add(&cli->out, "Database  ");
    chg_cli_put_clean(cli, uri);
    chg_out_add(&cli->out, "\n");
    print_counts(cli, status);
    return CHG_EXIT_OK;
}

static int run(struct chg_cli *cli)
{
    chengis_store *store;
    const char *uri;
    bool is_default;
    char *text = NULL;
    chg_autojson status = NULL;
    int exit_code = CHG_EXIT_OK;

    if (chg_context_database(&uri, &is_default, cli) < 0 ||
        chg_context_settled_store(&store, cli) < 0 ||
        chengis_store_status_json(&text, store, chg_context_org(cli)) < 0)
        return chg_cli_fail(cli);
    if (cli->json) {
        chg_cli_put_json(cli, text);
    } else {
        status = json_loads(text, 0, NULL);
        exit_code = print_text(cli, status, uri);
    }
    chengis_free(text);
    return exit_code;
}

static const struct chg_option options[] = {
    {.name = "json", .help = "print JSON: {\"jobs\", \"builds\": {\"total\", ...}}"},
    {.name = NULL},
};
const struct chg_command chg_cmd_status = {
    .path = "status",
    .synopsis = "",
    .summary = "show what the database holds",
    .details = "Shows where the database is, and how many jobs and builds it holds, by status.\n",
    .examples = "chengis status\nchengis status --json",
    .options = options,
    .run = run,
};
