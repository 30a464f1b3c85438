/* SPDX-License-Identifier: MIT */
/* chengis build show. */
#include "base/error.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/run_model.h"
#include "cli/summary.h"
#include "cli/term_text.h"

#include "base/banned.h"

static void add_field(struct chg_str *out, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    chg_str_addf(out, "%-11s", label);
    chg_text_clean(out, text);
    chg_str_add_char(out, '\n');
}

static void add_parameters(struct chg_str *out, const json_t *parameters)
{
    const char *name;
    json_t *value;

    json_object_foreach (json_object_get(parameters, "parameters"), name, value) {
        chg_auto(str) pair = CHG_STR_INIT;

        chg_str_addf(&pair, "%s=%s", name, json_string_value(value));
        add_field(out, "Parameter", pair.ptr);
    }
}

static void print_text(struct chg_cli *cli, const struct chg_run_model *model, chengis_build *build,
                       const json_t *object)
{
    static const struct {
        const char *label;
        const char *key;
    } fields[] = {{"Id", "id"},
                  {"Trigger", "trigger"},
                  {"Pipeline", "pipeline-source"},
                  {"Created", "created-at"},
                  {"Started", "started-at"},
                  {"Finished", "finished-at"}};
    const json_t *git = json_object_get(object, "git");
    chg_auto(str) text = CHG_STR_INIT;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        add_field(&text, fields[i].label,
                  json_string_value(json_object_get(object, fields[i].key)));
    add_field(&text, "Branch", json_string_value(json_object_get(git, "branch")));
    add_field(&text, "Commit", json_string_value(json_object_get(git, "commit")));
    add_parameters(&text, object);
    add_field(&text, "Log", chengis_build_log_path(build));
    chg_str_add_char(&text, '\n');
    chg_out_add_len(&cli->out, text.ptr, text.len);
    chg_summary_print(cli, &cli->out, model, build, object);
}

static int run(struct chg_cli *cli)
{
    chg_autoptr(chengis_build) build = NULL;
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    chg_autojson object = NULL;
    char *text = NULL;
    int rc = chg_context_build(&build, cli, 0);

    if (rc == 0 && cli->json)
        rc = chengis_build_json(&text, build);
    if (rc < 0)
        return chg_cli_fail(cli);
    if (cli->json) {
        chg_cli_put_json(cli, text);
        chengis_free(text);
        return CHG_EXIT_OK;
    }
    object = chg_build_object(build);
    rc = object == NULL ? chg_error_code() : chg_run_model_build(&model, object);
    if (rc == 0)
        print_text(cli, &model, build, object);
    chg_run_model_fini(&model);
    return rc < 0 ? chg_cli_fail(cli) : CHG_EXIT_OK;
}

static const struct chg_option options[] = {
    {.name = "json", .help = "print the build as a JSON object"},
    {.name = NULL},
};
const struct chg_command chg_cmd_build_show = {
    .path = "build show",
    .synopsis = "BUILD",
    .summary = "show a build with its stages, steps and artifacts",
    .details =
        "Shows a build. BUILD is JOB#NUMBER, an id, or the beginning of an id (4 characters or\n"
        "more). Exits with 0 whatever the result of the build was.\n",
    .examples = "chengis build show demo#3\nchengis build show demo#3 --json",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
