/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

ParameterizedTestParameters(document_yaml_merge, merges_maps)
{
    static struct document_case cases[] = {
        {"a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  z: 3\n",
         "{\"a\" {\"x\" 1, \"y\" 2}, \"b\" {\"x\" 1, \"y\" 2, \"z\" 3}}"},
        {"a: &a {x: 1, y: 2}\nb:\n  z: 3\n  <<: *a\n  x: 4\n",
         "{\"a\" {\"x\" 1, \"y\" 2}, \"b\" {\"z\" 3, \"y\" 2, \"x\" 4}}"},
        {"- &a {x: 1}\n- &b {x: 2, y: 3}\n- <<: [*a, *b]\n",
         "[{\"x\" 1} {\"x\" 2, \"y\" 3} {\"x\" 1, \"y\" 3}]"},
        {"<<: {x: 1}\n", "{\"x\" 1}"},
        {"<<: []\na: 1\n", "{\"a\" 1}"},
        {"- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {<<: *b}\n",
         "[{\"x\" 1} {\"x\" 1, \"y\" 2} {\"x\" 1, \"y\" 2}]"},
        {"'<<': 1\n", "{\"<<\" 1}"},
        {"<<: 5\n", "F:1:5: error: '<<' needs a map or a list of maps, not a number"},
        {"<<: [{a: 1}, x]\n", "F:1:14: error: '<<' needs a map or a list of maps, not a string"},
        {"<<: {a: 1}\n<<: {b: 1}\n",
         "F:2:1: error: duplicate key '<<', first given at line 1, column 1"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_yaml_merge, merges_maps)
{
    check_case("yaml", row);
}

Test(document_yaml_merge, keeps_the_places_of_merged_pairs)
{
    struct chg_document *doc = read_good("yaml", "a: &a\n  x: 1\nb:\n  <<: *a\n");
    const struct chg_node *b = chg_node_get(chg_document_root(doc), "b");

    cr_expect(b->count == 1);
    cr_expect(chg_node_key(b, 0)->place.line == 2 && chg_node_key(b, 0)->place.column == 3);
    chg_document_free(doc);
}

Test(document_yaml_merge, merges_thousands_of_keys)
{
    struct chg_str text = CHG_STR_INIT;
    struct chg_document *doc;
    const struct chg_node *root;

    chg_str_add(&text, "base: &base\n");
    for (int i = 0; i < 20000; i++)
        chg_str_addf(&text, "  k%d: 1\n", i);
    chg_str_add(&text, "all:\n  <<: *base\n");
    for (int i = 10000; i < 30000; i++)
        chg_str_addf(&text, "  k%d: 2\n", i);
    doc = read_good("yaml", text.ptr);
    root = chg_node_get(chg_document_root(doc), "all");

    cr_expect(root->count == 30000);
    cr_expect(chg_node_get(root, "k9999")->integer == 1);
    cr_expect(chg_node_get(root, "k10000")->integer == 2);
    cr_expect_str_eq(chg_node_key(root, 0)->text, "k0");
    cr_expect_str_eq(chg_node_key(root, 29999)->text, "k29999");
    chg_str_fini(&text);
    chg_document_free(doc);
}
