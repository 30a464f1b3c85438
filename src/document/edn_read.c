/* SPDX-License-Identifier: MIT */
/* Reading EDN: forms, collections, discards and tagged elements. Atoms are in edn_atom.c. */
#include <string.h>

#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

#define S CHG_EDN_SPACE
#define T CHG_EDN_TOKEN
#define D (CHG_EDN_TOKEN | CHG_EDN_DIGIT)

/* TOKEN: may stand inside a symbol, keyword or number. What is neither is a delimiter or not
 * allowed. */
const unsigned char chg_edn_class[256] = {
    ['\t'] = S,        ['\n'] = S, ['\v'] = S, ['\f'] = S,        ['\r'] = S,          [' '] = S,
    [','] = S,         ['!'] = T,  ['#'] = T,  ['$'] = T,         ['%'] = T,           ['&'] = T,
    ['\''] = T,        ['*'] = T,  ['+'] = T,  ['-'] = T,         ['.'] = T,           ['/'] = T,
    ['0' ... '9'] = D, [':'] = T,  ['<'] = T,  ['='] = T,         ['>'] = T,           ['?'] = T,
    ['A' ... 'Z'] = T, ['_'] = T,  ['|'] = T,  ['a' ... 'z'] = T, [0x80 ... 0xFF] = T,
};

#undef S
#undef T
#undef D

/* An open collection; closer '\0' is the end of the file. */
struct scope {
    const char *opener;
    char closer;
    struct chg_place place;
};

static struct chg_node *read_form(struct chg_reader *r, const struct scope *scope);

static bool is_closer(char c)
{
    return c == ')' || c == ']' || c == '}';
}

static void skip_space(struct chg_reader *r)
{
    const char *p = r->pos;

    for (;;) {
        while (p < r->end && (chg_edn_class[(unsigned char)*p] & CHG_EDN_SPACE))
            p++;
        if (p == r->end || *p != ';')
            break;
        p = (const char *)memchr(p, '\n', (size_t)(r->end - p));
        if (p == NULL)
            p = r->end;
    }
    r->pos = p;
}

static void unbalanced(struct chg_reader *r, const struct scope *scope)
{
    if (r->pos == r->end)
        (void)chg_reader_error(r, r->pos,
                               "the file ends before '%s' of line %u, column %u is closed",
                               scope->opener, scope->place.line, scope->place.column);
    else if (scope->closer == '\0')
        (void)chg_reader_error(r, r->pos, "'%c' closes nothing", *r->pos);
    else
        (void)chg_reader_error(
            r, r->pos, "'%c' does not close '%s' of line %u, column %u; expected '%c'", *r->pos,
            scope->opener, scope->place.line, scope->place.column, scope->closer);
}

/*
 * The next form that is not discarded. NULL with *done: scope ends here (r->pos is at its closer);
 * NULL without: an error. `#_ #_ a b` drops both a and b.
 */
static struct chg_node *next_form(struct chg_reader *r, const struct scope *scope, bool *done)
{
    unsigned drop = 0;
    const char *discard = NULL;

    *done = false;
    for (;;) {
        struct chg_node *node;

        skip_space(r);
        if (r->pos == r->end ? scope->closer == '\0' : *r->pos == scope->closer) {
            if (drop > 0) {
                (void)chg_reader_error(r, discard, "#_ has nothing behind it to drop");
                return NULL;
            }
            *done = true;
            return NULL;
        }
        if (r->pos == r->end || is_closer(*r->pos)) {
            unbalanced(r, scope);
            return NULL;
        }
        if (*r->pos == '#' && r->end - r->pos >= 2 && r->pos[1] == '_') {
            discard = r->pos;
            r->pos += 2;
            drop++;
            r->discarding++;
            continue;
        }
        node = read_form(r, scope);
        if (drop == 0 || node == NULL)
            return node;
        drop--;
        r->discarding--;
    }
}

