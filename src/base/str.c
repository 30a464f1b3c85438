/* SPDX-License-Identifier: MIT */
/* The growing byte string. */
#include "base/str.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

#include "base/banned.h"

/* Shared by all empty strings; never written to. */
char chg_str_empty_[1];

void chg_str_fini(struct chg_str *s)
{
    if (s->cap > 0)
        chg_free(s->ptr);
    s->ptr = chg_str_empty_;
    s->len = s->cap = 0;
    s->failed = 0;
}

void chg_str_reset(struct chg_str *s)
{
    s->failed = 0;
    chg_str_truncate(s, 0);
}

void chg_str_truncate(struct chg_str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->ptr[len] = '\0';
}

static size_t max_len(const struct chg_str *s)
{
    return s->max > 0 ? s->max : CHG_STR_MAX;
}

static int fail(struct chg_str *s, int code)
{
    s->failed = code;
    return chg_str_check(s);
}

int chg_str_reserve(struct chg_str *s, size_t extra)
{
    size_t max = max_len(s);
    size_t cap;
    char *ptr;

    if (s->failed != 0)
        return chg_str_check(s);
    if (s->len > max || extra > max - s->len)
        return fail(s, CHENGIS_ERR_LIMIT);
    if (s->len + extra < s->cap)
        return 0;

    cap = s->cap < 32 ? 32 : s->cap + s->cap / 2;
    if (cap < s->len + extra + 1)
        cap = s->len + extra + 1;
    ptr = chg_realloc(s->cap > 0 ? s->ptr : NULL, cap);
    if (ptr == NULL)
        return fail(s, CHENGIS_ERR_NO_MEMORY);
    if (s->cap == 0)
        ptr[0] = '\0';
    s->ptr = ptr;
    s->cap = cap;
    return 0;
}

void chg_str_add_len(struct chg_str *s, const void *data, size_t len)
{
    if (len == 0 || chg_str_reserve(s, len) < 0)
        return;
    memcpy(s->ptr + s->len, data, len);
    s->len += len;
    s->ptr[s->len] = '\0';
}

void chg_str_add(struct chg_str *s, const char *text)
{
    if (text != NULL)
        chg_str_add_len(s, text, strlen(text));
}

void chg_str_add_char(struct chg_str *s, char c)
{
    chg_str_add_len(s, &c, 1);
}

void chg_str_addf(struct chg_str *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    chg_str_vaddf(s, format, args);
    va_end(args);
}

void chg_str_vaddf(struct chg_str *s, const char *format, va_list args)
{
    va_list again;
    int len;

    if (s->failed != 0)
        return;
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        (void)fail(s, CHENGIS_ERR_INVALID);
        return;
    }
    if (len == 0 || chg_str_reserve(s, (size_t)len) < 0)
        return;
    (void)vsnprintf(s->ptr + s->len, (size_t)len + 1, format, args);
    s->len += (size_t)len;
}

void chg_str_add_utf8(struct chg_str *s, uint32_t codepoint)
{
    char bytes[4];
    size_t len = 0;

    if (codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF))
        codepoint = 0xFFFD;
    if (codepoint < 0x80) {
        bytes[len++] = (char)codepoint;
    } else if (codepoint < 0x800) {
        bytes[len++] = (char)(0xC0 | codepoint >> 6);
        bytes[len++] = (char)(0x80 | (codepoint & 0x3F));
    } else if (codepoint < 0x10000) {
        bytes[len++] = (char)(0xE0 | codepoint >> 12);
        bytes[len++] = (char)(0x80 | (codepoint >> 6 & 0x3F));
        bytes[len++] = (char)(0x80 | (codepoint & 0x3F));
    } else {
        bytes[len++] = (char)(0xF0 | codepoint >> 18);
        bytes[len++] = (char)(0x80 | (codepoint >> 12 & 0x3F));
        bytes[len++] = (char)(0x80 | (codepoint >> 6 & 0x3F));
        bytes[len++] = (char)(0x80 | (codepoint & 0x3F));
    }
    chg_str_add_len(s, bytes, len);
}

int chg_str_check(const struct chg_str *s)
{
    switch (s->failed) {
    case 0:
        return 0;
    case CHENGIS_ERR_NO_MEMORY:
        return chg_error_no_memory();
    case CHENGIS_ERR_LIMIT:
        return chg_error_set(CHENGIS_ERR_LIMIT, "text is longer than %zu bytes", max_len(s));
    default:
        return chg_error_set(s->failed, "text cannot be formatted");
    }
}

char *chg_str_take(struct chg_str *s)
{
    char *taken = NULL;

    if (chg_str_check(s) == 0) {
        taken = s->cap > 0 ? s->ptr : chg_strdup("");
        s->cap = 0;
    }
    chg_str_fini(s);
    return taken;
}

char *chg_asprintf(const char *format, ...)
{
    struct chg_str s = CHG_STR_INIT;
    va_list args;

    va_start(args, format);
    chg_str_vaddf(&s, format, args);
    va_end(args);
    return chg_str_take(&s);
}
