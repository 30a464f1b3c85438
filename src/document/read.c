/* SPDX-License-Identifier: MIT */
/* Reading a document: the checks every format needs, the choice of the reader, and what all readers
 * share. */
#include "document/document.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

#define MAX_BYTES_DEFAULT ((size_t)1 << 20)
#define MAX_DEPTH_DEFAULT 64
#define MAX_NODES_DEFAULT 1000000

static const struct format {
    const char *name;
    int (*read)(struct chg_reader *reader);
    bool many;
} formats[] = {
    {"edn", chg_edn_read, false},
    {"clj", chg_edn_read, true},
    {"yaml", chg_yaml_read, false},
    {"json", chg_json_read, false},
};

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

struct chg_place chg_reader_place(struct chg_reader *reader, const char *at)
{
    const char *p = reader->cursor;
    struct chg_place place = reader->cursor_place;

    if (p == NULL || at < p) {
        p = reader->text;
        place = (struct chg_place){1, 1};
    }
    for (; p < at; p++) {
        if (*p == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            place.column++;
        }
    }
    reader->cursor = at;
    reader->cursor_place = place;
    return place;
}

__attribute__((format(printf, 3, 0))) static void
report(struct chg_reader *reader, const struct chg_place *place, const char *format, va_list args)
{
    chg_auto(str) text = CHG_STR_INIT;

    reader->errors++;
    chg_str_vaddf(&text, format, args);
    if (text.failed != 0)
        reader->failed = CHENGIS_ERR_NO_MEMORY;
    chg_diagnostics_add(reader->diags, CHENGIS_SEVERITY_ERROR, reader->doc->file, place, "%s",
                        text.ptr);
}

int chg_reader_error(struct chg_reader *reader, const char *at, const char *format, ...)
{
    struct chg_place place = chg_reader_place(reader, at);
    va_list args;

    va_start(args, format);
    report(reader, &place, format, args);
    va_end(args);
    return CHENGIS_ERR_PIPELINE;
}

int chg_reader_error_at(struct chg_reader *reader, const struct chg_place *place,
                        const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report(reader, place, format, args);
    va_end(args);
    return CHENGIS_ERR_PIPELINE;
}

void *chg_reader_alloc(struct chg_reader *reader, size_t size)
{
    void *at = chg_arena_alloc(&reader->doc->arena, size);

    if (at == NULL)
        reader->failed = CHENGIS_ERR_NO_MEMORY;
    return at;
}

int chg_reader_count_nodes(struct chg_reader *reader, size_t count, const struct chg_place *place)
{
    if (count > reader->limits.max_nodes - reader->nodes)
        return chg_reader_error_at(reader, place,
                                   "more than %zu values (what an alias stands for counts as "
                                   "often as it is used)",
                                   reader->limits.max_nodes);
    reader->nodes += count;
    return 0;
}

struct chg_node *chg_reader_node(struct chg_reader *reader, enum chg_node_kind kind, const char *at)
{
    struct chg_place place = chg_reader_place(reader, at);
    struct chg_node *node;

    if (reader->nodes >= reader->limits.max_nodes) {
        (void)chg_reader_error_at(reader, &place, "more than %zu values", reader->limits.max_nodes);
        return NULL;
    }
    reader->nodes++;
    node = (struct chg_node *)chg_reader_alloc(reader, sizeof(*node));
    if (node != NULL)
        *node = (struct chg_node){.kind = kind, .place = place, .end = place, .text = ""};
    return node;
}

int chg_reader_enter(struct chg_reader *reader, const struct chg_place *place)
{
    if (reader->depth >= reader->limits.max_depth)
        return chg_reader_error_at(reader, place, "nesting deeper than %zu levels",
                                   reader->limits.max_depth);
    reader->depth++;
    return 0;
}

int chg_reader_push(struct chg_reader *reader, const struct chg_node *child)
{
    int rc = chg_vec_push(&reader->pending, child);

    if (rc < 0)
        reader->failed = rc;
    return rc;
}

