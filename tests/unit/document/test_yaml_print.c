/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

ParameterizedTestParameters(document_yaml_print, prints_blocks)
{
    static struct document_case cases[] = {
        {"{:a 1 :b [\"x\" {:c true :d nil}] :e {}}",
         "a: 1\nb:\n  - x\n  - c: true\n    d: null\ne: {}\n"},
        {"[[1 [2]] [] #{3} (4)]", "- - 1\n  - - 2\n- []\n- - 3\n- - 4\n"},
        {"{:a {:b {:c 1}}}", "a:\n  b:\n    c: 1\n"},
        {"\"x\"", "x\n"},
        {"nil", "null\n"},
        {"[]", "[]\n"},
        {"\"a\\nb\\n\"", "|\n  a\n  b\n"},
        {"{:a \"x\\ny\" :b 1}", "a: |-\n  x\n  y\nb: 1\n"},
        {"[\"x\\n\\n\" 1]", "- |+\n  x\n\n- 1\n"},
        {"{:a [\"x\\n  y\\n\\nz\\n\"]}", "a:\n  - |\n    x\n      y\n\n    z\n"},
        {"[:k sym \\c]", "- k\n- sym\n- c\n"},
        {"[#inst \"2026\"]", "- \"2026\"\n"},
        {"[1.10 2.50M +3 4N]", "- 1.10\n- 2.50\n- +3\n- 4\n"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_print, prints_blocks)
{
    assert_prints("edn", row->text, "yaml", 0, row->expected);
}

ParameterizedTestParameters(document_yaml_print, quotes_what_would_mean_something_else)
{
    static struct document_case cases[] = {
        {"\"\"", "\"\"\n"},
        {"\"null\"", "\"null\"\n"},
        {"\"True\"", "\"True\"\n"},
        {"\"1\"", "\"1\"\n"},
        {"\"1.10\"", "\"1.10\"\n"},
        {"\"0x1F\"", "\"0x1F\"\n"},
        {"\".inf\"", "\".inf\"\n"},
        {"\"yes\"", "\"yes\"\n"},
        {"\"On\"", "\"On\"\n"},
        {"\"12:30\"", "\"12:30\"\n"},
        {"\"2026-01-31\"", "\"2026-01-31\"\n"},
        {"\"1.2.3\"", "\"1.2.3\"\n"},
        {"\"<<\"", "\"<<\"\n"},
        {"\"...\"", "\"...\"\n"},
        {"\"---\"", "\"---\"\n"},
        {"\"- a\"", "\"- a\"\n"},
        {"\"a: b\"", "\"a: b\"\n"},
        {"\"a:\"", "\"a:\"\n"},
        {"\"a #b\"", "\"a #b\"\n"},
        {"\" a\"", "\" a\"\n"},
        {"\"a \"", "\"a \"\n"},
        {"\"[a]\"", "\"[a]\"\n"},
        {"\"*a\"", "\"*a\"\n"},
        {"\"%a\"", "\"%a\"\n"},
        {"\"a\\tb\"", "\"a\\tb\"\n"},
        {"\"a\\u0000\\u001b\\u007f\"", "\"a\\x00\\x1b\\x7f\"\n"},
        {"\"a\\u0085b\"", "\"a\\x85b\"\n"},
        {"\"a\\u2028b\"", "\"a\\u2028b\"\n"},
        {"\"a\\uFEFFb\"", "\"a\\ufeffb\"\n"},
        {"\"a\\uFFFEb\"", "\"a\\ufffeb\"\n"},
        {"\"\\n\"", "\"\\n\"\n"},
        {"\" a\\nb\"", "\" a\\nb\"\n"},
        {"\"a\\n \"", "\"a\\n \"\n"},
        {"\"a\\r\\nb\"", "\"a\\r\\nb\"\n"},
        {"{\"a\\nb\" 1}", "\"a\\nb\": 1\n"},
        {"{\"on\" 1 \"<<\" 2 1 3}", "\"on\": 1\n\"<<\": 2\n1: 3\n"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_print,
                  quotes_what_would_mean_something_else)
{
    assert_prints("edn", row->text, "yaml", 0, row->expected);
}

ParameterizedTestParameters(document_yaml_print, leaves_plain_what_is_plain)
{
    static struct document_case cases[] = {
        {"\"make test\"", "make test\n"},
        {"\"a:b\"", "a:b\n"},
        {"\"a#b\"", "a#b\n"},
        {"\"x[1]{2}, 'y' \\\"z\\\"\"", "x[1]{2}, 'y' \"z\"\n"},
        {"\"/usr/bin\"", "/usr/bin\n"},
        {"\"$HOME && ${{ x }}\"", "$HOME && ${{ x }}\n"},
        {"\"\\u00e9t\\u00e9\"", "\xC3\xA9t\xC3\xA9\n"},
        {"\"yesterday\"", "yesterday\n"},
        {"\"1 apple\"", "1 apple\n"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_print, leaves_plain_what_is_plain)
{
    assert_prints("edn", row->text, "yaml", 0, row->expected);
}

Test(document_yaml_print, keeps_the_spelling_of_numbers)
{
    assert_prints("yaml", "[.inf, -.INF, .NaN, 1e9999, 0x1F, 010, +1.5, .5]", "yaml", 0,
                  "- .inf\n- -.INF\n- .NaN\n- 1e9999\n- 0x1F\n- 010\n- +1.5\n- .5\n");
}

Test(document_yaml_print, writes_keys_too_long_for_one_line_apart)
{
    struct chg_document *doc = NULL;
    struct chg_document *again;
    struct chg_str key = CHG_STR_INIT;
    struct chg_str out = CHG_STR_INIT;
    const struct chg_node *items[2];

    while (key.len < 2000)
        chg_str_add_char(&key, 'k');
    assert_ok(chg_document_new(&doc, NULL));
    items[0] = chg_document_add_text(doc, CHG_NODE_STRING, key.ptr, key.len);
    items[1] = chg_document_add_items(doc, CHG_NODE_VECTOR, items, 1);
    assert_ok(chg_document_print_yaml(&out, chg_document_add_items(doc, CHG_NODE_MAP, items, 1)));
    again = read_good("yaml", out.ptr);

    cr_expect(chg_starts_with(out.ptr, "? kkk"));
    cr_expect(chg_node_get(chg_document_root(again), key.ptr)->count == 1);
    chg_document_free(doc);
    chg_document_free(again);
    chg_str_fini(&key);
    chg_str_fini(&out);
}

Test(document_yaml_print, refuses_keys_that_yaml_cannot_hold)
{
    struct chg_document *lists = read_good("edn", "{:a {[1] 2}}");
    struct chg_document *same = read_good("edn", "[{:a 1 \"a\" 2}]");
    struct chg_str out = CHG_STR_INIT;

    assert_err(chg_document_print_yaml(&out, chg_document_root(lists)), CHENGIS_ERR_INVALID,
               "a list cannot be a key in YAML");
    assert_err(chg_document_print_yaml(&out, chg_document_root(same)), CHENGIS_ERR_INVALID,
               "two keys of a map become the same in YAML: 'a'");
    chg_str_fini(&out);
    chg_document_free(lists);
    chg_document_free(same);
}
