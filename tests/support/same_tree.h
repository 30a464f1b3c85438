/* SPDX-License-Identifier: MIT */
/* Whether a tree that was printed and read again is still the same, as far as the format between
 * can say it. */
#ifndef TEST_SAME_TREE_H
#define TEST_SAME_TREE_H

#include "document/document.h"

#include <math.h>
#include <string.h>

/* EDN keeps every kind; YAML and JSON have strings, numbers, lists and maps. */
static inline enum chg_node_kind kind_between(const struct chg_node *node, bool edn)
{
    if (edn)
        return node->kind;
    switch (node->kind) {
    case CHG_NODE_KEYWORD:
    case CHG_NODE_SYMBOL:
    case CHG_NODE_CHAR:
    case CHG_NODE_INST:
    case CHG_NODE_UUID:
        return CHG_NODE_STRING;
    case CHG_NODE_LIST:
    case CHG_NODE_SET:
        return CHG_NODE_VECTOR;
    default:
        return node->kind;
    }
}

static inline bool same_text(const struct chg_node *a, const struct chg_node *b)
{
    return a->text_len == b->text_len && memcmp(a->text, b->text, a->text_len + 1) == 0;
}

static inline bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || (!(a < b) && !(a > b));
}

/* format: "edn", "yaml" or "json", what the tree was printed as. */
static inline bool same_tree(const struct chg_node *a, const struct chg_node *b, const char *format)
{
    bool edn = strcmp(format, "edn") == 0;
    bool map = a->kind == CHG_NODE_MAP;

    if (kind_between(a, edn) != kind_between(b, edn) || a->count != b->count)
        return false;
    for (size_t i = 0; i < (map ? 2 * a->count : a->count); i++) {
        bool name = map && i % 2 == 0 && strcmp(format, "json") == 0; /* always a string there */

        if (name ? !same_text(a->items[i], b->items[i])
                 : !same_tree(a->items[i], b->items[i], format))
            return false;
    }
    switch (a->kind) {
    case CHG_NODE_BOOL:
        return a->boolean == b->boolean;
    case CHG_NODE_INT:
        return a->integer == b->integer;
    case CHG_NODE_FLOAT:
        return same_number(a->number, b->number);
    default:
        return same_text(a, b) || a->kind == CHG_NODE_NULL;
    }
}

#endif
