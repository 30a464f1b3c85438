/* SPDX-License-Identifier: MIT */
/* Parameters, variables and secrets of the command line. */
#include "cli/inputs.h"

#include <stdio.h>
#include <stdlib.h>

#include "support.h"

static const struct chg_option options[] = {
    {.name = "param", .letter = 'p', .arg = "K=V", .help = "x"},
    {.name = "env", .arg = "NAME", .help = "x"},
    {.name = "secret", .arg = "NAME", .help = "x"},
    {.name = NULL},
};

struct fixture {
    struct chg_cli cli;
    struct chg_inputs inputs;
};

static int read_option(struct fixture *f, const char *name, const char *value, bool with_values)
{
    char option[64], argument[256];
    const char *const argv[] = {option, argument, NULL};
    size_t index = 0;

    *f = (struct fixture){.inputs = CHG_INPUTS_INIT};
    chg_out_init(&f->cli.out, 1);
    chg_out_init(&f->cli.err, 2);
    (void)snprintf(option, sizeof(option), "--%s", name);
    (void)snprintf(argument, sizeof(argument), "%s", value);
    assert_ok(chg_args_next(&f->cli.args, options, NULL, argv, &index));
    return chg_inputs_read(&f->inputs, &f->cli, with_values);
}

static void fixture_fini(struct fixture *f)
{
    chg_inputs_fini(&f->inputs);
    chg_args_fini(&f->cli.args);
    chg_out_fini(&f->cli.out);
    chg_out_fini(&f->cli.err);
}

Test(cli_inputs, a_parameter_may_hold_equals_signs)
{
    struct fixture f;

    assert_ok(read_option(&f, "param", "flags=-O2 -DX=1", true));

    cr_expect_str_eq(chg_kvlist_get(&f.inputs.parameters, "flags"), "-O2 -DX=1");
    fixture_fini(&f);
}

Test(cli_inputs, a_parameter_without_a_name_or_value_is_refused)
{
    struct fixture f;

    assert_err(read_option(&f, "param", "flags", true), CHENGIS_ERR_INVALID, "--param");
    fixture_fini(&f);
    assert_err(read_option(&f, "param", "=x", true), CHENGIS_ERR_INVALID, "--param");
    fixture_fini(&f);
}

Test(cli_inputs, a_variable_is_let_through_or_set)
{
    struct fixture f;

    (void)setenv("CLI_TEST_ENV", "from outside", 1);
    assert_ok(read_option(&f, "env", "CLI_TEST_ENV", true));
    cr_expect_str_eq(chg_kvlist_get(&f.inputs.env, "CLI_TEST_ENV"), "from outside");
    fixture_fini(&f);
    assert_ok(read_option(&f, "env", "CLI_TEST_ENV=own", true));
    cr_expect_str_eq(chg_kvlist_get(&f.inputs.env, "CLI_TEST_ENV"), "own");
    fixture_fini(&f);
    assert_err(read_option(&f, "env", "CLI_TEST_UNSET", true), CHENGIS_ERR_INVALID, "is not set");
    fixture_fini(&f);
}

Test(cli_inputs, a_secret_comes_from_the_environment_or_a_file)
{
    struct fixture f;
    TEMP_DIR(dir);
    char argument[256];

    (void)setenv("CLI_TEST_SECRET", "hunter2hunter2", 1);
    assert_ok(read_option(&f, "secret", "CLI_TEST_SECRET", true));
    cr_expect_str_eq(chg_kvlist_get(&f.inputs.secrets, "CLI_TEST_SECRET"), "hunter2hunter2");
    fixture_fini(&f);
    write_file(path_in(dir, "key"), "line one\nline two\n");
    (void)snprintf(argument, sizeof(argument), "KEY=@%s", path_in(dir, "key"));
    assert_ok(read_option(&f, "secret", argument, true));
    cr_expect_str_eq(chg_kvlist_get(&f.inputs.secrets, "KEY"), "line one\nline two");
    fixture_fini(&f);
}

Test(cli_inputs, a_secret_value_on_the_command_line_is_refused_and_not_repeated)
{
    struct fixture f;

    assert_err(read_option(&f, "secret", "KEY=hunter2", true), CHENGIS_ERR_INVALID,
               "no values on the command line");
    cr_expect_null(strstr(chengis_error_last()->message, "hunter2"));
    fixture_fini(&f);
}

Test(cli_inputs, asks_15_a_missing_secret_is_an_error)
{
    struct fixture f;

    assert_err(read_option(&f, "secret", "CLI_TEST_NO_SECRET", true), CHENGIS_ERR_INVALID,
               "no such variable");
    fixture_fini(&f);
    assert_err(read_option(&f, "secret", "KEY=@/nonexistent", true), CHENGIS_ERR_NOT_FOUND,
               "/nonexistent");
    fixture_fini(&f);
}

Test(cli_inputs, a_plan_needs_names_of_secrets_only)
{
    struct fixture f;

    assert_ok(read_option(&f, "secret", "CLI_TEST_NO_SECRET", false));

    cr_expect_str_eq(chg_kvlist_get(&f.inputs.secrets, "CLI_TEST_NO_SECRET"), "");
    fixture_fini(&f);
}
