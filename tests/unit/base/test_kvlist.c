/* SPDX-License-Identifier: MIT */
/* Ordered NAME=VALUE lists. */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/map.h"
#include "support.h"

Test(base_kvlist, put_replaces_in_place)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;

    assert_ok(chg_kvlist_put(&list, "A", "1"));
    assert_ok(chg_kvlist_put(&list, "B", "2"));
    assert_ok(chg_kvlist_put(&list, "A", "3"));

    cr_expect_eq(list.len, 2);
    cr_expect_str_eq(list.items[0].value, "3");
    cr_expect_str_eq(chg_kvlist_get(&list, "B"), "2");
}

Test(base_kvlist, a_value_may_be_replaced_by_itself)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;

    assert_ok(chg_kvlist_put(&list, "A", "same"));
    assert_ok(chg_kvlist_put(&list, "A", chg_kvlist_get(&list, "A")));

    cr_expect_str_eq(chg_kvlist_get(&list, "A"), "same");
}

Test(base_kvlist, names_are_told_apart_by_case_and_may_be_absent)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;

    assert_ok(chg_kvlist_put(&list, "Path", NULL));

    cr_expect_str_eq(chg_kvlist_get(&list, "Path"), "");
    cr_expect_null(chg_kvlist_get(&list, "PATH"));
}

Test(base_kvlist, merge_lets_the_other_list_win)
{
    chg_auto(kvlist) into = CHG_KVLIST_INIT;
    chg_auto(kvlist) from = CHG_KVLIST_INIT;

    assert_ok(chg_kvlist_put(&into, "A", "1"));
    assert_ok(chg_kvlist_put(&into, "B", "2"));
    assert_ok(chg_kvlist_put(&from, "C", "4"));
    assert_ok(chg_kvlist_put(&from, "A", "3"));
    assert_ok(chg_kvlist_merge(&into, &from));

    cr_expect_eq(into.len, 3);
    cr_expect_str_eq(chg_kvlist_get(&into, "A"), "3");
    cr_expect_str_eq(into.items[2].name, "C");
}

Test(base_kvlist, a_failed_put_changes_nothing)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;

    for (unsigned nth = 1; nth <= 3; nth++) {
        fault_alloc(nth);
        assert_err(chg_kvlist_put(&list, "A", "1"), CHENGIS_ERR_NO_MEMORY, "out of memory");
        cr_expect_eq(list.len, 0);
    }
}

Test(base_kvlist, a_failed_merge_is_reported)
{
    chg_auto(kvlist) into = CHG_KVLIST_INIT;
    chg_auto(kvlist) from = CHG_KVLIST_INIT;

    assert_ok(chg_kvlist_put(&from, "A", "1"));
    fault_alloc(1);

    assert_err(chg_kvlist_merge(&into, &from), CHENGIS_ERR_NO_MEMORY, "out of memory");
}

Test(base_kvlist, wipe_empties_the_list)
{
    struct chg_kvlist list = CHG_KVLIST_INIT;

    assert_ok(chg_kvlist_put(&list, "TOKEN", "secret"));
    chg_kvlist_wipe(&list);

    cr_expect_eq(list.len, 0);
    cr_expect_null(chg_kvlist_get(&list, "TOKEN"));
}

Test(base_kvlist, envp_is_what_execve_takes)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;
    const char **envp = NULL;

    assert_ok(chg_kvlist_put(&list, "A", "1 2"));
    assert_ok(chg_kvlist_put(&list, "EMPTY", ""));
    assert_ok(chg_kvlist_envp(&list, &envp));

    cr_expect_str_eq(envp[0], "A=1 2");
    cr_expect_str_eq(envp[1], "EMPTY=");
    cr_expect_null(envp[2]);
    chg_free(envp);
}

Test(base_kvlist, a_wiped_envp_holds_no_byte_of_its_strings)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;
    const char **envp = NULL;

    assert_ok(chg_kvlist_put(&list, "A", "1"));
    assert_ok(chg_kvlist_put(&list, "TOKEN", "hunter2"));
    assert_ok(chg_kvlist_envp(&list, &envp));
    chg_envp_wipe(envp);
    chg_envp_wipe(NULL);

    for (size_t i = 0; i < sizeof("A=1"); i++)
        cr_expect_eq(envp[0][i], '\0');
    for (size_t i = 0; i < sizeof("TOKEN=hunter2"); i++)
        cr_expect_eq(envp[1][i], '\0');
    chg_free(envp);
}

Test(base_kvlist, envp_of_an_empty_list_is_empty)
{
    chg_auto(kvlist) list = CHG_KVLIST_INIT;
    const char **envp = NULL;

    assert_ok(chg_kvlist_envp(&list, &envp));
    cr_expect_null(envp[0]);
    chg_free(envp);
    fault_alloc(1);
    assert_err(chg_kvlist_envp(&list, &envp), CHENGIS_ERR_NO_MEMORY, "out of memory");
}
