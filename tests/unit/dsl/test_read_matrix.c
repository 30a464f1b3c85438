/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

struct refused_case {
    char yaml[80];
    char part[96];
};

ParameterizedTestParameters(dsl_read_matrix, what_cannot_be_expanded_is_refused)
{
    static struct refused_case cases[] = {
        {"[a]", "'matrix' must be a map"},
        {"{os: linux}", "'os' must be a list"},
        {"{os: {a: b}}", "'os' must be a list"},
        {"{os: []}", "'os' must not be empty"},
        {"{os: [a, a]}", "'os' has the value 'a' twice"},
        {"{v: [1, '1']}", "'v' has the value '1' twice"},
        {"{os: ['']}", "'os' value must not be empty"},
        {"{os: [~]}", "'os' value must be a string, not null"},
        {"{os: [[a]]}", "'os' value must be a string, not a list"},
        {"{os: [\"a\\nb\"]}", "'os' must not contain control characters"},
        {"{a b: [1]}", "the name of a dimension must consist of letters"},
        {"{a-b: [1], A_B: [1]}", "'a-b' and 'A_B' would become the same variable"},
        {"{os: [a], exclude: {os: a}}", "'exclude' must be a list"},
        {"{os: [a], exclude: [os]}", "'exclude': every entry must be a map"},
        {"{os: [a], exclude: [{}]}", "'exclude': every entry must be a map with at least one"},
        {"{os: [a], exclude: [{so: a}]}", "'exclude': the matrix has no dimension 'so'"},
        {"{os: [a], exclude: [{os: [a]}]}", "'os' must be a string, not a list"},
        {"{os: [a], include: []}", "'include' is not supported by this version"},
        {"{os: [a], max-parallel: 2}", "'max-parallel' is not supported by this version"},
    };

    return cr_make_param_array(struct refused_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct refused_case *row, dsl_read_matrix, what_cannot_be_expanded_is_refused)
{
    chg_autofree char *text = chg_asprintf("matrix: %s\n" ONE_STAGE, row->yaml);

    expect_refused(text, "yaml", row->part);
}

Test(dsl_read_matrix, a_strategy_holds_the_same_matrix)
{
    chg_autopipeline matrix =
        read_good("matrix: {os: [a, b], exclude: [{os: b}]}\n" ONE_STAGE, "yaml");
    chg_autopipeline inside =
        read_good("strategy: {matrix: {exclude: [{os: b}], os: [a, b]}}\n" ONE_STAGE, "yaml");
    chg_autopipeline beside =
        read_good("strategy: {exclude: [{os: b}], matrix: {os: [a, b]}}\n" ONE_STAGE, "yaml");

    cr_expect(chg_pipeline_equal(matrix, inside));
    cr_expect(chg_pipeline_equal(matrix, beside));
}

Test(dsl_read_matrix, values_keep_their_spelling_and_order)
{
    chg_autopipeline pipeline =
        read_good("{:matrix {:v [1.10 1.9] :os [linux :mac \"win\"] :d [true]} "
                  ":stages [{:name \"A\" :steps [{:name \"s\" :run \"x\"}]}]}",
                  "edn");
    const struct chg_matrix *matrix = pipeline->matrix;

    cr_expect_eq(matrix->dimension_count, 3);
    cr_expect_str_eq(matrix->dimensions[0].name, "v");
    cr_expect_str_eq(matrix->dimensions[0].values.items[0], "1.10");
    cr_expect_str_eq(matrix->dimensions[1].values.items[0], "linux");
    cr_expect_str_eq(matrix->dimensions[1].values.items[1], "mac");
    cr_expect_str_eq(matrix->dimensions[2].values.items[0], "true");
}

Test(dsl_read_matrix, two_matrices_or_lists_of_excludes_are_refused)
{
    expect_refused("matrix: {a: [1]}\nstrategy: {matrix: {b: [1]}}\n" ONE_STAGE, "yaml",
                   "'matrix' is given twice");
    expect_refused(
        "strategy: {matrix: {a: [1, 2], exclude: [{a: 1}]}, exclude: [{a: 2}]}\n" ONE_STAGE, "yaml",
        "'exclude' is given twice");
    expect_refused("strategy: {exclude: []}\n" ONE_STAGE, "yaml", "'exclude' needs a matrix");
    expect_refused("strategy: matrix\n" ONE_STAGE, "yaml", "'strategy' must be a map");
}

Test(dsl_read_matrix, sizes_have_limits)
{
    struct chg_str text = CHG_STR_INIT;

    chg_str_add(&text, "matrix:\n");
    for (int i = 0; i < 33; i++)
        chg_str_addf(&text, "  d%d: [1]\n", i);
    chg_str_add(&text, ONE_STAGE);
    expect_refused(text.ptr, "yaml", "'matrix' has 33 dimensions, the limit is 32");
    chg_str_reset(&text);
    chg_str_add(&text, "matrix:\n  d: [0");
    for (int i = 1; i < 1025; i++)
        chg_str_addf(&text, ", %d", i);
    chg_str_add(&text, "]\n" ONE_STAGE);

    expect_refused(text.ptr, "yaml", "'d' has 1025 values, the limit is 1024");
    chg_str_fini(&text);
}

Test(dsl_read_matrix, a_recorded_combination_is_read_back)
{
    chg_autopipeline pipeline = read_good(
        "stages: [{name: A, matrix-combination: {os: a, v: 1.10}, steps: [{name: s, run: x}]}]",
        "yaml");

    cr_expect_str_eq(chg_kvlist_get(&pipeline->stages[0].matrix_combination, "v"), "1.10");
    expect_refused("stages: [{name: A, matrix-combination: {a b: c}, steps: [{name: s, run: x}]}]",
                   "yaml", "the name of a dimension must consist of letters");
}
