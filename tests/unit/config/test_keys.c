/* SPDX-License-Identifier: MIT */
/* The table of keys holds together: sorted, complete, with defaults that its own limits accept. */
#include "config/config.h"

#include <ctype.h>
#include <stdlib.h>

#include "support.h"

Test(config_keys, are_sorted_and_unique)
{
    for (size_t i = 1; i < chg_config_key_count; i++)
        cr_assert(strcmp(chg_config_keys[i - 1].name, chg_config_keys[i].name) < 0, "%s",
                  chg_config_keys[i].name);
}

Test(config_keys, have_variables_made_of_their_names)
{
    for (size_t i = 0; i < chg_config_key_count; i++) {
        const char *name = chg_config_keys[i].name;
        char expected[128] = "CHENGIS_";
        size_t len = strlen(expected);

        for (; *name != '\0'; name++)
            expected[len++] = (char)(*name == '.' || *name == '-' ? '_' : toupper(*name));
        cr_assert_str_eq(chg_config_keys[i].env, expected);
    }
}

Test(config_keys, say_what_they_are_for)
{
    for (size_t i = 0; i < chg_config_key_count; i++) {
        cr_assert_not_null(chg_config_keys[i].about);
        cr_assert_gt(strlen(chg_config_keys[i].about), 10);
    }
}

Test(config_keys, have_defaults_that_are_acceptable)
{
    chengis_config *config = NULL;

    assert_ok(chengis_config_new(&config, NULL, NULL));
    for (size_t i = 0; i < chg_config_key_count; i++)
        cr_assert_not_null(chengis_config_text(config, chg_config_keys[i].name), "%s",
                           chg_config_keys[i].name);
    chengis_config_unref(config);
}
