/* SPDX-License-Identifier: MIT */
/* Reading of stages, steps and post actions. */
#include "dsl/reader_priv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/map.h"
#include "base/str.h"

#include "base/banned.h"

#define POST_PREFIX "post:"

/* A list that must hold something; its items become zeroed room of the size given. */
static void *room_for(struct chg_reader *r, const struct chg_use *use, size_t size)
{
    void *room;

    if (!chg_expect_list(r, use))
        return NULL;
    if (use->value->count == 0) {
        chg_report_error(r, use->value, "%s%s%s must not be empty", CHG_USE(r, use));
        return NULL;
    }
    room = chg_calloc(use->value->count, size);
    if (room == NULL)
        chg_out_of_memory(r);
    return room;
}

/* Names are remembered with their places, so that a second use can name the first. */
static void check_unique(struct chg_reader *r, const char *what, const char *name,
                         const struct chg_node *node)
{
    const struct chg_node *first = chg_map_get(r->names, name);

    if (first != NULL)
        chg_report_error(r, node, "duplicate %s name '%s', first used in line %u, column %u", what,
                         name, first->place.line, first->place.column);
    else if (chg_map_put(r->names, name, (void *)(uintptr_t)node) < 0)
        chg_out_of_memory(r);
}

void chg_read_stage_name(struct chg_reader *r, const struct chg_use *use, void *target)
{
    char **name = target;

    chg_read_name(r, use, name);
    r->subject.stage_name = *name;
    if (*name == NULL)
        return;
    check_unique(r, "stage", *name, use->value);
    if (chg_starts_with(*name, POST_PREFIX))
        chg_report_error(r, use->value, "a stage name must not begin with '%s'", POST_PREFIX);
}

void chg_read_step_name(struct chg_reader *r, const struct chg_use *use, void *target)
{
    char **name = target;

    chg_read_name(r, use, name);
    r->subject.step_name = *name;
    if (*name != NULL)
        check_unique(r, "step", *name, use->value);
}

static const char *infer_type(const struct chg_step *step)
{
    if (step->service != NULL || step->compose_file != NULL)
        return "docker-compose";
    return step->container.image != NULL ? "docker" : "shell";
}

static bool has_container_keys(const struct chg_container *container)
{
    return container->volumes.len > 0 || container->workdir != NULL || container->network != NULL ||
           container->pull_policy != NULL || container->docker_args.len > 0;
}

/* Keys that contradict the step's type, or are needed by it. Types of plugins take any. */
static void check_type(struct chg_reader *r, const struct chg_node *map,
                       const struct chg_step *step)
{
    bool shell = chg_streq(step->type, "shell");
    bool docker = chg_streq(step->type, "docker");
    bool compose = chg_streq(step->type, "docker-compose");

    if (docker && step->container.image == NULL)
        chg_report_missing(r, map, chg_key_find(CHG_SCOPE_STEP, "image"));
    if (compose && step->service == NULL)
        chg_report_missing(r, map, chg_key_find(CHG_SCOPE_STEP, "service"));
    if ((shell || compose) && step->container.image != NULL)
        chg_report_error(r, map, "a step of type %s takes no %s%s%s", step->type,
                         CHG_KEY(r, "image"));
    if ((shell || docker) && (step->service != NULL || step->compose_file != NULL))
        chg_report_error(r, map, "a step of type %s takes no %s%s%s", step->type,
                         CHG_KEY(r, step->service != NULL ? "service" : "compose-file"));
    if (shell && step->container.image == NULL && has_container_keys(&step->container))
        chg_report_warning(r, map, "container keys have no effect on a step without an image");
}

static void read_step(struct chg_reader *r, const struct chg_node *node, struct chg_step *step)
{
    size_t errors = r->diags->errors;

    if (node->kind != CHG_NODE_MAP) {
        chg_report_error(r, node, "must be a map");
        return;
    }
    chg_read_map(r, CHG_SCOPE_STEP, node, step);
    if (r->diags->errors > errors)
        return;
    if (step->type == NULL)
        chg_keep_text(r, &step->type, infer_type(step));
    check_type(r, node, step);
}

