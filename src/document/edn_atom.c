/* SPDX-License-Identifier: MIT */
/* The atoms of EDN: strings, characters, numbers, symbols and keywords, and the texts behind #inst
 * and #uuid. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "document/document_priv.h"

#include "base/banned.h"

static const char *token_end(const struct chg_reader *r, const char *p)
{
    while (p < r->end && (chg_edn_class[(unsigned char)*p] & CHG_EDN_TOKEN))
        p++;
    return p;
}

/* For "%.*s" of a token in a message. */
static int shown(const char *from, const char *to)
{
    return chg_utf8_cut(from, (size_t)(to - from), CHG_SHOWN_MAX);
}

/* \uXXXX at p (on the backslash), a pair of surrogates counting as one. Bytes taken, or 0 when it
 * is none. */
static size_t read_unicode(uint32_t *out, const char *p, const char *end)
{
    int32_t high = end - p >= 6 ? chg_hex4(p + 2, end) : -1;
    int32_t low;

    *out = (uint32_t)high;
    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return 0;
    if (high < 0xD800 || high > 0xDBFF)
        return 6;
    low = end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? chg_hex4(p + 8, end) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *out = 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
    return 12;
}

/* One escape at *p into out; NULL when it is not valid. */
static char *unescape(char *out, const char **p, const char *end)
{
    static const char from[] = "trn\\\"bf";
    static const char to[] = "\t\r\n\\\"\b\f";
    const char *found = (*p)[1] == '\0' ? NULL : strchr(from, (*p)[1]);
    uint32_t codepoint;
    size_t taken;

    if (found != NULL) {
        *p += 2;
        *out = to[found - from];
        return out + 1;
    }
    taken = (*p)[1] == 'u' ? read_unicode(&codepoint, *p, end) : 0;
    if (taken == 0)
        return NULL;
    *p += taken;
    return out + chg_utf8_encode(out, codepoint);
}

static void bad_escape(struct chg_reader *r, const char *p, const char *close)
{
    size_t len = p[1] == 'u' && close - p >= 6 ? 6 : 2;

    while (p + len < close && ((unsigned char)p[len] & 0xC0) == 0x80)
        len++;
    (void)chg_reader_error(r, p, "escape %.*s is not valid in a string", (int)len, p);
}

/* Copy what is between the quotes into the node, escapes resolved. */
static struct chg_node *fill_string(struct chg_reader *r, struct chg_node *node, const char *p,
                                    const char *close)
{
    char *text = (char *)chg_reader_alloc(r, (size_t)(close - p) + 1);
    char *out = text;
    char *behind;

    if (text == NULL)
        return NULL;
    while (p < close) {
        const char *run = (const char *)memchr(p, '\\', (size_t)(close - p));
        size_t len = (size_t)((run == NULL ? close : run) - p);

        memcpy(out, p, len);
        out += len;
        p += len;
        if (run == NULL)
            break;
        behind = unescape(out, &p, close);
        if (behind == NULL) {
            bad_escape(r, p, close);
            return NULL;
        }
        out = behind;
    }
    *out = '\0';
    node->text = text;
    node->text_len = (size_t)(out - text);
    return node;
}

struct chg_node *chg_edn_read_string(struct chg_reader *r)
{
    struct chg_node *node = chg_reader_node(r, CHG_NODE_STRING, r->pos);
    const char *start = r->pos + 1;
    const char *p = start;

    if (node == NULL)
        return NULL;
    while (p < r->end && *p != '"')
        p += *p == '\\' && r->end - p >= 2 ? 2 : 1;
    if (p == r->end) {
        (void)chg_reader_error_at(r, &node->place, "the string is not closed");
        return NULL;
    }
    node->quoted = true;
    if (fill_string(r, node, start, p) == NULL)
        return NULL;
    r->pos = p + 1;
    node->end = chg_reader_place(r, r->pos);
    return node;
}

static const struct {
    const char *name;
    char c;
} char_names[] = {
    {"newline", '\n'}, {"space", ' '},     {"tab", '\t'},
    {"return", '\r'},  {"formfeed", '\f'}, {"backspace", '\b'},
};

