/* SPDX-License-Identifier: MIT */
/* Which forms of a value are searched. */
#include "logs/mask_forms.h"

#include <chengis/masker.h>

#include "support.h"

static struct chg_mask_forms forms;

static void tear_down(void)
{
    chg_mask_forms_fini(&forms);
}

TestSuite(logs_mask_forms, .fini = tear_down);

static bool has(const char *text)
{
    for (size_t i = 0; i < forms.len; i++)
        if (forms.items[i].len == strlen(text) &&
            memcmp(forms.items[i].ptr, text, strlen(text)) == 0)
            return true;
    return false;
}

static int add(const char *value)
{
    return chg_mask_forms_add(&forms, value, strlen(value));
}

Test(logs_mask_forms, a_plain_value_has_six_forms)
{
    cr_assert_eq(add("hunter2"), 0);
    chg_mask_forms_sort(&forms);
    cr_assert_eq(forms.len, 6);
    cr_assert(has("hunter2") && has("68756e74657232") && has("68756E74657232"));
    cr_assert(has("aHVudGVyM") && has("h1bnRlcj") && has("odW50ZXIy"));
}

Test(logs_mask_forms, short_values_give_no_form)
{
    cr_assert_eq(add("abc"), 1);
    cr_assert_eq(add(""), 1);
    cr_assert_eq(forms.len, 0);
}

Test(logs_mask_forms, white_space_does_not_count_for_the_length)
{
    cr_assert_eq(add("  ab\n\n"), 1);
    cr_assert_eq(add("        "), 1);
    cr_assert_eq(forms.len, 0);
}

Test(logs_mask_forms, a_value_from_a_file_is_found_without_its_last_line_end)
{
    cr_assert_eq(add("hunter2\r\n"), 0);
    cr_assert(has("hunter2"));
    cr_assert_not(has("hunter2\r\n"));
}

Test(logs_mask_forms, spaces_around_a_value_are_part_of_it_too)
{
    cr_assert_eq(add(" hunter2 "), 0);
    cr_assert(has("hunter2") && has(" hunter2 "));
}

Test(logs_mask_forms, lines_of_a_value_are_forms_when_long_enough)
{
    cr_assert_eq(add("first line\r\n  second line  \n{\nshort\nlast one"), 0);
    cr_assert(has("first line") && has("second line") && has("last one"));
    cr_assert_not(has("short"));
    cr_assert_not(has("{"));
}

Test(logs_mask_forms, line_ends_vary)
{
    cr_assert_eq(add("ab\ncd"), 0);
    cr_assert(has("ab\ncd") && has("ab\r\ncd") && has("ab\\ncd"));
}

Test(logs_mask_forms, encoded_forms_under_eight_letters_are_left_out)
{
    cr_assert_eq(add("word"), 0);
    cr_assert_not(has("d29yZ"));
    cr_assert(has("776f7264"));
}

Test(logs_mask_forms, long_base64_is_also_searched_by_its_lines)
{
    char value[121];

    memset(value, 'k', 120);
    value[120] = '\0';
    cr_assert_eq(add(value), 0);
    /* 160 letters: lines of 76, 76 and 8. */
    cr_assert(has("a2tra2tr"));
    cr_assert(has("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr"));
    cr_assert(has("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr"));
}

Test(logs_mask_forms, sorting_puts_prefixes_first_and_drops_doubles)
{
    cr_assert_eq(add("bbbb"), 0);
    cr_assert_eq(add("aaaaaa"), 0);
    cr_assert_eq(add("aaaa"), 0);
    cr_assert_eq(add("aaaa"), 0);
    chg_mask_forms_sort(&forms);
    cr_assert(has("aaaa") && has("aaaaaa"));
    for (size_t i = 1; i < forms.len; i++)
        cr_assert(forms.items[i - 1].len != forms.items[i].len ||
                  memcmp(forms.items[i - 1].ptr, forms.items[i].ptr, forms.items[i].len) < 0);
}

Test(logs_mask_forms, no_memory_leaves_the_set_as_it_was)
{
    unsigned nth = 1;

    cr_assert_eq(add("before"), 0);
    for (bool reached = true; reached; nth++) {
        size_t len = forms.len;

        fault_alloc(nth);
        int rc = add("first line\nsecond 'line' \"here\"");
        reached = fault_alloc_off();
        cr_assert(!reached || (rc == CHENGIS_ERR_NO_MEMORY && forms.len == len));
    }
    cr_assert(nth > 10);
    cr_assert(has("second 'line' \"here\""));
}
