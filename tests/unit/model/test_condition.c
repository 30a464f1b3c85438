/* SPDX-License-Identifier: MIT */
#include "model_test.h"

/* Arrays, because Criterion hands rows to another process. */
struct branch_case {
    char pattern[24];
    char branch[24];
    bool met;
};

ParameterizedTestParameters(model_condition, branches_match_by_name_and_glob)
{
    static struct branch_case cases[] = {
        {"main", "main", true},
        {"main", "maine", false},
        {"feature/*", "feature/x", true},
        {"feature/*", "feature/x/y", true},
        {"feature/*", "feature", false},
        {"*", "anything/at/all", true},
        {"v[0-9]", "v3", true},
        {"{main,develop}", "develop", true},
        {"Main", "main", false},
        {"[", "x", false},
        {"[", "[", true},
    };

    return cr_make_param_array(struct branch_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct branch_case *row, model_condition, branches_match_by_name_and_glob)
{
    struct chg_condition *condition = branch_condition(row->pattern);

    cr_expect_eq(chg_condition_met(condition, row->branch, NULL), row->met, "%s on %s",
                 row->pattern, row->branch);
    chg_condition_free(condition);
}

Test(model_condition, an_unknown_branch_counts_as_main)
{
    struct chg_condition *main_branch = branch_condition("main");
    struct chg_condition *develop = branch_condition("develop");

    cr_expect(chg_condition_met(main_branch, NULL, NULL));
    cr_expect_not(chg_condition_met(develop, NULL, NULL));
    chg_condition_free(main_branch);
    chg_condition_free(develop);
}

Test(model_condition, one_of_several_branches_is_enough)
{
    struct chg_condition *condition = branch_condition("main");

    assert_ok(chg_strings_add(&condition->values, "release/*"));

    cr_expect(chg_condition_met(condition, "release/1", NULL));
    cr_expect_not(chg_condition_met(condition, "x", NULL));
    chg_condition_free(condition);
}

Test(model_condition, a_missing_condition_and_always_are_met)
{
    struct chg_condition *condition = NULL;

    assert_ok(chg_condition_new(&condition, CHG_CONDITION_ALWAYS));

    cr_expect(chg_condition_met(NULL, "x", NULL));
    cr_expect(chg_condition_met(condition, "x", NULL));
    chg_condition_free(condition);
}

Test(model_condition, a_parameter_must_equal_its_value)
{
    struct chg_kvlist parameters = CHG_KVLIST_INIT;
    struct chg_condition *equal = param_condition("env", "prod");
    struct chg_condition *other = param_condition("env", "dev");
    struct chg_condition *absent = param_condition("env", NULL);

    assert_ok(chg_kvlist_put(&parameters, "env", "prod"));

    cr_expect(chg_condition_met(equal, NULL, &parameters));
    cr_expect_not(chg_condition_met(other, NULL, &parameters));
    cr_expect_not(chg_condition_met(absent, NULL, &parameters));
    cr_expect_not(chg_condition_met(equal, NULL, NULL));
    cr_expect(chg_condition_met(absent, NULL, NULL));
    chg_condition_free(equal);
    chg_condition_free(other);
    chg_condition_free(absent);
    chg_kvlist_fini(&parameters);
}

Test(model_condition, all_children_must_hold)
{
    struct chg_condition *all = NULL;
    struct chg_kvlist parameters = CHG_KVLIST_INIT;

    assert_ok(chg_condition_new(&all, CHG_CONDITION_ALL));
    cr_expect(chg_condition_met(all, "x", NULL));
    assert_ok(chg_condition_add_child(all, branch_condition("main")));
    assert_ok(chg_condition_add_child(all, param_condition("p", "1")));
    assert_ok(chg_kvlist_put(&parameters, "p", "1"));

    cr_expect(chg_condition_met(all, "main", &parameters));
    cr_expect_not(chg_condition_met(all, "x", &parameters));
    cr_expect_not(chg_condition_met(all, "main", NULL));
    chg_condition_free(all);
    chg_kvlist_fini(&parameters);
}
