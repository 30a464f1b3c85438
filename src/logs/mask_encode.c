/* SPDX-License-Identifier: MIT */
/* Encoders for the forms in which a secret may appear in a log. Independent of the locale. */
#include "logs/mask_encode.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/banned.h"

static const char upper_digits[] = "0123456789ABCDEF";
static const char lower_digits[] = "0123456789abcdef";

static bool is_alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_one_of(unsigned char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static size_t put(unsigned char *out, const char *text, size_t len)
{
    memcpy(out, text, len);
    return len;
}

size_t chg_mask_encode_hex(unsigned char *out, const unsigned char *in, size_t len,
                           unsigned variant)
{
    const char *digits = (variant & CHG_MASK_HEX_UPPER) != 0 ? upper_digits : lower_digits;

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = (unsigned char)digits[in[i] >> 4];
        out[2 * i + 1] = (unsigned char)digits[in[i] & 15];
    }
    return 2 * len;
}

size_t chg_mask_encode_base64(unsigned char *out, const unsigned char *in, size_t len,
                              unsigned variant)
{
    static const char standard[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char url_safe[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *alphabet = (variant & CHG_MASK_BASE64_URL) != 0 ? url_safe : standard;
    size_t before = variant & CHG_MASK_BASE64_ALIGN;
    size_t n = 0;

    /* Character k holds bits 6k to 6k+5 of the stream; the first `before` bytes of it are unknown.
     */
    for (size_t k = (before * 8 + 5) / 6; (k + 1) * 6 <= (before + len) * 8; k++) {
        size_t byte = k * 6 / 8 - before;
        unsigned pair = (unsigned)in[byte] << 8 | (byte + 1 < len ? in[byte + 1] : 0U);

        out[n++] = (unsigned char)alphabet[pair >> (10 - k * 6 % 8) & 63];
    }
    return n;
}

size_t chg_mask_encode_percent(unsigned char *out, const unsigned char *in, size_t len,
                               unsigned variant)
{
    const char *digits = (variant & CHG_MASK_PERCENT_LOWER) != 0 ? lower_digits : upper_digits;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = in[i];

        if (is_alnum(c) || is_one_of(c, "-_.~") ||
            ((variant & CHG_MASK_PERCENT_SLASH) != 0 && c == '/') ||
            ((variant & CHG_MASK_PERCENT_MARKS) != 0 && is_one_of(c, "!'()*"))) {
            out[n++] = c;
        } else if ((variant & CHG_MASK_PERCENT_PLUS) != 0 && c == ' ') {
            out[n++] = '+';
        } else {
            out[n++] = '%';
            out[n++] = (unsigned char)digits[c >> 4];
            out[n++] = (unsigned char)digits[c & 15];
        }
    }
    return n;
}

/* Decode one UTF-8 sequence of at least two bytes; 0 when it is not one. */
static size_t decode_utf8(uint32_t *out, const unsigned char *in, size_t len)
{
    size_t need = in[0] >= 0xF0 ? 4 : in[0] >= 0xE0 ? 3 : 2;
    uint32_t cp = in[0] & (0x7FU >> need);

    if (in[0] < 0xC2 || in[0] > 0xF4 || need > len)
        return 0;
    for (size_t i = 1; i < need; i++) {
        if ((in[i] & 0xC0) != 0x80)
            return 0;
        cp = cp << 6 | (in[i] & 0x3FU);
    }
    *out = cp;
    return need;
}

static size_t put_unicode(unsigned char *out, uint32_t unit, unsigned variant)
{
    const char *digits = (variant & CHG_MASK_JSON_UPPER) != 0 ? upper_digits : lower_digits;

    out[0] = '\\';
    out[1] = 'u';
    for (int i = 0; i < 4; i++)
        out[2 + i] = (unsigned char)digits[unit >> (12 - 4 * i) & 15];
    return 6;
}

static size_t put_code_point(unsigned char *out, uint32_t cp, unsigned variant)
{
    size_t n = 0;

    if (cp < 0x10000)
        return put_unicode(out, cp, variant);
    n += put_unicode(out, 0xD800 + ((cp - 0x10000) >> 10), variant);
    return n + put_unicode(out + n, 0xDC00 + ((cp - 0x10000) & 0x3FF), variant);
}

static size_t put_json_char(unsigned char *out, unsigned char c, unsigned variant)
{
    static const char escaped[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";

    if (is_one_of(c, escaped)) {
        out[0] = '\\';
        out[1] = (unsigned char)letters[strchr(escaped, c) - escaped];
        return 2;
    }
    if (c == '/' && (variant & CHG_MASK_JSON_SLASH) != 0)
        return put(out, "\\/", 2);
    if (c < 0x20 || (is_one_of(c, "<>&") && (variant & CHG_MASK_JSON_HTML) != 0))
        return put_unicode(out, c, variant);
    out[0] = c;
    return 1;
}

size_t chg_mask_encode_json(unsigned char *out, const unsigned char *in, size_t len,
                            unsigned variant)
{
    size_t n = 0;

    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t used = 0;

        if (in[i] >= 0x80 && (variant & CHG_MASK_JSON_ASCII) != 0)
            used = decode_utf8(&cp, in + i, len - i);
        if (used > 0) {
            n += put_code_point(out + n, cp, variant);
            i += used;
        } else {
            n += put_json_char(out + n, in[i++], variant);
        }
    }
    return n;
}

size_t chg_mask_encode_shell(unsigned char *out, const unsigned char *in, size_t len,
                             unsigned variant)
{
    size_t n = 0;

    (void)variant;
    for (size_t i = 0; i < len; i++) {
        if (in[i] == '\'')
            n += put(out + n, "'\\''", 4);
        else
            out[n++] = in[i];
    }
    return n;
}

size_t chg_mask_encode_newline(unsigned char *out, const unsigned char *in, size_t len,
                               unsigned variant)
{
    static const char *const ends[] = {
        [CHG_MASK_NEWLINE_LF] = "\n",
        [CHG_MASK_NEWLINE_CRLF] = "\r\n",
        [CHG_MASK_NEWLINE_ESCAPE] = "\\n",
    };
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (in[i] == '\r' && i + 1 < len && in[i + 1] == '\n')
            continue;
        if (in[i] == '\n')
            n += put(out + n, ends[variant], strlen(ends[variant]));
        else
            out[n++] = in[i];
    }
    return n;
}
