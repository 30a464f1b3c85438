/* SPDX-License-Identifier: MIT */
/* Text to numbers, durations and sizes. */
#include "base/parse.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

#include "base/banned.h"

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 36;
}

/* Read digits at *text and move behind them. 0 digits, 1 overflow or 2 success. */
enum digits { DIGITS_NONE, DIGITS_OVERFLOW, DIGITS_OK };

static enum digits take_digits(uint64_t *out, const char **text, unsigned base)
{
    const char *p = *text;
    uint64_t value = 0;

    for (; digit_value(*p) < (int)base; p++) {
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_value(*p), &value))
            return DIGITS_OVERFLOW;
    }
    if (p == *text)
        return DIGITS_NONE;
    *text = p;
    *out = value;
    return DIGITS_OK;
}

static int not_a(const char *what, const char *text)
{
    return chg_error_set(CHENGIS_ERR_INVALID, "'%s' is not %s", text != NULL ? text : "", what);
}

static int too_large(const char *text)
{
    return chg_error_set(CHENGIS_ERR_INVALID, "'%s' is too large", text);
}

int chg_parse_i64(int64_t *out, const char *text)
{
    const char *p = text != NULL ? text : "";
    bool negative = *p == '-';
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    uint64_t value;
    enum digits got;

    p += negative ? 1 : 0;
    got = take_digits(&value, &p, 10);
    if (got == DIGITS_OVERFLOW || (got == DIGITS_OK && *p == '\0' && value > limit))
        return too_large(text);
    if (got == DIGITS_NONE || *p != '\0')
        return not_a("a whole number", text);
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return 0;
}

int chg_parse_u64_base(uint64_t *out, const char *text, unsigned base)
{
    const char *p = text != NULL ? text : "";
    uint64_t value;
    enum digits got = take_digits(&value, &p, base);

    if (got == DIGITS_OVERFLOW)
        return too_large(text);
    if (got == DIGITS_NONE || *p != '\0')
        return chg_error_set(CHENGIS_ERR_INVALID, "'%s' is not a whole number of base %u",
                             text != NULL ? text : "", base);
    *out = value;
    return 0;
}

int chg_parse_double(double *out, const char *text)
{
    const char *p = text != NULL ? text : "";
    locale_t c_locale;
    char *end;
    double value;

    /* Only digits, sign, point and exponent: no "inf", no hexadecimal, no white space. */
    if (*p == '\0' || p[strspn(p, "0123456789+-.eE")] != '\0')
        return not_a("a number", text);
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return chg_error_no_memory();
    value = strtod_l(p, &end, c_locale);
    freelocale(c_locale);
    if (*end != '\0' || end == p)
        return not_a("a number", text);
    if (isinf(value))
        return too_large(text);
    *out = value;
    return 0;
}

int chg_parse_bool(bool *out, const char *text)
{
    bool is_true = text != NULL && strcmp(text, "true") == 0;

    if (!is_true && (text == NULL || strcmp(text, "false") != 0))
        return not_a("true or false", text);
    *out = is_true;
    return 0;
}

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit duration_units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

static const struct unit size_units[] = {
    {"", 1},
    {"b", 1},
    {"k", 1000},
    {"kb", 1000},
    {"ki", UINT64_C(1) << 10},
    {"kib", UINT64_C(1) << 10},
    {"m", 1000000},
    {"mb", 1000000},
    {"mi", UINT64_C(1) << 20},
    {"mib", UINT64_C(1) << 20},
    {"g", 1000000000},
    {"gb", 1000000000},
    {"gi", UINT64_C(1) << 30},
    {"gib", UINT64_C(1) << 30},
    {"t", UINT64_C(1000000000000)},
    {"tb", UINT64_C(1000000000000)},
    {"ti", UINT64_C(1) << 40},
    {"tib", UINT64_C(1) << 40},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The index of the unit at *text, which is moved behind it; -1 when there is none. */
static int take_duration_unit(const char **text)
{
    size_t len = 0;

    while (isalpha((unsigned char)(*text)[len]))
        len++;
    for (size_t i = 0; i < COUNT(duration_units); i++) {
        if (strlen(duration_units[i].name) == len &&
            strncmp(*text, duration_units[i].name, len) == 0) {
            *text += len;
            return (int)i;
        }
    }
    return -1;
}

/* Add "NUMBER UNIT" at *text to total. Units must come from large to small; *unit is the last one.
 */
static enum digits take_duration_part(uint64_t *total, const char **text, int *unit)
{
    uint64_t value;
    enum digits got = take_digits(&value, text, 10);
    int next;

    if (got != DIGITS_OK)
        return got;
    next = take_duration_unit(text);
    if (next <= *unit)
        return DIGITS_NONE;
    *unit = next;
    if (__builtin_mul_overflow(value, duration_units[next].factor, &value) ||
        __builtin_add_overflow(*total, value, total) || *total > INT64_MAX)
        return DIGITS_OVERFLOW;
    return DIGITS_OK;
}

int chg_parse_duration_ms(int64_t *out, const char *text)
{
    const char *p = text != NULL ? text : "";
    uint64_t total = 0;
    int unit = -1;
    enum digits got = DIGITS_NONE;

    if (*p != '\0' && p[strspn(p, "0123456789")] == '\0') {
        got = take_digits(&total, &p, 10);
        if (total > INT64_MAX)
            got = DIGITS_OVERFLOW;
    } else {
        do {
            got = take_duration_part(&total, &p, &unit);
        } while (got == DIGITS_OK && *p != '\0');
    }
    if (got == DIGITS_OVERFLOW)
        return too_large(text);
    if (got == DIGITS_NONE)
        return not_a("a duration, expected one like 500ms, 90s, 10m, 2h, 1h30m or 1d", text);
    if (total == 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "duration '%s' must be longer than 0", text);
    *out = (int64_t)total;
    return 0;
}

int chg_parse_size(uint64_t *out, const char *text)
{
    const char *p = text != NULL ? text : "";
    uint64_t value;
    enum digits got = take_digits(&value, &p, 10);

    if (got == DIGITS_OVERFLOW)
        return too_large(text);
    for (size_t i = 0; got == DIGITS_OK && i < COUNT(size_units); i++) {
        if (strcasecmp(p, size_units[i].name) != 0)
            continue;
        if (__builtin_mul_overflow(value, size_units[i].factor, &value))
            return too_large(text);
        *out = value;
        return 0;
    }
    return not_a("a size, expected one like 512, 10k, 64KiB, 1MiB or 2GB", text);
}
