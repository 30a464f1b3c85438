/* SPDX-License-Identifier: MIT */
/* The plan as JSON: what a build would run, decided and composed by the same functions that the
 * engine uses. */
#include "dsl/dsl.h"

#include <chengis/pipeline.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/options.h"
#include "base/path.h"
#include "base/str.h"
#include "dsl/env.h"

#include "base/banned.h"

#define SECRET_SHOWN "***"
#define UNMET        "condition-unmet"

/* What a plan is decided by. */
struct context {
    const char *branch;
    const char *workspace;
    struct chg_kvlist parameters;
    struct chg_kvlist build;
    struct chg_kvlist secrets;
    struct chg_env_sources sources;
};

static void context_fini(struct context *context)
{
    chg_kvlist_fini(&context->parameters);
    chg_kvlist_fini(&context->build);
    chg_kvlist_fini(&context->secrets);
}

static int fill_parameters(struct context *context, const chg_pipeline *pipeline,
                           const chengis_plan_options *opts)
{
    struct chg_kvlist given = CHG_KVLIST_INIT;
    int rc = 0;

    for (size_t i = 0; i < opts->parameter_count && rc == 0; i++)
        rc = chg_kvlist_put(&given, opts->parameters[i].name, opts->parameters[i].value);
    if (rc == 0)
        rc = chg_parameters_resolve(&context->parameters, pipeline, &given);
    chg_kvlist_fini(&given);
    return rc;
}

static int fill_context(struct context *context, const chg_pipeline *pipeline,
                        const chengis_plan_options *opts)
{
    int rc = fill_parameters(context, pipeline, opts);

    for (size_t i = 0; i < opts->secret_count && rc == 0; i++)
        rc = chg_kvlist_put(&context->secrets, opts->secret_names[i], SECRET_SHOWN);
    context->workspace = opts->workspace != NULL ? opts->workspace : ".";
    if (rc == 0 && pipeline->name != NULL)
        rc = chg_kvlist_put(&context->build, "JOB_NAME", pipeline->name);
    if (rc == 0)
        rc = chg_kvlist_put(&context->build, "WORKSPACE", context->workspace);
    context->branch =
        opts->branch != NULL ? opts->branch : chg_kvlist_get(&context->parameters, "branch");
    context->sources = (struct chg_env_sources){.build = &context->build,
                                                .pipeline = &pipeline->env,
                                                .secrets = &context->secrets,
                                                .parameters = &context->parameters};
    return rc;
}

/* Takes value. */
static int set_or_null(json_t *object, const char *key, json_t *value)
{
    return chg_json_set_take(object, key, value != NULL ? value : json_null());
}

