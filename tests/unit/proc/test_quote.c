/* SPDX-License-Identifier: MIT */
/* Quoted words mean themselves to a shell. */
#include "proc_test.h"

#include <criterion/parameterized.h>

#include "proc/quote.h"

TestSuite(proc_quote, .timeout = 60);

struct quote_case {
    char word[32];
    char quoted[48];
};

ParameterizedTestParameters(proc_quote, quotes_only_what_needs_it)
{
    static struct quote_case cases[] = {
        {"plain", "plain"},
        {"/usr/bin/x-1.2_3", "/usr/bin/x-1.2_3"},
        {"--name=value", "--name=value"},
        {"", "''"},
        {"two words", "'two words'"},
        {"it's", "'it'\\''s'"},
        {"'", "''\\'''"},
        {"$HOME", "'$HOME'"},
        {"`x`", "'`x`'"},
        {"a\nb", "'a\nb'"},
        {"~", "'~'"},
        {"#x", "'#x'"},
        {"!", "'!'"},
        {"a;b", "'a;b'"},
        {"\\", "'\\'"},
        {"\xc3\xa4", "'\xc3\xa4'"},
        {"*", "'*'"},
        {"{a,b}", "'{a,b}'"},
    };

    return cr_make_param_array(struct quote_case, cases, sizeof(cases) / sizeof(*cases));
}

ParameterizedTest(struct quote_case *test, proc_quote, quotes_only_what_needs_it)
{
    struct chg_str out = CHG_STR_INIT;

    chg_shell_quote(&out, test->word);

    cr_assert_str_eq(out.ptr, test->quoted);
    chg_str_fini(&out);
}

Test(proc_quote, joins_arguments_and_quotes_an_assignment_in_front)
{
    struct chg_str out = CHG_STR_INIT;

    chg_shell_quote_argv(&out, ARGV("A=1", "B=2", "x y"));

    cr_assert_str_eq(out.ptr, "'A=1' B=2 'x y'");
    chg_str_fini(&out);
}

Test(proc_quote, survives_a_real_shell)
{
    struct chg_str script = CHG_STR_INIT;
    struct ran ran;

    chg_shell_quote_argv(&script,
                         ARGV("printf", "[%s]", "it's", "", "$HOME `x` \"", "a\nb", "\\n"));
    assert_ok(run_argv(&ran, SH(script.ptr)));

    cr_assert_str_eq(ran.out, "[it's][][$HOME `x` \"][a\nb][\\n]");
    chg_str_fini(&script);
}