static struct chg_node *read_collection(struct chg_reader *r, enum chg_node_kind kind,
                                        const char *opener, char closer)
{
    struct chg_node *node = chg_reader_node(r, kind, r->pos);
    size_t first = r->pending.len;
    struct scope scope = {.opener = opener, .closer = closer};
    const struct chg_node *child;
    bool done;

    if (node == NULL || chg_reader_enter(r, &node->place) < 0)
        return NULL;
    scope.place = node->place;
    r->pos += strlen(opener);
    while ((child = next_form(r, &scope, &done)) != NULL)
        if (chg_reader_push(r, child) < 0)
            return NULL;
    if (!done)
        return NULL;
    r->depth--;
    r->pos++;
    node->end = chg_reader_place(r, r->pos);
    if (kind == CHG_NODE_MAP && (r->pending.len - first) % 2 != 0) {
        (void)chg_reader_error_at(r, &r->pending.items[r->pending.len - 1]->place,
                                  "the last key of the map has no value");
        return NULL;
    }
    if (chg_reader_take_items(r, node, first) < 0)
        return NULL;
    if (kind == CHG_NODE_MAP || kind == CHG_NODE_SET)
        if (chg_reader_check_keys(r, node, chg_node_compare) < 0)
            return NULL;
    return node;
}

/* Turn what #inst or #uuid stands before into its node. */
static struct chg_node *convert_tagged(struct chg_reader *r, struct chg_node *value, bool inst,
                                       const struct chg_place *place)
{
    int64_t epoch_ms = 0;

    if (value->kind != CHG_NODE_STRING) {
        (void)chg_reader_error_at(r, &value->place, "#%s needs a string, not %s",
                                  inst ? "inst" : "uuid", chg_node_kind_name(value));
        return NULL;
    }
    if (inst && chg_edn_inst_parse(&epoch_ms, value->text, value->text_len) < 0) {
        (void)chg_reader_error_at(r, &value->place,
                                  "#inst needs a time such as \"2026-01-31T12:00:00Z\"");
        return NULL;
    }
    if (!inst && !chg_edn_uuid_valid(value->text, value->text_len)) {
        (void)chg_reader_error_at(r, &value->place,
                                  "#uuid needs 32 hexadecimal digits, grouped "
                                  "8-4-4-4-12");
        return NULL;
    }
    value->kind = inst ? CHG_NODE_INST : CHG_NODE_UUID;
    value->integer = epoch_ms;
    value->place = *place;
    return value;
}

static struct chg_node *read_tagged(struct chg_reader *r, const struct scope *scope)
{
    const char *start = r->pos;
    const char *name = start + 1;
    struct chg_place place = chg_reader_place(r, start);
    struct chg_node *value;
    size_t len;
    bool done;

    r->pos = name;
    while (r->pos < r->end && (chg_edn_class[(unsigned char)*r->pos] & CHG_EDN_TOKEN))
        r->pos++;
    len = (size_t)(r->pos - name);
    if (r->discarding == 0 && !(len == 4 && memcmp(name, "inst", 4) == 0) &&
        !(len == 4 && memcmp(name, "uuid", 4) == 0)) {
        (void)chg_reader_error_at(r, &place, "tag #%.*s is not known; only #inst and #uuid are",
                                  chg_utf8_cut(name, len, CHG_SHOWN_MAX), name);
        return NULL;
    }
    if (chg_reader_enter(r, &place) < 0)
        return NULL;
    value = next_form(r, scope, &done);
    r->depth--;
    if (value == NULL) {
        if (done)
            (void)chg_reader_error_at(r, &place, "tag #%.*s has no value behind it",
                                      chg_utf8_cut(name, len, CHG_SHOWN_MAX), name);
        return NULL;
    }
    /* What is dropped may have any tag; it never reaches the tree. */
    return r->discarding > 0 ? value : convert_tagged(r, value, *name == 'i', &place);
}

static struct chg_node *read_dispatch(struct chg_reader *r, const struct scope *scope)
{
    char c = r->end - r->pos >= 2 ? r->pos[1] : '\0';

    if (c == '{')
        return read_collection(r, CHG_NODE_SET, "#{", '}');
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
        return read_tagged(r, scope);
    if (c == ':')
        (void)chg_reader_error(r, r->pos,
                               "maps with a namespace (#:name{...}) are not supported; "
                               "write the keys in full");
    else if (c == '#')
        (void)chg_reader_error(r, r->pos, "symbolic values (##Inf, ##NaN) are not supported");
    else if (c == '"')
        (void)chg_reader_error(r, r->pos,
                               "regular expressions (#\"...\") are not data; write a string");
    else if (c == '(' || c == '\'' || c == '?' || c == '=')
        (void)chg_reader_error(r, r->pos, "#%c is code, and this file is data", c);
    else
        (void)chg_reader_error(r, r->pos, "# needs a tag name, '{' or '_' behind it");
    return NULL;
}

