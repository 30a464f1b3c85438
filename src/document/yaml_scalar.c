/* SPDX-License-Identifier: MIT */
/* The core rules of YAML 1.2 for plain scalars: what is null, a boolean or a number, and what is
 * text. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

static const struct {
    const char *text;
    enum chg_node_kind kind;
    bool boolean;
    double number;
} words[] = {
    {"null", CHG_NODE_NULL, false, 0},
    {"Null", CHG_NODE_NULL, false, 0},
    {"NULL", CHG_NODE_NULL, false, 0},
    {"~", CHG_NODE_NULL, false, 0},
    {"true", CHG_NODE_BOOL, true, 0},
    {"True", CHG_NODE_BOOL, true, 0},
    {"TRUE", CHG_NODE_BOOL, true, 0},
    {"false", CHG_NODE_BOOL, false, 0},
    {"False", CHG_NODE_BOOL, false, 0},
    {"FALSE", CHG_NODE_BOOL, false, 0},
    {".inf", CHG_NODE_FLOAT, false, (double)INFINITY},
    {".Inf", CHG_NODE_FLOAT, false, (double)INFINITY},
    {".INF", CHG_NODE_FLOAT, false, (double)INFINITY},
    {"+.inf", CHG_NODE_FLOAT, false, (double)INFINITY},
    {"+.Inf", CHG_NODE_FLOAT, false, (double)INFINITY},
    {"+.INF", CHG_NODE_FLOAT, false, (double)INFINITY},
    {"-.inf", CHG_NODE_FLOAT, false, -(double)INFINITY},
    {"-.Inf", CHG_NODE_FLOAT, false, -(double)INFINITY},
    {"-.INF", CHG_NODE_FLOAT, false, -(double)INFINITY},
    {".nan", CHG_NODE_FLOAT, false, (double)NAN},
    {".NaN", CHG_NODE_FLOAT, false, (double)NAN},
    {".NAN", CHG_NODE_FLOAT, false, (double)NAN},
};

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(const char *p, const char *end, bool *integer)
{
    const char *from;

    p += *p == '-' || *p == '+';
    from = p;
    p = skip_digits(p, end);
    *integer = p > from && p == end;
    if (*integer)
        return true;
    if (p < end && *p == '.') {
        const char *fraction = p + 1;

        p = skip_digits(fraction, end);
        if (p == fraction && fraction - 1 == from)
            return false;
    } else if (p == from) {
        return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p += p + 1 < end && (p[1] == '-' || p[1] == '+') ? 2 : 1;
        from = p;
        p = skip_digits(p, end);
        if (p == from)
            return false;
    }
    return p == end;
}

/* 0o17 and 0x1F; a value beyond int64 becomes a FLOAT. */
static bool resolve_based(struct chg_node *node, const char *text, size_t len)
{
    int base = text[1] == 'o' ? 8 : 16;
    int64_t value = 0;
    double number = 0;
    bool fits = true;

    for (size_t i = 2; i < len; i++) {
        int digit = chg_hex_digit(text[i]);

        if (digit < 0 || digit >= base)
            return false;
        fits = fits && value <= (INT64_MAX - digit) / base;
        value = fits ? value * base + digit : 0;
        number = number * base + digit;
    }
    node->number = number;
    node->kind = fits ? CHG_NODE_INT : CHG_NODE_FLOAT;
    node->integer = value;
    return true;
}

static void resolve_number(struct chg_node *node, const char *text, size_t len)
{
    bool integer;

    if (len > 2 && text[0] == '0' && (text[1] == 'o' || text[1] == 'x')) {
        (void)resolve_based(node, text, len);
        return;
    }
    if (!is_decimal(text, text + len, &integer))
        return;
    if (integer && chg_integer_fits(&node->integer, text, len)) {
        node->kind = CHG_NODE_INT;
        node->number = (double)node->integer;
        return;
    }
    /* Out of range is no error: a commit such as 1e9999 is wanted as text. */
    node->kind = CHG_NODE_FLOAT;
    if (chg_number_parse(&node->number, text, len) < 0)
        node->number = *text == '-' ? -(double)INFINITY : (double)INFINITY;
}

void chg_yaml_resolve(struct chg_node *node, const char *text, size_t len)
{
    node->kind = CHG_NODE_STRING;
    if (len == 0) {
        node->kind = CHG_NODE_NULL;
        return;
    }
    if (strchr("nN~tTfF.+-", *text) != NULL && len <= 5) {
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            if (strlen(words[i].text) != len || memcmp(words[i].text, text, len) != 0)
                continue;
            node->kind = words[i].kind;
            node->boolean = words[i].boolean;
            node->number = words[i].number;
            return;
        }
    }
    if ((*text >= '0' && *text <= '9') || *text == '.' || *text == '+' || *text == '-')
        resolve_number(node, text, len);
}
