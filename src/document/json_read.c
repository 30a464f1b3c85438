/* SPDX-License-Identifier: MIT */
/* Reading JSON (RFC 8259, nothing beyond it) with the place of every value, which jansson does not
 * keep. */
#include <string.h>

#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

static struct chg_node *read_value(struct chg_reader *r);

static void skip_space(struct chg_reader *r)
{
    while (r->pos < r->end &&
           (*r->pos == ' ' || *r->pos == '\n' || *r->pos == '\t' || *r->pos == '\r'))
        r->pos++;
}

/* Report what stands at r->pos instead of what was expected. */
static struct chg_node *unexpected(struct chg_reader *r, const char *expected)
{
    unsigned char c = r->pos < r->end ? (unsigned char)*r->pos : 0;

    if (r->pos == r->end)
        (void)chg_reader_error(r, r->pos, "the file ends where %s is expected", expected);
    else if (c == '/' || c == '#')
        (void)chg_reader_error(r, r->pos, "'%c' found where %s is expected; JSON has no comments",
                               c, expected);
    else if (c > 0x20 && c < 0x7F)
        (void)chg_reader_error(r, r->pos, "'%c' found where %s is expected", c, expected);
    else
        (void)chg_reader_error(r, r->pos, "%s is expected here", expected);
    return NULL;
}

/* The code point of the \u escape at *p (on the backslash), a pair of surrogates counting as one;
 * -1: not valid. */
static int32_t read_unicode(const char **p, const char *end)
{
    int32_t high = chg_hex4(*p + 2, end);
    int32_t low;

    if (high < 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return -1;
    *p += 6;
    if (high < 0xD800 || high > 0xDBFF)
        return high;
    if (end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
        return -1;
    low = chg_hex4(*p + 2, end);
    *p += 6;
    return low < 0xDC00 || low > 0xDFFF ? -1 : 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* One escape at *p; the bytes written, or 0 when it is not valid. */
static size_t unescape(char *out, const char **p, const char *end)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    const char *found = strchr(from, (*p)[1]);
    int32_t codepoint;

    if ((*p)[1] == 'u') {
        codepoint = read_unicode(p, end);
        return codepoint < 0 ? 0 : chg_utf8_encode(out, (uint32_t)codepoint);
    }
    if (found == NULL)
        return 0;
    *p += 2;
    *out = to[found - from];
    return 1;
}

static int fill_string(struct chg_reader *r, struct chg_node *node, const char *p,
                       const char *close)
{
    char *text = (char *)chg_reader_alloc(r, (size_t)(close - p) + 1);
    char *out = text;

    if (text == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    while (p < close) {
        const char *at = p;
        size_t written;

        if ((unsigned char)*p < 0x20)
            return chg_reader_error(r, p, "control character U+%04X in a string; write an escape",
                                    (unsigned char)*p);
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        written = unescape(out, &p, close);
        if (written == 0)
            return chg_reader_error(r, at, "the escape is not valid in a JSON string");
        out += written;
    }
    *out = '\0';
    node->text = text;
    node->text_len = (size_t)(out - text);
    return 0;
}

static struct chg_node *read_string(struct chg_reader *r)
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
    if (fill_string(r, node, start, p) < 0)
        return NULL;
    r->pos = p + 1;
    node->end = chg_reader_place(r, r->pos);
    return node;
}

static struct chg_node *read_number(struct chg_reader *r)
{
    struct chg_node *node = chg_reader_node(r, CHG_NODE_FLOAT, r->pos);
    const char *start = r->pos;
    const char *p = start;
    size_t len;

    if (node == NULL)
        return NULL;
    while (p < r->end && ((*p >= '0' && *p <= '9') || (*p != '\0' && strchr("+-.eE", *p) != NULL)))
        p++;
    len = (size_t)(p - start);
    if (!chg_number_is_json(start, len)) {
        (void)chg_reader_error_at(r, &node->place, "'%.*s' is not a JSON number",
                                  chg_utf8_cut(start, len, CHG_SHOWN_MAX), start);
        return NULL;
    }
    if (chg_reader_set_text(r, node, start, len) < 0)
        return NULL;
    r->pos = p;
    node->end = chg_reader_place(r, p);
    if (strpbrk(node->text, ".eE") == NULL && chg_integer_fits(&node->integer, start, len)) {
        node->kind = CHG_NODE_INT;
        node->number = (double)node->integer;
    } else if (chg_number_parse(&node->number, start, len) < 0) {
        (void)chg_reader_error_at(r, &node->place, "number '%.*s' is out of range",
                                  chg_utf8_cut(start, len, CHG_SHOWN_MAX), start);
        return NULL;
    }
    return node;
}

static struct chg_node *read_word(struct chg_reader *r)
{
    static const struct {
        const char *word;
        enum chg_node_kind kind;
        bool value;
    } words[] = {
        {"true", CHG_NODE_BOOL, true},
        {"false", CHG_NODE_BOOL, false},
        {"null", CHG_NODE_NULL, false},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i].word);
        struct chg_node *node;

        if ((size_t)(r->end - r->pos) < len || memcmp(r->pos, words[i].word, len) != 0)
            continue;
        node = chg_reader_node(r, words[i].kind, r->pos);
        if (node == NULL)
            return NULL;
        r->pos += len;
        node->text = words[i].word;
        node->text_len = len;
        node->boolean = words[i].value;
        node->end = chg_reader_place(r, r->pos);
        return node;
    }
    return unexpected(r, "a value");
}

