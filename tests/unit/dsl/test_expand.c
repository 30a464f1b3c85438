/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

/* "NAME|NAME|..." of the stages. */
static char *stage_names(const chg_pipeline *plan)
{
    struct chg_str out = CHG_STR_INIT;

    for (size_t i = 0; i < plan->stage_count; i++)
        chg_str_addf(&out, "%s%s", i > 0 ? "|" : "", plan->stages[i].name);
    return chg_str_take(&out);
}

#define MATRIX(text) "matrix: " text "\n"
#define TWO_STAGES                                                                                 \
    "stages:\n"                                                                                    \
    "  - {name: Build, steps: [{name: s, run: x, env: {MATRIX_OS: own, E: e}}]}\n"                 \
    "  - {name: Test, parallel: true, when: {branch: b}, steps: [{name: s, run: x}]}\n"

Test(dsl_expand, without_a_matrix_nothing_changes)
{
    chg_autopipeline plan = read_good(TWO_STAGES, "yaml");
    chg_autopipeline before = read_good(TWO_STAGES, "yaml");

    assert_ok(chg_plan_expand_matrix(plan, 0));

    cr_expect(chg_pipeline_equal(plan, before));
}

Test(dsl_expand, first_dimension_is_slowest_and_names_are_sorted)
{
    chg_autopipeline plan =
        read_good(MATRIX("{os: [linux, mac], jdk: [11, 17]}") TWO_STAGES, "yaml");
    chg_autofree char *names = NULL;

    assert_ok(chg_plan_expand_matrix(plan, 0));
    names = stage_names(plan);

    cr_expect_str_eq(names, "Build [jdk=11, os=linux]|Build [jdk=17, os=linux]|"
                            "Build [jdk=11, os=mac]|Build [jdk=17, os=mac]|"
                            "Test [jdk=11, os=linux]|Test [jdk=17, os=linux]|"
                            "Test [jdk=11, os=mac]|Test [jdk=17, os=mac]");
}

Test(dsl_expand, copies_know_their_combination_and_their_stage)
{
    chg_autopipeline plan = read_good(MATRIX("{os-name: [linux], v: [1.10]}") TWO_STAGES, "yaml");
    const struct chg_stage *stage;

    assert_ok(chg_plan_expand_matrix(plan, 0));
    stage = &plan->stages[1];

    cr_expect_str_eq(stage->matrix_stage, "Test");
    cr_expect_str_eq(chg_kvlist_get(&stage->matrix_combination, "v"), "1.10");
    cr_expect_str_eq(chg_kvlist_get(&stage->steps[0].env, "MATRIX_OS_NAME"), "linux");
    cr_expect_str_eq(chg_kvlist_get(&stage->steps[0].env, "MATRIX_V"), "1.10");
    cr_expect(stage->parallel);
    cr_expect_not_null(stage->condition);
}

Test(dsl_expand, the_steps_own_variables_win_over_the_matrix)
{
    chg_autopipeline plan = read_good(MATRIX("{os: [linux]}") TWO_STAGES, "yaml");

    assert_ok(chg_plan_expand_matrix(plan, 0));

    cr_expect_str_eq(chg_kvlist_get(&plan->stages[0].steps[0].env, "MATRIX_OS"), "own");
    cr_expect_str_eq(chg_kvlist_get(&plan->stages[0].steps[0].env, "E"), "e");
}

Test(dsl_expand, a_plan_is_not_expanded_twice)
{
    chg_autopipeline plan = read_good(MATRIX("{os: [linux, mac]}") TWO_STAGES, "yaml");

    assert_ok(chg_plan_expand_matrix(plan, 0));
    assert_ok(chg_plan_expand_matrix(plan, 0));

    cr_expect_eq(plan->stage_count, 4);
}

Test(dsl_expand, partial_excludes_match_broadly)
{
    chg_autopipeline plan = read_good(
        MATRIX("{os: [a, b], v: [1, 2], exclude: [{os: b}, {os: a, v: 2}]}") ONE_STAGE, "yaml");
    chg_autofree char *names = NULL;

    assert_ok(chg_plan_expand_matrix(plan, 0));
    names = stage_names(plan);

    cr_expect_str_eq(names, "A [os=a, v=1]");
}

