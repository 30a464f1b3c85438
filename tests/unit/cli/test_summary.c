/* SPDX-License-Identifier: MIT */
/* Summaries: how a build is named, artifacts, causes. */
#include "cli/summary.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

struct ref {
    char job[24];
    char text[32];
};

ParameterizedTestParameters(cli_summary, names_a_build_for_a_shell)
{
    static struct ref cases[] = {
        {"demo", "'demo#3'"}, {"my job", "'my job#3'"}, {"$(reboot)", "'$(reboot)#3'"},
        {"it's", "0190-id"},  {"a\033[2Jb", "0190-id"}, {"a\nb", "0190-id"},
    };

    return cr_make_param_array(struct ref, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct ref *ref, cli_summary, names_a_build_for_a_shell)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    struct chg_str out = CHG_STR_INIT;

    model.id = strdup("0190-id");
    model.job = strdup(ref->job);
    model.number = 3;

    chg_summary_ref(&out, &model);

    cr_expect_str_eq(out.ptr, ref->text);
    chg_run_model_fini(&model);
    chg_str_fini(&out);
}

/* What is printed about a build object. */
static const char *summary_of(const char *text)
{
    static char buffer[4096];
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    chg_autojson object = json_loads(text, 0, NULL);
    struct chg_cli cli = {.command = &chg_cmd_build_show};
    ssize_t len;

    cr_assert_not_null(object);
    chg_out_init(&cli.out, memfd_create("out", MFD_CLOEXEC));
    assert_ok(chg_run_model_build(&model, object));
    chg_summary_print(&cli, &cli.out, &model, NULL, object);
    (void)chg_out_flush(&cli.out);
    len = pread(cli.out.fd, buffer, sizeof(buffer) - 1, 0);
    buffer[len > 0 ? len : 0] = '\0';
    (void)close(cli.out.fd);
    chg_out_fini(&cli.out);
    chg_run_model_fini(&model);
    return buffer;
}

Test(cli_summary, artifacts_are_listed_with_their_sizes)
{
    cr_expect_not_null(
        strstr(summary_of("{\"job\": \"a\", \"number\": 1, \"status\": \"success\", \"artifacts\": "
                          "[{\"path\": \"/state/out.tar\", \"size-bytes\": 2048}]}"),
               "\nArtifacts\n  /state/out.tar  2.0 KiB\n"));
}

Test(cli_summary, an_end_without_a_failed_step_gives_its_reason)
{
    cr_expect_not_null(strstr(summary_of("{\"job\": \"a\", \"status\": \"aborted\", \"reason\": "
                                         "\"cancelled\", \"message\": \"wrong branch\"}"),
                              "\naborted: wrong branch\n"));
    cr_expect_not_null(strstr(
        summary_of("{\"job\": \"a\", \"status\": \"failure\", \"reason\": \"checkout-failed\"}"),
        "\nfailure: checkout-failed\n"));
}

Test(cli_summary, a_failed_step_says_what_its_log_does_not)
{
    static const char failed[] =
        "{\"job\": \"a\", \"number\": 1, \"status\": \"failure\", \"stages\": [{\"stage-name\": "
        "\"S\", \"status\": \"failure\", \"steps\": [{\"step-name\": \"s\", \"status\": "
        "\"failure\", \"reason\": \"log-failed\", \"message\": \"no space left\"}]}]}";

    cr_expect_not_null(strstr(summary_of(failed), "Failed: S / s (log-failed)\n  no space left\n"));
}

Test(cli_summary, success_needs_no_reason)
{
    cr_expect_str_eq(summary_of("{\"job\": \"a\", \"number\": 1, \"status\": \"success\", "
                                "\"message\": \"fine\", \"duration-ms\": 5}"),
                     "+ a #1  success       5 ms\n");
}

Test(cli_summary, every_failed_step_is_listed)
{
    static const char failed[] =
        "{\"job\": \"a\", \"number\": 1, \"status\": \"failure\", \"stages\": [{\"stage-name\": "
        "\"S\", \"status\": \"failure\", \"steps\": ["
        "{\"step-name\": \"s\", \"status\": \"failure\", \"exit-code\": 3},"
        "{\"step-name\": \"t\", \"status\": \"success\"},"
        "{\"step-name\": \"u\", \"status\": \"failure\", \"exit-code\": 4},"
        "{\"step-name\": \"v\", \"status\": \"failure\", \"reason\": \"spawn-failed\", "
        "\"message\": \"dir 'x' is not a folder of the workspace\"}]}]}";

    cr_expect_not_null(strstr(summary_of(failed), "Failed: S / s (exit status 3)\n"));
    cr_expect_null(strstr(summary_of(failed), "Failed: S / t"));
    cr_expect_not_null(strstr(summary_of(failed), "Failed: S / u (exit status 4)\n"));
    cr_expect_not_null(strstr(summary_of(failed), "Failed: S / v (spawn-failed)\n"
                                                  "  dir 'x' is not a folder of the workspace\n"));
}
