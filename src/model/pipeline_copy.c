/* SPDX-License-Identifier: MIT */
/* Deep copies of pipelines and their parts, for plans. A half-made copy is released by the function
 * that made it. */
#include "model/pipeline.h"

#include "base/cleanup.h"
#include "base/error.h"

#include "base/banned.h"

#define NO_MEMORY CHENGIS_ERR_NO_MEMORY

static int copy_text(char **out, const char *from)
{
    *out = chg_strdup(from);
    return *out == NULL && from != NULL ? NO_MEMORY : 0;
}

static int copy_kvlist(struct chg_kvlist *out, const struct chg_kvlist *from)
{
    *out = (struct chg_kvlist)CHG_KVLIST_INIT;
    return chg_kvlist_merge(out, from);
}

/* Room for count zeroed items; NULL for none. */
static int copy_room(void **out, size_t count, size_t size)
{
    *out = count > 0 ? chg_calloc(count, size) : NULL;
    return *out == NULL && count > 0 ? NO_MEMORY : 0;
}

int chg_container_copy(struct chg_container *out, const struct chg_container *from)
{
    struct chg_container copy = {0};

    if (copy_text(&copy.image, from->image) < 0 || copy_text(&copy.workdir, from->workdir) < 0 ||
        copy_text(&copy.network, from->network) < 0 ||
        copy_text(&copy.pull_policy, from->pull_policy) < 0 ||
        chg_strings_copy(&copy.volumes, &from->volumes) < 0 ||
        chg_strings_copy(&copy.docker_args, &from->docker_args) < 0) {
        chg_container_fini(&copy);
        return NO_MEMORY;
    }
    *out = copy;
    return 0;
}

int chg_container_dup(struct chg_container **out, const struct chg_container *from)
{
    struct chg_container *copy;

    *out = NULL;
    if (from == NULL)
        return 0;
    copy = chg_new(struct chg_container);
    if (copy == NULL)
        return NO_MEMORY;
    if (chg_container_copy(copy, from) < 0) {
        chg_free(copy);
        return NO_MEMORY;
    }
    *out = copy;
    return 0;
}

static int approval_dup(struct chg_approval **out, const struct chg_approval *from)
{
    if (from == NULL)
        return 0;
    *out = chg_new(struct chg_approval);
    if (*out == NULL)
        return NO_MEMORY;
    (*out)->timeout_minutes = from->timeout_minutes;
    (*out)->min_approvals = from->min_approvals;
    if (copy_text(&(*out)->message, from->message) < 0 ||
        copy_text(&(*out)->role, from->role) < 0 ||
        chg_strings_copy(&(*out)->approver_group, &from->approver_group) < 0)
        return NO_MEMORY;
    return 0;
}

int chg_step_copy(struct chg_step *out, const struct chg_step *from)
{
    struct chg_step copy = {.timeout_ms = from->timeout_ms};

    if (copy_text(&copy.name, from->name) < 0 || copy_text(&copy.type, from->type) < 0 ||
        copy_text(&copy.command, from->command) < 0 || copy_kvlist(&copy.env, &from->env) < 0 ||
        copy_text(&copy.dir, from->dir) < 0 ||
        chg_condition_copy(&copy.condition, from->condition) < 0 ||
        chg_container_copy(&copy.container, &from->container) < 0 ||
        copy_text(&copy.service, from->service) < 0 ||
        copy_text(&copy.compose_file, from->compose_file) < 0) {
        chg_step_fini(&copy);
        return NO_MEMORY;
    }
    *out = copy;
    return 0;
}

static int copy_steps(struct chg_steps *out, const struct chg_step *from, size_t count)
{
    if (copy_room((void **)&out->items, count, sizeof(*out->items)) < 0)
        return NO_MEMORY;
    for (; out->len < count; out->len++) {
        if (chg_step_copy(&out->items[out->len], &from[out->len]) < 0)
            return NO_MEMORY;
    }
    return 0;
}

int chg_stage_copy(struct chg_stage *out, const struct chg_stage *from)
{
    struct chg_stage copy = {.parallel = from->parallel};
    struct chg_steps steps = {0};
    int rc = copy_steps(&steps, from->steps, from->step_count);

    copy.steps = steps.items;
    copy.step_count = steps.len;
    if (rc < 0 || copy_text(&copy.name, from->name) < 0 ||
        chg_condition_copy(&copy.condition, from->condition) < 0 ||
        chg_container_dup(&copy.container, from->container) < 0 ||
        approval_dup(&copy.approval, from->approval) < 0 ||
        copy_kvlist(&copy.matrix_combination, &from->matrix_combination) < 0 ||
        copy_text(&copy.matrix_stage, from->matrix_stage) < 0) {
        chg_stage_fini(&copy);
        return NO_MEMORY;
    }
    *out = copy;
    return 0;
}

