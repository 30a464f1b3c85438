/* SPDX-License-Identifier: MIT */
/* chengis pipeline show. */
#include "cli/cli.h"
#include "cli/pipeline_file.h"

#include "base/banned.h"

static int run(struct chg_cli *cli)
{
    struct chg_pipeline_place place = CHG_PIPELINE_PLACE_INIT;
    chg_autoptr(chengis_pipeline) pipeline = NULL;
    const char *format = chg_cli_option(cli, "format");
    char *text = NULL;
    int rc = chg_pipeline_place_find(&place, chg_cli_word(cli, 0));

    if (rc == 0)
        rc = chg_pipeline_file_load(&pipeline, &cli->err, place.file);
    if (rc == 0)
        rc =
            chengis_pipeline_format(&text, pipeline, format == NULL || cli->json ? "json" : format);
    chg_pipeline_place_fini(&place);
    if (rc < 0)
        return chg_cli_fail(cli);
    chg_cli_put_json(cli, text);
    chengis_free(text);
    return CHG_EXIT_OK;
}

static const struct chg_option options[] = {
    {.name = "format",
     .arg = "FORMAT",
     .choices = "json|yaml|edn",
     .help = "json (the default), yaml or edn"},
    {.name = "json", .help = "the same as --format json"},
    {.name = NULL},
};
const struct chg_command chg_cmd_pipeline_show = {
    .path = "pipeline show",
    .synopsis = "[FILE]",
    .summary = "print a pipeline in its canonical form, or convert it",
    .details =
        "Prints what a pipeline file means: the canonical map, the same for every format. All\n"
        "formats read back what this prints, so it also converts. FILE may be '-' for stdin, or\n"
        "a folder to look in; without one it is the current folder.\n",
    .examples = "chengis pipeline show\n"
                "chengis pipeline show Chengisfile --format yaml > chengis.yml",
    .options = options,
    .max_words = 1,
    .complete = CHG_COMPLETE_FILE,
    .run = run,
};
