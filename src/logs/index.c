/* SPDX-License-Identifier: MIT */
/* The sparse index of a step: collecting, searching, and the blob that is stored. */
#include "logs/index.h"

#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vec.h"

#include "base/banned.h"

#define BLOB_VERSION  1
#define BLOB_FINISHED 1
#define HEAD_MAX      (2 + 10)
#define ENTRY_MAX     (4 * 10)
#define ENTRY_MIN     4
#define CHECK_SIZE    4

int chg_index_reserve(struct chg_index *index)
{
    if (chg_vec_reserve(index, index->len + 1) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return 0;
}

void chg_index_note(struct chg_index *index, const struct chg_frame *frame, uint64_t place)
{
    index->last = (struct chg_index_entry){
        .line = frame->lines,
        .offset = frame->offset,
        .place = place,
        .at = frame->at,
    };
    if (index->len == 0 || frame->offset - index->items[index->len - 1].offset >= CHG_INDEX_EVERY)
        index->items[index->len++] = index->last;
}

const struct chg_index_entry *chg_index_find_offset(const struct chg_index *index, uint64_t offset)
{
    size_t low = 0;
    size_t high = index->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (index->items[mid].offset <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? &index->items[low - 1] : NULL;
}

const struct chg_index_entry *chg_index_find_line(const struct chg_index *index, uint64_t line)
{
    size_t low = 0;
    size_t high = index->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (index->items[mid].line < line)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? &index->items[low - 1] : NULL;
}

static size_t put_varint(unsigned char *out, uint64_t value)
{
    size_t n = 0;

    while (value >= 0x80) {
        out[n++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    out[n++] = (unsigned char)value;
    return n;
}

static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ ((value & 1) != 0 ? UINT64_MAX : 0));
}

static uint32_t check_of(const unsigned char *data, size_t len)
{
    uint32_t hash = 0x811C9DC5U;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ data[i]) * 0x01000193U;
    return hash;
}

static size_t put_entry(unsigned char *out, const struct chg_index_entry *entry,
                        const struct chg_index_entry *before)
{
    size_t n = put_varint(out, entry->line - before->line);

    n += put_varint(out + n, entry->offset - before->offset);
    n += put_varint(out + n, entry->place - before->place);
    return n + put_varint(out + n, zigzag((int64_t)((uint64_t)entry->at - (uint64_t)before->at)));
}

int chg_index_encode(void **out, size_t *len, const struct chg_index *index, bool finished)
{
    struct chg_index_entry before = {0};
    bool last_apart = index->len > 0 && index->last.place != index->items[index->len - 1].place;
    size_t count = index->len + (last_apart ? 1 : 0);
    unsigned char *blob = chg_malloc(HEAD_MAX + count * ENTRY_MAX + CHECK_SIZE);
    uint32_t check;
    size_t n = 2;

    if (blob == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    blob[0] = BLOB_VERSION;
    blob[1] = finished ? BLOB_FINISHED : 0;
    n += put_varint(blob + n, count);
    for (size_t i = 0; i < index->len; i++) {
        n += put_entry(blob + n, &index->items[i], &before);
        before = index->items[i];
    }
    if (last_apart)
        n += put_entry(blob + n, &index->last, &before);
    check = check_of(blob, n);
    for (size_t i = 0; i < CHECK_SIZE; i++)
        blob[n++] = (unsigned char)(check >> (8 * i));
    *out = blob;
    *len = n;
    return 0;
}

struct input {
    const unsigned char *at;
    const unsigned char *end;
    bool bad;
};

static uint64_t get_varint(struct input *in)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned char byte;

        if (in->at == in->end)
            break;
        byte = *in->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    in->bad = true;
    return 0;
}

static struct chg_index_entry get_entry(struct input *in, const struct chg_index_entry *before)
{
    struct chg_index_entry entry = {.line = before->line + get_varint(in)};

    entry.offset = before->offset + get_varint(in);
    entry.place = before->place + get_varint(in);
    entry.at = (int64_t)((uint64_t)before->at + (uint64_t)unzigzag(get_varint(in)));
    return entry;
}

static bool is_after(const struct chg_index_entry *entry, const struct chg_index_entry *before)
{
    return entry->offset > before->offset && entry->place > before->place &&
           entry->line >= before->line;
}

static bool decode_entries(struct chg_index *out, struct input *in, size_t count)
{
    for (size_t i = 0; i < count && !in->bad; i++) {
        struct chg_index_entry none = {0};
        const struct chg_index_entry *before = i > 0 ? &out->items[i - 1] : &none;

        out->items[i] = get_entry(in, before);
        if (i > 0 && !is_after(&out->items[i], before))
            in->bad = true;
    }
    out->len = count;
    if (count > 0)
        out->last = out->items[count - 1];
    return !in->bad && in->at == in->end;
}

static bool check_matches(const unsigned char *blob, size_t len)
{
    uint32_t check = check_of(blob, len);

    for (size_t i = 0; i < CHECK_SIZE; i++)
        if (blob[len + i] != (unsigned char)(check >> (8 * i)))
            return false;
    return true;
}

int chg_index_decode(struct chg_index *out, bool *finished, const void *blob, size_t len)
{
    const unsigned char *bytes = blob;
    struct input in = {.at = bytes, .end = bytes + len};
    uint64_t count;

    *out = (struct chg_index){0};
    if (len < 3 + CHECK_SIZE || bytes[0] != BLOB_VERSION || (bytes[1] & ~BLOB_FINISHED) != 0 ||
        !check_matches(bytes, len - CHECK_SIZE))
        return chg_error_set(CHENGIS_ERR_CORRUPT, "the stored index of a step's log is damaged");
    in.at += 2;
    in.end -= CHECK_SIZE;
    count = get_varint(&in);
    if (in.bad || count > len / ENTRY_MIN)
        return chg_error_set(CHENGIS_ERR_CORRUPT, "the stored index of a step's log is damaged");
    if (chg_vec_reserve(out, (size_t)count) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    if (!decode_entries(out, &in, (size_t)count)) {
        chg_index_fini(out);
        return chg_error_set(CHENGIS_ERR_CORRUPT, "the stored index of a step's log is damaged");
    }
    *finished = bytes[1] == BLOB_FINISHED;
    return 0;
}

void chg_index_fini(struct chg_index *index)
{
    chg_vec_fini(index);
    index->last = (struct chg_index_entry){0};
}
