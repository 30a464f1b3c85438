/* SPDX-License-Identifier: MIT */
/* Which forms of a secret are searched: the value, its lines, and what common encoders make of it.
 */
#include "logs/mask_forms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <chengis/error.h>
#include <chengis/masker.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/vec.h"
#include "logs/mask_encode.h"

#include "base/banned.h"

/* Parts of a value are searched alone only when they are long enough not to be common text. */
#define MIN_PART_LENGTH 8

static const struct {
    chg_mask_encode_fn encode;
    unsigned variant;
    size_t min_len;
} encodings[] = {
    {chg_mask_encode_newline, CHG_MASK_NEWLINE_LF, 0},
    {chg_mask_encode_newline, CHG_MASK_NEWLINE_CRLF, 0},
    {chg_mask_encode_newline, CHG_MASK_NEWLINE_ESCAPE, 0},
    {chg_mask_encode_hex, 0, 0},
    {chg_mask_encode_hex, CHG_MASK_HEX_UPPER, 0},
    {chg_mask_encode_base64, 0, MIN_PART_LENGTH},
    {chg_mask_encode_base64, 1, MIN_PART_LENGTH},
    {chg_mask_encode_base64, 2, MIN_PART_LENGTH},
    {chg_mask_encode_base64, 0 | CHG_MASK_BASE64_URL, MIN_PART_LENGTH},
    {chg_mask_encode_base64, 1 | CHG_MASK_BASE64_URL, MIN_PART_LENGTH},
    {chg_mask_encode_base64, 2 | CHG_MASK_BASE64_URL, MIN_PART_LENGTH},
    {chg_mask_encode_percent, 0, 0},
    {chg_mask_encode_percent, CHG_MASK_PERCENT_LOWER, 0},
    {chg_mask_encode_percent, CHG_MASK_PERCENT_PLUS, 0},
    {chg_mask_encode_percent, CHG_MASK_PERCENT_PLUS | CHG_MASK_PERCENT_LOWER, 0},
    {chg_mask_encode_percent, CHG_MASK_PERCENT_SLASH, 0},
    {chg_mask_encode_percent, CHG_MASK_PERCENT_MARKS, 0},
    {chg_mask_encode_json, 0, 0},
    {chg_mask_encode_json, CHG_MASK_JSON_UPPER, 0},
    {chg_mask_encode_json, CHG_MASK_JSON_SLASH, 0},
    {chg_mask_encode_json, CHG_MASK_JSON_HTML, 0},
    {chg_mask_encode_json, CHG_MASK_JSON_ASCII, 0},
    {chg_mask_encode_json, CHG_MASK_JSON_ASCII | CHG_MASK_JSON_UPPER, 0},
    {chg_mask_encode_shell, 0, 0},
};

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct chg_mask_form trim(const unsigned char *ptr, size_t len)
{
    while (len > 0 && is_space(ptr[0])) {
        ptr++;
        len--;
    }
    while (len > 0 && is_space(ptr[len - 1]))
        len--;
    return (struct chg_mask_form){.ptr = (unsigned char *)(uintptr_t)ptr, .len = len};
}

static int add_form(struct chg_mask_forms *forms, const unsigned char *ptr, size_t len)
{
    struct chg_mask_form form = {.ptr = chg_memdup(ptr, len), .len = len};
    int rc;

    if (form.ptr == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = chg_vec_push(forms, form);
    if (rc < 0) {
        chg_wipe(form.ptr, len);
        chg_free(form.ptr);
    }
    return rc;
}

/* Parts between line ends; a value of one line is no part of itself. */
static int add_lines(struct chg_mask_forms *forms, const struct chg_mask_form *value)
{
    const unsigned char *end = value->ptr + value->len;
    const unsigned char *p = value->ptr;

    if (memchr(p, '\n', value->len) == NULL)
        return 0;
    while (p < end) {
        const unsigned char *stop = memchr(p, '\n', (size_t)(end - p));
        struct chg_mask_form line = trim(p, (size_t)((stop != NULL ? stop : end) - p));
        int rc = line.len >= MIN_PART_LENGTH ? add_form(forms, line.ptr, line.len) : 0;

        if (rc < 0)
            return rc;
        p = stop != NULL ? stop + 1 : end;
    }
    return 0;
}

/* base64(1) breaks lines after 76 characters, openssl(1) after 64: the lines of the encoded value.
 */
static int add_wrapped(struct chg_mask_forms *forms, const unsigned char *encoded, size_t len)
{
    static const size_t widths[] = {76, 64};

    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        for (size_t at = 0; len > widths[w] && len - at >= MIN_PART_LENGTH;) {
            size_t part = len - at < widths[w] ? len - at : widths[w];
            int rc = add_form(forms, encoded + at, part);

            if (rc < 0)
                return rc;
            at += part;
        }
    }
    return 0;
}

