/* SPDX-License-Identifier: MIT */
/* The tree of a document: its arena, the access to nodes, and making nodes by program. */
#include "document/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

#define BLOCK_MIN ((size_t)4 << 10)
#define BLOCK_MAX ((size_t)1 << 20)

struct chg_arena_block {
    struct chg_arena_block *next;
    size_t padding_; /* keeps the memory behind it 16-byte aligned */
};

void *chg_arena_grow(struct chg_arena *arena, size_t size)
{
    size_t want = arena->block_size < BLOCK_MIN ? BLOCK_MIN : arena->block_size;
    struct chg_arena_block *block;
    char *at;

    if (want < size)
        want = size;
    block = (struct chg_arena_block *)chg_malloc(sizeof(*block) + want);
    if (block == NULL)
        return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    at = (char *)(block + 1);
    arena->next = at + size;
    arena->left = want - size;
    arena->block_size = want < BLOCK_MAX ? want * 2 : BLOCK_MAX;
    return at;
}

void chg_arena_fini(struct chg_arena *arena)
{
    while (arena->blocks != NULL) {
        struct chg_arena_block *next = arena->blocks->next;

        chg_free(arena->blocks);
        arena->blocks = next;
    }
}

int chg_document_new(struct chg_document **out, const char *file)
{
    struct chg_document *doc = chg_new(struct chg_document);

    if (doc == NULL)
        return chg_error_no_memory();
    doc->file = chg_strdup(file == NULL ? "" : file);
    if (doc->file == NULL) {
        chg_free(doc);
        return chg_error_no_memory();
    }
    *out = doc;
    return 0;
}

void chg_document_free(struct chg_document *doc)
{
    if (doc == NULL)
        return;
    chg_arena_fini(&doc->arena);
    chg_free(doc->file);
    chg_free(doc);
}

const struct chg_node *chg_document_root(const struct chg_document *doc)
{
    return doc->root;
}

const char *chg_document_file(const struct chg_document *doc)
{
    return doc->file;
}

const struct chg_node *chg_node_get(const struct chg_node *map, const char *key)
{
    size_t len = strlen(key);

    if (map == NULL || map->kind != CHG_NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct chg_node *node = map->items[2 * i];

        if (!chg_node_is_collection(node) && node->text_len == len &&
            memcmp(node->text, key, len) == 0)
            return map->items[2 * i + 1];
    }
    return NULL;
}

const struct chg_node *chg_node_key(const struct chg_node *map, size_t i)
{
    return map->items[2 * i];
}

const struct chg_node *chg_node_value(const struct chg_node *map, size_t i)
{
    return map->items[2 * i + 1];
}

bool chg_node_is_text(const struct chg_node *node)
{
    return node != NULL && (node->kind == CHG_NODE_STRING || node->kind == CHG_NODE_KEYWORD ||
                            node->kind == CHG_NODE_SYMBOL);
}

const char *chg_node_kind_name(const struct chg_node *node)
{
    static const char *const names[] = {
        [CHG_NODE_NULL] = "null",       [CHG_NODE_BOOL] = "a boolean",
        [CHG_NODE_INT] = "a number",    [CHG_NODE_FLOAT] = "a number",
        [CHG_NODE_STRING] = "a string", [CHG_NODE_KEYWORD] = "a keyword",
        [CHG_NODE_SYMBOL] = "a symbol", [CHG_NODE_CHAR] = "a character",
        [CHG_NODE_VECTOR] = "a list",   [CHG_NODE_LIST] = "a list in parentheses",
        [CHG_NODE_SET] = "a set",       [CHG_NODE_MAP] = "a map",
        [CHG_NODE_INST] = "an instant", [CHG_NODE_UUID] = "a UUID",
    };

    return node == NULL ? "nothing" : names[node->kind];
}

const char *chg_node_label(char *buffer, size_t size, const struct chg_node *node)
{
    const char *open = node->kind == CHG_NODE_KEYWORD ? ":" : "'";
    const char *close = node->kind == CHG_NODE_KEYWORD ? "" : "'";
    int len = chg_utf8_cut(node->text, node->text_len, size - 8); /* quotes, dots, NUL */

    if (chg_node_is_collection(node))
        (void)snprintf(buffer, size, "%s", chg_node_kind_name(node));
    else
        (void)snprintf(buffer, size, "%s%.*s%s%s", open, len, node->text,
                       (size_t)len < node->text_len ? "..." : "", close);
    return buffer;
}

static struct chg_node *add_node(struct chg_document *doc, enum chg_node_kind kind,
                                 const char *text, size_t len)
{
    struct chg_node *node = (struct chg_node *)chg_arena_alloc(&doc->arena, sizeof(*node));
    char *copy = (char *)chg_arena_alloc(&doc->arena, len + 1);

    if (node == NULL || copy == NULL)
        return NULL;
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    *node = (struct chg_node){
        .kind = kind, .quoted = kind == CHG_NODE_STRING, .text = copy, .text_len = len};
    return node;
}

static int derive_value(struct chg_node *node)
{
    switch (node->kind) {
    case CHG_NODE_FLOAT:
        return chg_number_parse(&node->number, node->text, node->text_len);
    case CHG_NODE_INST:
        return chg_edn_inst_parse(&node->integer, node->text, node->text_len);
    case CHG_NODE_UUID:
        return chg_edn_uuid_valid(node->text, node->text_len)
                   ? 0
                   : chg_error_set(CHENGIS_ERR_INVALID, "'%s' is not a UUID", node->text);
    case CHG_NODE_NULL:
    case CHG_NODE_STRING:
    case CHG_NODE_KEYWORD:
    case CHG_NODE_SYMBOL:
    case CHG_NODE_CHAR:
        return 0;
    default:
        return chg_error_set(CHENGIS_ERR_INVALID, "%s cannot be made of text",
                             chg_node_kind_name(node));
    }
}

struct chg_node *chg_document_add_text(struct chg_document *doc, enum chg_node_kind kind,
                                       const char *text, size_t len)
{
    struct chg_node *node =
        kind == CHG_NODE_NULL ? add_node(doc, kind, "null", 4) : add_node(doc, kind, text, len);

    return node != NULL && derive_value(node) == 0 ? node : NULL;
}

struct chg_node *chg_document_add_int(struct chg_document *doc, int64_t value)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%" PRId64, value);
    struct chg_node *node = add_node(doc, CHG_NODE_INT, text, (size_t)len);

    if (node != NULL) {
        node->integer = value;
        node->number = (double)value;
    }
    return node;
}

struct chg_node *chg_document_add_bool(struct chg_document *doc, bool value)
{
    const char *text = value ? "true" : "false";
    struct chg_node *node = add_node(doc, CHG_NODE_BOOL, text, strlen(text));

    if (node != NULL)
        node->boolean = value;
    return node;
}

struct chg_node *chg_document_add_items(struct chg_document *doc, enum chg_node_kind kind,
                                        const struct chg_node *const *items, size_t count)
{
    size_t slots = kind == CHG_NODE_MAP ? 2 * count : count;
    const struct chg_node **copy;
    struct chg_node *node = add_node(doc, kind, "", 0);

    if (node == NULL || slots > SIZE_MAX / sizeof(*copy) - 1)
        return NULL;
    copy = (const struct chg_node **)chg_arena_alloc(&doc->arena, slots * sizeof(*copy));
    if (copy == NULL)
        return NULL;
    if (slots > 0)
        memcpy(copy, items, slots * sizeof(*copy));
    node->items = copy;
    node->count = count;
    return node;
}

void chg_document_set_root(struct chg_document *doc, const struct chg_node *node)
{
    doc->root = node;
}
