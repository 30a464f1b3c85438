/* SPDX-License-Identifier: MIT */
/* Printing a tree as YAML in block style, so that every YAML 1.2 reader, and ours, reads the same
 * values back. */
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/parse.h"
#include "document/document_priv.h"

#include "base/banned.h"

/* YAML allows an implicit key 1,024 characters; longer ones are written `? key`. */
#define KEY_MAX 1000

static int print_value(struct chg_str *out, const struct chg_node *node, int depth);

/* What a text needs, found in one pass. */
struct shape {
    bool escapes; /* holds what only "..." can say */
    bool newlines;
    bool special; /* ": " or " #", or it ends with ':' or a space */
};

/* U+0085, U+2028, U+2029 are line breaks to some readers; C1 controls, BOM and non-characters are
 * not printable. */
static size_t unsafe_sequence(const unsigned char *p, size_t left)
{
    if (left >= 2 && p[0] == 0xC2 && p[1] < 0xA0)
        return 2;
    if (left >= 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9))
        return 3;
    if (left >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF)
        return 3;
    if (left >= 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE)
        return 3;
    return 0;
}

static struct shape shape_of(const char *text, size_t len)
{
    struct shape shape = {0};

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        char next = i + 1 < len ? text[i + 1] : ' ';

        if (c == '\n')
            shape.newlines = true;
        else if (c < 0x20 || c == 0x7F)
            shape.escapes = true;
        else if (c >= 0xC2 && unsafe_sequence((const unsigned char *)text + i, len - i) > 0)
            shape.escapes = true;
        else if ((c == ':' && (next == ' ' || next == '\n')) || (c == ' ' && next == '#'))
            shape.special = true;
    }
    shape.special |= len > 0 && text[len - 1] == ' ';
    return shape;
}

/* Words and number shapes that a YAML 1.1 reader would not take for text; quoting them costs us
 * nothing. */
static bool means_more_in_yaml_11(const char *text, size_t len)
{
    static const char *const words[] = {"yes", "no", "on", "off", "y", "n", "=", "<<"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i]) == len && strncasecmp(words[i], text, len) == 0)
            return true;
    return strchr("0123456789+-.", *text) != NULL && strspn(text, "0123456789_.:+-") == len;
}

static bool is_plain_safe(const char *text, size_t len)
{
    struct chg_node node = {0};
    struct shape shape = shape_of(text, len);

    if (len == 0 || shape.escapes || shape.newlines || shape.special ||
        strchr(" -?:,[]{}#&*!|>'\"%@`", *text) != NULL)
        return false;
    chg_yaml_resolve(&node, text, len);
    return node.kind == CHG_NODE_STRING && !means_more_in_yaml_11(text, len);
}

/* A literal block says the text when its first line is not indented and nothing needs an escape. */
static bool is_literal_safe(const char *text, size_t len)
{
    struct shape shape = shape_of(text, len);
    const char *last;

    if (!shape.newlines || shape.escapes || strchr(" \n", *text) != NULL)
        return false;
    last = text + len;
    while (last > text && last[-1] == '\n')
        last--;
    return last[-1] != ' ';
}

static void add_quoted(struct chg_str *out, const char *text, size_t len)
{
    static const char codes[] = "\"\\\n\t\r\b\f";
    static const char letters[] = "\"\\ntrbf";

    chg_str_add_char(out, '"');
    for (size_t i = 0; i < len;) {
        unsigned char c = (unsigned char)text[i];
        const char *found = c == '\0' ? NULL : strchr(codes, c);
        size_t unsafe = unsafe_sequence((const unsigned char *)text + i, len - i);

        if (found != NULL)
            chg_str_addf(out, "\\%c", letters[found - codes]);
        else if (c < 0x20 || c == 0x7F)
            chg_str_addf(out, "\\x%02x", c);
        else if (unsafe == 2)
            chg_str_addf(out, "\\x%02x", (unsigned char)text[i + 1]);
        else if (unsafe == 3)
            chg_str_addf(out, "\\u%04x",
                         (c & 0xFu) << 12 | (text[i + 1] & 0x3Fu) << 6 | (text[i + 2] & 0x3Fu));
        else
            chg_str_add_char(out, (char)c);
        i += unsafe > 0 ? unsafe : 1;
    }
    chg_str_add_char(out, '"');
}

