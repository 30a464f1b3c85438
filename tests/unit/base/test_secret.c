/* SPDX-License-Identifier: MIT */
/* Wiping and comparing of secret values. */
#include "base/secret.h"

#include <string.h>

#include "support.h"

Test(base_secret, wipe_leaves_zeros)
{
    static const char zeros[6];
    char value[6] = "token";

    chg_wipe(value, sizeof(value));
    chg_wipe(NULL, 4);

    cr_expect_arr_eq(value, zeros, sizeof(zeros));
}

Test(base_secret, a_copy_is_freed_and_null_is_fine)
{
    char *copy = chg_secret_dup("token");

    cr_expect_str_eq(copy, "token");
    chg_secret_free(copy);
    chg_secret_free(NULL);
    cr_expect_null(chg_secret_dup(NULL));
}

Test(base_secret, equal_looks_at_every_byte)
{
    cr_expect(chg_secret_equal("abc", "abc", 3));
    cr_expect(chg_secret_equal("abc", "abd", 2));
    cr_expect_not(chg_secret_equal("abc", "abd", 3));
    cr_expect_not(chg_secret_equal("xbc", "abc", 3));
    cr_expect(chg_secret_equal("", "", 0));
}
