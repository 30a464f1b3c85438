/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Masking of secret values in text, as the engine does it for logs, for hosts that print or store
 * output themselves. Stable within a major version.
 *
 * Every byte that belongs to an occurrence of a secret is masked; occurrences that touch or overlap
 * become one "***". A secret is found as it is, with other line ends, as its single lines (of at
 * least 8 bytes), in hexadecimal, in base64 (standard and URL-safe, also inside a longer encoded
 * text, also wrapped at 64 or 76 characters), percent-encoded, escaped for JSON, and inside single
 * quotes of a shell. White space around a value does not count. Not found: other encodings (base32,
 * reversed, encrypted, compressed), the base64 of values under 6 bytes, parts of a value, and
 * values shorter than CHENGIS_MASK_MIN_LENGTH.
 */
#ifndef CHENGIS_MASKER_H
#define CHENGIS_MASKER_H

#include <chengis/export.h>
#include <stddef.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/** A set of secret values compiled for searching. Opaque, reference-counted, immutable after the
 * first use. */
typedef struct chengis_masker chengis_masker;
/** One stream of bytes being masked. Opaque. */
typedef struct chengis_mask_stream chengis_mask_stream;

/** Shortest secret value that is masked: shorter ones would turn logs into stars. */
#define CHENGIS_MASK_MIN_LENGTH 4
/** Longest secret value, in bytes. */
#define CHENGIS_MASK_MAX_LENGTH 65536
/** Most values of one masker. */
#define CHENGIS_MASK_MAX_VALUES 4096
/** Most bytes of all values of one masker. */
#define CHENGIS_MASK_MAX_TOTAL 1048576

/**
 * Make an empty masker.
 *
 * @param out  receives a new reference; release with chengis_masker_unref(). Untouched on failure.
 * @return 0, or CHENGIS_ERR_NO_MEMORY, CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_masker_new(chengis_masker **out);

/**
 * Add a secret value and its encoded forms.
 *
 * All values are added before the first chengis_masker_mask() or chengis_mask_stream_new(). Adding
 * a value twice is harmless.
 *
 * @param masker  the masker.
 * @param value   copied; any bytes. The copy is wiped when the masker goes.
 * @param len     bytes of value.
 * @return 0 when added; 1 when not added because fewer than CHENGIS_MASK_MIN_LENGTH bytes are left
 * without the white space around them (tell the user: it will not be masked); or CHENGIS_ERR_STATE
 * (the masker is in use), CHENGIS_ERR_LIMIT (see CHENGIS_MASK_MAX_LENGTH, _VALUES, _TOTAL),
 * CHENGIS_ERR_NO_MEMORY, CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_masker_add(chengis_masker *masker, const char *value, size_t len);

/**
 * Take a further reference.
 *
 * @param masker  may be NULL.
 * @return masker, as a new reference.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_masker *chengis_masker_ref(chengis_masker *masker);

/**
 * Release a reference. Streams hold one of their own; the last one wipes the values.
 *
 * @param masker  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_masker *chengis_masker_unref(chengis_masker *masker);

/**
 * Mask a whole text at once.
 *
 * @param out      receives the masked text with a NUL behind it; free with chengis_free().
 * Untouched on failure.
 * @param out_len  receives its length without the NUL.
 * @param masker   the masker; this counts as its first use.
 * @param text     any bytes.
 * @param len      bytes of text.
 * @return 0, or CHENGIS_ERR_NO_MEMORY, CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_masker_mask(char **out, size_t *out_len, chengis_masker *masker,
                                    const char *text, size_t len);

/**
 * Begin a stream: text that arrives in pieces, with secrets that may lie across them.
 *
 * @param out     receives a new stream; release with chengis_mask_stream_unref(). Untouched on
 * failure.
 * @param masker  the stream takes a reference of its own; this counts as the masker's first use.
 * @return 0, or CHENGIS_ERR_NO_MEMORY, CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_mask_stream_new(chengis_mask_stream **out, chengis_masker *masker);

/**
 * Feed the next piece and get what may be shown now.
 *
 * Bytes that may be the beginning of a secret are held back until later bytes decide; never more
 * than the longest form of a secret.
 *
 * @param out      receives the masked text, not NUL-terminated: borrowed (valid while the stream
 * and data live and are not changed, until the stream's next call). It may point into data.
 * @param out_len  receives its length; may be 0.
 * @param stream   the stream.
 * @param data     the piece.
 * @param len      bytes of data.
 * @return 0, or CHENGIS_ERR_NO_MEMORY (the piece is not consumed), CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_mask_stream_feed(const char **out, size_t *out_len,
                                         chengis_mask_stream *stream, const char *data, size_t len);

/**
 * End the text: get what was held back. The stream can then be fed the next text.
 *
 * @param out      receives the rest: borrowed (valid until the stream's next call).
 * @param out_len  receives its length; may be 0.
 * @param stream   the stream.
 * @return 0, or CHENGIS_ERR_NO_MEMORY, CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_mask_stream_finish(const char **out, size_t *out_len,
                                           chengis_mask_stream *stream);

/**
 * Free a stream. What it holds back is lost: call chengis_mask_stream_finish() before.
 *
 * @param stream  takes; NULL is allowed.
 * @return NULL.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_mask_stream *chengis_mask_stream_unref(chengis_mask_stream *stream);

CHENGIS_END_DECLS

#endif