static int add_encoded(struct chg_mask_forms *forms, const struct chg_mask_form *value,
                       unsigned char *scratch)
{
    size_t len;
    int rc;

    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        len = encodings[i].encode(scratch, value->ptr, value->len, encodings[i].variant);
        if (len < encodings[i].min_len ||
            (len == value->len && memcmp(scratch, value->ptr, len) == 0))
            continue;
        rc = add_form(forms, scratch, len);
        if (rc < 0)
            return rc;
    }
    len = chg_mask_encode_base64(scratch, value->ptr, value->len, 0);
    return add_wrapped(forms, scratch, len);
}

static int add_all(struct chg_mask_forms *forms, const struct chg_mask_form *value)
{
    size_t size = value->len * CHG_MASK_EXPANSION;
    unsigned char *scratch;
    int rc;

    rc = add_form(forms, value->ptr, value->len);
    if (rc == 0)
        rc = add_lines(forms, value);
    if (rc < 0)
        return rc;
    scratch = chg_malloc(size);
    if (scratch == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = add_encoded(forms, value, scratch);
    chg_wipe(scratch, size);
    chg_free(scratch);
    return rc;
}

static void shrink(struct chg_mask_forms *forms, size_t len)
{
    while (forms->len > len) {
        struct chg_mask_form *form = &forms->items[--forms->len];

        chg_wipe(form->ptr, form->len);
        chg_free(form->ptr);
    }
}

/*
 * White space around a value is mostly an accident of how it was stored, and prints without it must
 * be found as well: the trimmed value is what is searched. The value as it is comes in addition
 * where that eats no line end.
 */
int chg_mask_forms_add(struct chg_mask_forms *forms, const char *value, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)value;
    struct chg_mask_form core = trim(bytes, len);
    size_t before = forms->len;
    size_t lead = (size_t)(core.ptr - bytes);
    int rc;

    if (core.len < CHENGIS_MASK_MIN_LENGTH)
        return 1;
    rc = add_all(forms, &core);
    if (rc == 0 && core.len < len && memchr(bytes, '\n', lead) == NULL &&
        memchr(core.ptr + core.len, '\n', len - lead - core.len) == NULL)
        rc = add_form(forms, bytes, len);
    if (rc < 0)
        shrink(forms, before);
    return rc;
}

static int compare(const void *left, const void *right)
{
    const struct chg_mask_form *a = left;
    const struct chg_mask_form *b = right;
    int order = memcmp(a->ptr, b->ptr, a->len < b->len ? a->len : b->len);

    if (order != 0)
        return order;
    return (a->len > b->len) - (a->len < b->len);
}

void chg_mask_forms_sort(struct chg_mask_forms *forms)
{
    size_t kept = 0;

    if (forms->len == 0)
        return;
    qsort(forms->items, forms->len, sizeof *forms->items, compare);
    for (size_t i = 1; i < forms->len; i++) {
        if (compare(&forms->items[kept], &forms->items[i]) == 0) {
            chg_wipe(forms->items[i].ptr, forms->items[i].len);
            chg_free(forms->items[i].ptr);
        } else {
            forms->items[++kept] = forms->items[i];
        }
    }
    forms->len = kept + 1;
}

void chg_mask_forms_fini(struct chg_mask_forms *forms)
{
    shrink(forms, 0);
    chg_vec_fini(forms);
}
