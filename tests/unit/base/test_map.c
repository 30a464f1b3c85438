/* SPDX-License-Identifier: MIT */
/* The ordered hash map. */
#include "base/map.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "support.h"

static int freed;

static void count_free(void *value)
{
    freed++;
    chg_free(value);
}

Test(base_map, an_empty_map_has_nothing)
{
    chg_auto(map) map = CHG_MAP_INIT(NULL);

    cr_expect_null(chg_map_get(&map, "a"));
    cr_expect_eq(chg_map_remove(&map, "a"), 0);
}

Test(base_map, put_replaces_and_frees_the_old_value)
{
    chg_auto(map) map = CHG_MAP_INIT(count_free);

    assert_ok(chg_map_put(&map, "k", chg_strdup("old")));
    assert_ok(chg_map_put(&map, "k", chg_strdup("new")));

    cr_expect_eq(map.count, 1);
    cr_expect_eq(freed, 1);
    cr_expect_str_eq(chg_map_get(&map, "k"), "new");
}

Test(base_map, putting_the_same_value_again_does_not_free_it)
{
    chg_auto(map) map = CHG_MAP_INIT(count_free);
    char *value = chg_strdup("v");

    assert_ok(chg_map_put(&map, "k", value));
    assert_ok(chg_map_put(&map, "k", value));

    cr_expect_eq(freed, 0);
}

Test(base_map, finds_thousands_of_keys)
{
    static int values[5000];
    chg_auto(map) map = CHG_MAP_INIT(NULL);
    char key[32];
    int wrong = 0;

    for (int i = 0; i < 5000; i++) {
        (void)snprintf(key, sizeof(key), "some/longer/key-%d", i);
        assert_ok(chg_map_put(&map, key, &values[i]));
    }
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(key, sizeof(key), "some/longer/key-%d", i);
        wrong += chg_map_get(&map, key) != &values[i] || map.entries[i].value != &values[i];
    }

    cr_expect_eq(wrong, 0);
    cr_expect_null(chg_map_get(&map, "some/longer/key-5000"));
}

Test(base_map, remove_keeps_the_order_of_the_others)
{
    chg_auto(map) map = CHG_MAP_INIT(count_free);

    assert_ok(chg_map_put(&map, "a", chg_strdup("1")));
    assert_ok(chg_map_put(&map, "b", chg_strdup("2")));
    assert_ok(chg_map_put(&map, "c", chg_strdup("3")));

    cr_expect_eq(chg_map_remove(&map, "a"), 1);
    cr_expect_eq(freed, 1);
    cr_expect_str_eq(map.entries[0].key, "b");
    cr_expect_str_eq(map.entries[1].key, "c");
    cr_expect_null(chg_map_get(&map, "a"));
    cr_expect_str_eq(chg_map_get(&map, "c"), "3");
}

Test(base_map, fini_frees_all_values_and_allows_reuse)
{
    struct chg_map map = CHG_MAP_INIT(count_free);

    assert_ok(chg_map_put(&map, "a", chg_strdup("1")));
    assert_ok(chg_map_put(&map, "b", chg_strdup("2")));
    chg_map_fini(&map);
    cr_expect_eq(freed, 2);

    assert_ok(chg_map_put(&map, "a", chg_strdup("3")));
    cr_expect_eq(map.count, 1);
    chg_map_fini(&map);
}

Test(base_map, a_failed_put_leaves_the_value_to_the_caller)
{
    char value[] = "mine";
    int failures = 0;

    for (unsigned nth = 1; nth <= 3; nth++) {
        struct chg_map map = CHG_MAP_INIT(count_free);

        fault_alloc(nth);
        failures += chg_map_put(&map, "a", value) == CHENGIS_ERR_NO_MEMORY;
        cr_expect(fault_alloc_off());
        cr_expect_null(chg_map_get(&map, "a"));
        chg_map_fini(&map);
    }
    cr_expect_eq(failures, 3);
    cr_expect_eq(freed, 0);
}

Test(base_map, the_empty_key_is_a_key)
{
    static int value;
    chg_auto(map) map = CHG_MAP_INIT(NULL);

    assert_ok(chg_map_put(&map, "", &value));

    cr_expect_eq(chg_map_get(&map, ""), &value);
}
