/* SPDX-License-Identifier: MIT */
/* The filter never skips the beginning of a form. */
#include "logs/mask_filter.h"

#include "logs_fixture.h"

static struct chg_mask_forms forms;
static struct chg_mask_filter filter;

static void tear_down(void)
{
    chg_mask_filter_fini(&filter);
    chg_mask_forms_fini(&forms);
}

TestSuite(logs_mask_filter, .fini = tear_down);

static void make(const char *const *values)
{
    for (; *values != NULL; values++)
        assert_ok(chg_mask_forms_add(&forms, *values, strlen(*values)));
    chg_mask_forms_sort(&forms);
    assert_ok(chg_mask_filter_init(&filter, &forms));
}

#define MAKE(...) make((const char *const[]){__VA_ARGS__, NULL})

static size_t skip(const char *text, size_t at)
{
    return chg_mask_filter_skip(&filter, (const unsigned char *)text, at, strlen(text));
}

Test(logs_mask_filter, strides_further_the_longer_the_forms)
{
    MAKE("longer-than-eleven");
    cr_assert_eq(filter.stride, 8);
    cr_assert_eq(filter.window, 11);
}

Test(logs_mask_filter, looks_at_every_place_for_forms_of_four_bytes)
{
    MAKE("abcd", "longer-than-eleven");
    cr_assert_eq(filter.stride, 1);
    cr_assert_eq(filter.window, 4);
}

Test(logs_mask_filter, strides_less_when_there_are_many_forms)
{
    char value[] = "a-rather-long-value-0000";

    for (int i = 0; i < 300; i++) {
        value[20] = (char)('0' + i / 100);
        value[21] = (char)('0' + i / 10 % 10);
        value[22] = (char)('0' + i % 10);
        assert_ok(chg_mask_forms_add(&forms, value, strlen(value)));
    }
    chg_mask_forms_sort(&forms);
    assert_ok(chg_mask_filter_init(&filter, &forms));
    cr_assert(filter.stride >= 1 && filter.stride < 8, "%zu", filter.stride);
}

Test(logs_mask_filter, stops_where_a_form_begins)
{
    MAKE("hunter22");
    for (size_t at = 0; at < 40; at++) {
        char text[80];

        memset(text, '.', sizeof text);
        memcpy(text + at, "hunter22", 8);
        text[79] = '\0';
        cr_assert_eq(skip(text, 0), at, "place %zu", at);
    }
}

Test(logs_mask_filter, leaves_less_than_a_window_unexamined)
{
    MAKE("hunter22");
    cr_assert_eq(skip("hunter2", 0), 0);
    cr_assert_eq(skip("", 0), 0);
    cr_assert(skip("................", 3) > 8);
}

Test(logs_mask_filter, reports_missing_memory)
{
    assert_ok(chg_mask_forms_add(&forms, "secret", 6));
    fault_alloc(2);
    int rc = chg_mask_filter_init(&filter, &forms);
    cr_assert(fault_alloc_off());
    cr_assert_eq(rc, CHENGIS_ERR_NO_MEMORY);
}
