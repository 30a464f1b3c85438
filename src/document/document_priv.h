/* SPDX-License-Identifier: MIT */
/* What the readers and printers of this folder share: the arena, the reader's state, and the rules
 * of scalars. */
#ifndef CHG_DOCUMENT_DOCUMENT_PRIV_H
#define CHG_DOCUMENT_DOCUMENT_PRIV_H

#include "base/vec.h"
#include "document/document.h"

#include <string.h>

/* Readers and printers recurse once a level, so no limit may be set beyond this. */
#define CHG_DOCUMENT_DEPTH_CEILING 1000

struct chg_arena_block;
struct chg_arena {
    struct chg_arena_block *blocks;
    char *next;
    size_t left;
    size_t block_size; /* of the next block; doubles */
};
void *chg_arena_grow(struct chg_arena *arena, size_t size);
void chg_arena_fini(struct chg_arena *arena);

/* Memory for 8-byte aligned things, uninitialised; NULL when out of memory. */
static inline void *chg_arena_alloc(struct chg_arena *arena, size_t size)
{
    char *at = arena->next;

    size = (size + 7) & ~(size_t)7;
    if (size > arena->left)
        return chg_arena_grow(arena, size);
    arena->next += size;
    arena->left -= size;
    return at;
}

struct chg_document {
    struct chg_arena arena;
    char *file;
    const struct chg_node *root;
};

/* The state of one reading. A reader function that fails has reported why, or has set `failed`. */
struct chg_reader {
    struct chg_document *doc;
    struct chg_diagnostics *diags;
    const char *text; /* start of the text, behind the BOM */
    const char *pos;
    const char *end;
    struct chg_document_limits limits;
    size_t depth;
    size_t nodes;
    size_t errors;
    unsigned discarding;                      /* > 0 while reading what `#_` drops */
    bool many;                                /* several top-level forms are allowed */
    int failed;                               /* CHENGIS_ERR_NO_MEMORY */
    CHG_VEC(const struct chg_node *) pending; /* children of the collections that are still open */
    const char *cursor;                       /* place of this byte is known: */
    struct chg_place cursor_place;
};

int chg_edn_read(struct chg_reader *reader);
int chg_yaml_read(struct chg_reader *reader);
int chg_json_read(struct chg_reader *reader);

/* The place of a byte; asking in rising order is cheap. */
struct chg_place chg_reader_place(struct chg_reader *reader, const char *at);
/* Report an error at a byte or at a place. Both return CHENGIS_ERR_PIPELINE. */
int chg_reader_error(struct chg_reader *reader, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int chg_reader_error_at(struct chg_reader *reader, const struct chg_place *place,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A node that starts at `at`; its end is set by the caller. NULL: too many nodes or out of memory.
 */
struct chg_node *chg_reader_node(struct chg_reader *reader, enum chg_node_kind kind,
                                 const char *at);
int chg_reader_count_nodes(struct chg_reader *reader, size_t count, const struct chg_place *place);
/* One level deeper; the reader leaves it with reader->depth--. */
int chg_reader_enter(struct chg_reader *reader, const struct chg_place *place);
int chg_reader_push(struct chg_reader *reader, const struct chg_node *child);
/* Move the pending nodes from `first` on into `node`. */
int chg_reader_take_items(struct chg_reader *reader, struct chg_node *node, size_t first);
/* Give `node` a copy of text. */
int chg_reader_set_text(struct chg_reader *reader, struct chg_node *node, const char *text,
                        size_t len);
void *chg_reader_alloc(struct chg_reader *reader, size_t size);

/* A total order of nodes, equal where EDN says equal. By text: of scalars, by their text alone. */
typedef const struct chg_node *const *chg_slot;
int chg_node_compare(const struct chg_node *a, const struct chg_node *b);
int chg_node_compare_text(const struct chg_node *a, const struct chg_node *b);
typedef int (*chg_node_compare_fn)(const struct chg_node *a, const struct chg_node *b);
/* Call found(first, again) for each key of a map or member of a set that is there twice. 0 or
 * NO_MEMORY. */
typedef void (*chg_duplicate_fn)(const struct chg_node *first, const struct chg_node *again,
                                 void *userdata);
int chg_find_duplicates(const struct chg_node *node, chg_node_compare_fn compare,
                        chg_duplicate_fn found, void *userdata);
/* The same, each reported as an error of the text that is read. */
int chg_reader_check_keys(struct chg_reader *reader, const struct chg_node *node,
                          chg_node_compare_fn compare);

/* INVALID when `format` could not hold the keys of a map or members of a set: two are equal, or, by
 * text, one is none. */
int chg_check_keys(const struct chg_node *node, const char *format, chg_node_compare_fn compare);
static inline bool chg_node_is_collection(const struct chg_node *node)
{
    return node->kind >= CHG_NODE_VECTOR && node->kind <= CHG_NODE_MAP;
}

/* A node in a message: 'text' or :text, cut to fit. Returns buffer. */
#define CHG_LABEL_SIZE 96
const char *chg_node_label(char *buffer, size_t size, const struct chg_node *node);

/* The most bytes of text, up to max, that end with a whole character. For "%.*s" of a name in a
 * message. */
#define CHG_SHOWN_MAX 64
int chg_utf8_cut(const char *text, size_t len, size_t max);

/* Numbers. Decimal integers with an optional sign: true when the value fits. */
bool chg_integer_fits(int64_t *out, const char *digits, size_t len);
/* text is a number as JSON writes it. */
bool chg_number_is_json(const char *text, size_t len);
/* Write INT and finite FLOAT the way EDN, YAML and JSON all read. */
void chg_number_print(struct chg_str *out, const struct chg_node *node);
int chg_number_parse(double *out, const char *text, size_t len);

/* EDN. A valid symbol, or keyword without its colon; `why` (may be NULL) receives the reason
 * otherwise. */
bool chg_edn_name_valid(const char *text, size_t len, const char **why);
struct chg_node *chg_edn_read_string(struct chg_reader *reader);
struct chg_node *chg_edn_read_char(struct chg_reader *reader);
struct chg_node *chg_edn_read_number(struct chg_reader *reader);
struct chg_node *chg_edn_read_name(struct chg_reader *reader);
int chg_edn_inst_parse(int64_t *out, const char *text, size_t len);
bool chg_edn_uuid_valid(const char *text, size_t len);
/* Character classes of EDN. */
enum { CHG_EDN_SPACE = 1, CHG_EDN_TOKEN = 2, CHG_EDN_DIGIT = 4 };
extern const unsigned char chg_edn_class[256];

static inline int chg_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* JSON. The four hexadecimal digits of a \u escape, or -1. */
int32_t chg_hex4(const char *at, const char *end);
size_t chg_utf8_encode(char *out, uint32_t codepoint); /* 1 to 4 bytes */
void chg_json_add_quoted(struct chg_str *out, const char *text, size_t len);

/* YAML: the type of a plain scalar by the core rules of YAML 1.2. */
void chg_yaml_resolve(struct chg_node *node, const char *text, size_t len);
/* A map just closed: put what its `<<` keys name in their place. items: its pairs in node. */
int chg_yaml_merge(struct chg_reader *reader, struct chg_node *node);
static inline bool chg_yaml_is_merge(const struct chg_node *key)
{
    return key->kind == CHG_NODE_STRING && !key->quoted && key->text_len == 2 &&
           memcmp(key->text, "<<", 2) == 0;
}

#endif
