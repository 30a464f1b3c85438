/* SPDX-License-Identifier: MIT */
/* Seeking by line, tails, sizes, with and without a stored index. */
#include "logs/reader_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "logs_fixture.h"

static uint64_t line_at(struct log_fixture *log, uint64_t line)
{
    uint64_t offset = 12345;

    assert_ok(chg_log_reader_seek_line(log_reader(log), 1, line, &offset));
    return offset;
}

static uint64_t tail_at(struct log_fixture *log, uint64_t lines)
{
    uint64_t offset = 12345;

    assert_ok(chg_log_reader_tail(log_reader(log), 1, lines, &offset));
    return offset;
}

Test(logs_reader_seek, lines_are_found_within_and_across_frames)
{
    LOG(log, NULL);

    log_put(&log, "one\ntw");
    log_put(&log, "o\nthree\nfo");
    log_put(&log, "ur");
    cr_assert_eq(line_at(&log, 0), 0);
    cr_assert_eq(line_at(&log, 1), 4);
    cr_assert_eq(line_at(&log, 2), 8);
    cr_assert_eq(line_at(&log, 3), 14);
    cr_assert_eq(line_at(&log, 4), 18);
    cr_assert_eq(line_at(&log, 400), 18);
}

Test(logs_reader_seek, asks_03_the_tail_is_shown_first)
{
    LOG(log, NULL);

    log_put(&log, "one\ntwo\nthree\n");
    cr_assert_eq(tail_at(&log, 0), 14);
    cr_assert_eq(tail_at(&log, 1), 8);
    cr_assert_eq(tail_at(&log, 2), 4);
    cr_assert_eq(tail_at(&log, 3), 0);
    cr_assert_eq(tail_at(&log, 99), 0);
    log_put(&log, "unfinished");
    cr_assert_eq(tail_at(&log, 0), 24);
    cr_assert_eq(tail_at(&log, 1), 14);
    cr_assert_eq(tail_at(&log, 2), 8);
}

Test(logs_reader_seek, sizes_follow_a_growing_log)
{
    uint64_t bytes;
    uint64_t lines;
    LOG(log, NULL);

    log_put(&log, "one\n");
    assert_ok(chg_log_reader_size(log_reader(&log), 1, &bytes, &lines));
    cr_assert(bytes == 4 && lines == 1);
    log_put(&log, "tw");
    assert_ok(chg_log_reader_size(log_reader(&log), 1, &bytes, &lines));
    cr_assert(bytes == 6 && lines == 2);
    assert_ok(chg_log_reader_size(log_reader(&log), 9, &bytes, &lines));
    cr_assert(bytes == 0 && lines == 0);
    assert_ok(chg_log_reader_size(log_reader(&log), 1, NULL, NULL));
}

Test(logs_reader_seek, an_unknown_step_has_only_a_beginning)
{
    LOG(log, NULL);
    uint64_t offset = 5;

    log_put(&log, "x\n");
    assert_ok(chg_log_reader_seek_line(log_reader(&log), 9, 3, &offset));
    cr_assert_eq(offset, 0);
    assert_ok(chg_log_reader_tail(log_reader(&log), 9, 3, &offset));
    cr_assert_eq(offset, 0);
}

#define LINE      62
#define BIG_LINES 200000

/* 12 MB of lines of 62 bytes that begin with their number, in chunks that cut lines. */
static void put_big(struct log_fixture *log)
{
    size_t size = (size_t)LINE * BIG_LINES;
    char *text = malloc(size + 1);
    size_t part = 50000;

    for (size_t i = 0; i < BIG_LINES; i++)
        (void)snprintf(text + i * LINE, LINE + 1, "%08zu%053d\n", i, 0);
    for (size_t at = 0; at < size; at += part) {
        part = size - at < part ? size - at : part;
        assert_ok(chg_log_step_write(log->step, CHG_LOG_STDOUT, text + at, part));
        if (at % 1000000 == 0)
            assert_ok(chg_log_writer_message(log->writer, "between"));
    }
    assert_ok(chg_log_step_finish(log->step));
    free(text);
}

