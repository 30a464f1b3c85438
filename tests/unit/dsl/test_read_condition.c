/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

struct condition_case {
    char yaml[96];
    char json[160];
};

ParameterizedTestParameters(dsl_read_condition, every_shape_becomes_the_canonical_one)
{
    static struct condition_case cases[] = {
        {"{branch: main}", "{\"type\":\"branch\",\"value\":\"main\"}"},
        {"{branch: [main]}", "{\"type\":\"branch\",\"value\":\"main\"}"},
        {"{branch: ['v*', 2.0]}", "{\"type\":\"branch\",\"value\":[\"v*\",\"2.0\"]}"},
        {"{branch: 1.10}", "{\"type\":\"branch\",\"value\":\"1.10\"}"},
        {"{param: p, value: v}", "{\"type\":\"param\",\"param\":\"p\",\"value\":\"v\"}"},
        {"{param: p, value: true}", "{\"type\":\"param\",\"param\":\"p\",\"value\":\"true\"}"},
        {"{param: p, value: ''}", "{\"type\":\"param\",\"param\":\"p\",\"value\":\"\"}"},
        {"{param: p}", "{\"type\":\"param\",\"param\":\"p\"}"},
        {"{param: p, value: ~}", "{\"type\":\"param\",\"param\":\"p\"}"},
        {"{param: p, value: v, branch: b}",
         "{\"type\":\"all\",\"conditions\":[{\"type\":\"branch\",\"value\":\"b\"},"
         "{\"type\":\"param\",\"param\":\"p\",\"value\":\"v\"}]}"},
        {"{type: always}", "{\"type\":\"always\"}"},
        {"{type: branch, value: main}", "{\"type\":\"branch\",\"value\":\"main\"}"},
        {"{type: branch, branch: main}", "{\"type\":\"branch\",\"value\":\"main\"}"},
        {"{type: param, param: p, value: v}",
         "{\"type\":\"param\",\"param\":\"p\",\"value\":\"v\"}"},
        {"{type: all, conditions: []}", "{\"type\":\"all\",\"conditions\":[]}"},
        {"{type: all, conditions: [{branch: b}]}",
         "{\"type\":\"all\",\"conditions\":[{\"type\":\"branch\",\"value\":\"b\"}]}"},
    };

    return cr_make_param_array(struct condition_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct condition_case *row, dsl_read_condition,
                  every_shape_becomes_the_canonical_one)
{
    chg_autofree char *text =
        chg_asprintf("stages: [{name: A, when: %s, steps: [{name: s, run: x, when: %s}]}]",
                     row->yaml, row->yaml);
    chg_autopipeline pipeline = read_good(text, "yaml");
    chg_autojson of_stage = chg_condition_to_json(pipeline->stages[0].condition);
    chg_autojson of_step = chg_condition_to_json(pipeline->stages[0].steps[0].condition);
    chg_autofree char *got = chg_json_dump(of_stage);

    cr_expect_str_eq(got, row->json);
    cr_expect(json_equal(of_stage, of_step));
}

struct refused_case {
    char yaml[80];
    char part[96];
};

ParameterizedTestParameters(dsl_read_condition, nothing_unknown_counts_as_always)
{
    static struct refused_case cases[] = {
        {"main", "'when' must be a map"},
        {"[branch]", "'when' must be a map"},
        {"{}", "'when' must have 'branch' or 'param'"},
        {"{value: x}", "'when' must have 'branch' or 'param'"},
        {"{branch: b, value: x}", "'when': 'value' needs 'param'"},
        {"{branch: b, event: push}", "unknown condition key 'event'; known are branch, param and"},
        {"{path: [a]}", "unknown condition key 'path'"},
        {"{status: failure}", "unknown condition key 'status'"},
        {"{expr: x}", "unknown condition key 'expr'"},
        {"{brnach: b}", "unknown condition key 'brnach'"},
        {"{branch: []}", "'branch' must not be empty"},
        {"{branch: ''}", "'branch': must not be empty"},
        {"{branch: {a: b}}", "'branch' must be a string, not a map"},
        {"{branch: [[a]]}", "'branch' item must be a string, not a list"},
        {"{branch: 'a['}", "'branch': pattern 'a['"},
        {"{param: []}", "'param' must be a string, not a list"},
        {"{param: ' '}", "'param' must not be empty"},
        {"{param: p, value: [a]}", "'value' must be a string, not a list"},
        {"{type: sometimes}", "unknown condition type 'sometimes'"},
        {"{type: [all]}", "'type' must be a string, not a list"},
        {"{type: branch}", "a condition of type branch needs 'value'"},
        {"{type: param, value: x}", "a condition of type param needs 'param'"},
        {"{type: all}", "a condition of type all needs 'conditions'"},
        {"{type: all, conditions: x}", "'conditions' must be a list"},
        {"{type: all, conditions: [{}]}", "'conditions' must have 'branch' or 'param'"},
    };

    return cr_make_param_array(struct refused_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct refused_case *row, dsl_read_condition, nothing_unknown_counts_as_always)
{
    chg_autofree char *text =
        chg_asprintf("stages: [{name: A, when: %s, steps: [{name: s, run: x}]}]", row->yaml);

    expect_refused(text, "yaml", row->part);
}

Test(dsl_read_condition, edn_takes_keywords_where_names_stand)
{
    chg_autopipeline pipeline =
        read_good("{:stages [{:name \"A\" :when {:param :env :value true :branch [\"a\" \"b\"]} "
                  ":steps [{:name \"s\" :run \"x\"}]}]}",
                  "edn");
    const struct chg_condition *all = pipeline->stages[0].condition;

    cr_expect_eq(all->type, CHG_CONDITION_ALL);
    cr_expect_eq(all->children[0]->values.len, 2);
    cr_expect_str_eq(all->children[1]->param, "env");
    cr_expect_str_eq(all->children[1]->values.items[0], "true");
    expect_refused("{:stages [{:name \"A\" :when {:branch (\"a\")}}]}", "edn",
                   ":branch must be a string or a vector of them");
}
