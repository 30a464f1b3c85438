/* SPDX-License-Identifier: MIT */
/* Reporting to stderr, and access to arguments. */
#include "cli/cli.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "support.h"

static const struct chg_option options[] = {
    {.name = "tail", .arg = "N", .help = "x"},
    {.name = NULL},
};

/* A command whose streams are files in memory. */
static void fixture_init(struct chg_cli *cli)
{
    *cli = (struct chg_cli){.command = &chg_cmd_build_log};
    chg_out_init(&cli->out, memfd_create("out", MFD_CLOEXEC));
    chg_out_init(&cli->err, memfd_create("err", MFD_CLOEXEC));
}

static void fixture_fini(struct chg_cli *cli)
{
    chg_out_fini(&cli->out);
    chg_out_fini(&cli->err);
    (void)close(cli->out.fd);
    (void)close(cli->err.fd);
    chg_args_fini(&cli->args);
}

static const char *written(struct chg_out *out)
{
    static char text[4096];
    ssize_t len;

    (void)chg_out_flush(out);
    len = pread(out->fd, text, sizeof(text) - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

Test(cli_cli, a_failure_is_one_line_and_its_exit_code)
{
    struct chg_cli cli;

    fixture_init(&cli);
    (void)chengis_error_set(CHENGIS_ERR_NOT_FOUND, "build 'x' does not exist");

    cr_expect_eq(chg_cli_fail(&cli), CHG_EXIT_NOT_FOUND);

    cr_expect_str_eq(written(&cli.err), "chengis: error: build 'x' does not exist\n");
    cr_expect_str_eq(written(&cli.out), "");
    fixture_fini(&cli);
}

Test(cli_cli, a_failure_is_an_object_where_json_was_asked_for)
{
    struct chg_cli cli;
    chg_autojson object = NULL;

    fixture_init(&cli);
    cli.json = true;
    (void)chengis_error_set(CHENGIS_ERR_DATABASE, "it \"failed\" with \377");

    cr_expect_eq(chg_cli_fail(&cli), CHG_EXIT_INFRASTRUCTURE);

    object = json_loads(written(&cli.err), 0, NULL);
    cr_assert_not_null(object);
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(object, "error"), "code")),
                     "database");
    fixture_fini(&cli);
}

Test(cli_cli, messages_are_harmless_for_a_terminal)
{
    struct chg_cli cli;

    fixture_init(&cli);
    (void)chengis_error_set(CHENGIS_ERR_NOT_FOUND, "job '\033]0;x\007evil\033[2J' is no job");

    (void)chg_cli_fail(&cli);

    cr_expect_null(strpbrk(written(&cli.err), "\033\007"));
    cr_expect_not_null(strstr(written(&cli.err), "is no job\n"));
    fixture_fini(&cli);
}

Test(cli_cli, wrong_usage_points_to_the_help_of_the_command)
{
    struct chg_cli cli;

    fixture_init(&cli);

    cr_expect_eq(chg_cli_usage(&cli, "needs %s", "BUILD"), CHG_EXIT_USAGE);

    cr_expect_str_eq(written(&cli.err),
                     "chengis: error: needs BUILD\nTry 'chengis build log --help'.\n");
    fixture_fini(&cli);
}

Test(cli_cli, what_was_printed_before_an_error_stands_before_it)
{
    struct chg_cli cli;

    fixture_init(&cli);
    chg_out_add(&cli.out, "data\n");
    cli.err.fd = dup(cli.out.fd);

    chg_cli_warn(&cli, "late");
    (void)chengis_error_set(CHENGIS_ERR_IO, "broken");
    (void)chg_cli_fail(&cli);

    cr_expect_str_eq(written(&cli.out), "chengis: warning: late\ndata\nchengis: error: broken\n");
    fixture_fini(&cli);
}

struct number {
    char text[24];
    int64_t value; /* -1: refused */
};

ParameterizedTestParameters(cli_cli, numbers)
{
    static struct number cases[] = {
        {"1", 1}, {"10", 10}, {"0", -1},  {"11", -1},
        {"", -1}, {"5x", -1}, {"-3", -1}, {"99999999999999999999", -1},
    };

    return cr_make_param_array(struct number, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct number *number, cli_cli, numbers)
{
    struct chg_cli cli;
    const char *const argv[] = {"--tail", number->text, NULL};
    size_t index = 0;
    int64_t out = -1;

    fixture_init(&cli);
    assert_ok(chg_args_next(&cli.args, options, NULL, argv, &index));

    cr_expect_eq(chg_cli_number(&out, &cli, "tail", 7, 1, 10) == 0, number->value >= 0);

    cr_expect_eq(out, number->value);
    fixture_fini(&cli);
}

Test(cli_cli, a_number_that_was_not_given_has_its_default)
{
    struct chg_cli cli;
    int64_t out = 0;

    fixture_init(&cli);

    assert_ok(chg_cli_number(&out, &cli, "tail", 7, 1, 10));

    cr_expect_eq(out, 7);
    fixture_fini(&cli);
}

Test(cli_cli, diagnostics_name_file_line_and_column)
{
    struct chg_cli cli;
    chg_autoptr(chengis_diagnostics) diags = NULL;
    chg_autoptr(chengis_pipeline) pipeline = NULL;
    TEMP_DIR(dir);
    char expected[256];

    fixture_init(&cli);
    write_file(path_in(dir, "a.yml"), "stages: 7\n");
    (void)chengis_pipeline_load(&pipeline, &diags, path_in(dir, "a.yml"));

    chg_cli_diagnostics(&cli.err, diags);

    (void)snprintf(expected, sizeof(expected), "%s:1:", path_in(dir, "a.yml"));
    cr_expect(chg_starts_with(written(&cli.err), expected), "%s", written(&cli.err));
    cr_expect_not_null(strstr(written(&cli.err), ": error: "));
    fixture_fini(&cli);
}
