/* SPDX-License-Identifier: MIT */
/* chengis build list. */
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/status_word.h"
#include "cli/table.h"

#include "base/banned.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void add_row(struct chg_table *table, struct chg_look look, const json_t *build,
                    bool with_id)
{
    const json_t *duration = json_object_get(build, "duration-ms");
    chg_auto(str) name = CHG_STR_INIT;
    char buffer[32];

    chg_str_addf(&name, "%s#%lld", text_of(build, "job") == NULL ? "" : text_of(build, "job"),
                 (long long)json_integer_value(json_object_get(build, "number")));
    chg_table_cell(table, name.ptr);
    chg_table_cell_status(table, look, text_of(build, "status"));
    chg_table_cell(table, text_of(build, "created-at"));
    chg_table_cell(table,
                   json_is_integer(duration)
                       ? chg_format_duration(buffer, sizeof(buffer), json_integer_value(duration))
                       : NULL);
    chg_table_cell(table, text_of(build, "trigger"));
    if (with_id)
        chg_table_cell(table, text_of(build, "id"));
}

static void make_table(struct chg_table *table, struct chg_look look, const json_t *builds,
                       bool with_id)
{
    const json_t *build;
    size_t i;

    chg_table_init(table, with_id ? "BUILD|STATUS|CREATED|TIME|TRIGGER|ID"
                                  : "BUILD|STATUS|CREATED|TIME|TRIGGER");
    json_array_foreach (builds, i, build) {
        add_row(table, look, build, with_id);
    }
}

static int print_table(struct chg_cli *cli, const json_t *page)
{
    const json_t *builds = json_object_get(page, "builds");
    size_t columns = chg_out_columns(&cli->out);
    struct chg_table table;
    chg_auto(str) text = CHG_STR_INIT;

    if (json_array_size(builds) == 0) {
        if (!cli->quiet)
            chg_out_add(&cli->err, "No builds.\n");
        return CHG_EXIT_OK;
    }
    make_table(&table, cli->out.look, builds, true);
    if (columns > 0 && chg_table_width(&table) > columns) {
        chg_table_fini(&table);
        make_table(&table, cli->out.look, builds, false);
    }
    chg_table_print(&table, cli->out.look, &text);
    chg_table_fini(&table);
    chg_out_add_len(&cli->out, text.ptr, text.len);
    if (text_of(page, "next") != NULL && !cli->quiet)
        chg_out_addf(&cli->err, "More: --before %s\n", text_of(page, "next"));
    return CHG_EXIT_OK;
}

static int read_query(chengis_build_query *query, struct chg_cli *cli)
{
    int64_t limit;
    int rc = chg_cli_number(&limit, cli, "limit", 0, 1, 1000);

    if (rc < 0)
        return rc;
    query->limit = (uint32_t)limit;
    query->org = chg_context_org(cli);
    query->job = chg_cli_option(cli, "job");
    query->status = chg_status_of_word(chg_cli_option(cli, "status"));
    query->before = chg_cli_option(cli, "before");
    return 0;
}

static int run(struct chg_cli *cli)
{
    chengis_build_query query = CHENGIS_BUILD_QUERY_INIT;
    chg_autojson page = NULL;
    chengis_store *store;
    char *text = NULL;

    if (read_query(&query, cli) < 0 || chg_context_settled_store(&store, cli) < 0 ||
        chengis_store_builds_json(&text, store, &query) < 0)
        return chg_cli_fail(cli);
    if (cli->json) {
        chg_cli_put_json(cli, text);
        chengis_free(text);
        return CHG_EXIT_OK;
    }
    page = chg_json_parse(text, strlen(text));
    chengis_free(text);
    return page == NULL ? chg_cli_fail(cli) : print_table(cli, page);
}

static const struct chg_option options[] = {
    {.name = "job", .arg = "NAME", .help = "builds of this job only"},
    {.name = "status",
     .arg = "STATUS",
     .choices = "queued|running|waiting|success|failure|aborted|skipped|timed-out",
     .help = "builds of this status only: queued, running, waiting, success,\n"
             "failure, aborted, skipped or timed-out"},
    {.name = "limit", .letter = 'n', .arg = "N", .help = "at most so many (default: 50)"},
    {.name = "before", .arg = "CURSOR", .help = "go on after the page that named this cursor"},
    {.name = "json", .help = "print JSON: {\"builds\": [...], \"next\": CURSOR or null}"},
    {.name = NULL},
};
const struct chg_command chg_cmd_build_list = {
    .path = "build list",
    .synopsis = "",
    .summary = "list builds, the newest first",
    .details =
        "Lists builds, the newest first. Other commands take the name in the first column\n"
        "(JOB#NUMBER), the id, or the beginning of the id. A terminal too narrow for the id is\n"
        "shown none; --json has it.\n",
    .examples = "chengis build list\n"
                "chengis build list --status failure --limit 5\n"
                "chengis build list --job demo --json",
    .options = options,
    .run = run,
};
