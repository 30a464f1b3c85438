/* SPDX-License-Identifier: MIT */
/* Expansion of {a,b} in patterns. */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/glob_priv.h"

#include "base/banned.h"

struct expansion {
    size_t count; /* alternatives so far */
    chg_glob_emit_fn emit;
    void *userdata;
};

size_t chg_glob_set_length(const char *text)
{
    size_t i = 1;

    if (text[i] == '!' || text[i] == '^')
        i++;
    /* A bracket that comes first stands for itself. */
    if (text[i] == ']')
        i++;
    for (; text[i] != '\0' && text[i] != ']'; i++) {
        if (text[i] == '\\' && text[i + 1] != '\0')
            i++;
    }
    return text[i] == ']' ? i + 1 : 0;
}

/* The length of what stands at text as one thing: an escaped character, a set or a single byte. */
static size_t unit_length(const char *text)
{
    if (text[0] == '\\')
        return 2;
    return text[0] == '[' ? chg_glob_set_length(text) : 1;
}

/* Judge the whole pattern once, so that expansion cannot fail on its form. */
static int check_form(const char *pattern)
{
    size_t depth = 0;
    size_t groups = 0;

    for (const char *p = pattern; *p != '\0'; p += unit_length(p)) {
        if (*p == '\\' && p[1] == '\0')
            return chg_error_set(CHENGIS_ERR_INVALID, "ends in a backslash");
        if (*p == '[' && unit_length(p) == 0)
            return chg_error_set(CHENGIS_ERR_INVALID, "'[' at byte %zu is not closed by ']'",
                                 (size_t)(p - pattern) + 1);
        if (*p == '{') {
            depth++;
            groups++;
        } else if (*p == '}' && depth-- == 0) {
            return chg_error_set(CHENGIS_ERR_INVALID, "'}' at byte %zu closes no '{'",
                                 (size_t)(p - pattern) + 1);
        }
    }
    if (depth > 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "'{' is not closed by '}'");
    if (groups > CHG_GLOB_MAX_GROUPS)
        return chg_error_set(CHENGIS_ERR_LIMIT, "more than %d groups in braces",
                             CHG_GLOB_MAX_GROUPS);
    return 0;
}

static int expand(struct expansion *x, const char *text, size_t from);

/* The end of the alternative at p: its ',' or the '}' of its group. */
static const char *alternative_end(const char *p)
{
    size_t depth = 0;

    for (; depth > 0 || (*p != ',' && *p != '}'); p += unit_length(p)) {
        if (*p == '{')
            depth++;
        else if (*p == '}')
            depth--;
    }
    return p;
}

/* The '}' that closes the group whose first alternative begins at p. */
static const char *group_end(const char *p)
{
    const char *end = alternative_end(p);

    while (*end == ',')
        end = alternative_end(end + 1);
    return end;
}

static int expand_group(struct expansion *x, const char *text, const char *open)
{
    const char *close = group_end(open + 1);
    size_t before = (size_t)(open - text);
    const char *start = open;

    while (start != close) {
        const char *end = alternative_end(start + 1);
        chg_auto(str) one = CHG_STR_INIT;
        int rc;

        chg_str_add_len(&one, text, before);
        chg_str_add_len(&one, start + 1, (size_t)(end - start - 1));
        chg_str_add(&one, close + 1);
        rc = chg_str_check(&one);
        if (rc == 0)
            rc = expand(x, one.ptr, before);
        if (rc < 0)
            return rc;
        start = end;
    }
    return 0;
}

/* Expand text, which has no group before `from`. As deep as there are groups. */
static int expand(struct expansion *x, const char *text, size_t from)
{
    for (const char *p = text + from; *p != '\0'; p += unit_length(p)) {
        if (*p == '{')
            return expand_group(x, text, p);
    }
    if (++x->count > CHG_GLOB_MAX_ALTERNATIVES)
        return chg_error_set(CHENGIS_ERR_LIMIT, "more than %d alternatives",
                             CHG_GLOB_MAX_ALTERNATIVES);
    return x->emit(text, x->userdata);
}

int chg_glob_expand(const char *pattern, chg_glob_emit_fn emit, void *userdata)
{
    struct expansion x = {.emit = emit, .userdata = userdata};
    int rc = check_form(pattern);

    return rc < 0 ? rc : expand(&x, pattern, 0);
}
