/* SPDX-License-Identifier: MIT */
/* The canonical map of a pipeline as JSON: fixed key names in fixed order, only keys that say
 * something. */
#include "model/pipeline.h"

#include "base/error.h"

#include "base/banned.h"

/* Collects keys of one object; the first failure sticks. */
struct object {
    json_t *value;
    int failed;
};

static struct object object_new(void)
{
    struct object object = {json_object(), 0};

    object.failed = object.value == NULL;
    return object;
}

/* Takes value. */
static void set(struct object *object, const char *key, json_t *value)
{
    object->failed |= chg_json_set_take(object->value, key, value) < 0;
}

static void set_text(struct object *object, const char *key, const char *text)
{
    if (text != NULL)
        object->failed |= chg_json_set_str(object->value, key, text) < 0;
}

static void set_number(struct object *object, const char *key, int64_t number)
{
    object->failed |= chg_json_set_i64(object->value, key, number) < 0;
}

static json_t *finish(struct object *object)
{
    if (!object->failed)
        return object->value;
    json_decref(object->value);
    (void)chg_error_no_memory();
    return NULL;
}

/* Takes item and list; NULL of either gives NULL. */
static json_t *append(json_t *list, json_t *item)
{
    if (list == NULL) {
        json_decref(item);
        return NULL;
    }
    if (json_array_append_new(list, item) < 0) {
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *strings_json(const struct chg_strings *strings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < strings->len; i++)
        list = append(list, json_string(strings->items[i]));
    return list;
}

static void set_strings(struct object *object, const char *key, const struct chg_strings *strings)
{
    if (strings->len > 0)
        set(object, key, strings_json(strings));
}

static json_t *pairs_json(const struct chg_kvlist *pairs)
{
    struct object object = object_new();

    for (size_t i = 0; i < pairs->len; i++)
        set_text(&object, pairs->items[i].name, pairs->items[i].value);
    return finish(&object);
}

static void set_pairs(struct object *object, const char *key, const struct chg_kvlist *pairs)
{
    if (pairs->len > 0)
        set(object, key, pairs_json(pairs));
}

static json_t *children_json(const struct chg_condition *condition)
{
    json_t *list = json_array();

    for (size_t i = 0; i < condition->child_count; i++)
        list = append(list, chg_condition_to_json(condition->children[i]));
    return list;
}

json_t *chg_condition_to_json(const struct chg_condition *condition)
{
    struct object object = object_new();

    switch (condition->type) {
    case CHG_CONDITION_ALWAYS:
        set_text(&object, "type", "always");
        break;
    case CHG_CONDITION_BRANCH:
        set_text(&object, "type", "branch");
        if (condition->values.len == 1)
            set_text(&object, "value", condition->values.items[0]);
        else
            set(&object, "value", strings_json(&condition->values));
        break;
    case CHG_CONDITION_PARAM:
        set_text(&object, "type", "param");
        set_text(&object, "param", condition->param);
        set_text(&object, "value", condition->values.len > 0 ? condition->values.items[0] : NULL);
        break;
    case CHG_CONDITION_ALL:
        set_text(&object, "type", "all");
        set(&object, "conditions", children_json(condition));
        break;
    }
    return finish(&object);
}

static void set_condition(struct object *object, const struct chg_condition *condition)
{
    if (condition != NULL)
        set(object, "condition", chg_condition_to_json(condition));
}

/* Everything of a container but its image, which steps place elsewhere. */
static void set_container_keys(struct object *object, const struct chg_container *container)
{
    set_strings(object, "volumes", &container->volumes);
    set_text(object, "workdir", container->workdir);
    set_text(object, "network", container->network);
    set_text(object, "pull-policy", container->pull_policy);
    set_strings(object, "docker-args", &container->docker_args);
}

static void set_container(struct object *object, const struct chg_container *container)
{
    struct object inner;

    if (container == NULL)
        return;
    inner = object_new();
    set_text(&inner, "image", container->image);
    set_container_keys(&inner, container);
    set(object, "container", finish(&inner));
}

static void set_approval(struct object *object, const struct chg_approval *approval)
{
    struct object inner;

    if (approval == NULL)
        return;
    inner = object_new();
    set_text(&inner, "message", approval->message);
    set_text(&inner, "role", approval->role);
    if (approval->timeout_minutes >= 0)
        set_number(&inner, "timeout-minutes", approval->timeout_minutes);
    set_strings(&inner, "approver-group", &approval->approver_group);
    if (approval->min_approvals > 0)
        set_number(&inner, "min-approvals", approval->min_approvals);
    set(object, "approval", finish(&inner));
}

json_t *chg_step_to_json(const struct chg_step *step)
{
    struct object object = object_new();

    set_text(&object, "step-name", step->name);
    set_text(&object, "type", step->type);
    set_text(&object, "image", step->container.image);
    set_text(&object, "service", step->service);
    set_text(&object, "compose-file", step->compose_file);
    set_text(&object, "command", step->command);
    set_pairs(&object, "env", &step->env);
    set_text(&object, "dir", step->dir);
    if (step->timeout_ms > 0)
        set_number(&object, "timeout", step->timeout_ms);
    set_condition(&object, step->condition);
    set_container_keys(&object, &step->container);
    return finish(&object);
}

static json_t *steps_json(const struct chg_step *steps, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        list = append(list, chg_step_to_json(&steps[i]));
    return list;
}

static json_t *stage_json(const struct chg_stage *stage)
{
    struct object object = object_new();

    set_text(&object, "stage-name", stage->name);
    set(&object, "parallel?", json_boolean(stage->parallel));
    set_condition(&object, stage->condition);
    set_container(&object, stage->container);
    set_approval(&object, stage->approval);
    set_pairs(&object, "matrix-combination", &stage->matrix_combination);
    set_text(&object, "matrix-stage", stage->matrix_stage);
    set(&object, "steps", steps_json(stage->steps, stage->step_count));
    return finish(&object);
}

static json_t *parameter_json(const struct chg_parameter *parameter)
{
    struct object object = object_new();

    set_text(&object, "name", parameter->name);
    set_text(&object, "type", parameter->type);
    set_strings(&object, "choices", &parameter->choices);
    set_text(&object, "default", parameter->default_value);
    set_text(&object, "description", parameter->description);
    return finish(&object);
}

static void set_parameters(struct object *object, const chg_pipeline *pipeline)
{
    json_t *list;

    if (pipeline->parameter_count == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < pipeline->parameter_count; i++)
        list = append(list, parameter_json(&pipeline->parameters[i]));
    set(object, "parameters", list);
}

static void set_post(struct object *object, const chg_pipeline *pipeline)
{
    struct object groups = object_new();

    for (size_t i = 0; i < CHG_POST_GROUPS; i++) {
        const struct chg_steps *steps = &pipeline->post[i];

        if (steps->len > 0)
            set(&groups, chg_post_group_names[i], steps_json(steps->items, steps->len));
    }
    if (groups.failed || json_object_size(groups.value) > 0)
        set(object, "post-actions", finish(&groups));
    else
        json_decref(groups.value);
}

static json_t *notify_json(const struct chg_notify *notify)
{
    struct object object = object_new();

    set_text(&object, "type", notify->type);
    if (notify->config != NULL)
        object.failed |= json_object_update(object.value, notify->config) < 0;
    return finish(&object);
}

static void set_notify(struct object *object, const chg_pipeline *pipeline)
{
    json_t *list;

    if (pipeline->notify_count == 0)
        return;
    list = json_array();
    for (size_t i = 0; i < pipeline->notify_count; i++)
        list = append(list, notify_json(&pipeline->notify[i]));
    set(object, "notify", list);
}

static void set_matrix(struct object *object, const struct chg_matrix *matrix)
{
    struct object inner;

    if (matrix == NULL)
        return;
    inner = object_new();
    for (size_t i = 0; i < matrix->dimension_count; i++)
        set(&inner, matrix->dimensions[i].name, strings_json(&matrix->dimensions[i].values));
    if (matrix->exclude_count > 0) {
        json_t *list = json_array();

        for (size_t i = 0; i < matrix->exclude_count; i++)
            list = append(list, pairs_json(&matrix->excludes[i]));
        set(&inner, "exclude", list);
    }
    set(object, "matrix", finish(&inner));
}

json_t *chg_pipeline_to_json(const chg_pipeline *pipeline)
{
    struct object object = object_new();
    json_t *stages = json_array();

    set_text(&object, "pipeline-name", pipeline->name);
    set_text(&object, "description", pipeline->description);
    for (size_t i = 0; i < pipeline->stage_count; i++)
        stages = append(stages, stage_json(&pipeline->stages[i]));
    set(&object, "stages", stages);
    set_parameters(&object, pipeline);
    if (pipeline->triggers != NULL)
        set(&object, "triggers", json_incref(pipeline->triggers));
    if (pipeline->source != NULL)
        set(&object, "source", json_incref(pipeline->source));
    set_container(&object, pipeline->container);
    set_pairs(&object, "env", &pipeline->env);
    set_post(&object, pipeline);
    set_strings(&object, "artifacts", &pipeline->artifacts);
    set_notify(&object, pipeline);
    set_matrix(&object, pipeline->matrix);
    set_text(&object, "extends", pipeline->extends);
    set_text(&object, "on-interrupt", pipeline->on_interrupt);
    if (pipeline->timeout_ms > 0)
        set_number(&object, "timeout", pipeline->timeout_ms);
    return finish(&object);
}
