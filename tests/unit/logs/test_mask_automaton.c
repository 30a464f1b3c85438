/* SPDX-License-Identifier: MIT */
/* The automaton: states follow the forms, and fall back to the longest suffix. */
#include "logs/mask_automaton.h"

#include "support.h"

static struct chg_mask_forms forms;
static struct chg_mask_automaton *automaton;

static void tear_down(void)
{
    chg_mask_automaton_free(automaton);
}

TestSuite(logs_mask_automaton, .fini = tear_down);

static void build(const char *const *values)
{
    for (; *values != NULL; values++)
        assert_ok(chg_mask_forms_add(&forms, *values, strlen(*values)));
    chg_mask_forms_sort(&forms);
    assert_ok(chg_mask_automaton_new(&automaton, &forms));
    chg_mask_forms_fini(&forms);
}

#define BUILD(...) build((const char *const[]){__VA_ARGS__, NULL})

static const struct chg_mask_node *after(const char *text)
{
    uint32_t state = 0;

    for (; *text != '\0'; text++)
        state = chg_mask_step(automaton, state, (unsigned char)*text);
    return &automaton->nodes[state];
}

Test(logs_mask_automaton, counts_the_depth_of_what_may_begin)
{
    BUILD("secret");
    cr_assert_eq(after("")->depth, 0);
    cr_assert_eq(after("xxsec")->depth, 3);
    cr_assert_eq(after("secx")->depth, 0);
    cr_assert_eq(after("secsecre")->depth, 5);
}

Test(logs_mask_automaton, knows_the_longest_form_that_ends)
{
    BUILD("abcdef", "cdef", "abcd");
    cr_assert_eq(after("abcd")->match, 4);
    cr_assert_eq(after("abcdef")->match, 6);
    cr_assert_eq(after("xxcdef")->match, 4);
    cr_assert_eq(after("abc")->match, 0);
}

Test(logs_mask_automaton, finds_a_form_inside_the_beginning_of_another)
{
    BUILD("xabcdy", "abcd");
    cr_assert_eq(after("xabcd")->depth, 5);
    cr_assert_eq(after("xabcd")->match, 4);
}

Test(logs_mask_automaton, tables_and_lists_agree)
{
    /* Seven children below "key-" make a table, two below "key-1" a list. */
    BUILD("key-1a..", "key-1b..", "key-2...", "key-3...", "key-4...", "key-5...", "key-6...",
          "key-7...");
    cr_assert(automaton->table_count >= 2);
    cr_assert_eq(after("key-5...")->match, 8);
    cr_assert_eq(after("key-1b..")->match, 8);
    cr_assert_eq(after("key-key-1a.")->depth, 7);
    cr_assert_eq(after("key-9")->depth, 0);
}

Test(logs_mask_automaton, survives_bytes_of_every_value)
{
    BUILD("\xff\xfe\x80\x81\x7f");
    cr_assert_eq(after("\xff\xff\xfe\x80\x81\x7f")->match, 5);
}

Test(logs_mask_automaton, reports_missing_memory)
{
    unsigned nth = 1;

    assert_ok(chg_mask_forms_add(&forms, "secret", 6));
    chg_mask_forms_sort(&forms);
    for (bool reached = true; reached; nth++) {
        fault_alloc(nth);
        int rc = chg_mask_automaton_new(&automaton, &forms);
        reached = fault_alloc_off();
        cr_assert_eq(rc, reached ? CHENGIS_ERR_NO_MEMORY : 0);
    }
    cr_assert_eq(nth, 8);
    chg_mask_forms_fini(&forms);
}
