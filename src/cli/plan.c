/* SPDX-License-Identifier: MIT */
/* Making and printing plans. */
#include "cli/plan.h"

#include <string.h>

#include "base/error.h"
#include "cli/context.h"
#include "cli/plan_text.h"

#include "base/banned.h"

static int names_of(const char ***out, const struct chg_kvlist *list)
{
    const char **names;

    *out = NULL;
    if (list->len == 0)
        return 0;
    names = chg_calloc(list->len, sizeof(*names));
    if (names == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < list->len; i++)
        names[i] = list->items[i].name;
    *out = names;
    return 0;
}

static int limit_of(uint32_t *out, struct chg_cli *cli, int64_t given)
{
    chengis_config *config;
    int rc = given > 0 ? 0 : chg_context_config(&config, cli);

    if (rc == 0)
        *out =
            (uint32_t)(given > 0 ? given : chengis_config_int(config, "matrix.max-combinations"));
    return rc;
}

json_t *chg_plan_make(struct chg_cli *cli, const chengis_pipeline *pipeline,
                      const struct chg_inputs *inputs, const struct chg_plan_place *place)
{
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    chg_autofree chengis_pair *parameters = NULL;
    chg_autofree const char **secrets = NULL;
    char *text = NULL;
    json_t *plan;

    if (limit_of(&opts.max_combinations, cli, place->max_combinations) < 0 ||
        chg_inputs_pairs(&parameters, &inputs->parameters) < 0 ||
        names_of(&secrets, &inputs->secrets) < 0)
        return NULL;
    opts.parameters = parameters;
    opts.parameter_count = inputs->parameters.len;
    opts.branch = place->branch;
    opts.secret_names = secrets;
    opts.secret_count = inputs->secrets.len;
    opts.workspace = place->workspace;
    if (chengis_pipeline_plan(&text, pipeline, &opts) < 0)
        return NULL;
    plan = chg_json_parse(text, strlen(text));
    chengis_free(text);
    return plan;
}

int chg_plan_print(struct chg_cli *cli, const json_t *plan)
{
    chg_auto(str) text = CHG_STR_INIT;

    if (cli->json) {
        chg_autofree char *line = chg_json_dump(plan);

        if (line == NULL)
            return chg_cli_fail(cli);
        chg_cli_put_json(cli, line);
        return CHG_EXIT_OK;
    }
    chg_plan_text(&text, cli->out.look, plan);
    chg_out_add_len(&cli->out, text.ptr, text.len);
    return CHG_EXIT_OK;
}
