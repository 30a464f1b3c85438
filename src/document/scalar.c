/* SPDX-License-Identifier: MIT */
/* What the formats share about scalars: integers, numbers in text, and code points. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/parse.h"
#include "document/document_priv.h"

#include "base/banned.h"

int32_t chg_hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = chg_hex_digit(at[i]);

        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

size_t chg_utf8_encode(char *out, uint32_t codepoint)
{
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    if (codepoint < 0x800) {
        out[0] = (char)(0xC0 | codepoint >> 6);
        out[1] = (char)(0x80 | (codepoint & 0x3F));
        return 2;
    }
    if (codepoint < 0x10000) {
        out[0] = (char)(0xE0 | codepoint >> 12);
        out[1] = (char)(0x80 | (codepoint >> 6 & 0x3F));
        out[2] = (char)(0x80 | (codepoint & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | codepoint >> 18);
    out[1] = (char)(0x80 | (codepoint >> 12 & 0x3F));
    out[2] = (char)(0x80 | (codepoint >> 6 & 0x3F));
    out[3] = (char)(0x80 | (codepoint & 0x3F));
    return 4;
}

int chg_utf8_cut(const char *text, size_t len, size_t max)
{
    if (len > max)
        for (len = max; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;)
            len--;
    return (int)len;
}

bool chg_integer_fits(int64_t *out, const char *digits, size_t len)
{
    bool negative = len > 0 && *digits == '-';
    const char *end = digits + len;
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t value = 0;

    for (const char *p = digits + (len > 0 && (*digits == '-' || *digits == '+')); p < end; p++) {
        unsigned digit = (unsigned)(*p - '0');

        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

int chg_number_parse(double *out, const char *text, size_t len)
{
    char small[64];
    chg_auto(str) big = CHG_STR_INIT;

    /* Most numbers are short; the sign is taken off because JSON has no '+'. */
    if (len > 0 && *text == '+') {
        text++;
        len--;
    }
    if (len < sizeof(small)) {
        memcpy(small, text, len);
        small[len] = '\0';
        return chg_parse_double(out, small);
    }
    chg_str_add_len(&big, text, len);
    return big.failed != 0 ? chg_str_check(&big) : chg_parse_double(out, big.ptr);
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

bool chg_number_is_json(const char *text, size_t len)
{
    const char *end = text + len;
    const char *p = text + (len > 0 && *text == '-');
    const char *from = p;

    p = skip_digits(p, end);
    if (p == from || (p - from > 1 && *from == '0'))
        return false;
    if (p < end && *p == '.') {
        from = ++p;
        p = skip_digits(p, end);
        if (p == from)
            return false;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p += p + 1 < end && (p[1] == '+' || p[1] == '-') ? 2 : 1;
        from = p;
        p = skip_digits(p, end);
        if (p == from)
            return false;
    }
    return p == end;
}

static bool reads_as_integer(const char *text, size_t len)
{
    int64_t ignored;

    return strpbrk(text, ".eE") == NULL && chg_integer_fits(&ignored, text, len);
}

void chg_number_print(struct chg_str *out, const struct chg_node *node)
{
    const char *text = node->text;
    size_t len = node->text_len;
    char buffer[40];

    if (node->kind == CHG_NODE_INT) {
        chg_str_addf(out, "%" PRId64, node->integer);
        return;
    }
    if (len > 0 && *text == '+') {
        text++;
        len--;
    }
    len -= len > 0 && (text[len - 1] == 'M' || text[len - 1] == 'N');
    if (!chg_number_is_json(text, len)) {
        (void)snprintf(buffer, sizeof(buffer), "%.17g", node->number);
        for (char *p = buffer; *p != '\0'; p++)
            if (*p == ',')
                *p = '.'; /* the host's locale may write it so */
        text = buffer;
        len = strlen(buffer);
    }
    chg_str_add_len(out, text, len);
    if (reads_as_integer(text, len))
        chg_str_add(out, ".0");
}