static void assert_line(struct log_fixture *log, uint64_t line)
{
    char text[9] = "";
    char expected[32];
    size_t len;

    cr_assert_eq(line_at(log, line), line * LINE, "line %llu", (unsigned long long)line);
    assert_ok(chg_log_reader_read(log_reader(log), 1, line * LINE, text, 8, &len));
    (void)snprintf(expected, sizeof expected, "%08llu", (unsigned long long)line);
    cr_assert_str_eq(text, expected);
}

static void assert_lines(struct log_fixture *log)
{
    assert_line(log, 0);
    assert_line(log, BIG_LINES - 1);
    for (uint64_t line = 1; line < BIG_LINES; line = line * 5 + 3)
        assert_line(log, line);
    cr_assert_eq(tail_at(log, 100), (BIG_LINES - 100) * (uint64_t)LINE);
}

static void set_index(struct log_fixture *log, const struct chg_log_step *step, uint32_t number)
{
    void *blob;
    size_t len;

    assert_ok(chg_log_step_index(step, &blob, &len));
    assert_ok(chg_log_reader_set_index(log_reader(log), number, blob, len));
    chg_free(blob);
}

Test(logs_reader_seek, any_line_of_a_large_log_is_found_by_scanning)
{
    LOG(log, NULL);

    put_big(&log);
    assert_lines(&log);
}

Test(logs_reader_seek, any_line_of_a_large_log_is_found_by_the_index)
{
    LOG(log, NULL);

    put_big(&log);
    set_index(&log, log.step, 1);
    assert_lines(&log);
    cr_assert_eq(log.reader->scanned_to, 0);
}

Test(logs_reader_seek, asks_02_a_log_is_opened_without_reading_it)
{
    LOG(log, NULL);

    put_big(&log);
    set_index(&log, log.step, 1);
    (void)tail_at(&log, 50);
    cr_assert_eq(log.reader->scanned_to, 0);
    cr_assert(log.reader->window.len <= CHG_FRAME_MAX + CHG_FRAME_HEADER);
}

Test(logs_reader_seek, scanning_happens_once)
{
    LOG(log, NULL);
    uint64_t end;

    put_big(&log);
    (void)line_at(&log, 5);
    cr_assert(log_reader(&log)->scanned_to < 1000000);
    (void)tail_at(&log, 5);
    end = log.reader->scanned_to;
    cr_assert_eq(end, file_size(log.path));
    cr_assert(chg_tracks_find(&log.reader->scanned, 1)->index.len >= 30);
}

Test(logs_reader_seek, frames_of_an_indexed_step_are_reached_directly)
{
    struct chg_log_step *second;
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    put_big(&log);
    assert_ok(chg_log_step_open(&second, log.writer, 2, 0));
    assert_ok(chg_log_step_write(second, CHG_LOG_STDOUT, "second\n", 7));
    assert_ok(chg_log_step_finish(second));
    set_index(&log, second, 2);
    chg_log_step_close(second);
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 2, &cursor, &piece), 1);
    cr_assert_eq(piece.len, 7);
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 2, &cursor, &piece), 0);
}

static size_t indexed(struct log_fixture *log)
{
    return log_reader(log)->indexed.len;
}

Test(logs_reader_seek, the_index_of_an_unfinished_step_is_not_used)
{
    LOG(log, NULL);

    log_put(&log, "one\n");
    set_index(&log, log.step, 1);
    cr_assert_eq(indexed(&log), 0);
    assert_ok(chg_log_step_finish(log.step));
    set_index(&log, log.step, 1);
    cr_assert_eq(indexed(&log), 1);
    log_put(&log, "two\n");
    set_index(&log, log.step, 1);
    cr_assert_eq(indexed(&log), 0);
    cr_assert_eq(tail_at(&log, 1), 4);
}

Test(logs_reader_seek, the_index_of_another_step_is_noticed)
{
    LOG(log, NULL);

    put_big(&log);
    set_index(&log, log.step, 2);
    cr_assert_eq(indexed(&log), 0);
}

