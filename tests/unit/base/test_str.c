/* SPDX-License-Identifier: MIT */
/* The growing byte string and its sticky failure. */
#include "base/str.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "support.h"

Test(base_str, an_empty_string_is_terminated_and_owns_nothing)
{
    chg_auto(str) s = CHG_STR_INIT;

    cr_expect_str_eq(s.ptr, "");
    cr_expect_eq(s.cap, 0);
    chg_str_truncate(&s, 0);
    chg_str_reset(&s);
    assert_ok(chg_str_check(&s));
}

Test(base_str, appends_in_every_way)
{
    chg_auto(str) s = CHG_STR_INIT;

    chg_str_add(&s, "ab");
    chg_str_add(&s, NULL);
    chg_str_add_len(&s, "c\0d", 3);
    chg_str_add_char(&s, 'e');
    chg_str_addf(&s, "%d%s", 12, "");
    chg_str_addf(&s, "%s", "");

    cr_expect_eq(s.len, 8);
    cr_expect_arr_eq(s.ptr, "abc\0de12", 9);
}

Test(base_str, grows_over_many_appends)
{
    chg_auto(str) s = CHG_STR_INIT;

    for (int i = 0; i < 1000; i++)
        chg_str_addf(&s, "%03d", i);

    cr_expect_eq(s.len, 3000);
    cr_expect_eq(strlen(s.ptr), 3000);
    cr_expect_str_eq(s.ptr + 2997, "999");
}

Test(base_str, the_maximum_may_be_reached_but_not_passed)
{
    chg_auto(str) s = CHG_STR_INIT;

    s.max = 4;
    chg_str_add(&s, "abcd");
    assert_ok(chg_str_check(&s));
    chg_str_add_char(&s, 'e');

    assert_err(chg_str_check(&s), CHENGIS_ERR_LIMIT, "longer than 4 bytes");
    cr_expect_str_eq(s.ptr, "abcd");
}

Test(base_str, a_failure_sticks_until_reset)
{
    chg_auto(str) s = CHG_STR_INIT;

    fault_alloc(1);
    chg_str_add(&s, "lost");
    cr_assert(fault_alloc_off());
    chg_str_add(&s, "ignored");
    chg_str_addf(&s, "%d", 1);
    assert_err(chg_str_check(&s), CHENGIS_ERR_NO_MEMORY, "out of memory");
    assert_err(chg_str_reserve(&s, 1), CHENGIS_ERR_NO_MEMORY, "out of memory");

    chg_str_reset(&s);
    chg_str_add(&s, "anew");
    cr_expect_str_eq(s.ptr, "anew");
}

Test(base_str, take_hands_over_and_leaves_an_empty_string)
{
    chg_auto(str) s = CHG_STR_INIT;
    chg_autofree char *taken = NULL;

    chg_str_add(&s, "text");
    taken = chg_str_take(&s);

    cr_expect_str_eq(taken, "text");
    cr_expect_str_eq(s.ptr, "");
    cr_expect_eq(s.cap, 0);
}

Test(base_str, take_of_an_empty_string_is_heap_text)
{
    struct chg_str s = CHG_STR_INIT;
    chg_autofree char *taken = chg_str_take(&s);

    cr_expect_str_eq(taken, "");
}

Test(base_str, take_of_a_failed_string_is_null_with_the_error)
{
    struct chg_str s = CHG_STR_INIT;

    s.max = 1;
    chg_str_add(&s, "abc");

    assert_null_err(chg_str_take(&s), CHENGIS_ERR_LIMIT, "longer than 1 bytes");
    cr_expect_eq(s.failed, 0);
}

Test(base_str, truncate_only_shortens)
{
    chg_auto(str) s = CHG_STR_INIT;

    chg_str_add(&s, "abcdef");
    chg_str_truncate(&s, 9);
    cr_expect_eq(s.len, 6);
    chg_str_truncate(&s, 2);
    cr_expect_str_eq(s.ptr, "ab");
}

Test(base_str, reserve_makes_room_without_changing_the_text)
{
    chg_auto(str) s = CHG_STR_INIT;

    assert_ok(chg_str_reserve(&s, 500));
    cr_expect_geq(s.cap, 501);
    cr_expect_str_eq(s.ptr, "");
}

Test(base_str, reserve_refuses_sizes_that_overflow)
{
    chg_auto(str) s = CHG_STR_INIT;

    chg_str_add(&s, "x");
    assert_err(chg_str_reserve(&s, SIZE_MAX), CHENGIS_ERR_LIMIT, "longer than");
}

struct utf8_case {
    uint32_t codepoint;
    char bytes[8];
};

ParameterizedTestParameters(base_str, add_utf8_encodes_every_length)
{
    static struct utf8_case cases[] = {
        {0x41, "A"},
        {0x7F, "\x7F"},
        {0x80, "\xC2\x80"},
        {0x7FF, "\xDF\xBF"},
        {0x800, "\xE0\xA0\x80"},
        {0xFFFF, "\xEF\xBF\xBF"},
        {0x10000, "\xF0\x90\x80\x80"},
        {0x10FFFF, "\xF4\x8F\xBF\xBF"},
        {0xD800, "\xEF\xBF\xBD"},
        {0xDFFF, "\xEF\xBF\xBD"},
        {0x110000, "\xEF\xBF\xBD"},
    };

    return cr_make_param_array(struct utf8_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct utf8_case *c, base_str, add_utf8_encodes_every_length)
{
    chg_auto(str) s = CHG_STR_INIT;

    chg_str_add_utf8(&s, c->codepoint);

    cr_expect_str_eq(s.ptr, c->bytes);
    cr_expect(chg_utf8_valid(s.ptr, s.len, NULL));
}

Test(base_str, asprintf_gives_heap_text_of_any_length)
{
    chg_autofree char *text = chg_asprintf("%0500d|%s", 7, "end");

    cr_expect_eq(strlen(text), 504);
    cr_expect_str_eq(text + 500, "|end");
}

Test(base_str, asprintf_reports_missing_memory)
{
    fault_alloc(1);

    assert_null_err(chg_asprintf("%d", 1), CHENGIS_ERR_NO_MEMORY, "out of memory");
}