static int read_member(struct chg_reader *r)
{
    const struct chg_node *key = r->pos < r->end && *r->pos == '"'
                                     ? read_string(r)
                                     : unexpected(r, "a key in double quotes");

    if (key == NULL || chg_reader_push(r, key) < 0)
        return CHENGIS_ERR_PIPELINE;
    skip_space(r);
    if (r->pos == r->end || *r->pos != ':') {
        (void)unexpected(r, "':' after the key");
        return CHENGIS_ERR_PIPELINE;
    }
    r->pos++;
    return 0;
}

/* The items of an array or object up to its closer. */
static int read_items(struct chg_reader *r, const struct chg_node *node, char closer)
{
    bool object = node->kind == CHG_NODE_MAP;
    const struct chg_node *value;

    skip_space(r);
    if (r->pos < r->end && *r->pos == closer)
        return 0;
    for (;;) {
        if (object && read_member(r) < 0)
            return CHENGIS_ERR_PIPELINE;
        value = read_value(r);
        if (value == NULL || chg_reader_push(r, value) < 0)
            return CHENGIS_ERR_PIPELINE;
        skip_space(r);
        if (r->pos < r->end && *r->pos == closer)
            return 0;
        if (r->pos == r->end)
            return chg_reader_error(r, r->pos,
                                    "the file ends before '%c' of line %u, column %u is closed",
                                    object ? '{' : '[', node->place.line, node->place.column);
        if (*r->pos != ',') {
            (void)unexpected(r, object ? "',' or '}'" : "',' or ']'");
            return CHENGIS_ERR_PIPELINE;
        }
        r->pos++;
        skip_space(r);
    }
}

static struct chg_node *read_collection(struct chg_reader *r)
{
    bool object = *r->pos == '{';
    struct chg_node *node = chg_reader_node(r, object ? CHG_NODE_MAP : CHG_NODE_VECTOR, r->pos);
    size_t first = r->pending.len;

    if (node == NULL || chg_reader_enter(r, &node->place) < 0)
        return NULL;
    r->pos++;
    if (read_items(r, node, object ? '}' : ']') < 0)
        return NULL;
    r->depth--;
    r->pos++;
    node->end = chg_reader_place(r, r->pos);
    if (chg_reader_take_items(r, node, first) < 0)
        return NULL;
    if (object && chg_reader_check_keys(r, node, chg_node_compare_text) < 0)
        return NULL;
    return node;
}

static struct chg_node *read_value(struct chg_reader *r)
{
    skip_space(r);
    if (r->pos == r->end)
        return unexpected(r, "a value");
    if (*r->pos == '{' || *r->pos == '[')
        return read_collection(r);
    if (*r->pos == '"')
        return read_string(r);
    if (*r->pos == '-' || (*r->pos >= '0' && *r->pos <= '9'))
        return read_number(r);
    return read_word(r);
}

int chg_json_read(struct chg_reader *reader)
{
    reader->doc->root = read_value(reader);
    if (reader->doc->root == NULL)
        return CHENGIS_ERR_PIPELINE;
    skip_space(reader);
    if (reader->pos < reader->end)
        return chg_reader_error(reader, reader->pos,
                                "a second value starts here; the file must hold one");
    return 0;
}
