/* SPDX-License-Identifier: MIT */
#include "document_test.h"

Test(document_edn_print, prints_one_line)
{
    const char *text = "{:a 1, \"b\" [nil true -2.50M], #{x} (\\a \\newline), :t #inst \"2026\"}";

    assert_prints("edn", text, "edn", 0, text);
}

Test(document_edn_print, breaks_lines_the_way_clojure_people_align_them)
{
    assert_prints(
        "edn",
        "{:pipeline-name \"app\" :stages [{:stage-name \"Build the whole thing\" :steps "
        "[{:step-name \"Compile everything\" :type :shell :command \"make -j4 all\"}]}] :s #{1}}",
        "edn", 2,
        "{:pipeline-name \"app\"\n"
        " :stages\n"
        " [{:stage-name \"Build the whole thing\"\n"
        "   :steps\n"
        "   [{:step-name \"Compile everything\", :type :shell, :command \"make -j4 all\"}]}]\n"
        " :s #{1}}");
}

Test(document_edn_print, keeps_short_things_on_one_line)
{
    assert_prints("edn", "{:a [1 2] :b {:c 3}}", "edn", 2, "{:a [1 2], :b {:c 3}}");
}

Test(document_edn_print, prints_the_kinds_of_other_formats)
{
    assert_prints("yaml", "{a: 1, 2: [x, 0x10, 1.10, ~, true], b: +1.5}", "edn", 0,
                  "{\"a\" 1, 2 [\"x\" 16 1.10 nil true], \"b\" 1.5}");
}

Test(document_edn_print, escapes_strings)
{
    assert_prints("json", "\"\\\"\\\\\\t\\r\\n\\b\\f\\u0000\\u001b\xC3\xA9\"", "edn", 0,
                  "\"\\\"\\\\\\t\\r\\n\\b\\f\\u0000\\u001b\xC3\xA9\"");
}

Test(document_edn_print, names_characters)
{
    const char *text = "[\\newline \\space \\tab \\return \\formfeed \\backspace \\u0000 \\, \\(]";

    assert_prints("edn", text, "edn", 0, text);
}

static void assert_made_prints(enum chg_node_kind kind, const char *text, const char *expected)
{
    struct chg_document *doc = NULL;
    struct chg_str out = CHG_STR_INIT;

    assert_ok(chg_document_new(&doc, NULL));
    assert_ok(
        chg_document_print_edn(&out, chg_document_add_text(doc, kind, text, strlen(text)), 0));
    cr_expect_str_eq(out.ptr, expected);
    chg_str_fini(&out);
    chg_document_free(doc);
}

Test(document_edn_print, prints_names_that_are_none_as_strings)
{
    assert_made_prints(CHG_NODE_KEYWORD, "ok-1/x", ":ok-1/x");
    assert_made_prints(CHG_NODE_KEYWORD, "two words", "\"two words\"");
    assert_made_prints(CHG_NODE_KEYWORD, "", "\"\"");
    assert_made_prints(CHG_NODE_KEYWORD, ":k", "\":k\"");
    assert_made_prints(CHG_NODE_SYMBOL, "nil", "\"nil\"");
    assert_made_prints(CHG_NODE_SYMBOL, "true", "\"true\"");
    assert_made_prints(CHG_NODE_SYMBOL, "-1x", "\"-1x\"");
    assert_made_prints(CHG_NODE_SYMBOL, "-", "-");
    assert_made_prints(CHG_NODE_SYMBOL, "/", "/");
}

Test(document_edn_print, refuses_what_edn_cannot_say)
{
    struct chg_document *number = read_good("yaml", "a: .nan");
    struct chg_document *same = read_good("yaml", "{0x10: a, 16: b}");
    struct chg_str out = CHG_STR_INIT;

    assert_err(chg_document_print_edn(&out, chg_document_root(number), 0), CHENGIS_ERR_INVALID,
               "number .nan cannot be written in EDN");
    assert_err(chg_document_print_edn(&out, chg_document_root(same), 0), CHENGIS_ERR_INVALID,
               "two keys of a map become the same in EDN: '16'");
    chg_str_fini(&out);
    chg_document_free(number);
    chg_document_free(same);
}