/* 'X in a file of many forms: (quote X). */
static struct chg_node *read_quote(struct chg_reader *r, const struct scope *scope)
{
    struct chg_node *list = chg_reader_node(r, CHG_NODE_LIST, r->pos);
    struct chg_node *name = list == NULL ? NULL : chg_reader_node(r, CHG_NODE_SYMBOL, r->pos);
    size_t first = r->pending.len;
    struct chg_node *value;
    bool done = false;

    if (name == NULL || chg_reader_enter(r, &list->place) < 0 ||
        chg_reader_set_text(r, name, "quote", 5) < 0 || chg_reader_push(r, name) < 0)
        return NULL;
    r->pos++;
    value = next_form(r, scope, &done);
    r->depth--;
    if (done)
        (void)chg_reader_error_at(r, &list->place, "' has nothing behind it");
    if (value == NULL || chg_reader_push(r, value) < 0)
        return NULL;
    list->end = value->end;
    return chg_reader_take_items(r, list, first) < 0 ? NULL : list;
}

static struct chg_node *refuse(struct chg_reader *r)
{
    unsigned char c = (unsigned char)*r->pos;

    if (c < 0x20 || c == 0x7F)
        (void)chg_reader_error(r, r->pos, "control character U+%04X is not allowed here", c);
    else
        (void)chg_reader_error(r, r->pos, "'%c' is not allowed here%s", c,
                               c == '^' ? "; metadata is not part of EDN" : "");
    return NULL;
}

static struct chg_node *read_form(struct chg_reader *r, const struct scope *scope)
{
    unsigned char c = (unsigned char)*r->pos;

    switch (c) {
    case '(':
        return read_collection(r, CHG_NODE_LIST, "(", ')');
    case '[':
        return read_collection(r, CHG_NODE_VECTOR, "[", ']');
    case '{':
        return read_collection(r, CHG_NODE_MAP, "{", '}');
    case '#':
        return read_dispatch(r, scope);
    case '"':
        return chg_edn_read_string(r);
    case '\\':
        return chg_edn_read_char(r);
    case '\'':
        return r->many ? read_quote(r, scope) : refuse(r);
    case '+':
    case '-':
        if (r->end - r->pos >= 2 && (chg_edn_class[(unsigned char)r->pos[1]] & CHG_EDN_DIGIT))
            return chg_edn_read_number(r);
        return chg_edn_read_name(r);
    default:
        if (chg_edn_class[c] & CHG_EDN_DIGIT)
            return chg_edn_read_number(r);
        if (chg_edn_class[c] & CHG_EDN_TOKEN)
            return chg_edn_read_name(r);
        return refuse(r);
    }
}

static int read_one(struct chg_reader *r, const struct scope *scope)
{
    struct chg_node *root;
    const struct chg_node *second;
    bool done;

    root = next_form(r, scope, &done);
    if (done)
        return chg_reader_error(r, r->text, "the file holds no value");
    if (root == NULL)
        return CHENGIS_ERR_PIPELINE;
    second = next_form(r, scope, &done);
    if (second != NULL)
        return chg_reader_error_at(r, &second->place,
                                   "a second value starts here; the file must hold one");
    if (!done)
        return CHENGIS_ERR_PIPELINE;
    r->doc->root = root;
    return 0;
}

static int read_many(struct chg_reader *r, const struct scope *scope)
{
    struct chg_node *root = chg_reader_node(r, CHG_NODE_LIST, r->text);
    const struct chg_node *child;
    bool done = false;

    if (root == NULL)
        return CHENGIS_ERR_PIPELINE;
    while ((child = next_form(r, scope, &done)) != NULL)
        if (chg_reader_push(r, child) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    if (!done)
        return CHENGIS_ERR_PIPELINE;
    root->end = chg_reader_place(r, r->end);
    r->doc->root = root;
    return chg_reader_take_items(r, root, 0);
}

int chg_edn_read(struct chg_reader *reader)
{
    static const struct scope file = {.opener = "", .closer = '\0'};

    return reader->many ? read_many(reader, &file) : read_one(reader, &file);
}
