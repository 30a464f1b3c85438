/* SPDX-License-Identifier: MIT */
/* Import of option structs of older and newer callers. */
#include "base/options.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "support.h"

struct options_v1 {
    uint32_t struct_size;
    uint32_t flags;
};

struct options_v2 {
    uint32_t struct_size;
    uint32_t flags;
    const char *name;
};

struct options_v3 {
    struct options_v2 v2;
    uint64_t later;
};

Test(base_options, null_means_defaults)
{
    struct options_v2 out = {.flags = 7, .name = "x"};

    assert_ok(chg_options_import(&out, sizeof(out), sizeof(struct options_v1), NULL, "options"));

    cr_expect_eq(out.flags, 0);
    cr_expect_null(out.name);
}

Test(base_options, an_older_struct_leaves_new_fields_zero)
{
    struct options_v1 user = {.struct_size = sizeof(user), .flags = 3};
    struct options_v2 out = {.name = "x"};

    assert_ok(chg_options_import(&out, sizeof(out), sizeof(user), &user, "options"));

    cr_expect_eq(out.flags, 3);
    cr_expect_null(out.name);
}

Test(base_options, a_newer_struct_is_fine_while_unused)
{
    struct options_v3 user = {.v2 = {.struct_size = sizeof(user), .flags = 5, .name = "n"}};
    struct options_v2 out;

    assert_ok(chg_options_import(&out, sizeof(out), sizeof(struct options_v1), &user, "options"));

    cr_expect_eq(out.flags, 5);
    cr_expect_str_eq(out.name, "n");
}

Test(base_options, an_unknown_field_in_use_is_refused)
{
    struct options_v3 user = {.v2 = {.struct_size = sizeof(user)}, .later = 1};
    struct options_v2 out;

    assert_err(chg_options_import(&out, sizeof(out), sizeof(struct options_v1), &user, "opts"),
               CHENGIS_ERR_INVALID, "opts: uses options that this version");
}

Test(base_options, an_uninitialised_struct_is_refused)
{
    struct options_v2 user = {.struct_size = 0};
    struct options_v2 out;

    assert_err(chg_options_import(&out, sizeof(out), sizeof(struct options_v1), &user, "opts"),
               CHENGIS_ERR_INVALID, "opts: struct_size is 0, expected at least 8");
    user.struct_size = UINT32_MAX;
    assert_err(chg_options_import(&out, sizeof(out), sizeof(struct options_v1), &user, "opts"),
               CHENGIS_ERR_INVALID, "struct_size is 4294967295");
}
