/* SPDX-License-Identifier: MIT */
/* Plans for people. */
#include "cli/plan_text.h"

#include <stdio.h>

#include "support.h"

static const char *text_of(const char *plan_json)
{
    static char text[4096];
    chg_autojson plan = json_loads(plan_json, 0, NULL);
    struct chg_str out = CHG_STR_INIT;

    cr_assert_not_null(plan);
    chg_plan_text(&out, (struct chg_look){0}, plan);
    (void)snprintf(text, sizeof(text), "%s", out.ptr);
    chg_str_fini(&out);
    return text;
}

Test(cli_plan_text, shows_command_directory_limit_and_environment)
{
    cr_expect_str_eq(
        text_of("{\"pipeline-name\": \"demo\", \"stages\": [{\"stage-name\": \"build\","
                "\"depends-on\": [\"a\", \"b\"], \"runs\": true, \"steps\": [{\"step-name\": \"s\","
                "\"type\": \"shell\", \"runs\": true, \"argv\": [\"sh\", \"-c\", \"make all\"],"
                "\"env\": {\"TOKEN\": \"***\"}, \"dir\": \"sub\", \"timeout-ms\": 90000}]}]}"),
        "Pipeline demo\n\nbuild  after a, b\n  s  [shell]\n    $ sh -c 'make all'\n    in sub\n"
        "    at most 1 m 30 s\n    TOKEN=***\n");
}

Test(cli_plan_text, what_does_not_run_is_shown_with_its_reason_alone)
{
    cr_expect_str_eq(
        text_of("{\"pipeline-name\": \"demo\", \"stages\": [{\"stage-name\": \"deploy\", \"runs\": "
                "false, \"reason\": \"branch is not main\", \"steps\": [{\"step-name\": \"s\", "
                "\"type\": \"shell\", \"runs\": false, \"argv\": [\"x\"]}]}]}"),
        "Pipeline demo\n\ndeploy  skipped: branch is not main\n  s  skipped  [shell]\n");
}

Test(cli_plan_text, foreign_text_is_harmless)
{
    cr_expect_null(strpbrk(text_of("{\"pipeline-name\": \"a\\u001b[2J\", \"stages\": "
                                   "[{\"stage-name\": \"b\\u0007\", \"steps\": []}]}"),
                           "\033\007"));
}

Test(cli_plan_text, a_script_keeps_its_lines)
{
    cr_expect_not_null(
        strstr(text_of("{\"stages\": [{\"stage-name\": \"b\", \"steps\": [{\"step-name\": \"s\", "
                       "\"type\": \"shell\", \"argv\": [\"sh\", \"a b\\nc\\n\"]}]}]}"),
               "    $ sh 'a b\n      c'\n"));
}