static void read_step_list(struct chg_reader *r, const struct chg_node *list,
                           struct chg_steps *steps)
{
    struct chg_map names = CHG_MAP_INIT(NULL);
    struct chg_map *outer = r->names;

    r->names = &names;
    for (; steps->len < list->count && r->failed == 0; steps->len++) {
        r->subject.step = steps->len + 1;
        r->subject.step_name = NULL;
        read_step(r, list->items[steps->len], &steps->items[steps->len]);
    }
    r->subject.step = 0;
    r->subject.step_name = NULL;
    r->names = outer;
    chg_map_fini(&names);
}

/* The limit of a whole file; counted before the steps are looked at. */
static bool count_steps(struct chg_reader *r, const struct chg_node *node)
{
    size_t before = r->step_total;

    r->step_total += node->count;
    if (r->step_total <= CHG_MAX_STEPS)
        return true;
    if (before <= CHG_MAX_STEPS)
        chg_report_error(r, node, "the pipeline has more than %d steps", CHG_MAX_STEPS);
    return false;
}

void chg_read_steps(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_stage *stage = target;
    struct chg_steps steps = {0};

    if (use->value->kind == CHG_NODE_VECTOR && !count_steps(r, use->value))
        return;
    steps.items = room_for(r, use, sizeof(*steps.items));
    if (steps.items == NULL)
        return;
    read_step_list(r, use->value, &steps);
    stage->steps = steps.items;
    stage->step_count = steps.len;
}

static void read_stage(struct chg_reader *r, const struct chg_node *node, struct chg_stage *stage)
{
    if (node->kind != CHG_NODE_MAP)
        chg_report_error(r, node, "must be a map");
    else
        chg_read_map(r, CHG_SCOPE_STAGE, node, stage);
}

void chg_read_stages(struct chg_reader *r, const struct chg_use *use, void *target)
{
    chg_pipeline *pipeline = target;
    struct chg_map names = CHG_MAP_INIT(NULL);

    if (use->value->kind == CHG_NODE_VECTOR && use->value->count > CHG_MAX_STAGES) {
        chg_report_error(r, use->value, "the pipeline has %zu stages, the limit is %d",
                         use->value->count, CHG_MAX_STAGES);
        return;
    }
    pipeline->stages = room_for(r, use, sizeof(*pipeline->stages));
    if (pipeline->stages == NULL)
        return;
    r->names = &names;
    for (; pipeline->stage_count < use->value->count && r->failed == 0; pipeline->stage_count++) {
        r->subject = (struct chg_subject){.stage = pipeline->stage_count + 1};
        read_stage(r, use->value->items[pipeline->stage_count],
                   &pipeline->stages[pipeline->stage_count]);
    }
    r->subject = (struct chg_subject){0};
    r->names = NULL;
    chg_map_fini(&names);
}

/* target is the pipeline moved by the row's offset, which here is the number of the group. */
void chg_read_post_group(struct chg_reader *r, const struct chg_use *use, void *target)
{
    size_t group = use->key->offset;
    struct chg_steps *steps = &r->pipeline->post[group];

    (void)target;
    if (use->value->kind != CHG_NODE_VECTOR) {
        chg_report_error(r, use->value, "%s%s%s %s must be %s",
                         CHG_KEY(r, r->dialect->canonical ? "post-actions" : "post"),
                         chg_post_group_names[group], r->dialect->list);
        return;
    }
    if (use->value->count == 0 || !count_steps(r, use->value))
        return;
    steps->items = chg_calloc(use->value->count, sizeof(*steps->items));
    if (steps->items == NULL) {
        chg_out_of_memory(r);
        return;
    }
    r->subject = (struct chg_subject){.group = chg_post_group_names[group]};
    read_step_list(r, use->value, steps);
    r->subject = (struct chg_subject){0};
}

void chg_read_post(struct chg_reader *r, const struct chg_use *use, void *target)
{
    if (chg_expect_map(r, use))
        chg_read_map(r, CHG_SCOPE_POST, use->value, target);
}
