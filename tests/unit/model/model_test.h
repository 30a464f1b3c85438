/* SPDX-License-Identifier: MIT */
/* A pipeline with every member set, made by hand. */
#ifndef MODEL_TEST_H
#define MODEL_TEST_H

#include "base/alloc.h"
#include "model/pipeline.h"
#include "support.h"

static inline char *text(const char *value)
{
    return chg_strdup(value);
}

static inline struct chg_condition *branch_condition(const char *branch)
{
    struct chg_condition *condition = NULL;

    assert_ok(chg_condition_new(&condition, CHG_CONDITION_BRANCH));
    assert_ok(chg_strings_add(&condition->values, branch));
    return condition;
}

static inline struct chg_condition *param_condition(const char *name, const char *value)
{
    struct chg_condition *condition = NULL;

    assert_ok(chg_condition_new(&condition, CHG_CONDITION_PARAM));
    condition->param = text(name);
    if (value != NULL)
        assert_ok(chg_strings_add(&condition->values, value));
    return condition;
}

static inline void fill_container(struct chg_container *container)
{
    container->image = text("alpine");
    assert_ok(chg_strings_add(&container->volumes, "a:b"));
    container->workdir = text("/w");
    container->network = text("host");
    container->pull_policy = text("never");
    assert_ok(chg_strings_add(&container->docker_args, "--rm"));
}

static inline void fill_step(struct chg_step *step, const char *name)
{
    step->name = text(name);
    step->type = text("docker-compose");
    step->command = text("make");
    assert_ok(chg_kvlist_put(&step->env, "A", "1"));
    step->dir = text("sub");
    step->timeout_ms = 5;
    step->condition = param_condition("p", NULL);
    fill_container(&step->container);
    step->service = text("web");
    step->compose_file = text("c.yml");
}

static inline void fill_stage(struct chg_stage *stage)
{
    stage->name = text("Build [os=a]");
    stage->parallel = true;
    stage->steps = chg_calloc(2, sizeof(*stage->steps));
    stage->step_count = 2;
    fill_step(&stage->steps[0], "one");
    fill_step(&stage->steps[1], "two");
    assert_ok(chg_condition_new(&stage->condition, CHG_CONDITION_ALL));
    assert_ok(chg_condition_add_child(stage->condition, branch_condition("main")));
    assert_ok(chg_condition_add_child(stage->condition, param_condition("p", "v")));
    stage->container = chg_new(struct chg_container);
    fill_container(stage->container);
    stage->approval = chg_new(struct chg_approval);
    stage->approval->message = text("ok?");
    stage->approval->role = text("admin");
    stage->approval->timeout_minutes = 3;
    assert_ok(chg_strings_add(&stage->approval->approver_group, "ann"));
    stage->approval->min_approvals = 2;
    assert_ok(chg_kvlist_put(&stage->matrix_combination, "os", "a"));
    stage->matrix_stage = text("Build");
}

static inline void fill_matrix(chg_pipeline *pipeline)
{
    struct chg_matrix *matrix = pipeline->matrix = chg_new(struct chg_matrix);

    matrix->dimensions = chg_calloc(1, sizeof(*matrix->dimensions));
    matrix->dimension_count = 1;
    matrix->dimensions[0].name = text("os");
    assert_ok(chg_strings_add(&matrix->dimensions[0].values, "a"));
    assert_ok(chg_strings_add(&matrix->dimensions[0].values, "b"));
    matrix->excludes = chg_calloc(1, sizeof(*matrix->excludes));
    matrix->exclude_count = 1;
    assert_ok(chg_kvlist_put(&matrix->excludes[0], "os", "b"));
}

static inline chg_pipeline *full_pipeline(void)
{
    chg_pipeline *p = NULL;

    assert_ok(chg_pipeline_new(&p));
    p->name = text("app");
    p->description = text("an app");
    p->stages = chg_calloc(1, sizeof(*p->stages));
    p->stage_count = 1;
    fill_stage(&p->stages[0]);
    p->parameters = chg_calloc(1, sizeof(*p->parameters));
    p->parameter_count = 1;
    p->parameters[0] = (struct chg_parameter){.name = text("p"),
                                              .type = text("choice"),
                                              .default_value = text("v"),
                                              .description = text("d")};
    assert_ok(chg_strings_add(&p->parameters[0].choices, "v"));
    p->triggers = json_pack("{s:{}}", "push");
    p->source = json_pack("{s:s}", "type", "git");
    assert_ok(chg_container_dup(&p->container, p->stages[0].container));
    assert_ok(chg_kvlist_put(&p->env, "E", "e"));
    for (size_t i = 0; i < CHG_POST_GROUPS; i++) {
        p->post[i].items = chg_calloc(1, sizeof(*p->post[i].items));
        p->post[i].len = 1;
        fill_step(&p->post[i].items[0], chg_post_group_names[i]);
    }
    assert_ok(chg_strings_add(&p->artifacts, "*.jar"));
    p->notify = chg_calloc(1, sizeof(*p->notify));
    p->notify_count = 1;
    p->notify[0].type = text("slack");
    p->notify[0].config = json_pack("{s:s}", "channel", "#a");
    fill_matrix(p);
    p->extends = text("base");
    p->on_interrupt = text("rerun");
    p->timeout_ms = 7;
    return p;
}

#endif
