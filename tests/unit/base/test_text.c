/* SPDX-License-Identifier: MIT */
/* Comparison, UTF-8 and suggestions. */
#include <string.h>

#include "base/str.h"
#include "support.h"

Test(base_text, streq_takes_null)
{
    cr_expect(chg_streq("a", "a"));
    cr_expect(chg_streq(NULL, NULL));
    cr_expect_not(chg_streq("a", "b"));
    cr_expect_not(chg_streq("", NULL));
    cr_expect_not(chg_streq(NULL, ""));
}

Test(base_text, prefixes_and_suffixes)
{
    cr_expect(chg_starts_with("refs/heads/main", "refs/heads/"));
    cr_expect_not(chg_starts_with("refs", "refs/"));
    cr_expect(chg_starts_with(NULL, ""));
    cr_expect_not(chg_starts_with(NULL, "a"));
    cr_expect(chg_ends_with("app.jar", ".jar"));
    cr_expect_not(chg_ends_with("jar", ".jar"));
    cr_expect(chg_ends_with(NULL, NULL));
}

Test(base_text, blank_is_null_empty_or_white)
{
    cr_expect(chg_is_blank(NULL));
    cr_expect(chg_is_blank(""));
    cr_expect(chg_is_blank(" \t\r\n"));
    cr_expect_not(chg_is_blank(" x "));
}

struct utf8_case {
    char text[12];
    size_t bad; /* 99: well-formed */
};

ParameterizedTestParameters(base_text, utf8_is_judged_by_the_standard)
{
    static struct utf8_case cases[] = {
        {"plain", 99},
        {"\xC3\xA9", 99},
        {"\xE2\x82\xAC", 99},
        {"\xF0\x9F\x98\x80", 99},
        {"\xF4\x8F\xBF\xBF", 99},
        {"\xED\x9F\xBF", 99},
        {"a\x80", 1},            /* continuation alone */
        {"ab\xC3", 2},           /* cut */
        {"\xE2\x82", 0},         /* cut */
        {"\xC0\x80", 0},         /* overlong */
        {"\xC1\xBF", 0},         /* overlong */
        {"\xE0\x9F\xBF", 0},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 0}, /* overlong */
        {"\xED\xA0\x80", 0},     /* surrogate */
        {"\xF4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xF5\x80\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xFF", 0},             /* never a byte of UTF-8 */
        {"x\xE2\x28\xA1", 1},    /* bad second byte */
        {"x\xE2\x82\x28", 1},    /* bad third byte */
    };

    return cr_make_param_array(struct utf8_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct utf8_case *c, base_text, utf8_is_judged_by_the_standard)
{
    size_t bad = 99;
    bool valid = chg_utf8_valid(c->text, strlen(c->text), &bad);

    cr_expect_eq(valid, c->bad == 99);
    cr_expect_eq(bad, c->bad, "bad offset %zu, expected %zu", bad, c->bad);
}

struct nearest_case {
    char text[32];
    char nearest[16]; /* "": none */
};

ParameterizedTestParameters(base_text, nearest_suggests_what_was_meant)
{
    static struct nearest_case cases[] = {
        {"stage", "stages"},
        {"stagse", "stages"},
        {"enviroment", "environment"},
        {"step", "steps"},
        {"environmental", "environment"},
        {"stages", "stages"},
        {"xyzzy", ""},
        {"", ""},
        {"q", ""},
        {"post", "post"},
        {"pots", "post"},
        {"environ", ""},
    };

    return cr_make_param_array(struct nearest_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct nearest_case *c, base_text, nearest_suggests_what_was_meant)
{
    static const char *const names[] = {"stages", "steps", "environment", "post"};
    const char *got = chg_nearest(c->text, names, 4);

    cr_expect_str_eq(got != NULL ? got : "", c->nearest);
}

Test(base_text, nearest_takes_the_first_of_equals_and_ignores_very_long_names)
{
    static const char *const names[] = {
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "baz",
        "bar"};

    cr_expect_str_eq(chg_nearest("baq", names, 3), "baz");
    cr_expect_null(chg_nearest(names[0], names, 3));
    cr_expect_null(chg_nearest(NULL, names, 3));
}
