/* SPDX-License-Identifier: MIT */
/* Reading logs: from any offset, while they are written, without holes. */
#include "logs/log_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/thread.h"
#include "logs/frame.h"
#include "logs_fixture.h"

Test(logs_reader, asks_06_a_step_is_read_from_any_offset)
{
    LOG(log, NULL);

    log_put(&log, "one\n");
    log_put(&log, "two\n");
    log_put(&log, "three\n");
    assert_log(&log, 1, 0, "one\ntwo\nthree\n");
    assert_log(&log, 1, 2, "e\ntwo\nthree\n");
    assert_log(&log, 1, 4, "two\nthree\n");
    assert_log(&log, 1, 13, "\n");
    assert_log(&log, 1, 14, "");
    assert_log(&log, 1, 1000, "");
    assert_log(&log, 2, 0, "");
}

Test(logs_reader, asks_06_a_follower_gets_what_arrives_from_its_offset_on)
{
    LOG(log, NULL);

    log_put(&log, "one\n");
    assert_log(&log, 1, 0, "one\n");
    assert_log(&log, 1, 4, "");
    log_put(&log, "two\n");
    assert_log(&log, 1, 4, "two\n");
    log_reopen_writer(&log);
    log_put(&log, "three\n");
    assert_log(&log, 1, 8, "three\n");
}

Test(logs_reader, small_buffers_get_all_of_it)
{
    LOG(log, NULL);
    char whole[8] = "";
    size_t len;

    log_put(&log, "abcd");
    log_put(&log, "efg");
    for (uint64_t at = 0; at < 7; at++) {
        assert_ok(chg_log_reader_read(log_reader(&log), 1, at, whole + at, 1, &len));
        cr_assert_eq(len, 1);
    }
    cr_assert_str_eq(whole, "abcdefg");
}

Test(logs_reader, frames_of_all_steps_come_in_the_order_of_arrival)
{
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    assert_ok(chg_log_writer_message(log.writer, "begin"));
    log_put(&log, "a\nb\n");
    assert_ok(chg_log_step_write(log.step, CHG_LOG_STDERR, "c\n", 2));
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert(piece.step == 0 && piece.kind == CHG_LOG_ENGINE && piece.len == 6);
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert(piece.step == 1 && piece.kind == CHG_LOG_STDOUT && piece.offset == 0);
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert(piece.kind == CHG_LOG_STDERR && piece.offset == 4 && piece.line == 2);
    cr_assert(piece.len == 2 && memcmp(piece.data, "c\n", 2) == 0);
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 0);
}

Test(logs_reader, a_cursor_is_good_for_another_reader_later)
{
    struct chg_log_reader *other;
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    log_put(&log, "one\n");
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 0);
    log_put(&log, "two\n");
    assert_ok(chg_log_reader_open(&other, log.path));
    cr_assert_eq(chg_log_reader_next(other, &cursor, &piece), 1);
    cr_assert(piece.offset == 4 && memcmp(piece.data, "two\n", 4) == 0);
    chg_log_reader_close(other);
}

Test(logs_reader, frames_of_one_step_leave_out_others_and_processes)
{
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    assert_ok(chg_log_writer_message(log.writer, "begin"));
    assert_ok(chg_log_writer_process(log.writer, 1, 42, 43));
    log_put(&log, "a\n");
    assert_ok(chg_log_writer_message(log.writer, "end"));
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 1, &cursor, &piece), 1);
    cr_assert(piece.len == 2 && piece.data[0] == 'a');
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 1, &cursor, &piece), 0);
    cr_assert_eq(cursor, file_size(log.path));
    log_put(&log, "b\n");
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 1, &cursor, &piece), 1);
    cr_assert(piece.data[0] == 'b');
}

Test(logs_reader, tiny_frames_are_read_many_at_once)
{
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    uint64_t next = 0;
    LOG(log, NULL);

    for (int i = 0; i < 20000; i++)
        log_put(&log, "a line of 20 bytes.\n");
    while (chg_log_reader_next(log_reader(&log), &cursor, &piece) == 1) {
        cr_assert(piece.offset == next && piece.line == next / 20);
        next += piece.len;
    }
    cr_assert_eq(next, 400000);
}

static void fill(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        text[i] = i % 61 == 60 ? '\n' : (char)('a' + i / 61 % 26);
}

/* Write in chunks of odd sizes, between those of another step. */
static void put_mixed(struct log_fixture *log, const char *text, size_t len)
{
    struct chg_log_step *other;
    size_t part = 1;

    assert_ok(chg_log_step_open(&other, log->writer, 2, 0));
    for (size_t at = 0; at < len; at += part) {
        part = part * 7 % 262147 + 1;
        part = len - at < part ? len - at : part;
        assert_ok(chg_log_step_write(log->step, CHG_LOG_STDOUT, text + at, part));
        assert_ok(chg_log_step_write(other, CHG_LOG_STDOUT, "noise\n", 6));
    }
    chg_log_step_close(other);
}

