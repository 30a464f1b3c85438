/* SPDX-License-Identifier: MIT */
/*
 * Masking: up to the first blank line the secrets, one a line; then bytes that size the pieces, to
 * the end of that line; the rest is the text. Pieces must give what the whole gives, and no secret
 * may survive.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "logs/masker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const char *at;
    const char *end;
};
struct part {
    const char *ptr;
    size_t len;
};

static void check(int ok)
{
    if (!ok)
        abort();
}

static struct part take_line(struct input *in)
{
    struct part line = {.ptr = in->at};
    const char *stop = in->at < in->end ? memchr(in->at, '\n', (size_t)(in->end - in->at)) : NULL;

    line.len = (size_t)((stop != NULL ? stop : in->end) - in->at);
    in->at = stop != NULL ? stop + 1 : in->end;
    return line;
}

/* Two characters \n in a secret are a line end. */
static void add_secret(chengis_masker *masker, struct part line, struct chg_str *all)
{
    struct chg_str value = CHG_STR_INIT;

    for (size_t i = 0; i < line.len; i++) {
        int escaped = i + 1 < line.len && line.ptr[i] == '\\' && line.ptr[i + 1] == 'n';

        chg_str_add_char(&value, escaped ? '\n' : line.ptr[i]);
        i += escaped ? 1 : 0;
    }
    if (chengis_masker_add(masker, value.ptr, value.len) == 0 && value.len < 256) {
        chg_str_add_char(all, (char)value.len);
        chg_str_add_len(all, value.ptr, value.len);
    }
    chg_str_fini(&value);
}

static void mask_in_pieces(struct chg_str *out, chengis_masker *masker, struct input text,
                           struct part sizes)
{
    struct chg_mask_stream *stream;
    const char *part;
    size_t len;

    check(chg_mask_stream_new(&stream, masker) == 0);
    for (size_t i = 0; text.at < text.end; i++) {
        size_t left = (size_t)(text.end - text.at);
        size_t piece = sizes.len > 0 ? (unsigned char)sizes.ptr[i % sizes.len] : left;

        piece = piece == 0 ? 1 : piece;
        piece = piece < left ? piece : left;
        check(chg_mask_stream_feed(stream, text.at, piece, &part, &len) == 0);
        chg_str_add_len(out, part, len);
        text.at += piece;
    }
    check(chg_mask_stream_finish(stream, &part, &len) == 0);
    chg_str_add_len(out, part, len);
    chg_mask_stream_free(stream);
}

static int count(const char *text, size_t len, char c)
{
    int n = 0;

    for (size_t i = 0; i < len; i++)
        n += text[i] == c;
    return n;
}

/* A secret with a * in it may arise anew from the stars; any other must be gone. */
static void check_gone(const struct chg_str *all, const struct chg_str *out)
{
    for (size_t at = 0; at < all->len;) {
        size_t len = (unsigned char)all->ptr[at];
        const char *value = all->ptr + at + 1;

        if (count(value, len, '*') == 0 && (unsigned char)value[0] > ' ' &&
            (unsigned char)value[len - 1] > ' ')
            check(memmem(out->ptr, out->len, value, len) == NULL);
        at += 1 + len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.at = (const char *)data, .end = (const char *)data + size};
    struct chg_str all = CHG_STR_INIT;
    struct chg_str whole = CHG_STR_INIT;
    struct chg_str pieces = CHG_STR_INIT;
    chengis_masker *masker;
    struct part line;

    check(chengis_masker_new(&masker) == 0);
    while ((line = take_line(&in)).len > 0)
        add_secret(masker, line, &all);
    line = take_line(&in);
    mask_in_pieces(&whole, masker, in, (struct part){0});
    mask_in_pieces(&pieces, masker, in, line);
    check(whole.len == pieces.len && memcmp(whole.ptr, pieces.ptr, whole.len) == 0);
    check_gone(&all, &whole);
    (void)chengis_masker_unref(masker);
    chg_str_fini(&all);
    chg_str_fini(&whole);
    chg_str_fini(&pieces);
    return 0;
}
