/* SPDX-License-Identifier: MIT */
/*
 * One tree for every text format, with the place of each node. EDN, YAML and JSON are read into it;
 * the pipeline language, configuration and printers work on it alone. A tree is immutable once
 * read, owns its text, and is freed as a whole (arena). Nothing in a document is evaluated.
 */
#ifndef CHG_DOCUMENT_DOCUMENT_H
#define CHG_DOCUMENT_DOCUMENT_H

#include "base/str.h"
#include "document/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chg_node_kind {
    CHG_NODE_NULL,
    CHG_NODE_BOOL,
    CHG_NODE_INT,   /* fits int64; `text` keeps the spelling */
    CHG_NODE_FLOAT, /* also integers beyond int64, EDN ratios are refused */
    CHG_NODE_STRING,
    CHG_NODE_KEYWORD, /* EDN :name; text without the colon */
    CHG_NODE_SYMBOL,  /* EDN bare symbol */
    CHG_NODE_CHAR,    /* EDN \c; text is its UTF-8 */
    CHG_NODE_VECTOR,  /* EDN [], YAML and JSON sequences */
    CHG_NODE_LIST,    /* EDN () */
    CHG_NODE_SET,     /* EDN #{} */
    CHG_NODE_MAP,     /* ordered; children are key, value, key, value */
    CHG_NODE_INST,    /* EDN #inst; text is its string, integer the epoch ms */
    CHG_NODE_UUID,    /* EDN #uuid; text */
};

struct chg_place {
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, counted in characters (code points) */
};

struct chg_node {
    enum chg_node_kind kind;
    bool quoted; /* a string written with quotes (or block style) in YAML; true for EDN and JSON
                    strings */
    bool boolean;
    struct chg_place place; /* of the first character */
    struct chg_place end;   /* behind the last character */
    const char *text; /* NUL-terminated: value of STRING KEYWORD SYMBOL CHAR UUID INST, spelling of
                         BOOL INT FLOAT NULL */
    size_t text_len;  /* strings may hold NUL bytes */
    int64_t integer;
    double number;
    const struct chg_node *const *items; /* children of VECTOR LIST SET; keys and values of MAP */
    size_t count; /* number of items; for MAP the number of pairs (items has 2 * count) */
};

struct chg_document;

/* Limits; 0 means the default. */
struct chg_document_limits {
    size_t max_bytes; /* 1 MiB */
    size_t max_depth; /* 64 */
    size_t max_nodes; /* 1,000,000: also bounds what YAML aliases may expand to */
};

/*
 * Read text of `format` ("edn", "clj", "yaml", "json"). "clj" is EDN with any number of top-level
 * forms, which become the items of a LIST as root, and with 'X read as (quote X). `file` is the
 * name used in diagnostics. Syntax errors, limits and bad encoding (UTF-8 with optional BOM is
 * read, everything else refused) go to diags (never NULL) with file, line and column; the result is
 * then CHENGIS_ERR_PIPELINE. EDN reads the first form and refuses a second one.
 */
int chg_document_read(struct chg_document **out, struct chg_diagnostics *diags, const char *file,
                      const char *text, size_t len, const char *format,
                      const struct chg_document_limits *limits);
void chg_document_free(struct chg_document *doc);
const struct chg_node *chg_document_root(const struct chg_document *doc);
const char *chg_document_file(const struct chg_document *doc);

/* The value for a key of a map: any scalar key with this text (a YAML key `1` or `on` too). NULL
 * when absent or node is no map. */
const struct chg_node *chg_node_get(const struct chg_node *map, const char *key);
const struct chg_node *chg_node_key(const struct chg_node *map, size_t i);
const struct chg_node *chg_node_value(const struct chg_node *map, size_t i);
bool chg_node_is_text(const struct chg_node *node); /* STRING KEYWORD SYMBOL */
const char *chg_node_kind_name(
    const struct chg_node
        *node); /* "a map", "a list", "a number", ... for messages; NULL node: "nothing" */

/* Printers of a tree. EDN keywords stay keywords in EDN and become strings in YAML and JSON. indent
 * 0: one line; else JSON is indented by that many spaces a level and EDN is broken at 80 columns.
 * INVALID when the format cannot say it (infinity in EDN and JSON, a collection as a key in YAML
 * and JSON, keys that become the same). */
int chg_document_print_edn(struct chg_str *out, const struct chg_node *node, int indent);
int chg_document_print_yaml(struct chg_str *out, const struct chg_node *node);
int chg_document_print_json(struct chg_str *out, const struct chg_node *node, int indent);

/* Making a tree by program (printers of the canonical map, tests). Nodes belong to the document;
 * NULL on no memory. */
int chg_document_new(struct chg_document **out, const char *file);
struct chg_node *chg_document_add_text(struct chg_document *doc, enum chg_node_kind kind,
                                       const char *text, size_t len);
struct chg_node *chg_document_add_int(struct chg_document *doc, int64_t value);
struct chg_node *chg_document_add_bool(struct chg_document *doc, bool value);
struct chg_node *chg_document_add_items(struct chg_document *doc, enum chg_node_kind kind,
                                        const struct chg_node *const *items, size_t count);
void chg_document_set_root(struct chg_document *doc, const struct chg_node *node);

#endif
