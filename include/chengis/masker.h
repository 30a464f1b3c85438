/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Masking of secret values in text, as the engine does it for logs, for hosts that print or store output
 * themselves. Stable within a major version.
 */
#ifndef CHENGIS_MASKER_H
#define CHENGIS_MASKER_H

#include <chengis/export.h>
#include <stddef.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/** A set of secret values compiled for searching. Opaque, reference-counted, immutable after the first use. */
typedef struct chengis_masker chengis_masker;
/** One stream of bytes being masked. Opaque. */
typedef struct chengis_mask_stream chengis_mask_stream;

/** Shortest secret value that is masked: shorter ones would turn logs into stars. */
#define CHENGIS_MASK_MIN_LENGTH 4

CHENGIS_API int chengis_masker_new(chengis_masker **out);
/* 0 added, 1 not added because it is shorter than CHENGIS_MASK_MIN_LENGTH (the caller warns), ERR_STATE after first use */
CHENGIS_API int chengis_masker_add(chengis_masker *masker, const char *value, size_t len);
CHENGIS_API chengis_masker *chengis_masker_ref(chengis_masker *masker);
CHENGIS_API chengis_masker *chengis_masker_unref(chengis_masker *masker);
CHENGIS_API int chengis_masker_mask(char **out, size_t *out_len, chengis_masker *masker, const char *text, size_t len);

CHENGIS_API int chengis_mask_stream_new(chengis_mask_stream **out, chengis_masker *masker);
CHENGIS_API int chengis_mask_stream_feed(const char **out, size_t *out_len, chengis_mask_stream *stream, const char *data, size_t len);
CHENGIS_API int chengis_mask_stream_finish(const char **out, size_t *out_len, chengis_mask_stream *stream);
CHENGIS_API chengis_mask_stream *chengis_mask_stream_unref(chengis_mask_stream *stream);

CHENGIS_END_DECLS

#endif
