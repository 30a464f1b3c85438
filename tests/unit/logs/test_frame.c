/* SPDX-License-Identifier: MIT */
/* Frame headers: exact, checked, bound to their place. */
#include "logs/frame.h"

#include "logs/log_file.h"
#include "support.h"

static const struct chg_frame sample = {
    .length = 1234,
    .step = 7,
    .offset = 0x123456789AULL,
    .lines = 98765,
    .at = 1767225600123,
    .newlines = 12,
    .kind = CHG_LOG_STDERR,
    .flags = CHG_FRAME_OPEN_LINE,
};

Test(logs_frame, reads_back_what_it_wrote)
{
    unsigned char header[CHG_FRAME_HEADER];
    struct chg_frame frame;

    chg_frame_encode(header, &sample, 4096);
    cr_assert(chg_frame_decode(&frame, header, 4096));
    cr_assert_eq(frame.length, 1234);
    cr_assert_eq(frame.step, 7);
    cr_assert_eq(frame.offset, 0x123456789AULL);
    cr_assert_eq(frame.lines, 98765);
    cr_assert_eq(frame.at, 1767225600123);
    cr_assert_eq(frame.newlines, 12);
    cr_assert_eq(frame.kind, CHG_LOG_STDERR);
    cr_assert_eq(frame.flags, CHG_FRAME_OPEN_LINE);
}

/* The format is a promise: logs outlive the version that wrote them. */
Test(logs_frame, has_a_fixed_layout)
{
    unsigned char header[CHG_FRAME_HEADER];
    static const char expected[] = "\xF7" /* magic; the check is left out */
                                   "cL\x01"
                                   "\xD2\x04\0\0\x07\0\0\0"       /* length, step */
                                   "\x9A\x78\x56\x34\x12\0\0\0"   /* offset */
                                   "\xCD\x81\x01\0\0\0\0\0"       /* lines */
                                   "\x7B\xA8\xDA\x76\x9B\x01\0\0" /* time */
                                   "\x0C\0\0\0\x02\x01\0\0";      /* line ends, stream, flags */

    chg_frame_encode(header, &sample, 4096);
    cr_assert_arr_eq(header, expected, 4);
    cr_assert_arr_eq(header + 8, expected + 4, 40);
}

Test(logs_frame, any_changed_bit_is_noticed)
{
    for (size_t bit = 0; bit < CHG_FRAME_HEADER * 8; bit++) {
        unsigned char header[CHG_FRAME_HEADER];
        struct chg_frame frame;

        chg_frame_encode(header, &sample, 4096);
        header[bit / 8] ^= (unsigned char)(1 << bit % 8);
        cr_assert_not(chg_frame_decode(&frame, header, 4096), "bit %zu", bit);
    }
}

Test(logs_frame, a_header_copied_to_another_place_is_none)
{
    unsigned char header[CHG_FRAME_HEADER];
    struct chg_frame frame;

    chg_frame_encode(header, &sample, 4096);
    cr_assert_not(chg_frame_decode(&frame, header, 8192));
}

static bool is_accepted(struct chg_frame frame)
{
    unsigned char header[CHG_FRAME_HEADER];
    struct chg_frame out;

    chg_frame_encode(header, &frame, 0);
    return chg_frame_decode(&out, header, 0);
}

Test(logs_frame, impossible_values_are_refused)
{
    struct chg_frame frame = sample;

    cr_assert(is_accepted(frame));
    frame.length = 0;
    cr_assert_not(is_accepted(frame));
    frame.length = CHG_FRAME_MAX + 1;
    cr_assert_not(is_accepted(frame));
    frame.length = 11;
    cr_assert_not(is_accepted(frame));
    frame = sample;
    frame.kind = 0;
    cr_assert_not(is_accepted(frame));
    frame.kind = CHG_LOG_PROCESS + 1;
    cr_assert_not(is_accepted(frame));
}

Test(logs_frame, search_finds_the_magic)
{
    unsigned char data[100] = {0};
    unsigned char header[CHG_FRAME_HEADER];

    chg_frame_encode(header, &sample, 0);
    cr_assert_eq(chg_frame_search(data, sizeof data), sizeof data);
    memcpy(data + 31, header, CHG_FRAME_HEADER);
    cr_assert_eq(chg_frame_search(data, sizeof data), 31);
}

static size_t count_slowly(const char *data, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += data[i] == '\n';
    return count;
}

Test(logs_frame, counts_line_ends_at_any_length_and_place)
{
    static char data[20000];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = i * i % 7 < 3 ? '\n' : (char)i;
    for (size_t start = 0; start < 3; start++)
        for (size_t len = 0; len < 9000; len += 1 + len / 7)
            cr_assert_eq(chg_count_newlines(data + start, len), count_slowly(data + start, len));
    memset(data, '\n', sizeof data);
    cr_assert_eq(chg_count_newlines(data, sizeof data), sizeof data);
}
