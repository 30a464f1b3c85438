/* SPDX-License-Identifier: MIT */
#include "base/str.h"
#include "dsl/keys.h"
#include "support.h"

#define MAX_ROWS 32

Test(dsl_keys, every_row_says_what_it_is)
{
    for (size_t i = 0; i < chg_key_count; i++) {
        cr_expect_not(chg_is_blank(chg_keys[i].name));
        cr_expect_not(chg_is_blank(chg_keys[i].usual), "%s", chg_keys[i].name);
        cr_expect_not(chg_is_blank(chg_keys[i].summary), "%s", chg_keys[i].name);
        cr_expect_lt(chg_keys[i].scope, CHG_SCOPES);
    }
}

Test(dsl_keys, rows_of_a_scope_stand_together_and_fit_the_reader)
{
    size_t total = 0;

    for (enum chg_scope scope = 0; scope < CHG_SCOPES; scope++) {
        size_t count;
        const struct chg_key *rows = chg_keys_of(scope, &count);

        for (size_t i = 0; i < count; i++)
            cr_expect_eq(rows[i].scope, scope);
        cr_expect_gt(count, 0);
        cr_expect_leq(count, MAX_ROWS);
        cr_expect_not(chg_is_blank(chg_scope_name(scope)));
        total += count;
    }
    cr_expect_eq(total, chg_key_count);
}

static bool is_spelling(const struct chg_key *key, const char *name)
{
    return chg_streq(key->name, name) || chg_streq(key->usual, name) ||
           (key->also != NULL && chg_streq(key->also, name));
}

Test(dsl_keys, no_spelling_means_two_keys_of_a_scope)
{
    for (size_t i = 0; i < chg_key_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (chg_keys[i].scope != chg_keys[k].scope)
                continue;
            cr_expect_not(is_spelling(&chg_keys[k], chg_keys[i].name), "%s", chg_keys[i].name);
            cr_expect_not(is_spelling(&chg_keys[k], chg_keys[i].usual), "%s", chg_keys[i].usual);
        }
    }
}

Test(dsl_keys, all_spellings_find_the_row)
{
    const struct chg_key *row = chg_key_find(CHG_SCOPE_POST, "on-success");

    cr_assert_not_null(row);
    cr_expect_eq(chg_key_find(CHG_SCOPE_POST, "on_success"), row);
    cr_expect_str_eq(chg_key_find(CHG_SCOPE_STEP, "run")->name, "command");
    cr_expect_str_eq(chg_key_find(CHG_SCOPE_STEP, "command")->usual, "run");
    cr_expect_null(chg_key_find(CHG_SCOPE_STEP, "stages"));
}

Test(dsl_keys, the_nearest_key_is_in_the_spelling_asked_for)
{
    cr_expect_str_eq(chg_key_nearest(CHG_SCOPE_STAGE, "stpes", false), "steps");
    cr_expect_str_eq(chg_key_nearest(CHG_SCOPE_STAGE, "stage-nam", true), "stage-name");
    cr_expect_null(chg_key_nearest(CHG_SCOPE_STAGE, "zzzzzzzz", false));
}
