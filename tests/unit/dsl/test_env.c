/* SPDX-License-Identifier: MIT */
#include "dsl/env.h"
#include "dsl_test.h"

Test(dsl_env, names_become_upper_case_with_underscores)
{
    chg_autofree char *plain = chg_env_name("PARAM_", "dry-run");
    chg_autofree char *odd = chg_env_name("MATRIX_", "a.b c\xC3\xA9=1");

    cr_expect_str_eq(plain, "PARAM_DRY_RUN");
    cr_expect_str_eq(odd, "MATRIX_A_B_C___1");
}

Test(dsl_env, names_that_become_one_variable_are_equal)
{
    cr_expect(chg_env_name_equal("a-b", "A_B"));
    cr_expect(chg_env_name_equal("", ""));
    cr_expect_not(chg_env_name_equal("a", "ab"));
    cr_expect_not(chg_env_name_equal("a_", "a"));
    cr_expect_not(chg_env_name_equal("a", "a_"));
}

static void put(struct chg_kvlist *list, const char *name, const char *value)
{
    assert_ok(chg_kvlist_put(list, name, value));
}

/* Each source sets its own name and the names of all sources above it. */
static void fill(struct chg_kvlist lists[7])
{
    static const char *const names[] = {"BASE",    "BUILD",   "GIT",  "PIPELINE",
                                        "SECRETS", "PARAM_P", "EXTRA"};

    for (size_t i = 0; i < 7; i++) {
        for (size_t k = i; k < 7; k++)
            put(&lists[i], i == 5 ? (k == 5 ? "p" : "unused") : names[k], names[i]);
    }
}

Test(dsl_env, later_sources_win_and_the_step_wins_over_all)
{
    struct chg_kvlist l[7] = {{0}};
    struct chg_env_sources src = {&l[0], &l[1], &l[2], &l[3], &l[4], &l[5], &l[6]};
    struct chg_step step = {0};
    struct chg_kvlist env = CHG_KVLIST_INIT;

    fill(l);
    put(&l[0], "CI", "false");
    put(&l[6], "CHENGIS", "extra");
    put(&step.env, "BASE", "step");

    assert_ok(chg_step_env(&env, &src, &step));

    cr_expect_str_eq(chg_kvlist_get(&env, "BASE"), "step");
    cr_expect_str_eq(chg_kvlist_get(&env, "BUILD"), "BUILD");
    cr_expect_str_eq(chg_kvlist_get(&env, "GIT"), "GIT");
    cr_expect_str_eq(chg_kvlist_get(&env, "PIPELINE"), "PIPELINE");
    cr_expect_str_eq(chg_kvlist_get(&env, "SECRETS"), "SECRETS");
    cr_expect_str_eq(chg_kvlist_get(&env, "PARAM_P"), "PARAM_P");
    cr_expect_str_eq(chg_kvlist_get(&env, "EXTRA"), "EXTRA");
    cr_expect_str_eq(chg_kvlist_get(&env, "CI"), "true");
    cr_expect_str_eq(chg_kvlist_get(&env, "CHENGIS"), "extra");
    for (size_t i = 0; i < 7; i++)
        chg_kvlist_fini(&l[i]);
    chg_kvlist_fini(&step.env);
    chg_kvlist_fini(&env);
}

Test(dsl_env, without_sources_only_the_markers_are_set)
{
    struct chg_env_sources src = {0};
    struct chg_step step = {0};
    struct chg_kvlist env = CHG_KVLIST_INIT;

    assert_ok(chg_step_env(&env, &src, &step));

    cr_expect_eq(env.len, 2);
    cr_expect_str_eq(chg_kvlist_get(&env, "CI"), "true");
    cr_expect_str_eq(chg_kvlist_get(&env, "CHENGIS"), "true");
    chg_kvlist_fini(&env);
}

#define DECLARED                                                                                   \
    "parameters:\n"                                                                                \
    "  - {name: env, type: choice, choices: [dev, prod], default: dev}\n"                          \
    "  - {name: dry, type: boolean, default: false}\n"                                             \
    "  - {name: note}\n" ONE_STAGE

Test(dsl_env, defaults_fill_in_for_what_is_not_given)
{
    chg_autopipeline pipeline = read_good(DECLARED, "yaml");
    struct chg_kvlist out = CHG_KVLIST_INIT;

    assert_ok(chg_parameters_resolve(&out, pipeline, NULL));

    cr_expect_eq(out.len, 2);
    cr_expect_str_eq(chg_kvlist_get(&out, "env"), "dev");
    cr_expect_str_eq(chg_kvlist_get(&out, "dry"), "false");
    chg_kvlist_fini(&out);
}

Test(dsl_env, given_values_win_and_undeclared_ones_stay)
{
    chg_autopipeline pipeline = read_good(DECLARED, "yaml");
    struct chg_kvlist given = CHG_KVLIST_INIT;
    struct chg_kvlist out = CHG_KVLIST_INIT;

    put(&given, "env", "prod");
    put(&given, "branch", "main");
    assert_ok(chg_parameters_resolve(&out, pipeline, &given));

    cr_expect_str_eq(chg_kvlist_get(&out, "env"), "prod");
    cr_expect_str_eq(chg_kvlist_get(&out, "branch"), "main");
    chg_kvlist_fini(&given);
    chg_kvlist_fini(&out);
}

Test(dsl_env, values_outside_their_choices_are_refused)
{
    chg_autopipeline pipeline = read_good(DECLARED, "yaml");
    struct chg_kvlist choice = CHG_KVLIST_INIT;
    struct chg_kvlist flag = CHG_KVLIST_INIT;
    struct chg_kvlist out = CHG_KVLIST_INIT;

    put(&choice, "env", "test");
    put(&flag, "dry", "yes");

    assert_err(chg_parameters_resolve(&out, pipeline, &choice), CHENGIS_ERR_INVALID,
               "parameter 'env' must be one of dev, prod");
    assert_err(chg_parameters_resolve(&out, pipeline, &flag), CHENGIS_ERR_INVALID,
               "parameter 'dry' must be true or false");
    cr_expect_eq(out.len, 0);
    chg_kvlist_fini(&choice);
    chg_kvlist_fini(&flag);
}
