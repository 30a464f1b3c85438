/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

Test(dsl_read_stage, a_duplicate_name_tells_both_places)
{
    expect_refused("stages:\n"
                   "  - {name: A, steps: [{name: s, run: x}]}\n"
                   "  - {name: A, steps: [{name: s, run: x}]}\n",
                   "yaml",
                   "F:3:12: error: Stage 2 (A): duplicate stage name 'A', first used in line 2, "
                   "column 12");
}

Test(dsl_read_stage, step_names_are_unique_in_their_stage_only)
{
    chg_autopipeline pipeline = read_good("stages:\n"
                                          "  - {name: A, steps: [{name: s, run: x}]}\n"
                                          "  - {name: B, steps: [{name: s, run: x}]}\n"
                                          "post:\n"
                                          "  always: [{name: s, run: x}]\n"
                                          "  on-failure: [{name: s, run: x}]\n",
                                          "yaml");

    cr_expect_eq(pipeline->stage_count, 2);
    expect_refused("stages: [{name: A, steps: [{name: s, run: x}, {name: s, run: y}]}]", "yaml",
                   "Stage 1 (A), Step 2 (s): duplicate step name 's'");
    expect_refused(ONE_STAGE "post: {always: [{name: s, run: x}, {name: s, run: y}]}", "yaml",
                   "'post' always step 2 (s): duplicate step name 's'");
}

Test(dsl_read_stage, the_names_of_post_groups_are_taken)
{
    expect_refused("stages: [{name: 'post:always', steps: [{name: s, run: x}]}]", "yaml",
                   "a stage name must not begin with 'post:'");
}

Test(dsl_read_stage, steps_run_one_after_the_other_unless_said)
{
    chg_autopipeline pipeline =
        read_good("stages:\n"
                  "  - {name: A, steps: [{name: s, run: x}]}\n"
                  "  - {name: B, parallel: true, steps: [{name: s, run: x}]}\n"
                  "  - {name: C, parallel: false, steps: [{name: s, run: x}]}\n",
                  "yaml");

    cr_expect_not(pipeline->stages[0].parallel);
    cr_expect(pipeline->stages[1].parallel);
    cr_expect_not(pipeline->stages[2].parallel);
}

Test(dsl_read_stage, empty_post_groups_are_legal)
{
    chg_autopipeline pipeline =
        read_good("{:post {:always [] :on-success nil} "
                  ":stages [{:name \"A\" :steps [{:name \"s\" :run \"x\"}]}]}",
                  "edn");

    for (size_t i = 0; i < CHG_POST_GROUPS; i++)
        cr_expect_eq(pipeline->post[i].len, 0);
}

Test(dsl_read_stage, post_steps_are_checked_like_others)
{
    expect_refused(ONE_STAGE "post: {on-failure: [{name: a, run: x, timeout: 0}]}", "yaml",
                   "'post' on-failure step 1 (a): 'timeout' must be a positive integer");
    expect_refused("{:stages [{:name \"A\" :steps [{:name \"s\" :run \"x\"}]}] "
                   ":post {:always [{:name \"a\" :run \"x\" :env 1}]}}",
                   "edn", ":post always step 1 (a): :env must be a map");
}

struct later_case {
    char text[96];
    char key[24];
};

ParameterizedTestParameters(dsl_read_stage, keys_of_later_versions_are_errors)
{
    static struct later_case cases[] = {
        {"extends: base\nstages: [{name: A, steps: [{name: s, run: x}]}]", "extends"},
        {"concurrency: 1\nstages: [{name: A, steps: [{name: s, run: x}]}]", "concurrency"},
        {"test-results: a\nstages: [{name: A, steps: [{name: s, run: x}]}]", "test-results"},
        {"stages: [{name: A, depends-on: [], steps: [{name: s, run: x}]}]", "depends-on"},
        {"stages: [{name: A, timeout: 5, steps: [{name: s, run: x}]}]", "timeout"},
        {"stages: [{name: A, services: ~, steps: [{name: s, run: x}]}]", "services"},
        {"stages: [{name: A, cache: {}, steps: [{name: s, run: x}]}]", "cache"},
        {"stages: [{name: A, steps: [{name: s, run: x, retry: 3}]}]", "retry"},
        {"stages: [{name: A, steps: [{name: s, run: x, shell: bash}]}]", "shell"},
        {"stages: [{name: A, steps: [{name: s, run: x, outputs: []}]}]", "outputs"},
        {"stages: [{name: A, steps: [{name: s, run: x, allow-failure: true}]}]", "allow-failure"},
    };

    return cr_make_param_array(struct later_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct later_case *row, dsl_read_stage, keys_of_later_versions_are_errors)
{
    chg_autofree char *part = chg_asprintf("'%s' is not supported by this version", row->key);

    expect_refused(row->text, "yaml", part);
}

struct expression_case {
    char text[112];
    char part[32];
};

ParameterizedTestParameters(dsl_read_stage, expressions_never_reach_a_shell)
{
    static struct expression_case cases[] = {
        {"stages: [{name: A, steps: [{name: s, run: 'echo ${{ parameters.x }}'}]}]", "'run'"},
        {"stages: [{name: A, steps: [{name: s, run: x, env: {A: '${{secrets.T}}'}}]}]", "'env' A"},
        {"stages: [{name: A, steps: [{name: s, run: x, dir: 'a/${{ env.B }}'}]}]", "'dir'"},
        {"stages: [{name: A, when: {branch: '${{ x }}'}, steps: [{name: s, run: x}]}]", "'branch'"},
        {"env: {A: '${{'}\nstages: [{name: A, steps: [{name: s, run: x}]}]", "'env' A"},
        {"artifacts: ['${{ x }}']\nstages: [{name: A, steps: [{name: s, run: x}]}]", "'artifacts'"},
    };

    return cr_make_param_array(struct expression_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct expression_case *row, dsl_read_stage, expressions_never_reach_a_shell)
{
    expect_refused(row->text, "yaml", row->part);
    expect_refused(row->text, "yaml", "expressions (${{ ... }}) are not supported by this version");
}

Test(dsl_read_stage, shell_text_that_only_looks_similar_is_left_alone)
{
    chg_autopipeline pipeline = read_good(
        "stages: [{name: A, steps: [{name: s, run: 'echo ${X} $((1)) {{ go }} $ {{ x }}'}]}]",
        "yaml");

    cr_expect_str_eq(pipeline->stages[0].steps[0].command, "echo ${X} $((1)) {{ go }} $ {{ x }}");
}

Test(dsl_read_stage, a_description_may_talk_about_expressions)
{
    chg_autopipeline pipeline = read_good("description: 'uses ${{ x }}'\n" ONE_STAGE, "yaml");

    cr_expect_str_eq(pipeline->description, "uses ${{ x }}");
}
