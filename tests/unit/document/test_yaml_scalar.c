/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>
#include <math.h>

#include "document/document_priv.h"

struct scalar_case {
    char text[32];
    enum chg_node_kind kind;
    int64_t integer;
    double number;
};

ParameterizedTestParameters(document_yaml_scalar, follows_the_core_rules_of_yaml_12)
{
    static struct scalar_case cases[] = {
        {"", CHG_NODE_NULL, 0, 0},
        {"~", CHG_NODE_NULL, 0, 0},
        {"null", CHG_NODE_NULL, 0, 0},
        {"Null", CHG_NODE_NULL, 0, 0},
        {"NULL", CHG_NODE_NULL, 0, 0},
        {"nUll", CHG_NODE_STRING, 0, 0},
        {"true", CHG_NODE_BOOL, 0, 0},
        {"False", CHG_NODE_BOOL, 0, 0},
        {"FALSE", CHG_NODE_BOOL, 0, 0},
        {"tRue", CHG_NODE_STRING, 0, 0},
        {"yes", CHG_NODE_STRING, 0, 0},
        {"no", CHG_NODE_STRING, 0, 0},
        {"on", CHG_NODE_STRING, 0, 0},
        {"off", CHG_NODE_STRING, 0, 0},
        {"0", CHG_NODE_INT, 0, 0},
        {"-7", CHG_NODE_INT, -7, -7},
        {"+12", CHG_NODE_INT, 12, 12},
        {"010", CHG_NODE_INT, 10, 10},
        {"0o17", CHG_NODE_INT, 15, 15},
        {"0o18", CHG_NODE_STRING, 0, 0},
        {"0x1F", CHG_NODE_INT, 31, 31},
        {"0xg", CHG_NODE_STRING, 0, 0},
        {"0x", CHG_NODE_STRING, 0, 0},
        {"-0x1F", CHG_NODE_STRING, 0, 0},
        {"0x7FFFFFFFFFFFFFFF", CHG_NODE_INT, INT64_MAX, 9223372036854775807.0},
        {"0x8000000000000000", CHG_NODE_FLOAT, 0, 9223372036854775808.0},
        {"9223372036854775807", CHG_NODE_INT, INT64_MAX, 9223372036854775807.0},
        {"9223372036854775808", CHG_NODE_FLOAT, 0, 9223372036854775808.0},
        {"1.5", CHG_NODE_FLOAT, 0, 1.5},
        {"1.", CHG_NODE_FLOAT, 0, 1},
        {".5", CHG_NODE_FLOAT, 0, 0.5},
        {"-.5e1", CHG_NODE_FLOAT, 0, -5},
        {"1e3", CHG_NODE_FLOAT, 0, 1000},
        {"1e+3", CHG_NODE_FLOAT, 0, 1000},
        {"1e", CHG_NODE_STRING, 0, 0},
        {"1e+", CHG_NODE_STRING, 0, 0},
        {".", CHG_NODE_STRING, 0, 0},
        {"-", CHG_NODE_STRING, 0, 0},
        {"-.e1", CHG_NODE_STRING, 0, 0},
        {"1.2.3", CHG_NODE_STRING, 0, 0},
        {"1_000", CHG_NODE_STRING, 0, 0},
        {"12:30", CHG_NODE_STRING, 0, 0},
        {"2026-01-31", CHG_NODE_STRING, 0, 0},
        {"1e9999", CHG_NODE_FLOAT, 0, (double)INFINITY},
        {"-1e9999", CHG_NODE_FLOAT, 0, -(double)INFINITY},
        {".inf", CHG_NODE_FLOAT, 0, (double)INFINITY},
        {"-.INF", CHG_NODE_FLOAT, 0, -(double)INFINITY},
        {"+.Inf", CHG_NODE_FLOAT, 0, (double)INFINITY},
        {".iNf", CHG_NODE_STRING, 0, 0},
        {"+.nan", CHG_NODE_STRING, 0, 0},
    };

    return cr_make_param_array(struct scalar_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct scalar_case *row, document_yaml_scalar, follows_the_core_rules_of_yaml_12)
{
    struct chg_node node = {0};

    chg_yaml_resolve(&node, row->text, strlen(row->text));

    cr_expect(node.kind == row->kind, "'%s' is %s", row->text, chg_node_kind_name(&node));
    cr_expect(row->kind == CHG_NODE_STRING || node.integer == row->integer, "'%s'", row->text);
    cr_expect(row->kind == CHG_NODE_STRING || !(node.number < row->number) ||
                  !(node.number > row->number),
              "'%s'", row->text);
}

Test(document_yaml_scalar, tells_true_from_false)
{
    struct chg_node yes = {0};
    struct chg_node no = {.boolean = true};

    chg_yaml_resolve(&yes, "True", 4);
    chg_yaml_resolve(&no, "false", 5);

    cr_expect(yes.boolean && !no.boolean);
}

Test(document_yaml_scalar, knows_not_a_number)
{
    struct chg_node node = {0};

    chg_yaml_resolve(&node, ".NaN", 4);

    cr_expect(node.kind == CHG_NODE_FLOAT && isnan(node.number));
}
