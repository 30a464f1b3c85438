/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

/* Arrays, because Criterion hands rows to another process. */
struct step_case {
    char keys[96]; /* of the step */
    char part[128];
};

static void expect_step_refused(const struct step_case *row)
{
    chg_autofree char *text =
        chg_asprintf("stages: [{name: A, steps: [{name: s, run: x, %s}]}]", row->keys);

    expect_refused(text, "yaml", row->part);
}

ParameterizedTestParameters(dsl_read_value, wrong_values_of_steps_are_named)
{
    static struct step_case cases[] = {
        {"dir: [a]", "'dir' must be a string, not a list"},
        {"dir: {a: b}", "'dir' must be a string, not a map"},
        {"dir: a/../..", "'dir' must be a relative path inside the workspace"},
        {"image: []", "'image' must be a string, not a list"},
        {"image: ' '", "'image' must not be empty"},
        {"timeout: 0", "'timeout' must be a positive integer"},
        {"timeout: 1.5", "'timeout' must be a positive integer"},
        {"timeout: 10 minutes", "'timeout' must be a positive integer"},
        {"timeout: -3s", "'timeout' must be a positive integer"},
        {"timeout: true", "'timeout' must be a positive integer"},
        {"timeout: 4000d", "'timeout' must be at most ten years"},
        {"image: a, volumes: {a: b}", "'volumes' must be a list"},
        {"image: a, volumes: [[a]]", "'volumes' item must be a string, not a list"},
        {"image: a, volumes: [~]", "'volumes' item must be a string, not null"},
        {"image: a, pull-policy: [always]", "'pull-policy' must be a string, not a list"},
        {"image: a, pull-policy: Always", "must be one of always, if-not-present, never, not 'Al"},
        {"image: a, workdir: \"a\\0b\"", "'workdir' contains a NUL byte"},
        {"env: text", "'env' must be a map"},
        {"env: [A, b]", "'env' must be a map"},
        {"env: {A: {B: c}}", "'env' A must be a string, not a map"},
        {"env: {A-B: c}", "'env': 'A-B' cannot name a variable"},
        {"env: {1: c}", "'env': '1' cannot name a variable"},
        {"env: {A=B: c}", "'env': 'A=B' cannot name a variable"},
        {"env: {\"A\\0\": c}", "cannot name a variable"},
        {"env: {A: \"x\\0\"}", "'env' A contains a NUL byte"},
        {"type: \"a\\nb\"", "'type' must not contain control characters"},
        {"run: y", "duplicate key 'run'"},
    };

    return cr_make_param_array(struct step_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct step_case *row, dsl_read_value, wrong_values_of_steps_are_named)
{
    expect_step_refused(row);
}

struct duration_case {
    char text[24];
    int64_t ms;
};

ParameterizedTestParameters(dsl_read_value, durations_are_milliseconds_or_text)
{
    static struct duration_case cases[] = {
        {"1", 1},        {"1500", 1500},  {"\"1500\"", 1500}, {"500ms", 500},     {"90s", 90000},
        {"10m", 600000}, {"2h", 7200000}, {"1d", 86400000},   {"1h30m", 5400000}, {"0x10", 16},
    };

    return cr_make_param_array(struct duration_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct duration_case *row, dsl_read_value, durations_are_milliseconds_or_text)
{
    chg_autofree char *text =
        chg_asprintf("timeout: %s\nstages: [{name: A, steps: [{name: s, run: x, timeout: %s}]}]",
                     row->text, row->text);
    chg_autopipeline pipeline = read_good(text, "yaml");

    cr_expect_eq(pipeline->timeout_ms, row->ms);
    cr_expect_eq(pipeline->stages[0].steps[0].timeout_ms, row->ms);
}

Test(dsl_read_value, short_timeouts_without_a_unit_are_warned_about)
{
    chg_autofree char *messages = NULL;
    chg_autopipeline pipeline = read_text(
        &messages, "timeout: \"999\"\nstages: [{name: A, steps: [{name: s, run: x, timeout: 30}]}]",
        "yaml");

    cr_assert_not_null(pipeline);
    cr_expect_eq(pipeline->stages[0].steps[0].timeout_ms, 30);
    cr_expect_str_eq(messages, "F:1:10: warning: 'timeout' 999 is 999 milliseconds; write 999s "
                               "for seconds\n"
                               "F:2:55: warning: Stage 1 (A), Step 1 (s): 'timeout' 30 is 30 "
                               "milliseconds; write 30s for seconds\n");
}

Test(dsl_read_value, timeouts_with_a_unit_or_of_a_second_and_more_are_taken_silently)
{
    chg_autofree char *messages = NULL;
    chg_autopipeline pipeline = read_text(
        &messages, "timeout: 1000\nstages: [{name: A, steps: [{name: s, run: x, timeout: 30ms}]}]",
        "yaml");

    cr_assert_not_null(pipeline);
    cr_expect_str_eq(messages, "");
}

Test(dsl_read_value, yaml_scalars_keep_their_spelling_as_text)
{
    chg_autopipeline pipeline =
        read_good("name: 1.10\nenv: {A: 1.10, B: 010, C: yes, D: True, E: 1e3, F: 2024-01-01}\n"
                  "stages: [{name: 7, steps: [{name: true, run: 5}]}]\n",
                  "yaml");

    cr_expect_str_eq(pipeline->name, "1.10");
    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "A"), "1.10");
    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "B"), "010");
    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "C"), "yes");
    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "D"), "True");
    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "E"), "1e3");
    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "F"), "2024-01-01");
    cr_expect_str_eq(pipeline->stages[0].name, "7");
    cr_expect_str_eq(pipeline->stages[0].steps[0].command, "5");
}