static void add_indent(struct chg_str *out, int depth)
{
    chg_str_addf(out, "%*s", 2 * depth, "");
}

static void add_literal(struct chg_str *out, const char *text, size_t len, int depth)
{
    const char *end = text + len;
    bool final = end[-1] == '\n';

    chg_str_add(out, !final ? "|-" : len >= 2 && end[-2] == '\n' ? "|+" : "|");
    while (text < end) {
        const char *line = (const char *)memchr(text, '\n', (size_t)(end - text));

        line = line == NULL ? end : line;
        chg_str_add_char(out, '\n');
        if (line > text)
            add_indent(out, depth);
        chg_str_add_len(out, text, (size_t)(line - text));
        text = line + 1;
    }
}

/* A number keeps its spelling where YAML reads the same value from it. */
static void add_number(struct chg_str *out, const struct chg_node *node)
{
    struct chg_node again = {0};

    chg_yaml_resolve(&again, node->text, node->text_len);
    if (again.kind == node->kind && again.integer == node->integer &&
        (isnan(node->number) || again.number - node->number == 0 ||
         (isinf(again.number) && isinf(node->number))))
        chg_str_add_len(out, node->text, node->text_len);
    else
        chg_number_print(out, node);
}

/* Everything but collections. As a key it stays on its line. */
static void add_scalar(struct chg_str *out, const struct chg_node *node, int depth, bool key)
{
    switch (node->kind) {
    case CHG_NODE_NULL:
        chg_str_add(out, "null");
        return;
    case CHG_NODE_BOOL:
        chg_str_add(out, node->boolean ? "true" : "false");
        return;
    case CHG_NODE_INT:
    case CHG_NODE_FLOAT:
        add_number(out, node);
        return;
    default:
        if (is_plain_safe(node->text, node->text_len))
            chg_str_add_len(out, node->text, node->text_len);
        else if (!key && is_literal_safe(node->text, node->text_len))
            add_literal(out, node->text, node->text_len, depth);
        else
            add_quoted(out, node->text, node->text_len);
    }
}

static bool is_block(const struct chg_node *node)
{
    return chg_node_is_collection(node) && node->count > 0;
}

static int print_map(struct chg_str *out, const struct chg_node *map, int depth)
{
    int rc = chg_check_keys(map, "YAML", chg_node_compare_text);

    for (size_t i = 0; i < map->count && rc == 0; i++) {
        const struct chg_node *value = chg_node_value(map, i);
        chg_auto(str) key = CHG_STR_INIT;

        if (i > 0)
            add_indent(out, depth);
        add_scalar(&key, chg_node_key(map, i), depth, true);
        if (key.len > KEY_MAX) {
            chg_str_addf(out, "? %s\n", key.ptr);
            add_indent(out, depth);
        } else {
            chg_str_add(out, key.ptr);
        }
        chg_str_add_char(out, ':');
        if (is_block(value)) {
            chg_str_add_char(out, '\n');
            add_indent(out, depth + 1);
        } else {
            chg_str_add_char(out, ' ');
        }
        rc = key.failed != 0 ? chg_str_check(&key) : print_value(out, value, depth + 1);
    }
    return rc;
}

/* At its place on the line; every value ends its line. */
static int print_value(struct chg_str *out, const struct chg_node *node, int depth)
{
    int rc = 0;

    if (!is_block(node)) {
        if (chg_node_is_collection(node))
            chg_str_add(out, node->kind == CHG_NODE_MAP ? "{}" : "[]");
        else
            add_scalar(out, node, depth, false);
        chg_str_add_char(out, '\n');
        return 0;
    }
    if (node->kind == CHG_NODE_MAP)
        return print_map(out, node, depth);
    for (size_t i = 0; i < node->count && rc == 0; i++) {
        if (i > 0)
            add_indent(out, depth);
        chg_str_add(out, "- ");
        rc = print_value(out, node->items[i], depth + 1);
    }
    return rc;
}

int chg_document_print_yaml(struct chg_str *out, const struct chg_node *node)
{
    int rc = print_value(out, node, is_block(node) ? 0 : 1);

    return rc < 0 ? rc : chg_str_check(out);
}
