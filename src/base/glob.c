/* SPDX-License-Identifier: MIT */
/* Compilation of path patterns. */
#include "base/glob.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/glob_priv.h"

#include "base/banned.h"

/* Bytes that are not UTF-8 become code points no text has, so they match themselves and `?`. */
#define RAW_BYTE 0x110000

size_t chg_glob_char(uint32_t *out, const char *text, size_t len)
{
    static const unsigned char masks[] = {0x7F, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned char first = (unsigned char)text[0];
    size_t n = 1;

    if (first >= 0xF0)
        n = 4;
    else if (first >= 0xE0)
        n = 3;
    else if (first >= 0xC0)
        n = 2;
    if (first < 0x80) {
        *out = first;
        return 1;
    }
    if (n > len || !chg_utf8_valid(text, n, NULL)) {
        *out = RAW_BYTE + first;
        return 1;
    }
    *out = first & masks[n];
    for (size_t i = 1; i < n; i++)
        *out = *out << 6 | ((unsigned char)text[i] & 0x3F);
    return n;
}

static int add_token(struct chg_glob *glob, enum chg_glob_token_kind kind, uint32_t value)
{
    struct chg_glob_token token = {.kind = kind, .value = value};

    if (glob->tokens.len >= CHG_GLOB_MAX_TOKENS)
        return chg_error_set(CHENGIS_ERR_LIMIT,
                             "its alternatives have more than %d characters together",
                             CHG_GLOB_MAX_TOKENS);
    return chg_vec_push(&glob->tokens, token);
}

/* One character of a set, which may be escaped. */
static size_t set_char(uint32_t *out, const char *text, size_t len)
{
    size_t escape = text[0] == '\\' ? 1 : 0;

    return escape + chg_glob_char(out, text + escape, len - escape);
}

/* Read the set of `len` bytes at text, brackets included. */
static int add_set(struct chg_glob *glob, const char *text, size_t len)
{
    struct chg_glob_set set = {.first = glob->ranges.len};
    size_t end = len - 1;
    size_t i = 1;

    if (text[i] == '!' || text[i] == '^') {
        set.negated = true;
        i++;
    }
    while (i < end) {
        struct chg_glob_range range;

        i += set_char(&range.low, text + i, end - i);
        range.high = range.low;
        if (i + 1 < end && text[i] == '-') {
            i++;
            i += set_char(&range.high, text + i, end - i);
        }
        if (range.low > range.high)
            return chg_error_set(CHENGIS_ERR_INVALID, "the range in '%.*s' runs backwards",
                                 (int)len, text);
        if (chg_vec_push(&glob->ranges, range) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    }
    set.count = glob->ranges.len - set.first;
    if (chg_vec_push(&glob->sets, set) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return add_token(glob, CHG_GLOB_SET, (uint32_t)glob->sets.len - 1);
}

static int add_pair(struct chg_glob *glob, enum chg_glob_token_kind first,
                    enum chg_glob_token_kind second)
{
    int rc = add_token(glob, first, 0);

    return rc < 0 ? rc : add_token(glob, second, 0);
}

/* `stars` stars at a place where a component begins or not. Gives how much of `rest` is used up, or
 * an error. */
static int add_stars(struct chg_glob *glob, size_t stars, bool at_start, const char *rest)
{
    if (glob->text)
        return add_token(glob, CHG_GLOB_ALL, 0);
    if (stars == 1)
        return add_token(glob, CHG_GLOB_STAR, 0);
    if (at_start && rest[0] == '/') {
        int rc = add_pair(glob, CHG_GLOB_DIRS, CHG_GLOB_INDIR);

        return rc < 0 ? rc : 1;
    }
    if (at_start && rest[0] == '\0')
        return add_pair(glob, CHG_GLOB_ANYALL, CHG_GLOB_ALL);
    return add_token(glob, CHG_GLOB_ALL, 0);
}

/* Add what stands at text[i]; returns how many bytes that was, or an error. */
static int add_unit(struct chg_glob *glob, const char *text, size_t i)
{
    const char *p = text + i;
    size_t len = strlen(p);
    size_t used = 1;
    uint32_t c;
    int rc;

    if (*p == '*') {
        used = strspn(p, "*");
        rc = add_stars(glob, used, i == 0 || p[-1] == '/', p + used);
        return rc < 0 ? rc : (int)used + rc;
    }
    if (*p == '?') {
        rc = add_token(glob, glob->text ? CHG_GLOB_ANYALL : CHG_GLOB_ANY, 0);
    } else if (*p == '[') {
        used = chg_glob_set_length(p);
        rc = add_set(glob, p, used);
    } else {
        used = set_char(&c, p, len);
        rc = add_token(glob, CHG_GLOB_CHAR, c);
    }
    return rc < 0 ? rc : (int)used;
}

static const char *skip_root(const char *path)
{
    for (;;) {
        if (path[0] == '.' && path[1] == '/')
            path += 2;
        else if (path[0] == '/')
            path++;
        else
            return path;
    }
}

static int add_row(const char *alternative, void *userdata)
{
    struct chg_glob *glob = userdata;
    const char *text = glob->text ? alternative : skip_root(alternative);
    int rc = chg_vec_push(&glob->rows, glob->tokens.len);

    /* A bare name matches at any depth; "./name" is the one in the root. */
    if (rc == 0 && !glob->text && strchr(alternative, '/') == NULL)
        rc = add_pair(glob, CHG_GLOB_DIRS, CHG_GLOB_INDIR);
    for (size_t i = 0; rc >= 0 && text[i] != '\0'; i += (size_t)rc)
        rc = add_unit(glob, text, i);
    return rc < 0 ? rc : add_token(glob, CHG_GLOB_END, 0);
}

static int compile(struct chg_glob **out, const char *pattern, bool text)
{
    struct chg_glob *glob;
    int rc;

    if (pattern[0] == '\0')
        return chg_error_set(CHENGIS_ERR_INVALID, "a pattern is empty");
    if (strlen(pattern) > CHG_GLOB_MAX_BYTES)
        return chg_error_set(CHENGIS_ERR_LIMIT, "a pattern is longer than %d bytes",
                             CHG_GLOB_MAX_BYTES);
    glob = chg_new(struct chg_glob);
    if (glob == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    glob->text = text;
    rc = chg_glob_expand(pattern, add_row, glob);
    if (rc < 0) {
        chg_glob_free(glob);
        return chg_error_prefix("pattern '%.80s%s'", pattern, strlen(pattern) > 80 ? "..." : "");
    }
    *out = glob;
    return 0;
}

int chg_glob_compile(struct chg_glob **out, const char *pattern)
{
    return compile(out, pattern, false);
}

int chg_glob_compile_text(struct chg_glob **out, const char *pattern)
{
    return compile(out, pattern, true);
}

void chg_glob_free(struct chg_glob *glob)
{
    if (glob == NULL)
        return;
    chg_vec_fini(&glob->tokens);
    chg_vec_fini(&glob->rows);
    chg_vec_fini(&glob->sets);
    chg_vec_fini(&glob->ranges);
    chg_free(glob);
}
