/* SPDX-License-Identifier: MIT */
/*
 * Replaces secret values by *** in a stream of bytes. A masker is the immutable automaton of all
 * values and their encoded forms; each stream of bytes (stdout, stderr of a step) has a mask stream
 * over it. Backs chengis_masker.
 *
 * Every byte that lies in any occurrence of any form is masked; touching or overlapping occurrences
 * give one ***. Work is linear in the input, memory is the automaton plus at most the longest form
 * held back at a chunk border.
 */
#ifndef CHG_LOGS_MASKER_H
#define CHG_LOGS_MASKER_H

#include <chengis/masker.h>
#include <stdbool.h>
#include <stddef.h>

struct chg_mask_stream;

/* masker NULL or empty: bytes pass through untouched and uncopied. The stream holds a reference on
 * the masker. */
int chg_mask_stream_new(struct chg_mask_stream **out, chengis_masker *masker);
void chg_mask_stream_free(struct chg_mask_stream *stream);
/*
 * Feed bytes; *out and *out_len are what may be written now: points into `data` (nothing masked or
 * held) or into the stream's own buffer (valid until the next call). Bytes that may begin a secret
 * are held back.
 */
int chg_mask_stream_feed(struct chg_mask_stream *stream, const void *data, size_t len,
                         const char **out, size_t *out_len);
int chg_mask_stream_finish(struct chg_mask_stream *stream, const char **out,
                           size_t *out_len);                       /* what was held back */
size_t chg_mask_stream_held(const struct chg_mask_stream *stream); /* bytes held back now */
/* Mask one text at once, e.g. an error message: heap string or NULL. masker may be NULL. */
char *chg_mask_text(chengis_masker *masker, const char *text);

#endif