Test(dsl_read_value, edn_and_json_are_strict_about_text)
{
    expect_refused("{:stages [{:name 7 :steps [{:name \"s\" :run \"x\"}]}]}", "edn",
                   "Stage 1: :name must be a string, not a number");
    expect_refused("{\"stages\": [{\"stage-name\": 7, \"steps\": [{\"step-name\": \"s\", "
                   "\"command\": true}]}]}",
                   "json", "'command' must be a string, not a boolean");
}

Test(dsl_read_value, a_null_variable_is_empty_with_a_warning)
{
    chg_autofree char *messages = NULL;
    chg_autopipeline pipeline = read_text(&messages, "env:\n  A:\n" ONE_STAGE, "yaml");

    cr_expect_str_eq(chg_kvlist_get(&pipeline->env, "A"), "");
    cr_expect_not_null(strstr(messages, "warning: 'env' A has no value and becomes empty"));
}

Test(dsl_read_value, a_null_key_is_as_good_as_none)
{
    chg_autopipeline pipeline =
        read_good("env:\npost:\nmatrix: ~\ncontainer: null\n"
                  "stages: [{name: A, when: ~, steps: [{name: s, run: x, dir: ~, env: ~}]}]\n",
                  "yaml");
    chg_autopipeline plain = read_good(ONE_STAGE, "yaml");

    cr_expect(chg_pipeline_equal(pipeline, plain));
}

Test(dsl_read_value, one_text_is_a_list_of_one_in_yaml_only)
{
    chg_autopipeline pipeline = read_good("artifacts: a/*.o\n" ONE_STAGE, "yaml");

    cr_expect_eq(pipeline->artifacts.len, 1);
    expect_refused("{:artifacts \"x\" :stages []}", "edn", ":artifacts must be a vector");
    expect_refused("{\"artifacts\": \"x\"}", "json", "'artifacts' must be a list");
}

Test(dsl_read_value, a_bad_pattern_is_shown_where_it_stands)
{
    expect_refused("artifacts: [a, 'b[']\n" ONE_STAGE, "yaml", "F:1:16: error: 'artifacts'");
}

Test(dsl_read_value, huge_environments_are_refused_at_once)
{
    struct chg_str text = CHG_STR_INIT;

    chg_str_add(&text, "env:\n");
    for (int i = 0; i < 4097; i++)
        chg_str_addf(&text, "  A%d: x\n", i);
    chg_str_add(&text, ONE_STAGE);

    expect_refused(text.ptr, "yaml", "'env' has 4097 variables, the limit is 4096");
    chg_str_fini(&text);
}

Test(dsl_read_value, what_cannot_be_shown_in_a_line_is_a_question_mark)
{
    chg_autofree char *long_key = repeated("k", 65);
    chg_autofree char *text = chg_asprintf("%s: 1\n\"a\\nb\": 1\n" ONE_STAGE, long_key);
    chg_autofree char *messages = NULL;
    chg_autopipeline pipeline = read_text(&messages, text, "yaml");

    cr_expect_str_eq(messages, "F:1:1: warning: unknown key '?'\n"
                               "F:2:1: warning: unknown key '?'\n");
    cr_expect_not_null(pipeline);
}