Test(dsl_expand, excluding_everything_is_an_error)
{
    chg_autopipeline plan =
        read_good(MATRIX("{os: [a, b], exclude: [{os: a}, {os: b}]}") ONE_STAGE, "yaml");

    assert_err(chg_plan_expand_matrix(plan, 0), CHENGIS_ERR_PIPELINE,
               "Matrix excludes leave no combination");
    cr_expect_eq(plan->stage_count, 1);
}

Test(dsl_expand, twenty_five_combinations_are_the_limit)
{
    chg_autopipeline most =
        read_good(MATRIX("{a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5]}") ONE_STAGE, "yaml");
    chg_autopipeline more = read_good(
        MATRIX("{a: [1, 2], b: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]}") ONE_STAGE, "yaml");

    assert_ok(chg_plan_expand_matrix(most, 0));
    assert_err(chg_plan_expand_matrix(more, 0), CHENGIS_ERR_PIPELINE,
               "Matrix produces 26 combinations, exceeding limit of 25");
    assert_ok(chg_plan_expand_matrix(more, 26));
}

Test(dsl_expand, the_limit_counts_what_excludes_leave)
{
    chg_autopipeline plan = read_good(
        MATRIX("{a: [1, 2, 3], b: [1, 2, 3], exclude: [{a: 1}, {a: 2}]}") ONE_STAGE, "yaml");

    assert_err(chg_plan_expand_matrix(plan, 2), CHENGIS_ERR_PIPELINE,
               "Matrix produces 3 combinations, exceeding limit of 2");
    assert_ok(chg_plan_expand_matrix(plan, 3));
}

/* count dimensions of ten values each. */
static chg_pipeline *wide_matrix(int count, const char *exclude)
{
    struct chg_str text = CHG_STR_INIT;
    chg_pipeline *plan;

    chg_str_add(&text, "matrix:\n");
    for (int i = 0; i < count; i++)
        chg_str_addf(&text, "  d%d: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n", i);
    chg_str_addf(&text, "%s" ONE_STAGE, exclude);
    plan = read_good(text.ptr, "yaml");
    chg_str_fini(&text);
    return plan;
}

Test(dsl_expand, a_product_beyond_a_machine_word_is_refused_at_once)
{
    chg_autopipeline plan = wide_matrix(32, "");

    assert_err(
        chg_plan_expand_matrix(plan, 0), CHENGIS_ERR_PIPELINE,
        "Matrix produces more than 10000000000000000000 combinations, exceeding limit of 25");
}

Test(dsl_expand, excludes_are_not_tried_on_millions)
{
    chg_autopipeline plan = wide_matrix(7, "  exclude: [{d0: 1}]\n");

    assert_err(chg_plan_expand_matrix(plan, 0), CHENGIS_ERR_PIPELINE,
               "Matrix produces 10000000 combinations, exceeding limit of 25");
}

Test(dsl_expand, stages_and_steps_keep_their_limits)
{
    struct chg_str text = CHG_STR_INIT;
    chg_autopipeline stages = NULL;
    chg_autopipeline steps = NULL;

    chg_str_add(&text, MATRIX("{a: [1, 2]}") "stages:\n");
    for (int i = 0; i < 251; i++)
        chg_str_addf(&text, "- {name: s%d, steps: [{name: a, run: x}]}\n", i);
    stages = read_good(text.ptr, "yaml");
    chg_str_reset(&text);
    chg_str_add(&text, MATRIX("{a: [1, 2]}") "stages:\n- name: A\n  steps:\n");
    for (int i = 0; i < 2501; i++)
        chg_str_addf(&text, "  - {name: s%d, run: x}\n", i);
    steps = read_good(text.ptr, "yaml");

    assert_err(chg_plan_expand_matrix(stages, 0), CHENGIS_ERR_PIPELINE,
               "Pipeline has 502 stages after matrix expansion, exceeding limit of 500");
    assert_err(chg_plan_expand_matrix(steps, 0), CHENGIS_ERR_PIPELINE,
               "Pipeline has 5002 steps after matrix expansion, exceeding limit of 5000");
    chg_str_fini(&text);
}

