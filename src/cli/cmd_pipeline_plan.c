/* SPDX-License-Identifier: MIT */
/* chengis pipeline plan. */
#include "cli/cli.h"
#include "cli/inputs.h"
#include "cli/pipeline_file.h"
#include "cli/plan.h"

#include "base/banned.h"

static json_t *make(struct chg_cli *cli)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    struct chg_inputs inputs = CHG_INPUTS_INIT;
    chg_autoptr(chengis_pipeline) pipeline = NULL;
    struct chg_plan_place at = {.branch = chg_cli_option(cli, "branch")};
    json_t *plan = NULL;

    if (chg_cli_number(&at.max_combinations, cli, "max-combinations", 0, 1, 500) == 0 &&
        chg_inputs_read(&inputs, cli, false) == 0 &&
        chg_pipeline_place_find(&place, chg_cli_word(cli, 0)) == 0 &&
        chg_pipeline_file_load(&pipeline, &cli->err, place.file) == 0)
        plan = chg_plan_make(cli, pipeline, &inputs, &at);
    chg_inputs_fini(&inputs);
    chg_pipeline_place_fini(&place);
    return plan;
}

static int run(struct chg_cli *cli)
{
    chg_autojson plan = make(cli);

    return plan == NULL ? chg_cli_fail(cli) : chg_plan_print(cli, plan);
}

static const struct chg_option options[] = {
    {.name = "param",
     .letter = 'p',
     .arg = "NAME=VALUE",
     .help = "build parameter; may be given often"},
    {.name = "branch", .arg = "NAME", .help = "branch that conditions see (default: main)"},
    {.name = "secret", .arg = "NAME", .help = "a secret the build would have; shown as ***"},
    {.name = "max-combinations",
     .arg = "N",
     .help = "limit of matrix combinations (default: of the configuration, 25)"},
    {.name = "json", .help = "print JSON: {\"pipeline-name\", \"stages\": [...]}"},
    {.name = NULL},
};
const struct chg_command chg_cmd_pipeline_plan = {
    .path = "pipeline plan",
    .synopsis = "[FILE]",
    .summary = "show what a pipeline would run",
    .details =
        "Shows what would run, without running it: the stages after matrix expansion, which\n"
        "conditions hold, and the command and environment of each step. FILE may be '-' for\n"
        "stdin, or a folder to look in; without one it is the current folder.\n",
    .examples = "chengis pipeline plan\n"
                "chengis pipeline plan ci.yml --branch release/1.2 -p env=staging\n"
                "chengis pipeline plan --json | jq '.stages[].\"stage-name\"'",
    .options = options,
    .max_words = 1,
    .complete = CHG_COMPLETE_FILE,
    .run = run,
};
