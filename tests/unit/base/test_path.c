/* SPDX-License-Identifier: MIT */
/* Path arithmetic on text. */
#include "base/path.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "support.h"

struct path_case {
    char a[24];
    char b[24];
    char expected[32];
};

ParameterizedTestParameters(base_path, join_puts_one_slash_between)
{
    static struct path_case cases[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"a", "/b", "/b"},
        {"a", "", "a"},    {"a", ".", "a"},    {"", "b", "b"},   {"a/b", "../c", "a/b/../c"},
    };

    return cr_make_param_array(struct path_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct path_case *c, base_path, join_puts_one_slash_between)
{
    chg_autofree char *joined = chg_path_join(c->a, c->b);

    cr_expect_str_eq(joined, c->expected);
}

ParameterizedTestParameters(base_path, normalize_works_on_the_text)
{
    static struct path_case cases[] = {
        {"a//b/./c/", "", "a/b/c"},
        {"a/../b", "", "b"},
        {"a/..", "", "."},
        {"", "", "."},
        {".", "", "."},
        {"..", "", ".."},
        {"../a", "", "../a"},
        {"a/../../b", "", "../b"},
        {"../../a/..", "", "../.."},
        {"/", "", "/"},
        {"//a//", "", "/a"},
        {"/..", "", "/"},
        {"/../../a", "", "/a"},
        {"a/b/..", "", "a"},
        {"...", "", "..."},
        {"a/..b", "", "a/..b"},
    };

    return cr_make_param_array(struct path_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct path_case *c, base_path, normalize_works_on_the_text)
{
    chg_autofree char *normal = chg_path_normalize(c->a);

    cr_expect_str_eq(normal, c->expected, "'%s' became '%s'", c->a, normal);
}

ParameterizedTestParameters(base_path, dirname_and_basename_split)
{
    static struct path_case cases[] = {
        {"a/b", "a", "b"},       {"a", ".", "a"},    {"/a", "/", "a"},
        {"/a/b/c", "/a/b", "c"}, {"a//b", "a", "b"},
    };

    return cr_make_param_array(struct path_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct path_case *c, base_path, dirname_and_basename_split)
{
    chg_autofree char *dir = chg_path_dirname(c->a);

    cr_expect_str_eq(dir, c->b);
    cr_expect_str_eq(chg_path_basename(c->a), c->expected);
}

Test(base_path, dirname_ignores_slashes_at_the_end)
{
    chg_autofree char *a = chg_path_dirname("a/b//");
    chg_autofree char *root = chg_path_dirname("///");

    cr_expect_str_eq(a, "a");
    cr_expect_str_eq(root, "/");
}

struct within_case {
    char root[16];
    char path[24];
    bool within;
};

ParameterizedTestParameters(base_path, is_within_compares_components)
{
    static struct within_case cases[] = {
        {"/a", "/a/b", true},     {"/a", "/a", true},        {"/a", "/ab", false},
        {"/a", "/a/../b", false}, {"/a", "/a/b/../c", true}, {"/", "/x", true},
        {"/a", "a/b", false},     {".", "a/b", true},        {".", "../a", false},
        {".", "..a", true},       {"a", "a/b", true},        {"a/.", "a/b", true},
        {"/a/b", "/a", false},    {".", "..", false},        {".", "/a", false},
    };

    return cr_make_param_array(struct within_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct within_case *c, base_path, is_within_compares_components)
{
    cr_expect_eq(chg_path_is_within(c->root, c->path), c->within, "%s in %s", c->path, c->root);
}

Test(base_path, join_inside_takes_what_stays_below)
{
    chg_autofree char *a = chg_path_join_inside("/root", "a/../b");
    chg_autofree char *b = chg_path_join_inside("/root", "");

    cr_expect_str_eq(a, "/root/b");
    cr_expect_str_eq(b, "/root");
}

Test(base_path, join_inside_refuses_what_leaves)
{
    assert_null_err(chg_path_join_inside("/root", "../x"), CHENGIS_ERR_PERMISSION,
                    "path '../x' leaves '/root'");
    assert_null_err(chg_path_join_inside("/root", "a/../../x"), CHENGIS_ERR_PERMISSION, "leaves");
    assert_null_err(chg_path_join_inside("/root", "/root/x"), CHENGIS_ERR_PERMISSION, "leaves");
}

Test(base_path, missing_memory_is_reported)
{
    fault_alloc(1);
    assert_null_err(chg_path_normalize("a"), CHENGIS_ERR_NO_MEMORY, "out of memory");
    fault_alloc(1);
    assert_null_err(chg_path_join_inside("a", "b"), CHENGIS_ERR_NO_MEMORY, "out of memory");
}
