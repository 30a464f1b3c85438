/* SPDX-License-Identifier: MIT */
/* Printing a tree as EDN, on one line or broken at 80 columns the way Clojure people align it. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

#define LINE_WIDTH 80

struct printer {
    struct chg_str *out;
    bool pretty;
};

static int print_value(struct printer *p, const struct chg_node *node, size_t column);

static void add_string(struct chg_str *out, const char *text, size_t len)
{
    static const char codes[] = "\"\\\t\r\n\b\f";
    static const char letters[] = "\"\\trnbf";

    chg_str_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        const char *found = c == '\0' ? NULL : strchr(codes, c);

        if (found != NULL)
            chg_str_addf(out, "\\%c", letters[found - codes]);
        else if (c < 0x20 || c == 0x7F)
            chg_str_addf(out, "\\u%04x", c);
        else
            chg_str_add_char(out, (char)c);
    }
    chg_str_add_char(out, '"');
}

static void add_char(struct chg_str *out, const struct chg_node *node)
{
    static const char codes[] = "\n \t\r\f\b";
    static const char *const names[] = {"newline", "space",    "tab",
                                        "return",  "formfeed", "backspace"};
    unsigned char c = (unsigned char)node->text[0];
    const char *found = c == '\0' ? NULL : strchr(codes, c);

    if (found != NULL)
        chg_str_addf(out, "\\%s", names[found - codes]);
    else if (c < 0x20 || c == 0x7F)
        chg_str_addf(out, "\\u%04x", c);
    else
        chg_str_addf(out, "\\%s", node->text);
}

/* A symbol that would be read as something else can only be said as a string, like a keyword that
 * is no name. */
static bool is_symbol(const struct chg_node *node)
{
    const char *text = node->text;
    size_t sign = text[0] == '+' || text[0] == '-';

    if (strcmp(text, "/") == 0)
        return true;
    if (strcmp(text, "nil") == 0 || strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return false;
    return chg_edn_name_valid(text, node->text_len, NULL) &&
           !(chg_edn_class[(unsigned char)text[sign]] & CHG_EDN_DIGIT);
}

static int print_float(struct chg_str *out, const struct chg_node *node)
{
    const char *text = node->text + (node->text[0] == '+');
    size_t len = strlen(text);
    char last = len > 0 ? text[len - 1] : '\0';

    if (!isfinite(node->number))
        return chg_error_set(CHENGIS_ERR_INVALID, "number %s cannot be written in EDN", node->text);
    if ((last == 'M' || last == 'N') && chg_number_is_json(text, len - 1))
        chg_str_add_len(out, text, len); /* an exact number stays one */
    else
        chg_number_print(out, node);
    return 0;
}

static int print_atom(struct chg_str *out, const struct chg_node *node)
{
    switch (node->kind) {
    case CHG_NODE_NULL:
        chg_str_add(out, "nil");
        return 0;
    case CHG_NODE_BOOL:
        chg_str_add(out, node->boolean ? "true" : "false");
        return 0;
    case CHG_NODE_INT:
        chg_number_print(out, node);
        return 0;
    case CHG_NODE_FLOAT:
        return print_float(out, node);
    case CHG_NODE_CHAR:
        add_char(out, node);
        return 0;
    case CHG_NODE_INST:
    case CHG_NODE_UUID:
        chg_str_addf(out, "#%s \"%s\"", node->kind == CHG_NODE_INST ? "inst" : "uuid", node->text);
        return 0;
    case CHG_NODE_KEYWORD:
        if (chg_edn_name_valid(node->text, node->text_len, NULL)) {
            chg_str_addf(out, ":%s", node->text);
            return 0;
        }
        break;
    case CHG_NODE_SYMBOL:
        if (is_symbol(node)) {
            chg_str_add(out, node->text);
            return 0;
        }
        break;
    default:
        break;
    }
    add_string(out, node->text, node->text_len);
    return 0;
}

static const char *opener_of(const struct chg_node *node)
{
    switch (node->kind) {
    case CHG_NODE_MAP:
        return "{";
    case CHG_NODE_SET:
        return "#{";
    case CHG_NODE_LIST:
        return "(";
    default:
        return "[";
    }
}

/* About how many columns the node takes on one line; counting ends above room. */
static size_t width_of(const struct chg_node *node, size_t room)
{
    size_t slots = node->kind == CHG_NODE_MAP ? 2 * node->count : node->count;
    size_t width = 3;

    if (!chg_node_is_collection(node))
        return width + node->text_len;
    for (size_t i = 0; i < slots && width <= room; i++)
        width += width_of(node->items[i], room - width);
    return width;
}

static bool fits(const struct printer *p, const struct chg_node *node, size_t column)
{
    return !p->pretty || !chg_node_is_collection(node) || node->count == 0 ||
           (column < LINE_WIDTH && width_of(node, LINE_WIDTH - column) <= LINE_WIDTH - column);
}

static int print_pair(struct printer *p, const struct chg_node *key, const struct chg_node *value,
                      size_t column)
{
    size_t start = p->out->len;
    int rc = print_value(p, key, column);

    if (rc < 0)
        return rc;
    if (fits(p, value, column + (p->out->len - start) + 1)) {
        chg_str_add_char(p->out, ' ');
        return print_value(p, value, column + (p->out->len - start));
    }
    chg_str_addf(p->out, "\n%*s", (int)column, "");
    return print_value(p, value, column);
}

static int print_items(struct printer *p, const struct chg_node *node, size_t column)
{
    bool map = node->kind == CHG_NODE_MAP;
    bool broken = !fits(p, node, column);
    const char *opener = opener_of(node);
    int rc = node->kind == CHG_NODE_MAP || node->kind == CHG_NODE_SET
                 ? chg_check_keys(node, "EDN", chg_node_compare)
                 : 0;

    chg_str_add(p->out, opener);
    column += strlen(opener);
    for (size_t i = 0; i < node->count && rc == 0; i++) {
        if (i > 0 && broken)
            chg_str_addf(p->out, "\n%*s", (int)column, "");
        else if (i > 0)
            chg_str_add(p->out, map ? ", " : " ");
        rc = map ? print_pair(p, chg_node_key(node, i), chg_node_value(node, i), column)
                 : print_value(p, node->items[i], column);
    }
    chg_str_add_char(p->out, *opener == '(' ? ')' : *opener == '[' ? ']' : '}');
    return rc;
}

static int print_value(struct printer *p, const struct chg_node *node, size_t column)
{
    return chg_node_is_collection(node) ? print_items(p, node, column) : print_atom(p->out, node);
}

int chg_document_print_edn(struct chg_str *out, const struct chg_node *node, int indent)
{
    struct printer printer = {.out = out, .pretty = indent > 0};
    int rc = print_value(&printer, node, 0);

    return rc < 0 ? rc : chg_str_check(out);
}
