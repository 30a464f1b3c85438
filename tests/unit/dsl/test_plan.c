/* SPDX-License-Identifier: MIT */
#include <chengis/pipeline.h>

#include "base/json.h"
#include "dsl_test.h"

/* The plan of a YAML text as JSON. */
static json_t *plan_of(const char *text, const chengis_plan_options *opts)
{
    chg_autopipeline pipeline = read_good(text, "yaml");
    chg_autofree char *plan = NULL;

    assert_ok(chengis_pipeline_plan(&plan, pipeline, opts));
    return chg_json_parse(plan, strlen(plan));
}

static json_t *stage_at(const json_t *plan, size_t i)
{
    return json_array_get(json_object_get(plan, "stages"), i);
}

static json_t *step_at(const json_t *plan, size_t stage, size_t i)
{
    return json_array_get(json_object_get(stage_at(plan, stage), "steps"), i);
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

Test(dsl_plan, says_everything_of_a_shell_step)
{
    chg_autopipeline pipeline =
        read_good("name: p\nenv: {TOP: t}\n"
                  "stages: [{name: A, steps: [{name: s, run: make, dir: sub, timeout: 2s, "
                  "env: {OWN: o}}]}]\n",
                  "yaml");
    chg_autofree char *plan = NULL;

    assert_ok(chengis_pipeline_plan(&plan, pipeline, NULL));

    cr_expect_str_eq(plan,
                     "{\"pipeline-name\":\"p\",\"stages\":[{\"stage-name\":\"A\",\"depends-on\":[],"
                     "\"runs\":true,\"reason\":null,\"parallel?\":false,\"matrix-combination\":{},"
                     "\"steps\":[{\"step-name\":\"s\",\"type\":\"shell\",\"runs\":true,\"reason\":"
                     "null,\"argv\":[\"/bin/sh\",\"-e\",\"-c\",\"make\"],\"env\":{\"CI\":\"true\","
                     "\"CHENGIS\":\"true\",\"JOB_NAME\":\"p\",\"WORKSPACE\":\".\",\"TOP\":\"t\","
                     "\"OWN\":\"o\"},\"dir\":\"sub\",\"timeout-ms\":2000}]}],\"post-actions\":{}}");
}

Test(dsl_plan, conditions_are_decided_by_branch_and_parameters)
{
    chengis_pair parameters[] = {{"env", "prod"}};
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    chg_autojson plan = NULL;

    opts.parameters = parameters;
    opts.parameter_count = 1;
    opts.branch = "dev";
    plan = plan_of("stages:\n"
                   "  - {name: A, when: {branch: main}, steps: [{name: s, run: x}]}\n"
                   "  - name: B\n"
                   "    when: {branch: dev}\n"
                   "    steps:\n"
                   "      - {name: s, run: x, when: {param: env, value: prod}}\n"
                   "      - {name: t, run: x, when: {param: env, value: dev}}\n",
                   &opts);

    cr_expect(json_is_false(json_object_get(stage_at(plan, 0), "runs")));
    cr_expect_str_eq(text_at(stage_at(plan, 0), "reason"), "condition-unmet");
    cr_expect(json_is_false(json_object_get(step_at(plan, 0, 0), "runs")));
    cr_expect(json_is_true(json_object_get(step_at(plan, 1, 0), "runs")));
    cr_expect(json_is_null(json_object_get(step_at(plan, 1, 0), "reason")));
    cr_expect_str_eq(text_at(step_at(plan, 1, 1), "reason"), "condition-unmet");
}

Test(dsl_plan, the_branch_is_the_parameter_else_main)
{
    static const char text[] =
        "stages: [{name: A, when: {branch: main}, steps: [{name: s, run: x}]}]";
    chengis_pair parameters[] = {{"branch", "other"}};
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    chg_autojson by_default = plan_of(text, &opts);
    chg_autojson by_parameter = NULL;

    opts.parameters = parameters;
    opts.parameter_count = 1;
    by_parameter = plan_of(text, &opts);

    cr_expect(json_is_true(json_object_get(stage_at(by_default, 0), "runs")));
    cr_expect(json_is_false(json_object_get(stage_at(by_parameter, 0), "runs")));
}

Test(dsl_plan, secrets_are_shown_as_stars)
{
    const char *names[] = {"TOKEN"};
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    chg_autojson plan = NULL;

    opts.secret_names = names;
    opts.secret_count = 1;
    opts.workspace = "/ws";
    plan = plan_of(ONE_STAGE, &opts);

    cr_expect_str_eq(text_at(json_object_get(step_at(plan, 0, 0), "env"), "TOKEN"), "***");
    cr_expect_str_eq(text_at(json_object_get(step_at(plan, 0, 0), "env"), "WORKSPACE"), "/ws");
    cr_expect_str_eq(text_at(step_at(plan, 0, 0), "dir"), "/ws");
}

Test(dsl_plan, matrix_and_containers_are_applied)
{
    chg_autojson plan = plan_of("container: {image: alpine}\n"
                                "matrix: {os: [a, b]}\n"
                                "post: {on-failure: [{name: c, run: x}]}\n" ONE_STAGE,
                                NULL);
    json_t *step = step_at(plan, 1, 0);
    json_t *post = json_object_get(json_object_get(plan, "post-actions"), "on-failure");

    cr_expect_str_eq(text_at(stage_at(plan, 1), "stage-name"), "A [os=b]");
    cr_expect_str_eq(text_at(json_object_get(stage_at(plan, 1), "matrix-combination"), "os"), "b");
    cr_expect_str_eq(text_at(step, "type"), "docker");
    cr_expect_str_eq(text_at(step, "image"), "alpine");
    cr_expect_eq(json_array_size(json_object_get(step, "argv")), 0);
    cr_expect_str_eq(text_at(json_object_get(step, "env"), "MATRIX_OS"), "b");
    cr_expect_str_eq(text_at(json_array_get(post, 0), "type"), "shell");
}

Test(dsl_plan, too_many_combinations_are_refused)
{
    chg_autopipeline pipeline = read_good("matrix: {os: [a, b, c]}\n" ONE_STAGE, "yaml");
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    char *plan = NULL;

    opts.max_combinations = 2;

    assert_err(chengis_pipeline_plan(&plan, pipeline, &opts), CHENGIS_ERR_PIPELINE,
               "Matrix produces 3 combinations, exceeding limit of 2");
    cr_expect_null(plan);
}

Test(dsl_plan, defaults_are_shown_and_wrong_parameters_refused)
{
    static const char text[] =
        "parameters: {env: {type: choice, choices: [a, b], default: b}}\n" ONE_STAGE;
    chg_autopipeline pipeline = read_good(text, "yaml");
    chg_autojson plan = plan_of(text, NULL);
    chengis_pair parameters[] = {{"env", "c"}};
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    char *none = NULL;

    opts.parameters = parameters;
    opts.parameter_count = 1;

    cr_expect_str_eq(text_at(json_object_get(step_at(plan, 0, 0), "env"), "PARAM_ENV"), "b");
    assert_err(chengis_pipeline_plan(&none, pipeline, &opts), CHENGIS_ERR_INVALID,
               "parameter 'env' must be one of a, b");
}

Test(dsl_plan, the_pipeline_itself_is_not_changed)
{
    chg_autopipeline pipeline =
        read_good("container: {image: i}\nmatrix: {os: [a, b]}\n" ONE_STAGE, "yaml");
    chg_autopipeline before =
        read_good("container: {image: i}\nmatrix: {os: [a, b]}\n" ONE_STAGE, "yaml");
    chg_autofree char *plan = NULL;

    assert_ok(chengis_pipeline_plan(&plan, pipeline, NULL));

    cr_expect(chg_pipeline_equal(pipeline, before));
}

Test(dsl_plan, wrong_arguments_are_refused)
{
    chg_autopipeline pipeline = read_good(ONE_STAGE, "yaml");
    chengis_pair nameless[] = {{NULL, "x"}};
    chengis_plan_options opts = CHENGIS_PLAN_OPTIONS_INIT;
    char *plan = NULL;

    assert_err(chengis_pipeline_plan(NULL, pipeline, NULL), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_pipeline_plan(&plan, NULL, NULL), CHENGIS_ERR_INVALID, "pipeline");
    opts.parameter_count = 1;
    assert_err(chengis_pipeline_plan(&plan, pipeline, &opts), CHENGIS_ERR_INVALID, "parameters");
    opts.parameters = nameless;
    assert_err(chengis_pipeline_plan(&plan, pipeline, &opts), CHENGIS_ERR_INVALID, "name");
    opts.struct_size = 4;
    assert_err(chengis_pipeline_plan(&plan, pipeline, &opts), CHENGIS_ERR_INVALID,
               "chengis_plan_options");
}

Test(dsl_plan, every_failing_allocation_is_an_error)
{
    chg_autopipeline pipeline = read_good("matrix: {os: [a, b]}\n" ONE_STAGE, "yaml");
    unsigned failures = 0;

    for (bool reached = true; reached; failures++) {
        char *plan = NULL;
        int rc;

        fault_alloc(failures + 1);
        rc = chengis_pipeline_plan(&plan, pipeline, NULL);
        reached = fault_alloc_off();
        cr_expect(reached ? rc < 0 : rc == 0, "allocation %u: %d", failures + 1, rc);
        chg_free(plan);
    }
    cr_expect_gt(failures, 30);
}
