/* SPDX-License-Identifier: MIT */
/* chengis pipeline validate. */
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/pipeline_file.h"
#include "cli/sarif.h"

#include "base/banned.h"

/* What became of the files looked at so far. */
struct validation {
    struct chg_cli *cli;
    json_t *files; /* with --json */
    json_t *sarif; /* with --sarif */
    bool invalid;
    int exit_code; /* of the first file that could not be read */
};

static int add_json(struct validation *all, const char *file, bool valid,
                    const chengis_diagnostics *diags)
{
    char *text = chengis_diagnostics_json(diags);
    json_t *list = text == NULL ? NULL : json_loads(text, 0, NULL);
    json_t *entry = json_pack("{s:s, s:b, s:o}", "file", file, "valid", valid, "diagnostics", list);

    chengis_free(text);
    if (entry == NULL || json_array_append_new(all->files, entry) < 0)
        return chg_error_no_memory();
    return 0;
}

static void say_valid(struct chg_cli *cli, const char *file, const chengis_pipeline *pipeline)
{
    size_t stages = chengis_pipeline_stage_count(pipeline);

    if (cli->quiet)
        return;
    chg_cli_put_clean(cli, file);
    chg_out_addf(&cli->out, ": valid, %zu stage%s\n", stages, stages == 1 ? "" : "s");
}

static int validate(struct validation *all, const char *given)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    chg_autoptr(chengis_diagnostics) diags = NULL;
    chg_autoptr(chengis_pipeline) pipeline = NULL;
    int rc = chg_pipeline_place_find(&place, given);

    if (rc == 0)
        rc = chengis_pipeline_load(&pipeline, &diags, place.file);
    if (rc < 0 && rc != CHENGIS_ERR_PIPELINE) {
        int exit_code = chg_cli_fail(all->cli);

        if (all->exit_code == CHG_EXIT_OK)
            all->exit_code = exit_code;
        rc = 0;
    } else {
        bool valid = rc == 0;

        all->invalid = all->invalid || !valid;
        rc = 0;
        if (all->files != NULL) {
            rc = add_json(all, place.file, valid, diags);
        } else if (all->sarif != NULL) {
            rc = chg_sarif_add(all->sarif, diags);
        } else {
            chg_cli_diagnostics(&all->cli->out, diags);
            if (valid)
                say_valid(all->cli, place.file, pipeline);
        }
    }
    chg_pipeline_place_fini(&place);
    return rc;
}

static int print(struct validation *all)
{
    chg_autojson object = NULL;
    chg_autofree char *text = NULL;

    if (all->files == NULL && all->sarif == NULL)
        return 0;
    object = all->sarif != NULL
                 ? json_incref(all->sarif)
                 : json_pack("{s:b, s:O}", "valid", !all->invalid && all->exit_code == CHG_EXIT_OK,
                             "files", all->files);
    text = object == NULL ? NULL : chg_json_dump(object);
    if (text == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_cli_put_json(all->cli, text);
    return 0;
}

static int run(struct chg_cli *cli)
{
    struct validation all = {.cli = cli};
    size_t count = cli->args.words.len;
    int rc = 0;

    if (cli->json && chg_args_has(&cli->args, "sarif"))
        return chg_cli_usage(cli, "--json and --sarif cannot go together");
    if (cli->json)
        all.files = json_array();
    else if (chg_args_has(&cli->args, "sarif"))
        all.sarif = chg_sarif_new();
    for (size_t i = 0; rc == 0 && i < (count == 0 ? 1 : count); i++)
        rc = validate(&all, chg_cli_word(cli, i));
    if (rc == 0)
        rc = print(&all);
    json_decref(all.files);
    json_decref(all.sarif);
    if (rc < 0)
        return chg_cli_fail(cli);
    return all.invalid ? CHG_EXIT_INVALID : all.exit_code;
}

static const struct chg_option options[] = {
    {.name = "json",
     .help = "print JSON: {\"valid\", \"files\": [{\"file\", \"valid\", \"diagnostics\": [...]}]}"},
    {.name = "sarif", .help = "print SARIF 2.1.0, for code hosts and editors"},
    {.name = NULL},
};

#define DETAILS                                                                                    \
    "Checks pipeline files of any format (EDN, YAML, JSON) without running anything. Every\n"      \
    "problem is printed as FILE:LINE:COLUMN: error: TEXT. FILE may be '-' for stdin, or a\n"       \
    "folder to look in; without one it is the current folder. Exits with 3 when a file is\n"       \
    "not valid; warnings alone are fine.\n"

const struct chg_command chg_cmd_pipeline_validate = {
    .path = "pipeline validate",
    .synopsis = "[FILE...]",
    .summary = "check pipeline files",
    .details = DETAILS,
    .examples = "chengis pipeline validate\n"
                "chengis pipeline validate Chengisfile ci/*.yml\n"
                "chengis pipeline validate --sarif chengis.yml > chengis.sarif",
    .options = options,
    .max_words = -1,
    .complete = CHG_COMPLETE_FILE,
    .run = run,
};

const struct chg_command chg_cmd_pipeline_validate_edn = {
    .path = "pipeline validate-edn",
    .synopsis = "[FILE...]",
    .summary = "the same as 'pipeline validate'",
    .details = DETAILS,
    .examples = "chengis pipeline validate-edn Chengisfile",
    .options = options,
    .max_words = -1,
    .complete = CHG_COMPLETE_FILE,
    .alias_of = "pipeline validate",
    .run = run,
};
