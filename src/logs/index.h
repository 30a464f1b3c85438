/* SPDX-License-Identifier: MIT */
/*
 * The sparse index of one step: an entry for the first frame, then for a frame about every
 * CHG_INDEX_EVERY bytes of text, and, in a blob, for the last one. 32 bytes an entry in memory,
 * about ten in a blob:
 *
 *   u8 version, u8 flags, varint count, then per entry the differences to the entry before as
 * varints (line, offset, place; time as a zigzag varint), then four bytes of check over all before.
 */
#ifndef CHG_LOGS_INDEX_H
#define CHG_LOGS_INDEX_H

#include "logs/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHG_INDEX_EVERY (256 * 1024)

struct chg_index_entry {
    uint64_t line;   /* line ends of the step before the frame */
    uint64_t offset; /* of the frame within the step */
    uint64_t place;  /* of the frame in the file */
    int64_t at;      /* wall ms */
};
struct chg_index {
    struct chg_index_entry *items;
    size_t len;
    size_t cap;
    struct chg_index_entry last; /* the last frame noted; valid when len > 0 */
};

/* Make room, so that the next chg_index_note() cannot fail. */
int chg_index_reserve(struct chg_index *index);
/* Note the step's next frame. */
void chg_index_note(struct chg_index *index, const struct chg_frame *frame, uint64_t place);
/* The last entry at or before an offset; NULL when there is none. */
const struct chg_index_entry *chg_index_find_offset(const struct chg_index *index, uint64_t offset);
/* The last entry with fewer than `line` line ends before it; NULL when there is none. */
const struct chg_index_entry *chg_index_find_line(const struct chg_index *index, uint64_t line);
/* finished: no further frame of the step will follow. */
int chg_index_encode(void **out, size_t *len, const struct chg_index *index, bool finished);
/* CORRUPT for anything that chg_index_encode() does not write; the index is then empty. */
int chg_index_decode(struct chg_index *out, bool *finished, const void *blob, size_t len);
void chg_index_fini(struct chg_index *index);

#endif