Test(dsl_expand, every_failing_allocation_leaves_the_plan_as_it_was)
{
    static const char text[] = MATRIX("{os: [linux, mac], v: [1]}") TWO_STAGES;
    unsigned failures = 0;

    for (bool reached = true; reached; failures++) {
        chg_autopipeline plan = read_good(text, "yaml");
        int rc;

        fault_alloc(failures + 1);
        rc = chg_plan_expand_matrix(plan, 0);
        reached = fault_alloc_off();
        cr_expect_eq(rc, reached ? CHENGIS_ERR_NO_MEMORY : 0);
        cr_expect_eq(plan->stage_count, reached ? 2 : 4);
    }
    cr_expect_gt(failures, 20);
}

Test(dsl_expand, the_pipelines_container_reaches_stages_without_their_own)
{
    chg_autopipeline plan = read_good("container: {image: top}\n"
                                      "stages:\n"
                                      "  - {name: A, steps: [{name: s, run: x}]}\n"
                                      "  - {name: B, container: {image: own}, "
                                      "steps: [{name: s, run: x}]}\n"
                                      "post: {always: [{name: p, run: x}]}\n",
                                      "yaml");

    assert_ok(chg_plan_propagate_container(plan));

    cr_expect_str_eq(plan->stages[0].container->image, "top");
    cr_expect_str_eq(plan->stages[0].steps[0].type, "docker");
    cr_expect_str_eq(plan->stages[0].steps[0].container.image, "top");
    cr_expect_str_eq(plan->stages[1].steps[0].container.image, "own");
    cr_expect_str_eq(plan->post[CHG_POST_ALWAYS].items[0].type, "shell");
}

Test(dsl_expand, only_shell_steps_move_into_the_container)
{
    chg_autopipeline plan =
        read_good("stages:\n"
                  "  - name: A\n"
                  "    container: {image: own, workdir: /c, volumes: [c], network: n, "
                  "pull-policy: never, docker-args: [-i]}\n"
                  "    steps:\n"
                  "      - {name: sh, run: x, workdir: /s, volumes: [s1, s2]}\n"
                  "      - {name: docker, run: x, image: mine}\n"
                  "      - {name: compose, run: x, service: web}\n"
                  "      - {name: plugin, run: x, type: terraform}\n",
                  "yaml");
    const struct chg_step *steps = plan->stages[0].steps;

    assert_ok(chg_plan_propagate_container(plan));

    cr_expect_str_eq(steps[0].container.workdir, "/c");
    cr_expect_eq(steps[0].container.volumes.len, 1);
    cr_expect_str_eq(steps[0].container.network, "n");
    cr_expect_str_eq(steps[0].container.pull_policy, "never");
    cr_expect_str_eq(steps[0].container.docker_args.items[0], "-i");
    cr_expect_str_eq(steps[1].container.image, "mine");
    cr_expect_null(steps[1].container.workdir);
    cr_expect_null(steps[2].container.image);
    cr_expect_str_eq(steps[2].type, "docker-compose");
    cr_expect_str_eq(steps[3].type, "terraform");
}

Test(dsl_expand, a_steps_settings_stay_where_the_container_says_nothing)
{
    chg_autopipeline plan =
        read_good("stages:\n"
                  "  - name: A\n"
                  "    container: {image: own}\n"
                  "    steps: [{name: sh, run: x, workdir: /s, volumes: [s]}]\n",
                  "yaml");

    assert_ok(chg_plan_propagate_container(plan));

    cr_expect_str_eq(plan->stages[0].steps[0].container.workdir, "/s");
    cr_expect_eq(plan->stages[0].steps[0].container.volumes.len, 1);
}