int chg_reader_take_items(struct chg_reader *reader, struct chg_node *node, size_t first)
{
    size_t slots = reader->pending.len - first;
    const struct chg_node **items;

    node->count = node->kind == CHG_NODE_MAP ? slots / 2 : slots;
    if (slots == 0)
        return 0;
    items = (const struct chg_node **)chg_reader_alloc(reader, slots * sizeof(*items));
    if (items == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    memcpy(items, reader->pending.items + first, slots * sizeof(*items));
    node->items = items;
    reader->pending.len = first;
    return 0;
}

int chg_reader_set_text(struct chg_reader *reader, struct chg_node *node, const char *text,
                        size_t len)
{
    char *copy = (char *)chg_reader_alloc(reader, len + 1);

    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (len > 0)
        memcpy(copy, text, len);
    copy[len] = '\0';
    node->text = copy;
    node->text_len = len;
    return 0;
}

/* Size, encoding, no NUL: what makes bytes a text that a reader may look at. Skips the BOM. */
static int check_text(struct chg_reader *reader)
{
    size_t len = (size_t)(reader->end - reader->text);
    size_t bad = 0;
    const char *nul;

    if (len > reader->limits.max_bytes)
        return chg_reader_error_at(reader, NULL, "the file has %zu bytes; at most %zu are read",
                                   len, reader->limits.max_bytes);
    if (len >= 2 &&
        (memcmp(reader->text, "\xFF\xFE", 2) == 0 || memcmp(reader->text, "\xFE\xFF", 2) == 0))
        return chg_reader_error_at(reader, NULL, "the file is UTF-16; save it as UTF-8");
    if (len >= 3 && memcmp(reader->text, "\xEF\xBB\xBF", 3) == 0) {
        reader->text += 3;
        len -= 3;
    }
    reader->pos = reader->text;
    nul = len == 0 ? NULL : (const char *)memchr(reader->text, '\0', len);
    if (nul != NULL)
        return chg_reader_error(reader, nul, "NUL byte: the file is not text");
    if (!chg_utf8_valid(reader->text, len, &bad))
        return chg_reader_error(reader, reader->text + bad, "the text is not valid UTF-8");
    return 0;
}

static struct chg_document_limits limits_or_defaults(const struct chg_document_limits *given)
{
    struct chg_document_limits limits = {0};

    if (given != NULL)
        limits = *given;
    if (limits.max_bytes == 0)
        limits.max_bytes = MAX_BYTES_DEFAULT;
    if (limits.max_depth == 0)
        limits.max_depth = MAX_DEPTH_DEFAULT;
    if (limits.max_depth > CHG_DOCUMENT_DEPTH_CEILING)
        limits.max_depth = CHG_DOCUMENT_DEPTH_CEILING;
    if (limits.max_nodes == 0)
        limits.max_nodes = MAX_NODES_DEFAULT;
    return limits;
}

int chg_document_read(struct chg_document **out, struct chg_diagnostics *diags, const char *file,
                      const char *text, size_t len, const char *format,
                      const struct chg_document_limits *limits)
{
    const struct format *found = find_format(format);
    struct chg_reader reader = {.diags = diags, .text = text, .end = text + len};
    int rc;

    if (found == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "format '%s' is not known; expected edn, clj, yaml or json", format);
    rc = chg_document_new(&reader.doc, file);
    if (rc < 0)
        return rc;
    reader.many = found->many;
    reader.limits = limits_or_defaults(limits);
    rc = check_text(&reader);
    if (rc == 0)
        rc = found->read(&reader);
    chg_vec_fini(&reader.pending);
    if (reader.failed != 0 || diags->failed != 0)
        rc = chg_error_no_memory();
    else if (reader.errors > 0)
        rc = chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE);
    if (rc < 0) {
        chg_document_free(reader.doc);
        return rc;
    }
    *out = reader.doc;
    return 0;
}
