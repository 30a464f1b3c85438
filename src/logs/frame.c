/* SPDX-License-Identifier: MIT */
/* Frame headers to bytes and back, and the counting of line ends. */
#include "logs/frame.h"

#include <endian.h>
#include <string.h>

#include "logs/log_file.h"

#include "base/banned.h"

static const unsigned char magic[4] = {0xF7, 'c', 'L', 0x01};

static void put32(unsigned char *out, uint32_t value)
{
    value = htole32(value);
    memcpy(out, &value, sizeof value);
}

static void put64(unsigned char *out, uint64_t value)
{
    value = htole64(value);
    memcpy(out, &value, sizeof value);
}

static uint32_t get32(const unsigned char *in)
{
    uint32_t value;

    memcpy(&value, in, sizeof value);
    return le32toh(value);
}

static uint64_t get64(const unsigned char *in)
{
    uint64_t value;

    memcpy(&value, in, sizeof value);
    return le64toh(value);
}

static uint32_t check_of(const unsigned char *header, uint64_t place)
{
    uint64_t hash = place ^ 0x9E3779B97F4A7C15U;

    for (size_t i = 8; i < CHG_FRAME_HEADER; i += 8) {
        hash = (hash ^ get64(header + i)) * 0xFF51AFD7ED558CCDU;
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

void chg_frame_encode(unsigned char out[CHG_FRAME_HEADER], const struct chg_frame *frame,
                      uint64_t place)
{
    memcpy(out, magic, sizeof magic);
    put32(out + 8, frame->length);
    put32(out + 12, frame->step);
    put64(out + 16, frame->offset);
    put64(out + 24, frame->lines);
    put64(out + 32, (uint64_t)frame->at);
    put32(out + 40, frame->newlines);
    out[44] = frame->kind;
    out[45] = frame->flags;
    out[46] = 0;
    out[47] = 0;
    put32(out + 4, check_of(out, place));
}

bool chg_frame_decode(struct chg_frame *out, const unsigned char in[CHG_FRAME_HEADER],
                      uint64_t place)
{
    if (memcmp(in, magic, sizeof magic) != 0 || get32(in + 4) != check_of(in, place))
        return false;
    *out = (struct chg_frame){
        .length = get32(in + 8),
        .step = get32(in + 12),
        .offset = get64(in + 16),
        .lines = get64(in + 24),
        .at = (int64_t)get64(in + 32),
        .newlines = get32(in + 40),
        .kind = in[44],
        .flags = in[45],
    };
    return out->length > 0 && out->length <= CHG_FRAME_MAX && out->newlines <= out->length &&
           out->kind >= CHG_LOG_STDOUT && out->kind <= CHG_LOG_PROCESS;
}

size_t chg_frame_search(const unsigned char *data, size_t len)
{
    const unsigned char *found = memmem(data, len, magic, sizeof magic);

    return found != NULL ? (size_t)(found - data) : len;
}

/*
 * Two vectors of sixteen bytes at a time, the size that every machine has: a comparison gives -1
 * per match, and a byte lane holds 255 of them. Each vector is a variable of its own: gcc takes an
 * array of them apart into bytes.
 */
typedef uint8_t lanes __attribute__((vector_size(16)));
#define LANES (2 * sizeof(lanes))

static size_t count_block(const unsigned char *data, size_t rounds)
{
    const lanes newline = (lanes){0} + '\n';
    lanes low = {0}, high = {0};
    uint8_t each[LANES];
    size_t count = 0;

    for (size_t i = 0; i < rounds; i++) {
        lanes first, second;

        memcpy(&first, data + i * LANES, sizeof first);
        memcpy(&second, data + i * LANES + sizeof first, sizeof second);
        low -= (lanes)(first == newline);
        high -= (lanes)(second == newline);
    }
    memcpy(each, &low, sizeof low);
    memcpy(each + sizeof low, &high, sizeof high);
    for (size_t i = 0; i < LANES; i++)
        count += each[i];
    return count;
}

size_t chg_count_newlines(const void *data, size_t len)
{
    const unsigned char *p = data;
    size_t count = 0;

    while (len >= LANES) {
        size_t rounds = len / LANES < 255 ? len / LANES : 255;

        count += count_block(p, rounds);
        p += rounds * LANES;
        len -= rounds * LANES;
    }
    for (size_t i = 0; i < len; i++)
        count += p[i] == '\n';
    return count;
}