static int set_decision(json_t *object, bool runs)
{
    if (chg_json_set_bool(object, "runs", runs) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return set_or_null(object, "reason", runs ? NULL : json_string(UNMET));
}

static bool is_met(const struct context *context, const struct chg_condition *condition)
{
    return chg_condition_met(condition, context->branch, &context->parameters);
}

static json_t *pairs_json(const struct chg_kvlist *pairs)
{
    json_t *object = json_object();

    for (size_t i = 0; i < pairs->len && object != NULL; i++) {
        if (chg_json_set_str(object, pairs->items[i].name, pairs->items[i].value) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *env_json(const struct context *context, const struct chg_step *step)
{
    struct chg_kvlist env = CHG_KVLIST_INIT;
    json_t *object = NULL;

    if (chg_step_env(&env, &context->sources, step) == 0)
        object = pairs_json(&env);
    chg_kvlist_fini(&env);
    return object;
}

/* Only the shell's argument list is known here; executors of other types make theirs. */
static json_t *argv_json(const struct chg_step *step)
{
    if (chg_streq(step->type, "shell"))
        return json_pack("[ssss]", "/bin/sh", "-e", "-c", step->command);
    return json_array();
}

static int fill_executor_keys(json_t *object, const struct chg_step *step)
{
    if (chg_streq(step->type, "shell"))
        return 0;
    if (chg_json_set_str(object, "command", step->command) < 0 ||
        chg_json_set_str(object, "image", step->container.image) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return chg_json_set_str(object, "service", step->service);
}

static int fill_step(json_t *object, const struct context *context, const struct chg_step *step,
                     bool stage_runs)
{
    chg_autofree char *joined =
        chg_path_join(context->workspace, step->dir != NULL ? step->dir : ".");
    chg_autofree char *dir = joined != NULL ? chg_path_normalize(joined) : NULL;

    if (dir == NULL || chg_json_set_str(object, "step-name", step->name) < 0 ||
        chg_json_set_str(object, "type", step->type) < 0 ||
        set_decision(object, stage_runs && is_met(context, step->condition)) < 0 ||
        chg_json_set_take(object, "argv", argv_json(step)) < 0 ||
        fill_executor_keys(object, step) < 0 ||
        chg_json_set_take(object, "env", env_json(context, step)) < 0 ||
        chg_json_set_str(object, "dir", dir) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return set_or_null(object, "timeout-ms",
                       step->timeout_ms > 0 ? json_integer(step->timeout_ms) : NULL);
}

static json_t *steps_json(const struct context *context, const struct chg_step *steps, size_t count,
                          bool stage_runs)
{
    chg_autojson list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();

        if (json_array_append_new(list, object) < 0 ||
            fill_step(object, context, &steps[i], stage_runs) < 0)
            return NULL;
    }
    return chg_steal(&list);
}

static int fill_stage(json_t *object, const struct context *context, const struct chg_stage *stage)
{
    bool runs = is_met(context, stage->condition);

    if (chg_json_set_str(object, "stage-name", stage->name) < 0 ||
        chg_json_set_take(object, "depends-on", json_array()) < 0 ||
        set_decision(object, runs) < 0 ||
        chg_json_set_bool(object, "parallel?", stage->parallel) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    if (chg_json_set_take(object, "matrix-combination", pairs_json(&stage->matrix_combination)) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return chg_json_set_take(object, "steps",
                             steps_json(context, stage->steps, stage->step_count, runs));
}

static json_t *stages_json(const struct context *context, const chg_pipeline *plan)
{
    chg_autojson list = json_array();

    for (size_t i = 0; i < plan->stage_count; i++) {
        json_t *object = json_object();

        if (json_array_append_new(list, object) < 0 ||
            fill_stage(object, context, &plan->stages[i]) < 0)
            return NULL;
    }
    return chg_steal(&list);
}

static json_t *post_json(const struct context *context, const chg_pipeline *plan)
{
    chg_autojson groups = json_object();

    for (size_t i = 0; i < CHG_POST_GROUPS; i++) {
        const struct chg_steps *steps = &plan->post[i];

        if (steps->len > 0 &&
            chg_json_set_take(groups, chg_post_group_names[i],
                              steps_json(context, steps->items, steps->len, true)) < 0)
            return NULL;
    }
    return chg_steal(&groups);
}

static int print_plan(char **out, const struct context *context, const chg_pipeline *plan)
{
    chg_autojson object = json_object();
    char *text;

    if (object == NULL ||
        set_or_null(object, "pipeline-name", plan->name != NULL ? json_string(plan->name) : NULL) <
            0 ||
        chg_json_set_take(object, "stages", stages_json(context, plan)) < 0 ||
        chg_json_set_take(object, "post-actions", post_json(context, plan)) < 0)
        return chg_error_no_memory();
    text = chg_json_dump(object);
    if (text == NULL)
        return chg_error_no_memory();
    *out = text;
    return 0;
}

static int make_plan(chg_pipeline **out, const chg_pipeline *pipeline, size_t max)
{
    chg_autopipeline plan = NULL;
    int rc = chg_pipeline_copy(&plan, pipeline);

    if (rc == 0)
        rc = chg_plan_propagate_container(plan);
    if (rc == 0)
        rc = chg_plan_expand_matrix(plan, max);
    if (rc == 0)
        *out = chg_steal(&plan);
    return rc;
}

static int check_options(const chengis_plan_options *opts)
{
    CHG_REQUIRE(opts->parameters != NULL || opts->parameter_count == 0);
    CHG_REQUIRE(opts->secret_names != NULL || opts->secret_count == 0);
    for (size_t i = 0; i < opts->parameter_count; i++)
        CHG_REQUIRE(opts->parameters[i].name != NULL && opts->parameters[i].value != NULL);
    for (size_t i = 0; i < opts->secret_count; i++)
        CHG_REQUIRE(opts->secret_names[i] != NULL);
    return 0;
}

int chengis_pipeline_plan(char **out, const chengis_pipeline *pipeline,
                          const chengis_plan_options *user)
{
    chengis_plan_options opts;
    struct context context = {0};
    chg_autopipeline plan = NULL;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(CHG_IS(pipeline, CHG_PIPELINE_MAGIC));
    rc = chg_options_import(&opts, sizeof(opts), sizeof(opts), user, "chengis_plan_options");
    if (rc == 0)
        rc = check_options(&opts);
    if (rc == 0)
        rc = make_plan(&plan, pipeline, opts.max_combinations);
    if (rc == 0)
        rc = fill_context(&context, plan, &opts);
    if (rc == 0)
        rc = print_plan(out, &context, plan);
    context_fini(&context);
    return rc;
}
