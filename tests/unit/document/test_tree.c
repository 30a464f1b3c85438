/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include "document/document_priv.h"

Test(document_tree, finds_values_by_the_text_of_scalar_keys)
{
    struct chg_document *doc = read_good("edn", "{:a 1 \"b\" 2 c 3 5 4 [6] 5 true 6}");
    const struct chg_node *root = chg_document_root(doc);

    cr_expect(chg_node_get(root, "a")->integer == 1);
    cr_expect(chg_node_get(root, "b")->integer == 2);
    cr_expect(chg_node_get(root, "c")->integer == 3);
    cr_expect(chg_node_get(root, "5")->integer == 4);
    cr_expect(chg_node_get(root, "true")->integer == 6);
    chg_document_free(doc);
}

Test(document_tree, finds_nothing_where_nothing_is)
{
    struct chg_document *doc = read_good("edn", "{:a 1 [] 2 :b [1]}");
    const struct chg_node *root = chg_document_root(doc);

    cr_expect(chg_node_get(root, "z") == NULL);
    cr_expect(chg_node_get(root, "") == NULL);
    cr_expect(chg_node_get(root, "aa") == NULL);
    cr_expect(chg_node_get(chg_node_value(root, 2), "a") == NULL);
    cr_expect(chg_node_get(NULL, "a") == NULL);
    chg_document_free(doc);
}

Test(document_tree, tells_text_from_other_kinds)
{
    struct chg_document *doc = read_good("edn", "[\"s\" :k sym 1 nil \\c []]");
    const struct chg_node *const *items = chg_document_root(doc)->items;

    cr_expect(chg_node_is_text(items[0]) && chg_node_is_text(items[1]) &&
              chg_node_is_text(items[2]));
    cr_expect(!chg_node_is_text(items[3]) && !chg_node_is_text(items[4]) &&
              !chg_node_is_text(items[5]) && !chg_node_is_text(items[6]));
    cr_expect(!chg_node_is_text(NULL));
    chg_document_free(doc);
}

Test(document_tree, names_kinds_for_people)
{
    struct chg_document *doc = read_good("edn", "{:a [1.5]}");
    const struct chg_node *root = chg_document_root(doc);

    cr_expect_str_eq(chg_node_kind_name(root), "a map");
    cr_expect_str_eq(chg_node_kind_name(chg_node_key(root, 0)), "a keyword");
    cr_expect_str_eq(chg_node_kind_name(chg_node_value(root, 0)), "a list");
    cr_expect_str_eq(chg_node_kind_name(chg_node_value(root, 0)->items[0]), "a number");
    cr_expect_str_eq(chg_node_kind_name(NULL), "nothing");
    chg_document_free(doc);
}

Test(document_tree, cuts_long_names_in_messages_at_whole_characters)
{
    struct chg_document *doc =
        read_good("json", "\"\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\"");
    char label[16];

    cr_expect_str_eq(chg_node_label(label, sizeof(label), chg_document_root(doc)),
                     "'\xE2\x82\xAC\xE2\x82\xAC...'");
    chg_document_free(doc);
}

Test(document_tree, is_built_by_program)
{
    struct chg_document *doc = NULL;
    struct chg_str out = CHG_STR_INIT;
    const struct chg_node *items[4];

    assert_ok(chg_document_new(&doc, "made"));
    items[0] = chg_document_add_text(doc, CHG_NODE_KEYWORD, "n", 1);
    items[1] = chg_document_add_int(doc, -7);
    items[2] = chg_document_add_text(doc, CHG_NODE_STRING, "ok?", 2);
    items[3] = chg_document_add_bool(doc, true);
    chg_document_set_root(doc, chg_document_add_items(doc, CHG_NODE_MAP, items, 2));

    assert_ok(chg_document_print_edn(&out, chg_document_root(doc), 0));
    cr_expect_str_eq(out.ptr, "{:n -7, \"ok\" true}");
    cr_expect_str_eq(chg_document_file(doc), "made");
    chg_str_fini(&out);
    chg_document_free(doc);
}

Test(document_tree, derives_the_values_of_built_nodes)
{
    struct chg_document *doc = NULL;

    assert_ok(chg_document_new(&doc, NULL));
    cr_expect(chg_document_add_text(doc, CHG_NODE_FLOAT, "2.5", 3)->number > 2.4);
    cr_expect(chg_document_add_text(doc, CHG_NODE_INST, "1970-01-01T00:00:01Z", 20)->integer ==
              1000);
    cr_expect_str_eq(chg_document_add_text(doc, CHG_NODE_NULL, "", 0)->text, "null");
    cr_expect_str_eq(chg_document_add_bool(doc, false)->text, "false");
    cr_expect_str_eq(chg_document_add_int(doc, INT64_MIN)->text, "-9223372036854775808");
    cr_expect_str_eq(chg_document_file(doc), "");
    chg_document_free(doc);
}

Test(document_tree, refuses_to_build_what_its_text_is_not)
{
    struct chg_document *doc = NULL;

    assert_ok(chg_document_new(&doc, NULL));
    assert_null_err(chg_document_add_text(doc, CHG_NODE_FLOAT, "x", 1), CHENGIS_ERR_INVALID, "x");
    assert_null_err(chg_document_add_text(doc, CHG_NODE_UUID, "x", 1), CHENGIS_ERR_INVALID,
                    "'x' is not a UUID");
    assert_null_err(chg_document_add_text(doc, CHG_NODE_INST, "x", 1), CHENGIS_ERR_INVALID, "time");
    assert_null_err(chg_document_add_text(doc, CHG_NODE_BOOL, "true", 4), CHENGIS_ERR_INVALID,
                    "a boolean cannot be made of text");
    chg_document_free(doc);
}

Test(document_tree, holds_texts_larger_than_a_block_of_its_memory)
{
    struct chg_document *doc = NULL;
    struct chg_str text = CHG_STR_INIT;
    const struct chg_node *node;

    while (text.len < 3000000)
        chg_str_add(&text, "0123456789abcdef");
    assert_ok(chg_document_new(&doc, NULL));
    node = chg_document_add_text(doc, CHG_NODE_STRING, text.ptr, text.len);
    cr_assert(node != NULL && node->text_len == text.len);
    cr_expect(memcmp(node->text, text.ptr, text.len + 1) == 0);
    cr_expect(chg_document_add_int(doc, 1) != NULL);
    chg_str_fini(&text);
    chg_document_free(doc);
}

Test(document_tree, frees_nothing_quietly)
{
    chg_document_free(NULL);
}
