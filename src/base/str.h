/* SPDX-License-Identifier: MIT */
/*
 * A growing byte string. `ptr` is always NUL-terminated and never NULL (it may point to a static empty string).
 * A failed append sticks: later appends do nothing, and chg_str_check() or chg_str_take() reports it once at the
 * end. `max` bounds the length; exceeding it is CHENGIS_ERR_LIMIT.
 */
#ifndef CHG_BASE_STR_H
#define CHG_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chg_str {
    char *ptr;
    size_t len;
    size_t cap;  /* 0 while ptr is the static empty string */
    size_t max;  /* 0 = CHG_STR_MAX */
    int failed;  /* 0, or the CHENGIS_ERR_* of the first failed append */
};

extern char chg_str_empty_[];
#define CHG_STR_MAX ((size_t)256 << 20)
#define CHG_STR_INIT                                                                               \
    {                                                                                              \
        .ptr = chg_str_empty_                                                                      \
    }

void chg_str_fini(struct chg_str *s);
void chg_str_reset(struct chg_str *s); /* length 0, memory kept, failure cleared */
void chg_str_add(struct chg_str *s, const char *text);
void chg_str_add_len(struct chg_str *s, const void *data, size_t len);
void chg_str_add_char(struct chg_str *s, char c);
void chg_str_addf(struct chg_str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void chg_str_vaddf(struct chg_str *s, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void chg_str_add_utf8(struct chg_str *s, uint32_t codepoint);
void chg_str_truncate(struct chg_str *s, size_t len);
int chg_str_reserve(struct chg_str *s, size_t extra); /* room for extra bytes; 0 or error */
int chg_str_check(const struct chg_str *s);           /* 0, or the sticky failure, set in the record */
char *chg_str_take(struct chg_str *s);                /* heap string (free with chg_free) or NULL on failure; s is empty after */
char *chg_asprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Plain C string helpers. NULL arguments are "". */
bool chg_streq(const char *a, const char *b); /* NULL equals only NULL */
bool chg_starts_with(const char *text, const char *prefix);
bool chg_ends_with(const char *text, const char *suffix);
bool chg_is_blank(const char *text); /* NULL, empty or white space only */
bool chg_utf8_valid(const char *text, size_t len, size_t *bad_offset);
/* Edit distance of the nearest of names to text, for "did you mean"; NULL when none is near. */
const char *chg_nearest(const char *text, const char *const *names, size_t count);

#endif
