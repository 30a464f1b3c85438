/* SPDX-License-Identifier: MIT */
/* A state machine over terminal sequences (ECMA-48), and column widths of UTF-8 text. */
#include "cli/term_text.h"

#include <string.h>

#include "base/banned.h"

#define ESC         0x1b
#define BEL         0x07
#define REPLACEMENT 0xfffd

/* Ranges of code points that need no column: marks that combine with the character before, joiners.
 */
static const uint32_t zero_width[][2] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},   {0x0610, 0x061a},
    {0x064b, 0x065f}, {0x0900, 0x0902}, {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d},   {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef},
};

/* Ranges that need two: East Asian wide and full-width characters, emoji. */
static const uint32_t double_width[][2] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26aa, 0x26ab},   {0x2705, 0x2705},
    {0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274c},   {0x2753, 0x2755},
    {0x2795, 0x2797},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
    {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393},
    {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4},
    {0x1f3f8, 0x1f3fa}, {0x1f400, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f567},
    {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f},
    {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7},
    {0x1f6eb, 0x1f6ec}, {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff},
    {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

static bool in_ranges(const uint32_t (*ranges)[2], size_t count, uint32_t code)
{
    for (size_t i = 0; i < count && ranges[i][0] <= code; i++)
        if (code <= ranges[i][1])
            return true;
    return false;
}

static size_t width_of(uint32_t code)
{
    if (code < 0x300)
        return code < 0x20 ? 0 : 1;
    if (in_ranges(zero_width, sizeof(zero_width) / sizeof(zero_width[0]), code))
        return 0;
    return in_ranges(double_width, sizeof(double_width) / sizeof(double_width[0]), code) ? 2 : 1;
}

/* Characters that reorder or hide text: bidirectional overrides and isolates, line separators, C1
 * controls. */
static bool is_dangerous(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029 ||
           code == 0x200e || code == 0x200f || code == 0xfeff;
}

/* Bytes a character needs by its first byte; 0: cannot begin one. */
static size_t utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* Decode the character at `text`; *len is 1 and the result REPLACEMENT when it is not valid. */
static uint32_t decode(const char *text, size_t available, size_t *len)
{
    static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t need = utf8_length((unsigned char)text[0]);
    uint32_t code;

    *len = 1;
    if (need == 0 || need > available || !chg_utf8_valid(text, need, NULL))
        return REPLACEMENT;
    code = (unsigned char)text[0] & first_bits[need];
    for (size_t i = 1; i < need; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    *len = need;
    return code;
}

static void emit_pending(struct chg_clean *clean, struct chg_str *out)
{
    size_t len;
    uint32_t code = decode(clean->pending, clean->pending_len, &len);

    if (!is_dangerous(code))
        chg_str_add_utf8(out, code);
    clean->pending_len = 0;
}

static void feed_text(struct chg_clean *clean, struct chg_str *out, unsigned char byte)
{
    if (clean->pending_len > 0 && (byte & 0xc0) == 0x80) {
        clean->pending[clean->pending_len++] = (char)byte;
        if (clean->pending_len == utf8_length((unsigned char)clean->pending[0]))
            emit_pending(clean, out);
        return;
    }
    if (clean->pending_len > 0)
        emit_pending(clean, out);
    if (byte == ESC) {
        clean->state = CHG_CLEAN_ESCAPE;
    } else if (byte == '\n') {
        chg_str_add_char(out, clean->keep_lines ? '\n' : ' ');
    } else if (byte == '\t') {
        chg_str_add(out, clean->keep_lines ? "\t" : "    ");
    } else if (byte >= 0x80) {
        clean->pending[clean->pending_len++] = (char)byte;
        if (utf8_length(byte) == 0)
            emit_pending(clean, out);
    } else if (byte >= 0x20 && byte != 0x7f) {
        chg_str_add_char(out, (char)byte);
    }
}

static void feed_escape(struct chg_clean *clean, unsigned char byte)
{
    clean->pending_len = 0;
    if (byte == '[')
        clean->state = CHG_CLEAN_CSI;
    else if (byte == ']' || byte == 'P' || byte == '_' || byte == '^' || byte == 'X')
        clean->state = CHG_CLEAN_STRING;
    else if (byte < 0x20 || byte > 0x2f) /* intermediate bytes go on */
        clean->state = CHG_CLEAN_TEXT;
}

static void end_csi(struct chg_clean *clean, struct chg_str *out, unsigned char last)
{
    bool reset = clean->pending_len == 0 || (clean->pending_len == 1 && clean->pending[0] == '0');

    clean->state = CHG_CLEAN_TEXT;
    for (size_t i = 0; i < clean->pending_len; i++)
        if (strchr("0123456789;:", clean->pending[i]) == NULL)
            last = 0;
    if (last == 'm' && clean->keep_colour) {
        chg_str_add(out, "\033[");
        chg_str_add_len(out, clean->pending, clean->pending_len);
        chg_str_add_char(out, 'm');
        clean->coloured = !reset;
    }
    clean->pending_len = 0;
}

static void feed_csi(struct chg_clean *clean, struct chg_str *out, unsigned char byte)
{
    if (byte >= 0x40 && byte <= 0x7e) {
        end_csi(clean, out, byte);
    } else if (byte < 0x20 || byte > 0x7e || clean->pending_len + 1 >= sizeof(clean->pending)) {
        clean->pending_len = 0;
        clean->state = byte == ESC ? CHG_CLEAN_ESCAPE : CHG_CLEAN_TEXT;
        if (byte == '\n')
            feed_text(clean, out, byte);
    } else {
        clean->pending[clean->pending_len++] = (char)byte;
    }
}

/* A string that never ends must not swallow the rest of the log: a line end ends it too. */
static void feed_string(struct chg_clean *clean, struct chg_str *out, unsigned char byte)
{
    if (byte == ESC) {
        clean->state = CHG_CLEAN_STRING_ESCAPE;
    } else if (byte == BEL || byte == '\n') {
        clean->state = CHG_CLEAN_TEXT;
        if (byte == '\n')
            feed_text(clean, out, byte);
    }
}

static void feed_byte(struct chg_clean *clean, struct chg_str *out, unsigned char byte)
{
    switch (clean->state) {
    case CHG_CLEAN_TEXT:
        feed_text(clean, out, byte);
        break;
    case CHG_CLEAN_ESCAPE:
        feed_escape(clean, byte);
        break;
    case CHG_CLEAN_CSI:
        feed_csi(clean, out, byte);
        break;
    case CHG_CLEAN_STRING:
        feed_string(clean, out, byte);
        break;
    case CHG_CLEAN_STRING_ESCAPE:
        clean->state = byte == '\\' ? CHG_CLEAN_TEXT : CHG_CLEAN_STRING;
        break;
    }
}

void chg_clean_feed(struct chg_clean *clean, struct chg_str *out, const char *data, size_t len)
{
    size_t plain = 0;

    /* Runs of plain ASCII, which is nearly everything, are copied whole. */
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];

        if (clean->state == CHG_CLEAN_TEXT && clean->pending_len == 0 && byte >= 0x20 &&
            byte < 0x7f) {
            plain++;
            continue;
        }
        chg_str_add_len(out, data + i - plain, plain);
        plain = 0;
        feed_byte(clean, out, byte);
    }
    chg_str_add_len(out, data + len - plain, plain);
}

