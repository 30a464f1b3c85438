/* SPDX-License-Identifier: MIT */
/* The option parser. */
#include "cli/options.h"

#include "support.h"

static const struct chg_option own[] = {
    {.name = "follow", .letter = 'f', .help = "x"},
    {.name = "tail", .arg = "N", .help = "x"},
    {.name = "param", .letter = 'p', .arg = "K=V", .help = "x"},
    {.name = NULL},
};
static const struct chg_option global[] = {
    {.name = "quiet", .letter = 'q', .help = "x"},
    {.name = "color", .arg = "WHEN", .choices = "auto|always|never", .help = "x"},
    {.name = NULL},
};

/* Parse all of argv; the first failure, or 0. */
static int parse(struct chg_args *args, const char *const *argv)
{
    size_t index = 0;
    int rc = 0;

    while (argv[index] != NULL && rc == 0)
        rc = chg_args_next(args, own, global, argv, &index);
    return rc;
}

#define ARGV(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

Test(cli_options, keeps_words_and_options_in_any_order)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("-f", "log", "--tail", "5", "--quiet", "x")));

    cr_expect_eq(args.words.len, 2);
    cr_expect_str_eq(args.words.items[0], "log");
    cr_expect_str_eq(args.words.items[1], "x");
    cr_expect(chg_args_has(&args, "follow"));
    cr_expect(chg_args_has(&args, "quiet"));
    cr_expect_str_eq(chg_args_value(&args, "tail"), "5");
    chg_args_fini(&args);
}

Test(cli_options, takes_values_joined_by_an_equals_sign_or_to_a_letter)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("--param=a=b", "-pc=d", "-p", "e=f", "--tail=")));

    cr_expect_eq(chg_args_count(&args, "param"), 3);
    cr_expect_str_eq(args.options.items[0].value, "a=b");
    cr_expect_str_eq(args.options.items[1].value, "c=d");
    cr_expect_str_eq(args.options.items[2].value, "e=f");
    cr_expect_str_eq(chg_args_value(&args, "tail"), "");
    chg_args_fini(&args);
}

Test(cli_options, takes_letters_in_one_word)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("-fqpa=b")));

    cr_expect(chg_args_has(&args, "follow"));
    cr_expect(chg_args_has(&args, "quiet"));
    cr_expect_str_eq(chg_args_value(&args, "param"), "a=b");
    chg_args_fini(&args);
}

Test(cli_options, the_last_value_wins)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("--tail", "1", "--tail", "2")));

    cr_expect_str_eq(chg_args_value(&args, "tail"), "2");
    chg_args_fini(&args);
}

Test(cli_options, after_two_dashes_everything_is_a_word)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("--", "-f", "--", "--nonsense")));

    cr_expect_eq(args.words.len, 3);
    cr_expect_str_eq(args.words.items[0], "-f");
    cr_expect_str_eq(args.words.items[1], "--");
    cr_expect_not(chg_args_has(&args, "follow"));
    chg_args_fini(&args);
}

Test(cli_options, a_single_dash_is_a_word)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("-")));

    cr_expect_eq(args.words.len, 1);
    chg_args_fini(&args);
}

Test(cli_options, a_value_may_look_like_an_option)
{
    struct chg_args args = {0};

    assert_ok(parse(&args, ARGV("--tail", "-5")));

    cr_expect_str_eq(chg_args_value(&args, "tail"), "-5");
    chg_args_fini(&args);
}

struct bad {
    char argv[3][32];
    char part[64];
};

ParameterizedTestParameters(cli_options, refuses)
{
    static struct bad cases[] = {
        {{"--folow"}, "unknown option '--folow'; the nearest one is '--follow'"},
        {{"--nothing-like-it"}, "unknown option '--nothing-like-it'"},
        {{"-x"}, "unknown option '-x'"},
        {{"-fx"}, "unknown option '-x'"},
        {{"--follow=yes"}, "option '--follow' takes no value"},
        {{"--tail"}, "option '--tail' needs a value: --tail N"},
        {{"-p"}, "option '--param' needs a value"},
        {{"--color", "blue"}, "option '--color': 'blue' is not one of auto|always|never"},
        {{"--color=aut"}, "is not one of"},
        {{"--color="}, "is not one of"},
        {{"--color=auto|always"}, "is not one of"},
    };

    return cr_make_param_array(struct bad, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad *bad, cli_options, refuses)
{
    struct chg_args args = {0};
    const char *argv[4] = {0};

    for (int i = 0; i < 3 && bad->argv[i][0] != '\0'; i++)
        argv[i] = bad->argv[i];

    assert_err(parse(&args, argv), CHENGIS_ERR_INVALID, bad->part);
    chg_args_fini(&args);
}

Test(cli_options, an_unknown_option_is_named_without_its_value)
{
    struct chg_args args = {0};

    assert_err(parse(&args, ARGV("--sercet=hunter2")), CHENGIS_ERR_INVALID, "--sercet");

    cr_expect_null(strstr(chengis_error_last()->message, "hunter2"));
    chg_args_fini(&args);
}
