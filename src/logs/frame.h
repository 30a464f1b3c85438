/* SPDX-License-Identifier: MIT */
/*
 * One frame of a log file: a header of CHG_FRAME_HEADER bytes, then `length` bytes of text. Little
 * endian:
 *
 *    0  u32  magic            4  u32  check           8  u32  length       12  u32  step
 *   16  u64  step offset     24  u64  lines before   32  i64  wall time in ms
 *   40  u32  line ends      44  u8   stream         45  u8   flags        46  u16  0
 *
 * The check covers the rest of the header and the place of the frame in the file, so that text
 * which looks like a header is not taken for one when a reader must find its way after damage.
 */
#ifndef CHG_LOGS_FRAME_H
#define CHG_LOGS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHG_FRAME_HEADER 48
/* Most bytes of text in a frame: what a reader must be ready to hold at once. */
#define CHG_FRAME_MAX (320 * 1024)

enum {
    CHG_FRAME_OPEN_LINE = 1, /* the last byte is no line end */
    CHG_FRAME_TRUNCATED = 2, /* the notice that the step's limit was reached */
};

struct chg_frame {
    uint32_t length;
    uint32_t step;
    uint64_t offset;   /* of the first byte within the step */
    uint64_t lines;    /* line ends of the step before it */
    int64_t at;        /* wall ms of arrival */
    uint32_t newlines; /* line ends inside */
    uint8_t kind;      /* enum chg_log_stream_kind */
    uint8_t flags;
};

void chg_frame_encode(unsigned char out[CHG_FRAME_HEADER], const struct chg_frame *frame,
                      uint64_t place);
/* False when the bytes are no header that was written at `place`. */
bool chg_frame_decode(struct chg_frame *out, const unsigned char in[CHG_FRAME_HEADER],
                      uint64_t place);
/* The first place in data at which the magic of a header stands; len when none does. */
size_t chg_frame_search(const unsigned char *data, size_t len);
size_t chg_count_newlines(const void *data, size_t len);

#endif
