/* SPDX-License-Identifier: MIT */
/* Making, copying, sharing and freeing pipelines, and the public getters. A pipeline is immutable
 * once shared. */
#include "model/pipeline.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

#define NO_MEMORY CHENGIS_ERR_NO_MEMORY

const char *const chg_post_group_names[CHG_POST_GROUPS] = {"always", "on-success", "on-failure"};

void chg_container_fini(struct chg_container *container)
{
    chg_free(container->image);
    chg_strings_fini(&container->volumes);
    chg_free(container->workdir);
    chg_free(container->network);
    chg_free(container->pull_policy);
    chg_strings_fini(&container->docker_args);
    *container = (struct chg_container){0};
}

void chg_container_free(struct chg_container *container)
{
    if (container == NULL)
        return;
    chg_container_fini(container);
    chg_free(container);
}

void chg_approval_free(struct chg_approval *approval)
{
    if (approval == NULL)
        return;
    chg_free(approval->message);
    chg_free(approval->role);
    chg_strings_fini(&approval->approver_group);
    chg_free(approval);
}

void chg_step_fini(struct chg_step *step)
{
    chg_free(step->name);
    chg_free(step->type);
    chg_free(step->command);
    chg_kvlist_fini(&step->env);
    chg_free(step->dir);
    chg_condition_free(step->condition);
    chg_container_fini(&step->container);
    chg_free(step->service);
    chg_free(step->compose_file);
    *step = (struct chg_step){0};
}

void chg_steps_fini(struct chg_steps *steps)
{
    for (size_t i = 0; i < steps->len; i++)
        chg_step_fini(&steps->items[i]);
    chg_free(steps->items);
    *steps = (struct chg_steps){0};
}

void chg_stage_fini(struct chg_stage *stage)
{
    struct chg_steps steps = {stage->steps, stage->step_count};

    chg_free(stage->name);
    chg_steps_fini(&steps);
    chg_condition_free(stage->condition);
    chg_container_free(stage->container);
    chg_approval_free(stage->approval);
    chg_kvlist_fini(&stage->matrix_combination);
    chg_free(stage->matrix_stage);
    *stage = (struct chg_stage){0};
}

void chg_parameter_fini(struct chg_parameter *parameter)
{
    chg_free(parameter->name);
    chg_free(parameter->type);
    chg_strings_fini(&parameter->choices);
    chg_free(parameter->default_value);
    chg_free(parameter->description);
}

void chg_matrix_free(struct chg_matrix *matrix)
{
    if (matrix == NULL)
        return;
    for (size_t i = 0; i < matrix->dimension_count; i++) {
        chg_free(matrix->dimensions[i].name);
        chg_strings_fini(&matrix->dimensions[i].values);
    }
    for (size_t i = 0; i < matrix->exclude_count; i++)
        chg_kvlist_fini(&matrix->excludes[i]);
    chg_free(matrix->dimensions);
    chg_free(matrix->excludes);
    chg_free(matrix);
}

void chg_notify_fini(struct chg_notify *notify)
{
    chg_free(notify->type);
    json_decref(notify->config);
}

static void free_lists(chg_pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->stage_count; i++)
        chg_stage_fini(&pipeline->stages[i]);
    for (size_t i = 0; i < pipeline->parameter_count; i++)
        chg_parameter_fini(&pipeline->parameters[i]);
    for (size_t i = 0; i < pipeline->notify_count; i++)
        chg_notify_fini(&pipeline->notify[i]);
    for (size_t i = 0; i < CHG_POST_GROUPS; i++)
        chg_steps_fini(&pipeline->post[i]);
    chg_free(pipeline->stages);
    chg_free(pipeline->parameters);
    chg_free(pipeline->notify);
}

static void pipeline_free(chg_pipeline *pipeline)
{
    pipeline->magic = 0;
    free_lists(pipeline);
    chg_free(pipeline->name);
    chg_free(pipeline->description);
    json_decref(pipeline->triggers);
    json_decref(pipeline->source);
    chg_container_free(pipeline->container);
    chg_kvlist_fini(&pipeline->env);
    chg_strings_fini(&pipeline->artifacts);
    chg_matrix_free(pipeline->matrix);
    chg_free(pipeline->extends);
    chg_free(pipeline->on_interrupt);
    chg_free(pipeline);
}

int chg_pipeline_new(chg_pipeline **out)
{
    chg_pipeline *pipeline = chg_new(chg_pipeline);

    if (pipeline == NULL)
        return NO_MEMORY;
    pipeline->magic = CHG_PIPELINE_MAGIC;
    chg_ref_init(&pipeline->ref);
    *out = pipeline;
    return 0;
}

chengis_pipeline *chengis_pipeline_ref(chengis_pipeline *pipeline)
{
    if (!CHG_IS(pipeline, CHG_PIPELINE_MAGIC))
        return NULL;
    chg_ref_get(&pipeline->ref);
    return pipeline;
}

chengis_pipeline *chengis_pipeline_unref(chengis_pipeline *pipeline)
{
    if (CHG_IS(pipeline, CHG_PIPELINE_MAGIC) && chg_ref_put(&pipeline->ref))
        pipeline_free(pipeline);
    return NULL;
}

const char *chengis_pipeline_name(const chengis_pipeline *pipeline)
{
    bool has = CHG_IS(pipeline, CHG_PIPELINE_MAGIC) && pipeline->name != NULL;

    return has ? pipeline->name : "";
}

const char *chengis_pipeline_description(const chengis_pipeline *pipeline)
{
    bool has = CHG_IS(pipeline, CHG_PIPELINE_MAGIC) && pipeline->description != NULL;

    return has ? pipeline->description : "";
}

size_t chengis_pipeline_stage_count(const chengis_pipeline *pipeline)
{
    return CHG_IS(pipeline, CHG_PIPELINE_MAGIC) ? pipeline->stage_count : 0;
}

const char *chengis_pipeline_stage_name(const chengis_pipeline *pipeline, size_t index)
{
    return index < chengis_pipeline_stage_count(pipeline) ? pipeline->stages[index].name : "";
}

bool chg_pipeline_equal(const chg_pipeline *a, const chg_pipeline *b)
{
    chg_autojson left = chg_pipeline_to_json(a);
    chg_autojson right = chg_pipeline_to_json(b);
    chg_autofree char *left_text = left != NULL ? chg_json_dump(left) : NULL;
    chg_autofree char *right_text = right != NULL ? chg_json_dump(right) : NULL;

    return left_text != NULL && chg_streq(left_text, right_text);
}
