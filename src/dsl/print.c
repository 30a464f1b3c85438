/* SPDX-License-Identifier: MIT */
/* Printing of pipelines: the canonical map as JSON, or that map as a document in the other formats.
 */
#include "dsl/dsl.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "document/document.h"

#include "base/banned.h"

#define INDENT 2

/* How a value is written in EDN: keys and words as keywords, but names of users' things as they
 * are. */
struct tree {
    struct chg_document *doc;
    bool keywords;
};

static bool is_keyword_char(char c, bool first)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
        return true;
    return !first && ((c >= '0' && c <= '9') || c == '-' || c == '?');
}

static bool can_be_keyword(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (!is_keyword_char(*c, c == text))
            return false;
    }
    return text[0] != '\0';
}

/* Values that are words of the language rather than text of the user. */
static bool is_word_key(const char *key)
{
    return chg_streq(key, "type") || chg_streq(key, "pull-policy");
}

/* Maps whose keys are the user's: there `type` is a name like any other. */
static bool is_user_map(const char *key)
{
    return chg_streq(key, "env") || chg_streq(key, "matrix") ||
           chg_streq(key, "matrix-combination");
}

static const struct chg_node *make_node(const struct tree *tree, const json_t *value, bool word);

static const struct chg_node *make_text(const struct tree *tree, const char *text, bool word)
{
    bool keyword = word && tree->keywords && can_be_keyword(text);

    return chg_document_add_text(tree->doc, keyword ? CHG_NODE_KEYWORD : CHG_NODE_STRING, text,
                                 strlen(text));
}

static const struct chg_node *make_list(const struct tree *tree, const json_t *list, bool word)
{
    size_t count = json_array_size(list);
    const struct chg_node **items = chg_calloc(count, sizeof(*items));
    const struct chg_node *node = NULL;
    bool whole = items != NULL;

    for (size_t i = 0; i < count && whole; i++) {
        items[i] = make_node(tree, json_array_get(list, i), word);
        whole = items[i] != NULL;
    }
    if (whole)
        node = chg_document_add_items(tree->doc, CHG_NODE_VECTOR, items, count);
    chg_free(items);
    return node;
}

/* words: the map's `type` may be a keyword. */
static const struct chg_node *make_map(const struct tree *tree, json_t *map, bool words)
{
    size_t count = json_object_size(map);
    const struct chg_node **items = chg_calloc(2 * count, sizeof(*items));
    const struct chg_node *node = NULL;
    bool whole = items != NULL;
    const char *key;
    json_t *value;
    size_t i = 0;

    json_object_foreach (map, key, value) {
        bool below = json_is_string(value) ? is_word_key(key) : !is_user_map(key);

        if (!whole)
            break;
        items[i] = make_text(tree, key, true);
        items[i + 1] = make_node(tree, value, words && below);
        whole = items[i] != NULL && items[i + 1] != NULL;
        i += 2;
    }
    if (whole)
        node = chg_document_add_items(tree->doc, CHG_NODE_MAP, items, count);
    chg_free(items);
    return node;
}

static const struct chg_node *make_real(const struct tree *tree, const json_t *value)
{
    chg_autofree char *text = chg_json_dump(value);

    return text != NULL ? chg_document_add_text(tree->doc, CHG_NODE_FLOAT, text, strlen(text))
                        : NULL;
}

static const struct chg_node *make_node(const struct tree *tree, const json_t *value, bool word)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return make_map(tree, (json_t *)(uintptr_t)value, word);
    case JSON_ARRAY:
        return make_list(tree, value, word && json_is_object(json_array_get(value, 0)));
    case JSON_STRING:
        return make_text(tree, json_string_value(value), word);
    case JSON_INTEGER:
        return chg_document_add_int(tree->doc, json_integer_value(value));
    case JSON_REAL:
        return make_real(tree, value);
    case JSON_TRUE:
    case JSON_FALSE:
        return chg_document_add_bool(tree->doc, json_is_true(value));
    default:
        return chg_document_add_text(tree->doc, CHG_NODE_NULL, "", 0);
    }
}

static int print_tree(struct chg_str *out, const json_t *map, bool edn)
{
    struct tree tree = {NULL, edn};
    const struct chg_node *root;
    int rc = chg_document_new(&tree.doc, "");

    if (rc < 0)
        return rc;
    root = make_node(&tree, map, true);
    if (root == NULL)
        rc = chg_error_no_memory();
    else
        rc = edn ? chg_document_print_edn(out, root, INDENT) : chg_document_print_yaml(out, root);
    chg_document_free(tree.doc);
    return rc;
}

static int print_json(struct chg_str *out, const json_t *map)
{
    chg_autofree char *text = chg_json_dump_pretty(map);

    if (text == NULL)
        return chg_error_no_memory();
    chg_str_add(out, text);
    chg_str_add(out, "\n");
    return chg_str_check(out);
}

int chg_pipeline_print(struct chg_str *out, const chg_pipeline *pipeline, const char *format)
{
    chg_autojson map = NULL;

    if (!chg_streq(format, "json") && !chg_streq(format, "yaml") && !chg_streq(format, "edn"))
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "unknown pipeline format '%s'; known are json, yaml and edn",
                             format != NULL ? format : "");
    map = chg_pipeline_to_json(pipeline);
    if (map == NULL)
        return chg_error_no_memory();
    if (chg_streq(format, "json"))
        return print_json(out, map);
    return print_tree(out, map, chg_streq(format, "edn"));
}
