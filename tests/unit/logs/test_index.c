/* SPDX-License-Identifier: MIT */
/* The sparse index: what it keeps, how it is searched, and that damaged blobs are refused. */
#include "logs/index.h"

#include "base/alloc.h"
#include "support.h"

static struct chg_index chg_index_of;

static void tear_down(void)
{
    chg_index_fini(&chg_index_of);
}

TestSuite(logs_index, .fini = tear_down);

/* Frames of `length` bytes and one line each, one after the other. */
static void note(size_t count, uint32_t length)
{
    for (size_t i = 0; i < count; i++) {
        struct chg_frame frame = {
            .length = length,
            .offset = i * length,
            .lines = i,
            .at = 1000 + (int64_t)i,
            .newlines = 1,
        };

        assert_ok(chg_index_reserve(&chg_index_of));
        chg_index_note(&chg_index_of, &frame, i * (length + CHG_FRAME_HEADER));
    }
}

Test(logs_index, keeps_an_entry_for_the_first_frame_and_then_every_256_kib)
{
    note(1000, 1024);
    cr_assert_eq(chg_index_of.len, 4);
    cr_assert_eq(chg_index_of.items[0].offset, 0);
    cr_assert_eq(chg_index_of.items[1].offset, 256 * 1024);
    cr_assert_eq(chg_index_of.last.offset, 999 * 1024);
}

Test(logs_index, finds_the_entry_before_an_offset)
{
    note(1000, 1024);
    cr_assert_eq(chg_index_find_offset(&chg_index_of, 0)->offset, 0);
    cr_assert_eq(chg_index_find_offset(&chg_index_of, 256 * 1024 - 1)->offset, 0);
    cr_assert_eq(chg_index_find_offset(&chg_index_of, 256 * 1024)->offset, 256 * 1024);
    cr_assert_eq(chg_index_find_offset(&chg_index_of, UINT64_MAX)->offset, 768 * 1024);
}

Test(logs_index, finds_the_entry_before_a_line)
{
    note(1000, 1024);
    cr_assert_null(chg_index_find_line(&chg_index_of, 0));
    cr_assert_eq(chg_index_find_line(&chg_index_of, 1)->line, 0);
    cr_assert_eq(chg_index_find_line(&chg_index_of, 256)->line, 0);
    cr_assert_eq(chg_index_find_line(&chg_index_of, 257)->line, 256);
}

Test(logs_index, an_empty_index_finds_nothing)
{
    cr_assert_null(chg_index_find_offset(&chg_index_of, 5));
    cr_assert_null(chg_index_find_line(&chg_index_of, 5));
}

static void round_trip(struct chg_index *out, bool finished, size_t *len)
{
    bool read_finished;
    void *blob;

    assert_ok(chg_index_encode(&blob, len, &chg_index_of, finished));
    assert_ok(chg_index_decode(out, &read_finished, blob, *len));
    cr_assert_eq(read_finished, finished);
    chg_free(blob);
}

Test(logs_index, a_blob_gives_the_same_entries_and_the_last_frame)
{
    struct chg_index copy;
    size_t len;

    note(1000, 1024);
    round_trip(&copy, true, &len);
    cr_assert_eq(copy.len, 5);
    cr_assert_arr_eq(copy.items, chg_index_of.items, 4 * sizeof *copy.items);
    cr_assert_eq(copy.last.offset, 999 * 1024);
    cr_assert_eq(copy.last.line, 999);
    cr_assert_eq(copy.last.at, 1999);
    chg_index_fini(&copy);
}

Test(logs_index, a_blob_takes_few_bytes_an_entry)
{
    struct chg_index copy;
    size_t len;

    note(40000, CHG_INDEX_EVERY);
    round_trip(&copy, true, &len);
    cr_assert_eq(copy.len, 40000);
    cr_assert(len < 40000 * 10, "%zu", len);
    chg_index_fini(&copy);
}

Test(logs_index, empty_and_unfinished_indexes_travel_too)
{
    struct chg_index copy;
    size_t len;

    round_trip(&copy, false, &len);
    cr_assert_eq(copy.len, 0);
    chg_index_fini(&copy);
}

