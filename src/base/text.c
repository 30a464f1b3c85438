/* SPDX-License-Identifier: MIT */
/* Helpers for plain C strings: comparison, UTF-8, the nearest of several names. */
#include "base/str.h"

#include <string.h>

#include "base/banned.h"

#define NEAREST_MAX_LEN 63

bool chg_streq(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool chg_starts_with(const char *text, const char *prefix)
{
    if (prefix == NULL)
        return true;
    return strncmp(text != NULL ? text : "", prefix, strlen(prefix)) == 0;
}

bool chg_ends_with(const char *text, const char *suffix)
{
    size_t len = text != NULL ? strlen(text) : 0;
    size_t n = suffix != NULL ? strlen(suffix) : 0;

    return n == 0 || (n <= len && memcmp(text + len - n, suffix, n) == 0);
}

bool chg_is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n\v\f")] == '\0';
}

/* Length of the well-formed sequence at p (RFC 3629), 0 when there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t len;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        len = 2;
    else if (p[0] >= 0xE0 && p[0] <= 0xEF)
        len = 3;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        len = 4;
    else
        return 0;

    /* The second byte excludes overlong forms, surrogates and what is beyond U+10FFFF. */
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (left < len || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

bool chg_utf8_valid(const char *text, size_t len, size_t *bad_offset)
{
    const unsigned char *p = (const unsigned char *)text;

    for (size_t i = 0; i < len;) {
        size_t n = utf8_sequence(p + i, len - i);

        if (n == 0) {
            if (bad_offset != NULL)
                *bad_offset = i;
            return false;
        }
        i += n;
    }
    return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Levenshtein distance; both texts have at most NEAREST_MAX_LEN bytes. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[NEAREST_MAX_LEN + 1];
    size_t lb = strlen(b);

    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < lb; j++) {
            size_t up = row[j + 1];

            row[j + 1] = min3(up + 1, row[j] + 1, diagonal + (a[i] != b[j]));
            diagonal = up;
        }
    }
    return row[lb];
}

const char *chg_nearest(const char *text, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t len = text != NULL ? strlen(text) : 0;
    size_t limit = len / 3 > 2 ? len / 3 : 2;

    if (len == 0 || len > NEAREST_MAX_LEN)
        return NULL;
    /* A word of which nothing would be left is near to none. */
    if (limit >= len)
        limit = len - 1;
    for (size_t i = 0; i < count; i++) {
        size_t distance;

        if (strlen(names[i]) > NEAREST_MAX_LEN)
            continue;
        distance = edit_distance(text, names[i]);
        if (distance <= limit && (best == NULL || distance < limit)) {
            best = names[i];
            limit = distance;
        }
    }
    return best;
}
