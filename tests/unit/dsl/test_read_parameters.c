/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

Test(dsl_read_parameters, both_shapes_give_the_same_list)
{
    chg_autopipeline list =
        read_good("parameters:\n"
                  "  - {name: env, type: choice, choices: [a, 1.10], default: a}\n"
                  "  - {name: note, description: d}\n" ONE_STAGE,
                  "yaml");
    chg_autopipeline map = read_good("parameters:\n"
                                     "  env: {type: choice, choices: [a, 1.10], default: a}\n"
                                     "  note: {description: d}\n" ONE_STAGE,
                                     "yaml");

    cr_expect(chg_pipeline_equal(list, map));
    cr_expect_str_eq(list->parameters[0].choices.items[1], "1.10");
    cr_expect_str_eq(list->parameters[1].type, "text");
}

Test(dsl_read_parameters, a_false_default_is_kept)
{
    chg_autopipeline pipeline =
        read_good("{:parameters {:dry {:type :boolean :default false}} "
                  ":stages [{:name \"A\" :steps [{:name \"s\" :run \"x\"}]}]}",
                  "edn");

    cr_expect_str_eq(pipeline->parameters[0].default_value, "false");
}

Test(dsl_read_parameters, a_name_alone_is_a_text_parameter)
{
    chg_autopipeline pipeline = read_good("parameters: {note: }\n" ONE_STAGE, "yaml");

    cr_expect_str_eq(pipeline->parameters[0].name, "note");
    cr_expect_str_eq(pipeline->parameters[0].type, "text");
    cr_expect_null(pipeline->parameters[0].default_value);
}

struct refused_case {
    char yaml[80];
    char part[96];
};

ParameterizedTestParameters(dsl_read_parameters, definitions_that_cannot_work_are_refused)
{
    static struct refused_case cases[] = {
        {"text", "'parameters' must be a list or a map"},
        {"[{type: text}]", "Parameter 1 missing 'name'"},
        {"[{name: ''}]", "Parameter 1 missing 'name'"},
        {"[text]", "Parameter 1: must be a map"},
        {"{env: text}", "Parameter 1 (env): must be a map"},
        {"[{name: a b}]", "must consist of letters, digits, - and _"},
        {"{a.b: {}}", "must consist of letters, digits, - and _"},
        {"[{name: a-b}, {name: A_b}]", "'a-b' and 'A_b' would become the same variable"},
        {"[{name: a}, {name: a}]", "'a' and 'a' would become the same variable"},
        {"{a: {type: int}}", "'type' must be one of text, choice, boolean, not 'int'"},
        {"{a: {type: choice}}", "a parameter of type choice needs 'choices'"},
        {"{a: {type: choice, choices: []}}", "a parameter of type choice needs 'choices'"},
        {"{a: {type: choice, choices: [x], default: y}}", "'default' is not among the choices"},
        {"{a: {choices: [x]}}", "'choices' needs the type choice"},
        {"{a: {type: boolean, default: on}}", "must be true or false"},
        {"{a: {default: [x]}}", "'default' must be a string, not a list"},
        {"{a: {type: choice, choices: [[x]]}}", "'choices' item must be a string, not a list"},
    };

    return cr_make_param_array(struct refused_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct refused_case *row, dsl_read_parameters,
                  definitions_that_cannot_work_are_refused)
{
    chg_autofree char *text = chg_asprintf("parameters: %s\n" ONE_STAGE, row->yaml);

    expect_refused(text, "yaml", row->part);
}

Test(dsl_read_parameters, a_thousand_is_the_limit)
{
    chg_autofree char *entries = repeated("{name: a},", 1001);
    chg_autofree char *text = chg_asprintf("parameters: [%s]\n" ONE_STAGE, entries);

    expect_refused(text, "yaml", "'parameters' has 1001 entries, the limit is 1000");
}
