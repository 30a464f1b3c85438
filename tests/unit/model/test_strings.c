/* SPDX-License-Identifier: MIT */
#include "model_test.h"

Test(model_strings, keeps_copies_in_order)
{
    struct chg_strings list = {0};
    char text_[] = "a";

    assert_ok(chg_strings_add(&list, text_));
    text_[0] = 'x';
    assert_ok(chg_strings_add(&list, "b"));

    cr_expect_eq(list.len, 2);
    cr_expect_str_eq(list.items[0], "a");
    cr_expect(chg_strings_has(&list, "b"));
    cr_expect_not(chg_strings_has(&list, "x"));
    chg_strings_fini(&list);
    cr_expect_eq(list.len, 0);
}

Test(model_strings, a_copy_is_apart)
{
    struct chg_strings list = {0};
    struct chg_strings copy;

    assert_ok(chg_strings_add(&list, "a"));
    assert_ok(chg_strings_copy(&copy, &list));
    chg_strings_fini(&list);

    cr_expect_str_eq(copy.items[0], "a");
    chg_strings_fini(&copy);
}

Test(model_strings, copying_nothing_gives_nothing)
{
    struct chg_strings none = {0};
    struct chg_strings copy;

    assert_ok(chg_strings_copy(&copy, &none));

    cr_expect_eq(copy.len, 0);
    chg_strings_fini(&copy);
}

Test(model_strings, a_failed_add_changes_nothing)
{
    struct chg_strings list = {0};

    fault_alloc(2);
    cr_expect_eq(chg_strings_add(&list, "a"), CHENGIS_ERR_NO_MEMORY);
    cr_expect(fault_alloc_off());

    cr_expect_eq(list.len, 0);
    chg_strings_fini(&list);
}