Test(logs_index, clocks_may_go_backwards_and_offsets_be_large)
{
    struct chg_frame early = {.length = 1, .offset = 1, .lines = 1, .at = 5000};
    struct chg_frame late = {
        .length = 1, .offset = 1ULL << 60, .lines = 1ULL << 50, .at = INT64_MIN + 7};
    struct chg_index copy;
    size_t len;

    assert_ok(chg_index_reserve(&chg_index_of));
    chg_index_note(&chg_index_of, &early, 0);
    assert_ok(chg_index_reserve(&chg_index_of));
    chg_index_note(&chg_index_of, &late, 1ULL << 61);
    round_trip(&copy, true, &len);
    cr_assert_eq(copy.len, 2);
    cr_assert_eq(copy.items[1].at, INT64_MIN + 7);
    cr_assert_eq(copy.items[1].place, 1ULL << 61);
    chg_index_fini(&copy);
}

static int decode(const void *blob, size_t len)
{
    struct chg_index copy;
    bool finished;
    int rc = chg_index_decode(&copy, &finished, blob, len);

    chg_index_fini(&copy);
    return rc;
}

Test(logs_index, any_changed_or_missing_byte_is_refused)
{
    unsigned char *bytes;
    void *blob;
    size_t len;

    note(1000, 1024);
    assert_ok(chg_index_encode(&blob, &len, &chg_index_of, true));
    bytes = blob;
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 0x10;
        assert_err(decode(blob, len), CHENGIS_ERR_CORRUPT, "index");
        bytes[i] ^= 0x10;
        assert_err(decode(blob, i), CHENGIS_ERR_CORRUPT, "index");
    }
    assert_ok(decode(blob, len));
    chg_free(blob);
}

/* A blob with a right check over wrong content. */
static int decode_checked(const unsigned char *content, size_t len)
{
    unsigned char blob[64];
    uint32_t hash = 0x811C9DC5U;

    memcpy(blob, content, len);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ blob[i]) * 0x01000193U;
    for (size_t i = 0; i < 4; i++)
        blob[len + i] = (unsigned char)(hash >> (8 * i));
    return decode(blob, len + 4);
}

Test(logs_index, entries_that_cannot_be_are_refused)
{
    static const unsigned char good[] = {1, 1, 2, 0, 0, 0, 2, 1, 9, 9, 2};
    static const unsigned char same_place[] = {1, 1, 2, 0, 0, 0, 2, 1, 9, 0, 2};
    static const unsigned char same_offset[] = {1, 1, 2, 0, 0, 0, 2, 1, 0, 9, 2};
    static const unsigned char too_many[] = {1, 1, 100, 0, 0, 0, 2, 1, 9, 9, 2};
    static const unsigned char too_few[] = {1, 1, 1, 0, 0, 0, 2, 1, 9, 9, 2};
    static const unsigned char endless[] = {1,    1,    2,    0,    0,    0,    2,    0xFF, 0xFF,
                                            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static const unsigned char future[] = {2, 1, 0};

    assert_ok(decode_checked(good, sizeof good));
    assert_err(decode_checked(same_place, sizeof same_place), CHENGIS_ERR_CORRUPT, "index");
    assert_err(decode_checked(same_offset, sizeof same_offset), CHENGIS_ERR_CORRUPT, "index");
    assert_err(decode_checked(too_many, sizeof too_many), CHENGIS_ERR_CORRUPT, "index");
    assert_err(decode_checked(too_few, sizeof too_few), CHENGIS_ERR_CORRUPT, "index");
    assert_err(decode_checked(endless, sizeof endless), CHENGIS_ERR_CORRUPT, "index");
    assert_err(decode_checked(future, sizeof future), CHENGIS_ERR_CORRUPT, "index");
}

Test(logs_index, missing_memory_is_reported)
{
    struct chg_index copy;
    bool finished;
    void *blob;
    size_t len;
    int rc;

    note(10, 1024);
    fault_alloc(1);
    rc = chg_index_encode(&blob, &len, &chg_index_of, true);
    cr_assert(fault_alloc_off() && rc == CHENGIS_ERR_NO_MEMORY);
    assert_ok(chg_index_encode(&blob, &len, &chg_index_of, true));
    fault_alloc(1);
    rc = chg_index_decode(&copy, &finished, blob, len);
    cr_assert(fault_alloc_off() && rc == CHENGIS_ERR_NO_MEMORY);
    chg_free(blob);
}
