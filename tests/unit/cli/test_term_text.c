/* SPDX-License-Identifier: MIT */
/* Making text harmless and measuring it. */
#include "cli/term_text.h"

#include "support.h"

struct pair {
    char in[64];
    char out[64];
};

/* What one line of foreign text becomes. */
ParameterizedTestParameters(cli_term_text, cleans)
{
    static struct pair cases[] = {
        {"plain text", "plain text"},
        {"\033[31mred\033[0m", "red"},
        {"a\033[2Jb\033[10;5Hc", "abc"},
        {"\033]0;title\007x", "x"},
        {"\033]8;;http://e\033\\link\033]8;;\033\\", "link"},
        {"\033Pq#0\033\\y", "y"},
        {"\033(Bz", "z"},
        {"\033cw", "w"},
        {"a\r\nb", "a b"},
        {"a\tb", "a    b"},
        {"a\bb\177c", "abc"},
        {"\302\233"
         "31mx",
         "31mx"}, /* C1 control CSI */
        {"\233"
         "31mx",
         "\357\277\275"
         "31mx"},
        {"bad \377 byte", "bad \357\277\275 byte"},
        {"cut \342\202", "cut \357\277\275"},
        {"over\300\257long", "over\357\277\275\357\277\275long"},
        {"ok \342\202\254", "ok \342\202\254"},
        {"evil\342\200\256txt", "eviltxt"}, /* right-to-left override */
        {"zero\342\201\246x", "zerox"},
        {"\033[38;5;1", ""},
        {"\033[?25lhidden", "hidden"},
        {"\033[1\nnext", " next"},
    };

    return cr_make_param_array(struct pair, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct pair *pair, cli_term_text, cleans)
{
    struct chg_str out = CHG_STR_INIT;

    chg_text_clean(&out, pair->in);

    cr_expect_str_eq(out.ptr, pair->out);
    chg_str_fini(&out);
}

ParameterizedTestParameters(cli_term_text, cleans_byte_by_byte)
{
    static struct pair cases[] = {
        {"\033[31mred\033[0m", "red"},
        {"\033]0;title\007x", "x"},
        {"ok \342\202\254", "ok \342\202\254"},
        {"bad \342\202x", "bad \357\277\275x"},
    };

    return cr_make_param_array(struct pair, cases, sizeof(cases) / sizeof(cases[0]));
}

/* However a stream is cut, the result is the same. */
ParameterizedTest(struct pair *pair, cli_term_text, cleans_byte_by_byte)
{
    struct chg_clean clean = {0};
    struct chg_str out = CHG_STR_INIT;

    for (size_t i = 0; i < strlen(pair->in); i++)
        chg_clean_feed(&clean, &out, pair->in + i, 1);
    chg_clean_end(&clean, &out);

    cr_expect_str_eq(out.ptr, pair->out);
    chg_str_fini(&out);
}
static void feed(struct chg_clean *clean, struct chg_str *out, const char *text)
{
    chg_clean_feed(clean, out, text, strlen(text));
}

Test(cli_term_text, a_log_keeps_lines_and_colours_and_nothing_else)
{
    struct chg_clean clean = {.keep_colour = true, .keep_lines = true};
    struct chg_str out = CHG_STR_INIT;

    feed(&clean, &out, "\033[1;31mred\033[0m\n\tx\033[2A\033[?1049h\033]0;t\007y\n");
    chg_clean_end(&clean, &out);

    cr_expect_str_eq(out.ptr, "\033[1;31mred\033[0m\n\txy\n");
    chg_str_fini(&out);
}

Test(cli_term_text, the_end_resets_a_colour_left_on)
{
    struct chg_clean clean = {.keep_colour = true, .keep_lines = true};
    struct chg_str out = CHG_STR_INIT;

    feed(&clean, &out, "\033[32mgreen");
    chg_clean_end(&clean, &out);

    cr_expect_str_eq(out.ptr, "\033[32mgreen\033[0m");
    cr_expect_not(clean.coloured);
    chg_str_fini(&out);
}

Test(cli_term_text, a_string_without_an_end_hides_one_line_at_most)
{
    struct chg_clean clean = {.keep_lines = true};
    struct chg_str out = CHG_STR_INIT;

    feed(&clean, &out, "\033]0;never ends\nseen\n");

    cr_expect_str_eq(out.ptr, "\nseen\n");
    chg_str_fini(&out);
}

Test(cli_term_text, an_endless_sequence_is_given_up)
{
    struct chg_clean clean = {.keep_colour = true, .keep_lines = true};
    struct chg_str out = CHG_STR_INIT;
    char digits[200];

    memset(digits, '1', sizeof(digits));
    feed(&clean, &out, "\033[");
    chg_clean_feed(&clean, &out, digits, sizeof(digits));
    feed(&clean, &out, "m seen");

    cr_expect_not_null(strstr(out.ptr, "m seen"));
    cr_expect_null(strchr(out.ptr, '\033'));
    chg_str_fini(&out);
}

Test(cli_term_text, null_is_empty)
{
    struct chg_str out = CHG_STR_INIT;

    chg_text_clean(&out, NULL);

    cr_expect_str_eq(out.ptr, "");
    chg_str_fini(&out);
}

Test(cli_term_text, width_counts_columns)
{
    cr_expect_eq(chg_text_width(""), 0);
    cr_expect_eq(chg_text_width("abc"), 3);
    cr_expect_eq(chg_text_width("\303\251t\303\251"), 3);        /* été */
    cr_expect_eq(chg_text_width("e\314\201"), 1);                /* e and a combining accent */
    cr_expect_eq(chg_text_width("\346\227\245\346\234\254"), 4); /* two wide characters */
    cr_expect_eq(chg_text_width("\360\237\232\200"), 2);         /* an emoji */
    cr_expect_eq(chg_text_width("\033[1;31mred\033[0m"), 3);
}

struct fit {
    char in[32];
    size_t columns;
    bool unicode;
    char out[32];
};

ParameterizedTestParameters(cli_term_text, fits)
{
    static struct fit cases[] = {
        {"abcdef", 6, true, "abcdef"},
        {"abcdefg", 6, true, "abcde\342\200\246"},
        {"abcdefg", 6, false, "abcde~"},
        {"abc", 0, true, ""},
        {"abc", 1, false, "~"},
        {"\346\227\245\346\234\254", 3, false, "\346\227\245~"},
        {"\346\227\245\346\234\254", 2, false, "~"},
        {"", 5, true, ""},
    };

    return cr_make_param_array(struct fit, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct fit *fit, cli_term_text, fits)
{
    struct chg_str out = CHG_STR_INIT;

    chg_text_fit(&out, fit->in, fit->columns, fit->unicode);

    cr_expect_str_eq(out.ptr, fit->out);
    chg_str_fini(&out);
}