Test(logs_reader_seek, a_damaged_index_is_dropped)
{
    LOG(log, NULL);
    unsigned char *bytes;
    void *blob;
    size_t len;

    put_big(&log);
    assert_ok(chg_log_step_index(log.step, &blob, &len));
    bytes = blob;
    bytes[len / 2] ^= 1;
    assert_ok(chg_log_reader_set_index(log_reader(&log), 1, blob, len));
    assert_ok(chg_log_reader_set_index(log_reader(&log), 1, "", 0));
    cr_assert_eq(indexed(&log), 0);
    assert_lines(&log);
    chg_free(blob);
}

/* Ends of the blob hold, an entry in the middle does not. */
Test(logs_reader_seek, an_index_that_is_wrong_in_the_middle_is_dropped_when_used)
{
    LOG(log, NULL);
    struct chg_track *track;

    put_big(&log);
    set_index(&log, log.step, 1);
    track = chg_tracks_find(&log_reader(&log)->indexed, 1);
    track->index.items[20].place += 5;
    cr_assert_eq(line_at(&log, 1), LINE);
    cr_assert_eq(indexed(&log), 1);
    track->index.items[20].line = 1;
    assert_line(&log, track->index.items[20].offset / LINE + 2);
    cr_assert_eq(indexed(&log), 0);
    assert_lines(&log);
}

Test(logs_reader_seek, the_index_of_a_silent_step_says_nothing)
{
    LOG(log, NULL);
    struct chg_log_step *silent;
    uint64_t bytes;

    log_put(&log, "x\n");
    assert_ok(chg_log_step_open(&silent, log.writer, 2, 0));
    assert_ok(chg_log_step_finish(silent));
    set_index(&log, silent, 2);
    chg_log_step_close(silent);
    assert_ok(chg_log_reader_size(log_reader(&log), 2, &bytes, NULL));
    cr_assert_eq(bytes, 0);
}

/* A poll at the end of a step must not walk through what other steps wrote since. */
Test(logs_reader_seek, polling_a_finished_step_costs_nothing)
{
    LOG(log, NULL);
    struct chg_log_step *second;
    char part[10];
    size_t len;

    assert_ok(chg_log_step_open(&second, log.writer, 2, 0));
    assert_ok(chg_log_step_write(second, CHG_LOG_STDOUT, "second\n", 7));
    put_big(&log);
    chg_log_step_close(second);
    assert_ok(chg_log_reader_read(log_reader(&log), 2, 0, part, sizeof part, &len));
    cr_assert_eq(len, 7);
    for (int i = 0; i < 1000; i++) {
        assert_ok(chg_log_reader_read(log.reader, 2, 7, part, sizeof part, &len));
        cr_assert_eq(len, 0);
        cr_assert_eq(log.reader->scanned_to, file_size(log.path));
    }
}

/* Headers of a log beyond 4 GiB: text is left out of the file, which has holes in its place. */
static void put_sparse(const char *path, uint64_t frames)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    uint64_t place = 0;

    for (uint64_t i = 0; i < frames; i++) {
        unsigned char header[CHG_FRAME_HEADER];
        struct chg_frame frame = {.length = 262144,
                                  .step = 1,
                                  .kind = CHG_LOG_STDOUT,
                                  .offset = i * 262144,
                                  .lines = i * 1000,
                                  .newlines = 1000};

        chg_frame_encode(header, &frame, place);
        cr_assert_eq(pwrite(fd, header, sizeof header, (off_t)place), (ssize_t)sizeof header);
        place += sizeof header + frame.length;
    }
    cr_assert_eq(ftruncate(fd, (off_t)place), 0);
    (void)close(fd);
}

Test(logs_reader_seek, logs_beyond_four_gib_have_right_offsets)
{
    TEMP_DIR(dir);
    struct log_fixture log = {.dir = dir, .path = path_in(dir, "big.log")};
    uint64_t bytes;
    uint64_t lines;
    char text[4];
    size_t len;

    put_sparse(log.path, 20000);
    assert_ok(chg_log_reader_size(log_reader(&log), 1, &bytes, &lines));
    cr_assert_eq(bytes, 20000ULL * 262144);
    cr_assert_eq(lines, 20000000);
    assert_ok(chg_log_reader_read(log.reader, 1, bytes - 2, text, sizeof text, &len));
    cr_assert_eq(len, 2);
    cr_assert_eq(line_at(&log, 19999000), 19999ULL * 262144);
    chg_log_reader_close(log.reader);
}
