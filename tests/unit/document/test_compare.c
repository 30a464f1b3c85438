/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>
#include <stdio.h>

#include "base/clock.h"
#include "document/document_priv.h"

ParameterizedTestParameters(document_compare, finds_equal_keys_and_members)
{
    static struct document_case cases[] = {
        {"{:a 1 :a 2}", "F:1:7: error: duplicate key :a, first given at line 1, column 2"},
        {"{\"a\" 1\n \"a\" 2}", "F:2:2: error: duplicate key 'a', first given at line 1, column 2"},
        {"#{a\n a}", "F:2:2: error: duplicate member 'a', first given at line 1, column 3"},
        {"#{1 1N}", "F:1:5: error: duplicate member '1N', first given at line 1, column 3"},
        {"#{1.0 1.00}", "F:1:7: error: duplicate member '1.00', first given at line 1, column 3"},
        {"#{nil nil}", "F:1:7: error: duplicate member 'nil', first given at line 1, column 3"},
        {"#{true true}", "F:1:8: error: duplicate member 'true', first given at line 1, column 3"},
        {"#{[1 2] (1 2)}", "F:1:9: error: duplicate member a list in parentheses, first given at "
                           "line 1, column 3"},
        {"#{#{1 2} #{2 1}}",
         "F:1:10: error: duplicate member a set, first given at line 1, column 3"},
        {"#{{1 2, 3 4} {3 4, 1 2}}",
         "F:1:14: error: duplicate member a map, first given at line 1, column 3"},
        {"#{#inst \"2020\" #inst \"2020-01-01\"}", "F:1:16: error: duplicate member '2020-01-01', "
                                                   "first given at line 1, column 3"},
        {"#{1 1 1}", "F:1:5: error: duplicate member '1', first given at line 1, column 3\n"
                     "F:1:7: error: duplicate member '1', first given at line 1, column 3"},
        {"#{9999999999999999999N 9999999999999999999N}",
         "F:1:24: error: duplicate member '9999999999999999999N', first given at line 1, column "
         "3"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_compare, finds_equal_keys_and_members)
{
    check_case("edn", row);
}

ParameterizedTestParameters(document_compare, keeps_different_things_apart)
{
    static struct document_case cases[] = {
        {"#{1 1.0 1M 1.0M}", "#{1 1.0 1M 1.0M}"},
        {"#{9999999999999999999 10000000000000000000}",
         "#{9999999999999999999 10000000000000000000}"},
        {"#{:a a \"a\" \\a}", "#{:a a \"a\" \\a}"},
        {"#{nil false}", "#{nil false}"},
        {"#{[1] [1 2] [2]}", "#{[1] [1 2] [2]}"},
        {"#{{1 2} {1 3} {2 2}}", "#{{1 2} {1 3} {2 2}}"},
        {"#{#{1} #{2} #{}}", "#{#{1} #{2} #{}}"},
        {"#{\"\" \"\\u0000\" \"\\u0000a\"}", "#{\"\" \"\\u0000\" \"\\u0000a\"}"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_compare, keeps_different_things_apart)
{
    check_case("edn", row);
}

Test(document_compare, reports_all_duplicates_of_a_file_at_once)
{
    assert_reads("edn", "{:a {:b 1 :b 2} :a 3}", 21, NULL,
                 "F:1:11: error: duplicate key :b, first given at line 1, column 6\n"
                 "F:1:17: error: duplicate key :a, first given at line 1, column 2");
}

/* 60,000 keys: comparing each with each would take minutes. */
Test(document_compare, finds_the_duplicate_in_a_map_of_a_mebibyte)
{
    struct chg_str text = CHG_STR_INIT;
    int64_t start = chg_clock_mono_ms();

    chg_str_add(&text, "{");
    for (int i = 0; i < 60000; i++)
        chg_str_addf(&text, "\n:key%d 1", i);
    chg_str_add(&text, " :key77 2}");
    assert_reads("edn", text.ptr, text.len, NULL,
                 "F:60001:13: error: duplicate key :key77, first given at line 79, column 1");
    cr_expect(chg_clock_mono_ms() - start < 20000);
    chg_str_fini(&text);
}

Test(document_compare, names_the_first_place_for_every_repeat_among_many_keys)
{
    assert_reads("edn", "#{1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 3 3}", 48, NULL,
                 "F:1:45: error: duplicate member '3', first given at line 1, column 7\n"
                 "F:1:47: error: duplicate member '3', first given at line 1, column 7");
}

Test(document_compare, orders_nodes_totally)
{
    struct chg_document *doc = read_good(
        "edn", "[nil false true -5 7 1.5 \"a\" \"b\" :a a \\a [1] [2] [1 1] #{} {1 2} {1 3} 1M]");
    const struct chg_node *root = chg_document_root(doc);

    for (size_t i = 0; i < root->count; i++)
        for (size_t j = 0; j < root->count; j++)
            cr_expect((chg_node_compare(root->items[i], root->items[j]) > 0) == (i > j),
                      "items %zu and %zu", i, j);
    chg_document_free(doc);
}
