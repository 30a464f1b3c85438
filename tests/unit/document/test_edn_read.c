/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

ParameterizedTestParameters(document_edn_read, reads_collections_and_drops)
{
    static struct document_case cases[] = {
        {"[]", "[]"},
        {"()", "()"},
        {"{}", "{}"},
        {"#{}", "#{}"},
        {" \t\r\n,,[1,2 , 3]", "[1 2 3]"},
        {"{:a 1, \"b\" [2 (3)]}", "{:a 1, \"b\" [2 (3)]}"},
        {"#{:a #{:b}}", "#{:a #{:b}}"},
        {"{[1] 2, {} 3}", "{[1] 2, {} 3}"},
        {"; only a comment\n1 ; and another", "1"},
        {"[1 ;]\n 2]", "[1 2]"},
        {"[a\"b\"c]", "[a \"b\" c]"},
        {"[1 #_2 3]", "[1 3]"},
        {"[#_ #_ a b c]", "[c]"},
        {"[#_#_#_a b c]", "[]"},
        {"[#_[1 #_2 (3)] 4]", "[4]"},
        {"#_ a b", "b"},
        {"b #_a", "b"},
        {"{:a #_1 2}", "{:a 2}"},
        {"[#_ #foo bar 1]", "[1]"},
        {"[#_ [#foo bar] 1]", "[1]"},
        {"[#uuid #_x \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"]",
         "[#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"]"},
        {"\xEF\xBB\xBF:bom", ":bom"},
        {"[1 1.0 \"1\" :1]", "[1 1.0 \"1\" :1]"},
        {"#{1 1.0 1M \"a\" a :a \\a}", "#{1 1.0 1M \"a\" a :a \\a}"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_edn_read, reads_collections_and_drops)
{
    check_case("edn", row);
}

ParameterizedTestParameters(document_edn_read, refuses_with_place_and_reason)
{
    static struct document_case cases[] = {
        {"", "F:1:1: error: the file holds no value"},
        {" ; nothing\n", "F:1:1: error: the file holds no value"},
        {"#_ a", "F:1:1: error: the file holds no value"},
        {"1 2", "F:1:3: error: a second value starts here; the file must hold one"},
        {"{}\n#_x [1]", "F:2:5: error: a second value starts here; the file must hold one"},
        {"{} }", "F:1:4: error: '}' closes nothing"},
        {")", "F:1:1: error: ')' closes nothing"},
        {"{:a\n [1 2}", "F:2:6: error: '}' does not close '[' of line 2, column 2; expected ']'"},
        {"{:a\n (1", "F:2:4: error: the file ends before '(' of line 2, column 2 is closed"},
        {"#{1", "F:1:4: error: the file ends before '#{' of line 1, column 1 is closed"},
        {"[#_]", "F:1:2: error: #_ has nothing behind it to drop"},
        {"[#_ #_ a]", "F:1:5: error: #_ has nothing behind it to drop"},
        {"#_", "F:1:1: error: #_ has nothing behind it to drop"},
        {"[#_", "F:1:4: error: the file ends before '[' of line 1, column 1 is closed"},
        {"{:a}", "F:1:2: error: the last key of the map has no value"},
        {"{:a 1 :b}", "F:1:7: error: the last key of the map has no value"},
        {"#foo/bar 1", "F:1:1: error: tag #foo/bar is not known; only #inst and #uuid are"},
        {"#aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg\xC3\xA9 1",
         "F:1:1: error: tag #aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg is "
         "not "
         "known; only #inst and #uuid are"},
        {"#inst", "F:1:1: error: tag #inst has no value behind it"},
        {"[#inst]", "F:1:2: error: tag #inst has no value behind it"},
        {"#:a{:b 1}", "F:1:1: error: maps with a namespace (#:name{...}) are not supported; "
                      "write the keys in full"},
        {"##Inf", "F:1:1: error: symbolic values (##Inf, ##NaN) are not supported"},
        {"#\"a\"", "F:1:1: error: regular expressions (#\"...\") are not data; write a string"},
        {"#(f)", "F:1:1: error: #( is code, and this file is data"},
        {"#", "F:1:1: error: # needs a tag name, '{' or '_' behind it"},
        {"'a", "F:1:1: error: ''' is not allowed here"},
        {"@a", "F:1:1: error: '@' is not allowed here"},
        {"^:m a", "F:1:1: error: '^' is not allowed here; metadata is not part of EDN"},
        {"\x01", "F:1:1: error: control character U+0001 is not allowed here"},
        {"[\xC3\xA9\xC3\xA9 @]", "F:1:5: error: '@' is not allowed here"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_edn_read, refuses_with_place_and_reason)
{
    check_case("edn", row);
}

ParameterizedTestParameters(document_edn_read, reads_files_of_many_forms)
{
    static struct document_case cases[] = {
        {"", "()"},
        {"(a) ; x\n[1] #_b", "((a) [1])"},
        {"(require '[a.b :refer [c]])", "((require (quote [a.b :refer [c]])))"},
        {"('#_x y)", "(((quote y)))"},
        {"(')", "F:1:2: error: ' has nothing behind it"},
        {"(a) )", "F:1:5: error: ')' closes nothing"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_edn_read, reads_files_of_many_forms)
{
    check_case("clj", row);
}

Test(document_edn_read, keeps_the_place_of_every_node)
{
    struct chg_document *doc = read_good("edn", "{:\xC3\xA9 \"\xE2\x82\xAC\"\n  :b [1\n22]}");
    const struct chg_node *root = chg_document_root(doc);
    const struct chg_node *vector = chg_node_value(root, 1);

    cr_expect(root->place.line == 1 && root->place.column == 1);
    cr_expect(root->end.line == 3 && root->end.column == 5);
    cr_expect(chg_node_key(root, 0)->place.column == 2 && chg_node_key(root, 0)->end.column == 4);
    cr_expect(chg_node_value(root, 0)->place.column == 5);
    cr_expect(chg_node_key(root, 1)->place.line == 2 && chg_node_key(root, 1)->place.column == 3);
    cr_expect(vector->items[1]->place.line == 3 && vector->items[1]->place.column == 1);
    cr_expect(vector->items[1]->end.column == 3);
    chg_document_free(doc);
}

Test(document_edn_read, takes_discards_stacked_as_deep_as_anyone_writes_them)
{
    struct chg_str text = CHG_STR_INIT;

    for (int i = 0; i < 100000; i++)
        chg_str_add(&text, "#_");
    for (int i = 0; i < 100001; i++)
        chg_str_add(&text, " a");
    assert_reads("edn", text.ptr, text.len, NULL, "a");
    chg_str_fini(&text);
}
