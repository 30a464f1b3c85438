/* SPDX-License-Identifier: MIT */
/* Printing a tree as JSON. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

struct printer {
    struct chg_str *out;
    int indent;
    int depth;
};

static int print_value(struct printer *p, const struct chg_node *node);

static void add_escaped(struct chg_str *out, unsigned char c)
{
    static const char codes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = c == '\0' ? NULL : strchr(codes, c);

    if (found != NULL)
        chg_str_addf(out, "\\%c", letters[found - codes]);
    else
        chg_str_addf(out, "\\u%04x", c);
}

/* Text that is valid UTF-8. */
static void add_valid(struct chg_str *out, const char *text, size_t len)
{
    const char *end = text + len;

    while (text < end) {
        const char *run = text;

        while (text < end && (unsigned char)*text >= 0x20 && *text != '"' && *text != '\\')
            text++;
        chg_str_add_len(out, run, (size_t)(text - run));
        if (text < end)
            add_escaped(out, (unsigned char)*text++);
    }
}

void chg_json_add_quoted(struct chg_str *out, const char *text, size_t len)
{
    size_t good = 0;

    chg_str_add_char(out, '"');
    while (!chg_utf8_valid(text, len, &good)) {
        add_valid(out, text, good);
        chg_str_add_utf8(out, 0xFFFD);
        text += good + 1;
        len -= good + 1;
    }
    add_valid(out, text, len);
    chg_str_add_char(out, '"');
}

static void break_line(struct printer *p)
{
    if (p->indent > 0)
        chg_str_addf(p->out, "\n%*s", p->indent * p->depth, "");
}

static int print_items(struct printer *p, const struct chg_node *node)
{
    bool map = node->kind == CHG_NODE_MAP;

    chg_str_add_char(p->out, map ? '{' : '[');
    p->depth++;
    for (size_t i = 0; i < node->count; i++) {
        int rc;

        if (i > 0)
            chg_str_add_char(p->out, ',');
        break_line(p);
        if (map) {
            const struct chg_node *key = chg_node_key(node, i);

            chg_json_add_quoted(p->out, key->text, key->text_len);
            chg_str_add(p->out, p->indent > 0 ? ": " : ":");
        }
        rc = print_value(p, map ? chg_node_value(node, i) : node->items[i]);
        if (rc < 0)
            return rc;
    }
    p->depth--;
    if (node->count > 0)
        break_line(p);
    chg_str_add_char(p->out, map ? '}' : ']');
    return 0;
}

static int print_value(struct printer *p, const struct chg_node *node)
{
    int rc = 0;

    switch (node->kind) {
    case CHG_NODE_NULL:
        chg_str_add(p->out, "null");
        return 0;
    case CHG_NODE_BOOL:
        chg_str_add(p->out, node->boolean ? "true" : "false");
        return 0;
    case CHG_NODE_INT:
        chg_number_print(p->out, node);
        return 0;
    case CHG_NODE_FLOAT:
        if (!isfinite(node->number))
            return chg_error_set(CHENGIS_ERR_INVALID, "number %s cannot be written in JSON",
                                 node->text);
        chg_number_print(p->out, node);
        return 0;
    case CHG_NODE_MAP:
        rc = chg_check_keys(node, "JSON", chg_node_compare_text);
        return rc < 0 ? rc : print_items(p, node);
    case CHG_NODE_VECTOR:
    case CHG_NODE_LIST:
    case CHG_NODE_SET:
        return print_items(p, node);
    default:
        chg_json_add_quoted(p->out, node->text, node->text_len);
        return 0;
    }
}

int chg_document_print_json(struct chg_str *out, const struct chg_node *node, int indent)
{
    struct printer printer = {.out = out, .indent = indent};
    int rc = print_value(&printer, node);

    return rc < 0 ? rc : chg_str_check(out);
}
