/* SPDX-License-Identifier: MIT */
/* Typed arrays. */
#include "base/vec.h"

#include <stdint.h>

#include "support.h"

Test(base_vec, push_keeps_order_while_growing)
{
    CHG_VEC(int) v = {0};
    int wrong = 0;

    for (int i = 0; i < 1000; i++)
        assert_ok(chg_vec_push(&v, i));
    for (int i = 0; i < 1000; i++)
        wrong += v.items[i] != i;

    cr_expect_eq(v.len, 1000);
    cr_expect_eq(wrong, 0);
    chg_vec_fini(&v);
    cr_expect(v.items == NULL && v.len == 0 && v.cap == 0);
}

Test(base_vec, holds_structs)
{
    struct pair {
        const char *name;
        int value;
    };
    CHG_VEC(struct pair) v = {0};

    assert_ok(chg_vec_push(&v, ((struct pair){"a", 1})));

    cr_expect_str_eq(v.items[0].name, "a");
    chg_vec_fini(&v);
}

Test(base_vec, reserve_makes_room_at_once)
{
    CHG_VEC(char) v = {0};

    assert_ok(chg_vec_reserve(&v, 100));

    cr_expect_eq(v.cap, 100);
    cr_expect_eq(v.len, 0);
    chg_vec_fini(&v);
}

Test(base_vec, a_failed_push_changes_nothing)
{
    CHG_VEC(int) v = {0};

    fault_alloc(1);
    assert_err(chg_vec_push(&v, 1), CHENGIS_ERR_NO_MEMORY, "out of memory");

    cr_expect(v.items == NULL && v.len == 0 && v.cap == 0);
}

Test(base_vec, a_size_that_overflows_is_out_of_memory)
{
    CHG_VEC(uint64_t) v = {0};

    assert_err(chg_vec_reserve(&v, SIZE_MAX / 2), CHENGIS_ERR_NO_MEMORY, "out of memory");
}
