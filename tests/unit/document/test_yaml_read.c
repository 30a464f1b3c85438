/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

ParameterizedTestParameters(document_yaml_read, reads_what_people_write)
{
    static struct document_case cases[] = {
        {"", "nil"},
        {"# only a comment\n", "nil"},
        {"---\n...\n", "nil"},
        {"a: 1\nb: [x, 'y', \"z\\n\"]\n", "{\"a\" 1, \"b\" [\"x\" \"y\" \"z\\n\"]}"},
        {"on: push\nyes: no\n", "{\"on\" \"push\", \"yes\" \"no\"}"},
        {"v: 1.10\n", "{\"v\" 1.10}"},
        {"v: '1.10'\n", "{\"v\" \"1.10\"}"},
        {"a:\nb: ~\n", "{\"a\" nil, \"b\" nil}"},
        {"1: a\ntrue: b\n1.5: c\n", "{1 \"a\", true \"b\", 1.5 \"c\"}"},
        {"- a\n- - b\n  - c\n- d: e\n  f: g\n", "[\"a\" [\"b\" \"c\"] {\"d\" \"e\", \"f\" \"g\"}]"},
        {"{a: {}, b: []}", "{\"a\" {}, \"b\" []}"},
        {"a: |\n  x\n   y\n\n  z\n", "{\"a\" \"x\\n y\\n\\nz\\n\"}"},
        {"a: >-\n  x\n  y\n", "{\"a\" \"x y\"}"},
        {"a: |+\n  x\n\n", "{\"a\" \"x\\n\\n\"}"},
        {"%YAML 1.2\n---\na: 1\n", "{\"a\" 1}"},
        {"%YAML 1.1\n---\nyes\n", "\"yes\""},
        {"a: &x 5\nb: *x\n", "{\"a\" 5, \"b\" 5}"},
        {"a: &x 5\nb: &x 6\nc: *x\n", "{\"a\" 5, \"b\" 6, \"c\" 6}"},
        {"a: &x [1]\nb: [*x, *x]\n", "{\"a\" [1], \"b\" [[1] [1]]}"},
        {"&k a: 1\nb: {*k : 2}\n", "{\"a\" 1, \"b\" {\"a\" 2}}"},
        {"? a\n: b\n", "{\"a\" \"b\"}"},
        {"a: \xC3\xA9\n", "{\"a\" \"\xC3\xA9\"}"},
        {"a: \"\\0\\x01\"\n", "{\"a\" \"\\u0000\\u0001\"}"},
        {"a: 2026-01-31\nb: 12:30:00\n", "{\"a\" \"2026-01-31\", \"b\" \"12:30:00\"}"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_read, reads_what_people_write)
{
    check_case("yaml", row);
}

ParameterizedTestParameters(document_yaml_read, knows_the_core_tags_and_no_other)
{
    static struct document_case cases[] = {
        {"!!str 5", "\"5\""},
        {"! 5", "\"5\""},
        {"!!int '5'", "5"},
        {"!!float 5", "5.0"},
        {"!!bool 'true'", "true"},
        {"!!null ''", "nil"},
        {"!!map {a: 1}", "{\"a\" 1}"},
        {"!!seq [1]", "[1]"},
        {"! [1]", "[1]"},
        {"!<tag:yaml.org,2002:str> 5", "\"5\""},
        {"%TAG !c! tag:yaml.org,2002:\n---\n!c!str 5\n", "\"5\""},
        {"a: !!int x", "F:1:4: error: 'x' does not fit its tag !!int"},
        {"a: !!bool yes", "F:1:4: error: 'yes' does not fit its tag !!bool"},
        {"a: !!map x", "F:1:4: error: tag !!map is not known for a scalar"},
        {"a: !!str [x]", "F:1:4: error: tag !!str is not known for a list"},
        {"a: !!set {x}", "F:1:4: error: tag !!set is not known for a map"},
        {"a: !!binary eA==", "F:1:4: error: tag !!binary is not known for a scalar"},
        {"a: !ref x", "F:1:4: error: tag !ref is not known for a scalar"},
        {"a: !<x:y> x", "F:1:4: error: tag x:y is not known for a scalar"},
        {"a: !!python/object:os.system [x]",
         "F:1:4: error: tag !!python/object:os.system is not known for a list"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_read, knows_the_core_tags_and_no_other)
{
    check_case("yaml", row);
}

ParameterizedTestParameters(document_yaml_read, refuses_with_place_and_reason)
{
    static struct document_case cases[] = {
        {"a: 1\nb: 2\na: 3\n", "F:3:1: error: duplicate key 'a', first given at line 1, column 1"},
        {"a: {b: 1, b: 2}\na: 3\n",
         "F:1:11: error: duplicate key 'b', first given at line 1, column 5\n"
         "F:2:1: error: duplicate key 'a', first given at line 1, column 1"},
        {"1: a\n'1': b\n", "F:2:1: error: duplicate key '1', first given at line 1, column 1"},
        {"a: *x\n", "F:1:4: error: alias *x names no anchor before it"},
        {"a: &x [1, *x]\n",
         "F:1:11: error: alias *x stands inside what it names (anchor at line 1, column 4)"},
        {"&r\na: *r\n",
         "F:2:4: error: alias *r stands inside what it names (anchor at line 1, column 1)"},
        {"? [1]\n: 2\n", "F:1:3: error: a list cannot be a key; keys are text"},
        {"a: &x {b: 1}\nc: {*x : 1}\n", "F:2:5: error: a map cannot be a key; keys are text"},
        {"{{a: 1}: 2}", "F:1:2: error: a map cannot be a key; keys are text"},
        {"a: 1\n---\nb: 2\n",
         "F:2:1: error: a second document starts here; the file must hold one"},
        {"a: [1\nb: 2\n", "F:2:2: error: did not find expected ',' or ']', while parsing a flow "
                          "sequence that starts at line 1, column 4"},
        {"\ta: 1\n", "F:1:1: error: found character that cannot start any token; indent with "
                     "spaces, and quote a text that starts with @, ` or %"},
        {"\xC3\xA9: @x\n", "F:1:4: error: found character that cannot start any token; indent with "
                           "spaces, and quote a text that starts with @, ` or %"},
        {"run: echo: x\n", "F:1:10: error: mapping values are not allowed in this context; quote a "
                           "text that holds ': '"},
        {"a: 'x\n", "F:2:1: error: found unexpected end of stream, while scanning a quoted scalar "
                    "that starts at line 1, column 4"},
        {"a: b\x01\n", "F:1:5: error: control characters are not allowed"},
        {"%YAML 3.0\n---\na\n", "F:1:1: error: found incompatible YAML document"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_read, refuses_with_place_and_reason)
{
    check_case("yaml", row);
}

Test(document_yaml_read, keeps_the_spelling_and_style_of_scalars)
{
    struct chg_document *doc = read_good("yaml", "[1.10, 0x1F, yes, 'yes', \"1\", !!str 1]");
    const struct chg_node *const *items = chg_document_root(doc)->items;

    cr_expect(items[0]->kind == CHG_NODE_FLOAT && !items[0]->quoted);
    cr_expect_str_eq(items[0]->text, "1.10");
    cr_expect(items[1]->kind == CHG_NODE_INT && items[1]->integer == 31);
    cr_expect_str_eq(items[1]->text, "0x1F");
    cr_expect(items[2]->kind == CHG_NODE_STRING && !items[2]->quoted);
    cr_expect(items[3]->kind == CHG_NODE_STRING && items[3]->quoted);
    cr_expect(items[4]->kind == CHG_NODE_STRING && items[4]->quoted);
    cr_expect(items[5]->kind == CHG_NODE_STRING && items[5]->quoted);
    chg_document_free(doc);
}

Test(document_yaml_read, finds_keys_of_any_scalar_kind_by_their_text)
{
    struct chg_document *doc = read_good("yaml", "on: 1\n2: 2\ntrue: 3\n1.10: 4\n");
    const struct chg_node *root = chg_document_root(doc);

    cr_expect(chg_node_get(root, "on")->integer == 1);
    cr_expect(chg_node_get(root, "2")->integer == 2);
    cr_expect(chg_node_get(root, "true")->integer == 3);
    cr_expect(chg_node_get(root, "1.10")->integer == 4);
    chg_document_free(doc);
}

Test(document_yaml_read, keeps_the_place_of_every_node)
{
    struct chg_document *doc = read_good(
        "yaml", "\xC3\xA9: [1, \xE2\x82\xAC, 2]\nb:\n  - c: d\n    e: |\n      f\n\n\ng: h\n");
    const struct chg_node *root = chg_document_root(doc);
    const struct chg_node *flow = chg_node_get(root, "\xC3\xA9");
    const struct chg_node *block = chg_node_get(root, "b");

    cr_expect(flow->place.line == 1 && flow->place.column == 4 && flow->end.column == 13);
    cr_expect(flow->items[2]->place.column == 11 && flow->items[2]->end.column == 12);
    cr_expect(block->place.line == 3 && block->place.column == 3);
    cr_expect(block->items[0]->place.line == 3 && block->items[0]->place.column == 5);
    cr_expect(chg_node_get(block->items[0], "e")->place.line == 4);
    cr_expect(chg_node_key(root, 2)->place.line == 8 && chg_node_key(root, 2)->place.column == 1);
    cr_expect(root->end.line == 8 && root->end.column == 5);
    chg_document_free(doc);
}

Test(document_yaml_read, ends_block_collections_with_their_last_child)
{
    struct chg_document *doc = read_good("yaml", "a:\n  b: c\n\n\n# x\nd: e\n");
    const struct chg_node *inner = chg_node_get(chg_document_root(doc), "a");

    cr_expect(inner->end.line == 2 && inner->end.column == 7);
    chg_document_free(doc);
}

/* Nine levels of ten aliases each would be a thousand million nodes. */
Test(document_yaml_read, bounds_what_aliases_expand_to)
{
    struct chg_str text = CHG_STR_INIT;

    chg_str_add(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++)
        chg_str_addf(&text, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i,
                     i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_reads(
        "yaml", text.ptr, text.len, NULL,
        "F:6:38: error: more than 1000000 values (what an alias stands for counts as often "
        "as it is used)");
    chg_str_fini(&text);
}

Test(document_yaml_read, bounds_the_nesting_that_aliases_make)
{
    struct chg_document_limits limits = {.max_depth = 4};
    const char *fits = "a: &a [1]\nb: &b [*a]\nc: [*b]\n";
    const char *deep = "a: &a [1]\nb: &b [*a]\nc: &c [*b]\nd: [*c]\n";

    assert_reads("yaml", fits, strlen(fits), &limits, "{\"a\" [1], \"b\" [[1]], \"c\" [[[1]]]}");
    assert_reads("yaml", deep, strlen(deep), &limits, "F:4:5: error: nesting deeper than 4 levels");
}
