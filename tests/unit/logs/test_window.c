/* SPDX-License-Identifier: MIT */
/* Reading frames from files that grow, are torn, or damaged. */
#include "logs/window.h"

#include <fcntl.h>
#include <unistd.h>

#include "logs_fixture.h"

static int fd = -1;
static struct chg_window window;

static void set_up(void)
{
    fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    chg_window_init(&window, fd, "test.log");
}

static void tear_down(void)
{
    chg_window_fini(&window);
    (void)close(fd);
}

TestSuite(logs_window, .init = set_up, .fini = tear_down);

static uint64_t end_of_file(void)
{
    return (uint64_t)lseek(fd, 0, SEEK_END);
}

/* Append a frame of `len` bytes, of which `keep` bytes of header and text get written. */
static uint64_t put(uint32_t step, size_t len, size_t keep)
{
    struct chg_frame frame = {.length = (uint32_t)len, .step = step, .kind = CHG_LOG_STDOUT};
    unsigned char *bytes = malloc(CHG_FRAME_HEADER + len);
    uint64_t place = end_of_file();

    chg_frame_encode(bytes, &frame, place);
    memset(bytes + CHG_FRAME_HEADER, 'a' + (int)(step % 26), len);
    cr_assert_eq(write(fd, bytes, keep), (ssize_t)keep);
    free(bytes);
    return place;
}

static uint64_t put_whole(uint32_t step, size_t len)
{
    return put(step, len, CHG_FRAME_HEADER + len);
}

static void put_garbage(const void *data, size_t len)
{
    (void)end_of_file();
    cr_assert_eq(write(fd, data, len), (ssize_t)len);
}

static void assert_next(uint64_t *place, uint32_t step, uint64_t expected_place)
{
    struct chg_frame frame;
    int rc = chg_window_frame(&window, place, &frame);

    cr_assert_eq(rc, 1, "frame of step %u: %d", step, rc);
    cr_assert_eq(frame.step, step);
    cr_assert_eq(*place, expected_place);
    *place += CHG_FRAME_HEADER + frame.length;
}

static void assert_none(uint64_t place)
{
    struct chg_frame frame;

    cr_assert_eq(chg_window_frame(&window, &place, &frame), 0);
}

Test(logs_window, small_and_large_frames_follow_each_other)
{
    uint64_t place = 0;
    uint64_t a = put_whole(1, 5);
    uint64_t b = put_whole(2, CHG_FRAME_MAX);
    uint64_t c = put_whole(3, CHG_FRAME_MAX);
    uint64_t d = put_whole(4, 1);

    assert_next(&place, 1, a);
    assert_next(&place, 2, b);
    assert_next(&place, 3, c);
    assert_next(&place, 4, d);
    assert_none(place);
}

Test(logs_window, a_torn_frame_is_not_there_until_it_is_whole)
{
    struct chg_frame frame;
    uint64_t place = 0;
    uint64_t torn;

    (void)put_whole(1, 5);
    torn = put(2, 100, 30);
    assert_next(&place, 1, 0);
    assert_none(place);
    cr_assert_eq(ftruncate(fd, (off_t)torn), 0);
    (void)put(2, 100, 100);
    assert_none(place);
    cr_assert_eq(ftruncate(fd, (off_t)torn), 0);
    (void)put_whole(3, 20);
    cr_assert_eq(chg_window_frame(&window, &place, &frame), 1);
    cr_assert_eq(frame.step, 3);
}

Test(logs_window, garbage_is_skipped_to_the_next_frame)
{
    uint64_t place = 0;
    uint64_t next;

    (void)put_whole(1, 5);
    put_garbage("\xF7"
                "cL\x01 looks like a header but is none, and goes on for a while",
                60);
    next = put_whole(2, 50);
    assert_next(&place, 1, 0);
    assert_next(&place, 2, next);
}

Test(logs_window, long_garbage_is_skipped_wherever_the_next_frame_stands)
{
    static char garbage[CHG_FRAME_MAX];

    memset(garbage, 0xF7, sizeof garbage);
    for (size_t len = CHG_FRAME_MAX - 4; len < CHG_FRAME_MAX; len++) {
        uint64_t place = 0;
        uint64_t next;

        cr_assert_eq(ftruncate(fd, 0), 0);
        window.len = 0;
        put_garbage(garbage, len);
        next = put_whole(7, 10);
        assert_next(&place, 7, next);
    }
}

Test(logs_window, garbage_without_a_frame_behind_it_is_nothing)
{
    static const char zeros[100000];

    put_garbage(zeros, sizeof zeros);
    assert_none(0);
    put_garbage("\xF7"
                "cL",
                3);
    assert_none(0);
}

/* A program can print what looks like a frame: its place in the file is not known to it. */
Test(logs_window, a_header_inside_of_text_is_not_taken_for_a_frame)
{
    struct chg_frame fake = {.length = 10, .step = 99, .kind = CHG_LOG_STDOUT};
    unsigned char header[CHG_FRAME_HEADER];
    uint64_t place = 0;
    uint64_t next;

    put_garbage("garbage", 7);
    chg_frame_encode(header, &fake, 0);
    put_garbage(header, sizeof header);
    next = put_whole(3, 10);
    assert_next(&place, 3, next);
}

Test(logs_window, text_is_read_from_any_part_of_a_frame)
{
    struct chg_frame frame;
    const unsigned char *text;
    uint64_t place = 0;
    char part[64 * 1024];

    (void)put_whole(1, 200000);
    cr_assert_eq(chg_window_frame(&window, &place, &frame), 1);
    assert_ok(chg_window_text(&window, place, &frame, &text));
    cr_assert(text[0] == 'b' && text[199999] == 'b');
    assert_ok(chg_window_copy(&window, place, &frame, 150000, part, 50000));
    cr_assert(part[0] == 'b' && part[49999] == 'b');
    assert_ok(chg_window_copy(&window, place, &frame, 199999, part, 1));
}

Test(logs_window, a_file_cut_behind_the_readers_back_is_an_error)
{
    struct chg_frame frame;
    const unsigned char *text;
    uint64_t place = 0;
    static char part[100000];

    (void)put_whole(1, 10);
    (void)put_whole(2, 200000);
    (void)put_whole(3, 200000);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(chg_window_frame(&window, &place, &frame), 1);
        place += CHG_FRAME_HEADER + frame.length;
    }
    cr_assert_eq(chg_window_frame(&window, &place, &frame), 1);
    cr_assert_eq(ftruncate(fd, (off_t)place + 100), 0);
    window.len = 0;
    assert_err(chg_window_text(&window, place, &frame, &text), CHENGIS_ERR_IO, "became shorter");
    assert_err(chg_window_copy(&window, place, &frame, 0, part, sizeof part), CHENGIS_ERR_IO,
               "became shorter");
}

Test(logs_window, read_errors_name_the_file)
{
    struct chg_window broken;
    struct chg_frame frame;
    uint64_t place = 0;

    chg_window_init(&broken, -1, "broken.log");
    assert_err(chg_window_frame(&broken, &place, &frame), CHENGIS_ERR_IO, "broken.log");
    chg_window_fini(&broken);
}