static int copy_parameter(struct chg_parameter *out, const struct chg_parameter *from)
{
    if (copy_text(&out->name, from->name) < 0 || copy_text(&out->type, from->type) < 0 ||
        chg_strings_copy(&out->choices, &from->choices) < 0 ||
        copy_text(&out->default_value, from->default_value) < 0 ||
        copy_text(&out->description, from->description) < 0)
        return NO_MEMORY;
    return 0;
}

static int copy_matrix(struct chg_matrix *out, const struct chg_matrix *from)
{
    if (copy_room((void **)&out->dimensions, from->dimension_count, sizeof(*out->dimensions)) < 0 ||
        copy_room((void **)&out->excludes, from->exclude_count, sizeof(*out->excludes)) < 0)
        return NO_MEMORY;
    out->dimension_count = from->dimension_count;
    out->exclude_count = from->exclude_count;
    for (size_t i = 0; i < from->dimension_count; i++) {
        if (copy_text(&out->dimensions[i].name, from->dimensions[i].name) < 0 ||
            chg_strings_copy(&out->dimensions[i].values, &from->dimensions[i].values) < 0)
            return NO_MEMORY;
    }
    for (size_t i = 0; i < from->exclude_count; i++) {
        if (copy_kvlist(&out->excludes[i], &from->excludes[i]) < 0)
            return NO_MEMORY;
    }
    return 0;
}

static int matrix_dup(struct chg_matrix **out, const struct chg_matrix *from)
{
    if (from == NULL)
        return 0;
    *out = chg_new(struct chg_matrix);
    return *out == NULL ? NO_MEMORY : copy_matrix(*out, from);
}

/* The JSON values are never changed once read, so copies share them. */
static int copy_lists(chg_pipeline *copy, const chg_pipeline *from)
{
    if (copy_room((void **)&copy->stages, from->stage_count, sizeof(*copy->stages)) < 0 ||
        copy_room((void **)&copy->parameters, from->parameter_count, sizeof(*copy->parameters)) <
            0 ||
        copy_room((void **)&copy->notify, from->notify_count, sizeof(*copy->notify)) < 0)
        return NO_MEMORY;
    for (; copy->stage_count < from->stage_count; copy->stage_count++) {
        if (chg_stage_copy(&copy->stages[copy->stage_count], &from->stages[copy->stage_count]) < 0)
            return NO_MEMORY;
    }
    copy->parameter_count = from->parameter_count;
    for (size_t i = 0; i < from->parameter_count; i++) {
        if (copy_parameter(&copy->parameters[i], &from->parameters[i]) < 0)
            return NO_MEMORY;
    }
    copy->notify_count = from->notify_count;
    for (size_t i = 0; i < from->notify_count; i++) {
        copy->notify[i].config = json_incref(from->notify[i].config);
        if (copy_text(&copy->notify[i].type, from->notify[i].type) < 0)
            return NO_MEMORY;
    }
    for (size_t i = 0; i < CHG_POST_GROUPS; i++) {
        if (copy_steps(&copy->post[i], from->post[i].items, from->post[i].len) < 0)
            return NO_MEMORY;
    }
    return 0;
}

static int copy_values(chg_pipeline *copy, const chg_pipeline *from)
{
    copy->triggers = json_incref(from->triggers);
    copy->source = json_incref(from->source);
    copy->timeout_ms = from->timeout_ms;
    if (copy_text(&copy->name, from->name) < 0 ||
        copy_text(&copy->description, from->description) < 0 ||
        chg_container_dup(&copy->container, from->container) < 0 ||
        copy_kvlist(&copy->env, &from->env) < 0 ||
        chg_strings_copy(&copy->artifacts, &from->artifacts) < 0 ||
        matrix_dup(&copy->matrix, from->matrix) < 0 ||
        copy_text(&copy->extends, from->extends) < 0 ||
        copy_text(&copy->on_interrupt, from->on_interrupt) < 0)
        return NO_MEMORY;
    return 0;
}

int chg_pipeline_copy(chg_pipeline **out, const chg_pipeline *from)
{
    chg_autopipeline copy = NULL;

    if (chg_pipeline_new(&copy) < 0 || copy_values(copy, from) < 0 || copy_lists(copy, from) < 0)
        return NO_MEMORY;
    *out = chg_steal(&copy);
    return 0;
}