/* The code point a character's name (what is behind the backslash) stands for; -1: none. */
static int64_t char_value(const char *name, size_t len, size_t first_len)
{
    int32_t code;

    if (len == first_len) {
        unsigned char c = (unsigned char)name[0];
        uint32_t value = first_len == 1 ? c : c & (0x7Fu >> first_len);

        for (size_t i = 1; i < first_len; i++)
            value = value << 6 | ((unsigned char)name[i] & 0x3F);
        return value;
    }
    for (size_t i = 0; i < sizeof(char_names) / sizeof(char_names[0]); i++)
        if (strlen(char_names[i].name) == len && memcmp(char_names[i].name, name, len) == 0)
            return char_names[i].c;
    code = len == 5 && name[0] == 'u' ? chg_hex4(name + 1, name + len) : -1;
    return code >= 0xD800 && code <= 0xDFFF ? -1 : code;
}

struct chg_node *chg_edn_read_char(struct chg_reader *r)
{
    struct chg_node *node = chg_reader_node(r, CHG_NODE_CHAR, r->pos);
    const char *name = r->pos + 1;
    const char *p = name;
    char utf8[4];
    int64_t value;

    if (node == NULL)
        return NULL;
    if (p == r->end || ((chg_edn_class[(unsigned char)*p] & CHG_EDN_SPACE) && *p != ',')) {
        (void)chg_reader_error_at(r, &node->place, "\\ needs a character behind it");
        return NULL;
    }
    for (p++; p < r->end && ((unsigned char)*p & 0xC0) == 0x80;)
        p++;
    r->pos = token_end(r, p);
    value = char_value(name, (size_t)(r->pos - name), (size_t)(p - name));
    if (value < 0) {
        (void)chg_reader_error_at(r, &node->place, "character \\%.*s is not known",
                                  shown(name, r->pos), name);
        return NULL;
    }
    node->end = chg_reader_place(r, r->pos);
    if (chg_reader_set_text(r, node, utf8, chg_utf8_encode(utf8, (uint32_t)value)) < 0)
        return NULL;
    return node;
}

static const char *digits_end(const char *p, const char *end)
{
    while (p < end && (chg_edn_class[(unsigned char)*p] & CHG_EDN_DIGIT))
        p++;
    return p;
}

/* What is wrong with the number token, or NULL. *integer: neither fraction, exponent nor M. */
static const char *check_number(const char *p, const char *end, bool *integer)
{
    const char *digits = p + (*p == '+' || *p == '-');

    p = digits_end(digits, end);
    *integer = p == end || (*p == 'N' && p + 1 == end);
    if (p < end && *p == '/')
        return "is a ratio, which is not supported; write a decimal number";
    if (p - digits > 1 && *digits == '0')
        return "has a leading zero";
    if (*integer)
        return NULL;
    if (*p == '.')
        p = digits_end(p + 1, end);
    if (p < end && (*p == 'e' || *p == 'E')) {
        p += p + 1 < end && (p[1] == '+' || p[1] == '-') ? 2 : 1;
        digits = p;
        p = digits_end(p, end);
        if (p == digits)
            return "is not a valid number";
    }
    if (p < end && *p == 'M')
        p++;
    return p == end ? NULL : "is not a valid number";
}

struct chg_node *chg_edn_read_number(struct chg_reader *r)
{
    const char *start = r->pos;
    const char *end = token_end(r, start);
    struct chg_node *node = chg_reader_node(r, CHG_NODE_FLOAT, start);
    size_t len = (size_t)(end - start);
    const char *wrong;
    bool integer;

    if (node == NULL)
        return NULL;
    wrong = check_number(start, end, &integer);
    if (wrong != NULL) {
        (void)chg_reader_error_at(r, &node->place, "'%.*s' %s", shown(start, end), start, wrong);
        return NULL;
    }
    if (chg_reader_set_text(r, node, start, len) < 0)
        return NULL;
    r->pos = end;
    node->end = chg_reader_place(r, end);
    len -= end[-1] == 'N' || end[-1] == 'M';
    if (integer && chg_integer_fits(&node->integer, start, len)) {
        node->kind = CHG_NODE_INT;
        node->number = (double)node->integer;
    } else if (chg_number_parse(&node->number, start, len) < 0) {
        (void)chg_reader_error_at(r, &node->place, "number '%.*s' is out of range",
                                  shown(start, end), start);
        return NULL;
    }
    return node;
}