void chg_clean_end(struct chg_clean *clean, struct chg_str *out)
{
    if (clean->state == CHG_CLEAN_TEXT && clean->pending_len > 0)
        emit_pending(clean, out);
    if (clean->coloured)
        chg_str_add(out, "\033[0m");
    clean->state = CHG_CLEAN_TEXT;
    clean->pending_len = 0;
    clean->coloured = false;
}

void chg_text_clean(struct chg_str *out, const char *text)
{
    struct chg_clean clean = {0};

    if (text == NULL)
        return;
    chg_clean_feed(&clean, out, text, strlen(text));
    chg_clean_end(&clean, out);
}

/* Length of an SGR sequence at `text`, 0 when there is none. */
static size_t sgr_length(const char *text)
{
    size_t len = 2;

    if (text[0] != ESC || text[1] != '[')
        return 0;
    while (text[len] != '\0' && strchr("0123456789;:", text[len]) != NULL)
        len++;
    return text[len] == 'm' ? len + 1 : 0;
}

/* Bytes of `text` that fit in `columns`; *width receives the columns they need. */
static size_t fitting(const char *text, size_t columns, size_t *width)
{
    size_t at = 0, len = strlen(text);

    *width = 0;
    while (at < len) {
        size_t step = sgr_length(text + at), need = 0;

        if (step == 0)
            need = width_of(decode(text + at, len - at, &step));
        if (*width + need > columns)
            break;
        *width += need;
        at += step;
    }
    return at;
}

size_t chg_text_width(const char *text)
{
    size_t width;

    (void)fitting(text, (size_t)-1 / 2, &width);
    return width;
}

void chg_text_fit(struct chg_str *out, const char *text, size_t columns, bool unicode)
{
    size_t width;

    if (columns == 0)
        return;
    if (fitting(text, columns, &width) == strlen(text)) {
        chg_str_add(out, text);
        return;
    }
    chg_str_add_len(out, text, fitting(text, columns - 1, &width));
    chg_str_add(out, unicode ? "\xe2\x80\xa6" : "~");
}

void chg_text_pad(struct chg_str *out, size_t count)
{
    while (count-- > 0)
        chg_str_add_char(out, ' ');
}
