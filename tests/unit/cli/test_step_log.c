/* SPDX-License-Identifier: MIT */
/* The last lines of a log. */
#include "cli/step_log.h"

#include "support.h"

struct lines {
    char in[48];
    bool partial;
    size_t count;
    char out[48];
};

ParameterizedTestParameters(cli_step_log, last_lines)
{
    static struct lines cases[] = {
        {"a\nb\nc\n", false, 2, "b\nc\n"},
        {"a\nb\nc", false, 2, "b\nc\n"},
        {"a\nb\n", false, 9, "a\nb\n"},
        {"", false, 3, ""},
        {"\n", false, 3, "\n"},
        {"a\n\nb\n", false, 2, "\nb\n"},
        {"torn\nb\nc\n", true, 9, "b\nc\n"},
        {"only a torn one", true, 2, "only a torn one\n"},
        {"10%\r20%\r30%\n", false, 1, "30%\n"},
        {"dos\r\n", false, 1, "dos\n"},
        {"\033[31mred\033[0m\n", false, 1, "red\n"},
        {"a\nb\n", false, 0, ""},
    };

    return cr_make_param_array(struct lines, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct lines *lines, cli_step_log, last_lines)
{
    struct chg_str out = CHG_STR_INIT;

    chg_last_lines(&out, lines->in, strlen(lines->in), lines->partial, lines->count);

    cr_expect_str_eq(out.ptr, lines->out);
    chg_str_fini(&out);
}
