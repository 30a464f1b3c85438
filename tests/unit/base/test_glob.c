/* SPDX-License-Identifier: MIT */
/* Patterns: what matches, what can be left out, what is refused, and that matching is quick. */
#include "base/glob.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "support.h"

struct match_case {
    char pattern[48];
    char text[48];
    bool matches;
};

static void check_match(const struct match_case *c, bool as_text)
{
    struct chg_glob *glob = NULL;

    assert_ok(as_text ? chg_glob_compile_text(&glob, c->pattern)
                      : chg_glob_compile(&glob, c->pattern));
    cr_expect_eq(chg_glob_match(glob, c->text), c->matches, "'%s' and '%s': expected %s",
                 c->pattern, c->text, c->matches ? "a match" : "no match");
    chg_glob_free(glob);
}

ParameterizedTestParameters(base_glob, paths_are_matched)
{
    static struct match_case cases[] = {
        /* within a component */
        {"src/a.c", "src/a.c", true},
        {"src/a.c", "src/ab.c", false},
        {"src/*.c", "src/a.c", true},
        {"src/*.c", "src/.c", true},
        {"src/*.c", "src/x/a.c", false},
        {"src/?.c", "src/a.c", true},
        {"src/?.c", "src/ab.c", false},
        {"src/?.c", "src//.c", false},
        {"src/?.c", "src/\xC3\xA9.c", true},
        {"a/*", "a/.hidden", true},
        {"a/b*c*d", "a/bxcxcxd", true},
        {"a/b*c*d", "a/bxcxcx", false},
        /* without a slash: at any depth */
        {"*.jar", "app.jar", true},
        {"*.jar", "target/libs/app.jar", true},
        {"*.jar", "app.jar.txt", false},
        {"Makefile", "a/b/Makefile", true},
        {"Makefile", "a/b/xMakefile", false},
        {"**", "a", true},
        {"**", "a/b/c", true},
        {"**", "", false},
        /* any number of directories */
        {"**/*.xml", "a.xml", true},
        {"**/*.xml", "a/b/c.xml", true},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/xb", false},
        {"a/**/b", "xa/b", false},
        {"a/**", "a/b", true},
        {"a/**", "a/b/c", true},
        {"a/**", "a", false},
        {"a/**", "ab/c", false},
        {"**/a/**/b/**", "x/a/y/b/z", true},
        {"**/a/**/b/**", "a/b", false},
        {"**/**/x", "x", true},
        {"a/b**/c", "a/bx/y/c", true},
        {"build/**.jar", "build/a/b.jar", true},
        /* the root */
        {"./dist/app", "dist/app", true},
        {"/dist/app", "dist/app", true},
        {"dist/app", "./dist/app", true},
        {"./app", "app", true},
        {"./app", "x/app", false},
        {"/app", "x/app", false},
        /* sets */
        {"[abc].c", "b.c", true},
        {"[abc].c", "d.c", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[^a-c]x", "dx", true},
        {"[]x]y", "]y", true},
        {"[!]x]y", "]y", false},
        {"[a-]b", "-b", true},
        {"[\\]]b", "]b", true},
        {"a[/]b", "a/b", false},
        {"a[!x]b", "a/b", false},
        {"[\xC3\xA0-\xC3\xB0]", "\xC3\xA9", true},
        {"[!a]", "\xC3\xA9", true},
        {"[{,}]", ",", true},
        /* braces */
        {"{a,b}/c", "b/c", true},
        {"{a,b}/c", "ab/c", false},
        {"*.{jar,war}", "x/app.war", true},
        {"{*.jar,docs/*.md}", "x/a.jar", true},
        {"{*.jar,docs/*.md}", "x/docs/a.md", false},
        {"{a,b{c,d{e,f}}}g", "bdfg", true},
        {"{a,b{c,d{e,f}}}g", "bg", false},
        {"a{,b}c", "ac", true},
        {"a{,b}c", "abc", true},
        {"{**/,}x/y", "x/y", true},
        {"{a,**}/b", "b", true},
        {"{x}", "x", true},
        {"{[,],a}", ",", true},
        /* escapes and plain characters */
        {"a\\*b", "a*b", true},
        {"a\\*b", "axb", false},
        {"\\{a,b\\}", "{a,b}", true},
        {"{\\,,x}", ",", true},
        {"a,b", "a,b", true},
        {"a]b", "a]b", true},
        {"\xFF*", "\xFF\xFE", true},
        {"A", "a", false},
    };

    return cr_make_param_array(struct match_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct match_case *c, base_glob, paths_are_matched)
{
    check_match(c, false);
}

ParameterizedTestParameters(base_glob, text_is_matched_without_path_meaning)
{
    static struct match_case cases[] = {
        {"release/*", "release/1.0/hotfix", true},
        {"*", "feature/x", true},
        {"*", "", true},
        {"main", "x/main", false},
        {"main", "main", true},
        {"feature?x", "feature/x", true},
        {"feature[!a]x", "feature/x", true},
        {"{main,release/**}", "release/a/b", true},
        {"/x", "x", false},
        {"v[0-9]*", "v1.2", true},
        {"v[0-9]*", "v", false},
    };

    return cr_make_param_array(struct match_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct match_case *c, base_glob, text_is_matched_without_path_meaning)
{
    check_match(c, true);
}

ParameterizedTestParameters(base_glob, directories_that_cannot_matter_are_known)
{
    static struct match_case cases[] = {
        {"target/*.jar", "target", true}, {"target/*.jar", "target/x", false},
        {"target/*.jar", "src", false},   {"target/*.jar", "", true},
        {"target/*.jar", ".", true},      {"target/*.jar", "./target/", true},
        {"target", "target", true},       {"./target", "target", false},
        {"./target", "src", false},       {"*.jar", "any/where", true},
        {"**/x/*.c", "a/b", true},        {"a/**/b", "a/x/y", true},
        {"a/**/b", "b", false},           {"{a,b}/{c,d}/e", "a/d", true},
        {"{a,b}/{c,d}/e", "a/e", false},  {"a/b/c", "a", true},
        {"a/b/c", "a/b", true},           {"a/b/c", "a/b/c", false},
    };

    return cr_make_param_array(struct match_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct match_case *c, base_glob, directories_that_cannot_matter_are_known)
{
    struct chg_glob *glob = NULL;

    assert_ok(chg_glob_compile(&glob, c->pattern));
    cr_expect_eq(chg_glob_may_match_below(glob, c->text), c->matches, "'%s' below '%s'", c->pattern,
                 c->text);
    chg_glob_free(glob);
}

Test(base_glob, text_patterns_never_prune)
{
    struct chg_glob *glob = NULL;

    assert_ok(chg_glob_compile_text(&glob, "a"));
    cr_expect(chg_glob_may_match_below(glob, "b"));
    chg_glob_free(glob);
}

struct bad_case {
    char pattern[32];
    char part[64];
};

ParameterizedTestParameters(base_glob, bad_patterns_are_refused_with_the_place)
{
    static struct bad_case cases[] = {
        {"", "a pattern is empty"},
        {"a[bc", "pattern 'a[bc': '[' at byte 2 is not closed by ']'"},
        {"a[]", "'[' at byte 2 is not closed"},
        {"[!]", "'[' at byte 1 is not closed"},
        {"[a\\]", "'[' at byte 1 is not closed"},
        {"{a,b", "'{' is not closed by '}'"},
        {"{a,{b}", "'{' is not closed by '}'"},
        {"a}", "'}' at byte 2 closes no '{'"},
        {"a\\", "ends in a backslash"},
        {"[z-a]", "pattern '[z-a]': the range in '[z-a]' runs backwards"},
    };

    return cr_make_param_array(struct bad_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad_case *c, base_glob, bad_patterns_are_refused_with_the_place)
{
    struct chg_glob *glob = NULL;

    assert_err(chg_glob_compile(&glob, c->pattern), CHENGIS_ERR_INVALID, c->part);
    cr_expect_null(glob);
}

static void fill(char *buffer, size_t size, const char *piece)
{
    size_t len = strlen(piece);

    for (size_t i = 0; i < size - 1; i++)
        buffer[i] = piece[i % len];
    buffer[size - 1] = '\0';
}

Test(base_glob, a_pattern_has_a_greatest_length)
{
    static char pattern[4098];
    struct chg_glob *glob = NULL;

    fill(pattern, 4097, "abc/");
    assert_ok(chg_glob_compile(&glob, pattern));
    cr_expect(chg_glob_match(glob, pattern));
    chg_glob_free(glob);

    fill(pattern, 4098, "abc/");
    assert_err(chg_glob_compile(&glob, pattern), CHENGIS_ERR_LIMIT, "longer than 4096 bytes");
}

Test(base_glob, alternatives_groups_and_their_sum_have_limits)
{
    static char pattern[4096];
    struct chg_glob *glob = NULL;

    assert_ok(chg_glob_compile(&glob, "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"));
    cr_expect(chg_glob_match(glob, "abababbbbb"));
    chg_glob_free(glob);

    assert_err(chg_glob_compile(&glob, "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"),
               CHENGIS_ERR_LIMIT, "more than 1024 alternatives");
    fill(pattern, 65 * 3 + 1, "{a}");
    assert_err(chg_glob_compile(&glob, pattern), CHENGIS_ERR_LIMIT, "more than 64 groups");
    fill(pattern, sizeof(pattern), "x");
    memcpy(pattern, "{a,b}{a,b}{a,b}{a,b}{a,b}", 25);
    assert_err(chg_glob_compile(&glob, pattern), CHENGIS_ERR_LIMIT, "65536 characters together");
}

Test(base_glob, hostile_patterns_take_linear_time)
{
    static char pattern[2000];
    static char path[4000];
    struct chg_glob *glob = NULL;
    int64_t start = chg_clock_mono_ms();

    fill(pattern, 1999, "*a");
    pattern[1997] = 'b';
    fill(path, sizeof(path), "a");
    assert_ok(chg_glob_compile(&glob, pattern));
    cr_expect_not(chg_glob_match(glob, path));
    chg_glob_free(glob);

    fill(pattern, 1999, "**/");
    pattern[1997] = 'x';
    fill(path, sizeof(path), "a/");
    assert_ok(chg_glob_compile(&glob, pattern));
    cr_expect_not(chg_glob_match(glob, path));
    chg_glob_free(glob);

    /* Backtracking would outlive the universe; this is a matter of milliseconds. */
    cr_expect_lt(chg_clock_mono_ms() - start, 20000);
}

Test(base_glob, every_failing_allocation_is_reported)
{
    struct chg_glob *glob = NULL;
    bool reached = true;

    for (unsigned nth = 1; reached; nth++) {
        int rc;

        fault_alloc(nth);
        rc = chg_glob_compile(&glob, "{a,b}/[a-z]/**/*.c");
        reached = fault_alloc_off();
        cr_expect_eq(rc, reached ? CHENGIS_ERR_NO_MEMORY : 0, "allocation %u", nth);
    }
    chg_glob_free(glob);
    chg_glob_free(NULL);
}