static bool has_invisible(const char *text, size_t len)
{
    return memmem(text, len, "\xC2\xA0", 2) != NULL || memmem(text, len, "\xEF\xBB\xBF", 3) != NULL;
}

bool chg_edn_name_valid(const char *text, size_t len, const char **why)
{
    const char *slash = NULL;
    const char *ignored;
    bool ascii = true;

    why = why == NULL ? &ignored : why;
    *why = "has a character that names may not have";
    for (size_t i = 0; i < len; i++) {
        if (!(chg_edn_class[(unsigned char)text[i]] & CHG_EDN_TOKEN))
            return false;
        ascii &= (unsigned char)text[i] < 0x80;
        if (text[i] == '/' && slash == NULL)
            slash = text + i;
    }
    *why = "has an invisible character (a no-break space or a byte order mark)";
    if (!ascii && has_invisible(text, len))
        return false;
    *why = "is not a valid name";
    if (len == 0 || *text == ':' || *text == '#' || *text == '\'' || text[len - 1] == ':')
        return false;
    if (slash == NULL)
        return true;
    *why = "may have one '/', between a namespace and a name";
    return slash > text && slash < text + len - 1 &&
           memchr(slash + 1, '/', (size_t)(text + len - slash - 1)) == NULL;
}

static bool constant(struct chg_node *node, const char *text, size_t len)
{
    if (len == 3 && memcmp(text, "nil", 3) == 0)
        node->kind = CHG_NODE_NULL;
    else if ((len == 4 && memcmp(text, "true", 4) == 0) ||
             (len == 5 && memcmp(text, "false", 5) == 0))
        node->kind = CHG_NODE_BOOL;
    else
        return false;
    node->boolean = len == 4;
    return true;
}

struct chg_node *chg_edn_read_name(struct chg_reader *r)
{
    const char *start = r->pos;
    const char *end = token_end(r, start);
    bool keyword = *start == ':';
    const char *name = start + keyword;
    size_t len = (size_t)(end - name);
    struct chg_node *node;
    const char *why;

    node = chg_reader_node(r, keyword ? CHG_NODE_KEYWORD : CHG_NODE_SYMBOL, start);
    if (node == NULL || chg_reader_set_text(r, node, name, len) < 0)
        return NULL;
    r->pos = end;
    node->end = chg_reader_place(r, end);
    if (keyword && len > 0 && *name == ':') {
        (void)chg_reader_error_at(r, &node->place, "keyword '%.*s' is not valid; write one colon",
                                  shown(start, end), start);
        return NULL;
    }
    if (!keyword && (constant(node, name, len) || (len == 1 && *name == '/')))
        return node;
    if (chg_edn_name_valid(name, len, &why))
        return node;
    (void)chg_reader_error_at(r, &node->place, "%s '%.*s' %s", keyword ? "keyword" : "symbol",
                              shown(start, end), start, why);
    return NULL;
}

/* EDN lets everything behind the year be left out: complete it, and let the clock judge the rest.
 */
int chg_edn_inst_parse(int64_t *out, const char *text, size_t len)
{
    static const char first[] = "0000-01-01T00:00:00";
    static const char separators[] = "--T::";
    char full[80];
    size_t given = 4;

    for (size_t i = 0; i < 5 && len >= given + 3 && text[given] == separators[i]; i++)
        given += 3;
    if (len < given || len - given > 40 || (len > given && text[given] == '.' && given < 19))
        return chg_error_set(CHENGIS_ERR_INVALID, "not a time");
    (void)snprintf(full, sizeof(full), "%.*s%s%.*s%s", (int)given, text, first + given,
                   (int)(len - given), text + given,
                   len > given && strpbrk(text + given, "Zz+-") != NULL ? "" : "Z");
    return chg_time_parse(out, full);
}

bool chg_edn_uuid_valid(const char *text, size_t len)
{
    return len == CHG_UUID_SIZE - 1 && chg_uuid_is_valid(text);
}