Test(logs_reader, asks_07_large_logs_have_no_holes_at_any_chunk_size)
{
    size_t size = (size_t)12 << 20;
    char *text = malloc(size);
    char *copy = malloc(size + 1);
    size_t len = 0;
    LOG(log, NULL);

    fill(text, size);
    put_mixed(&log, text, size);
    assert_ok(chg_log_reader_read(log_reader(&log), 1, 0, copy, size + 1, &len));
    cr_assert_eq(len, size);
    cr_assert(memcmp(copy, text, size) == 0);
    for (uint64_t at = 1; at < size; at = at * 3 + 11) {
        assert_ok(chg_log_reader_read(log_reader(&log), 1, size - at, copy, 1000, &len));
        cr_assert(len == (at < 1000 ? at : 1000) && memcmp(copy, text + size - at, len) == 0);
    }
    free(text);
    free(copy);
}

/* One thread writes, this one follows. */
struct race {
    struct log_fixture *log;
    size_t lines;
};

static void write_lines(void *userdata)
{
    struct race *race = userdata;
    char line[32];

    for (size_t i = 0; i < race->lines; i++) {
        int len = snprintf(line, sizeof line, "line %zu\n", i);

        (void)chg_log_step_write(race->log->step, CHG_LOG_STDOUT, line, (size_t)len);
    }
}

Test(logs_reader, asks_07_a_reader_beside_the_writer_sees_everything_once)
{
    LOG(log, NULL);
    struct race race = {.log = &log, .lines = 30000};
    struct chg_str expected = CHG_STR_INIT;
    struct chg_str text = CHG_STR_INIT;
    struct chg_thread thread = {0};
    char part[777];
    size_t len;

    for (size_t i = 0; i < race.lines; i++)
        chg_str_addf(&expected, "line %zu\n", i);
    assert_ok(chg_log_writer_message(log.writer, "the file is there"));
    assert_ok(chg_thread_start(&thread, "writer", write_lines, &race));
    while (text.len < expected.len) {
        assert_ok(chg_log_reader_read(log_reader(&log), 1, text.len, part, sizeof part, &len));
        chg_str_add_len(&text, part, len);
    }
    chg_thread_join(&thread);
    cr_assert_str_eq(text.ptr, expected.ptr);
    chg_str_fini(&text);
    chg_str_fini(&expected);
}

static void overwrite(const char *path, uint64_t place, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    char *junk = calloc(1, len);

    memset(junk, 0x5A, len);
    cr_assert_eq(pwrite(fd, junk, len, (off_t)place), (ssize_t)len);
    (void)close(fd);
    free(junk);
}

Test(logs_reader, asks_07_damage_is_visible_and_the_rest_keeps_its_offsets)
{
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    log_put(&log, "first\n");
    log_put(&log, "lost\n");
    log_put(&log, "third\n");
    overwrite(log.path, CHG_FRAME_HEADER + 6, CHG_FRAME_HEADER);
    assert_log(&log, 1, 0, "first\n?????third\n");
    assert_log(&log, 1, 8, "???third\n");
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert_eq(piece.offset, 11);
}

Test(logs_reader, a_log_torn_by_a_power_cut_is_read_to_its_last_whole_frame)
{
    LOG(log, NULL);

    log_put(&log, "whole\n");
    log_put(&log, "torn in the middle\n");
    cr_assert_eq(truncate(log.path, (off_t)file_size(log.path) - 1), 0);
    assert_log(&log, 1, 0, "whole\n");
}

Test(logs_reader, errors_name_the_file)
{
    struct chg_log_reader *reader;
    TEMP_DIR(dir);

    assert_err(chg_log_reader_open(&reader, path_in(dir, "none.log")), CHENGIS_ERR_NOT_FOUND,
               "none.log");
    assert_err(chg_log_reader_open(&reader, path_in(path_in(dir, "none.log"), "x")),
               CHENGIS_ERR_NOT_FOUND, "none.log");
    chg_log_reader_close(NULL);
}

Test(logs_reader, missing_memory_is_reported)
{
    struct chg_log_reader *reader;
    char part[10];
    size_t len;
    int rc;
    LOG(log, NULL);

    log_put(&log, "one\n");
    for (unsigned nth = 1; nth <= 2; nth++) {
        fault_alloc(nth);
        rc = chg_log_reader_open(&reader, log.path);
        cr_assert(fault_alloc_off() && rc == CHENGIS_ERR_NO_MEMORY);
    }
    for (unsigned nth = 1; nth <= 4; nth++) {
        assert_ok(chg_log_reader_open(&reader, log.path));
        fault_alloc(nth);
        rc = chg_log_reader_read(reader, 1, 0, part, sizeof part, &len);
        cr_assert(fault_alloc_off() && rc == CHENGIS_ERR_NO_MEMORY);
        chg_log_reader_close(reader);
    }
    assert_log(&log, 1, 0, "one\n");
}

Test(logs_reader, noted_processes_are_found_between_the_text)
{
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    log_put(&log, "before\n");
    assert_ok(chg_log_writer_process(log.writer, 1, 10, 1));
    log_put(&log, "between\n");
    assert_ok(chg_log_writer_process(log.writer, 2, 11, 2));
    log_put(&log, "after\n");

    cr_assert_eq(chg_log_reader_next_process(log_reader(&log), &cursor, &piece), 1);
    cr_assert(piece.step == 1 && piece.len == 5 && memcmp(piece.data, "10 1\n", 5) == 0);
    cr_assert_eq(chg_log_reader_next_process(log_reader(&log), &cursor, &piece), 1);
    cr_assert(piece.step == 2 && piece.len == 5 && memcmp(piece.data, "11 2\n", 5) == 0);
    cr_assert_eq(chg_log_reader_next_process(log_reader(&log), &cursor, &piece), 0);
}
