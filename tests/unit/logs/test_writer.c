/* SPDX-License-Identifier: MIT */
/* Writing logs: when the file is made, what a frame holds, limits, full disks, resumed builds. */
#include "logs/log_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "logs/frame.h"
#include "logs_fixture.h"

static struct chg_log_summary summary_of(const struct log_fixture *log)
{
    struct chg_log_summary summary;

    chg_log_step_summary(log->step, &summary);
    return summary;
}

Test(logs_writer, a_silent_build_has_no_file)
{
    LOG(log, NULL);

    assert_ok(chg_log_step_write(log.step, CHG_LOG_STDOUT, "", 0));
    assert_ok(chg_log_step_finish(log.step));
    cr_assert(access(log.path, F_OK) < 0);
    assert_err(chg_log_reader_open(&log.reader, log.path), CHENGIS_ERR_NOT_FOUND, "build.log");
}

Test(logs_writer, the_file_is_private)
{
    LOG(log, NULL);
    struct stat st;

    log_put(&log, "x\n");
    cr_assert_eq(stat(log.path, &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0600);
}

Test(logs_writer, each_chunk_becomes_one_frame)
{
    LOG(log, NULL);

    log_put(&log, "one\ntwo\n");
    log_put(&log, "three");
    cr_assert_eq(file_size(log.path), 2 * CHG_FRAME_HEADER + 13);
}

Test(logs_writer, the_file_grows_by_a_small_part_only_for_short_lines)
{
    LOG(log, NULL);
    size_t size = (size_t)8 << 20;
    char *text = malloc(size);

    for (size_t i = 0; i < size; i++)
        text[i] = i % 2 == 0 ? 'y' : '\n';
    assert_ok(chg_log_step_write(log.step, CHG_LOG_STDOUT, text, size));
    cr_assert(file_size(log.path) < size + size / 1000);
    cr_assert_eq(summary_of(&log).lines, size / 2);
    free(text);
}

Test(logs_writer, asks_09_text_is_kept_byte_for_byte_with_control_characters)
{
    LOG(log, NULL);

    log_put(&log, "10%\r20%\r\033[31mred\033[0m\b\a\r\n\ttab\v\f\n");
    assert_log(&log, 1, 0, "10%\r20%\r\033[31mred\033[0m\b\a\r\n\ttab\v\f\n");
}

Test(logs_writer, asks_10_every_chunk_carries_the_time_of_its_arrival)
{
    struct chg_clock_fake clock = {.wall_ms = 1767225600123};
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    chg_clock_set_fake(&clock);
    log_put(&log, "first\n");
    clock.wall_ms += 1500;
    chg_clock_set_fake(&clock);
    log_put(&log, "second\n");
    chg_clock_set_fake(NULL);
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 1, &cursor, &piece), 1);
    cr_assert_eq(piece.at, 1767225600123);
    cr_assert_eq(chg_log_reader_next_of(log_reader(&log), 1, &cursor, &piece), 1);
    cr_assert_eq(piece.at, 1767225601623);
    cr_assert_eq(summary_of(&log).last_at, 1767225601623);
}

Test(logs_writer, the_summary_counts_bytes_and_lines)
{
    LOG(log, NULL);

    cr_assert_eq(summary_of(&log).last_at, 0);
    log_put(&log, "one\ntwo\nth");
    cr_assert_eq(summary_of(&log).bytes, 10);
    cr_assert_eq(summary_of(&log).lines, 3);
    log_put(&log, "ree\n");
    cr_assert_eq(summary_of(&log).lines, 3);
    cr_assert_not(summary_of(&log).truncated);
}

Test(logs_writer, secrets_are_masked_in_each_stream_for_itself)
{
    chengis_masker *masker = MASKER("hunter2");
    LOG(log, masker);

    (void)chengis_masker_unref(masker);
    log_put(&log, "out hunt");
    assert_ok(chg_log_step_write(log.step, CHG_LOG_STDERR, "err hunter2\n", 12));
    log_put(&log, "er2\n");
    assert_ok(chg_log_step_finish(log.step));
    assert_log(&log, 1, 0, "out err ***\n***\n");
}

Test(logs_writer, finish_writes_what_was_held_back_once)
{
    chengis_masker *masker = MASKER("hunter2");
    LOG(log, masker);

    (void)chengis_masker_unref(masker);
    log_put(&log, "hunt");
    cr_assert_eq(summary_of(&log).bytes, 0);
    assert_ok(chg_log_step_finish(log.step));
    assert_ok(chg_log_step_finish(log.step));
    assert_log(&log, 1, 0, "hunt");
}

Test(logs_writer, a_message_of_the_engine_is_never_held_back)
{
    chengis_masker *masker = MASKER("hunter2");
    LOG(log, masker);

    (void)chengis_masker_unref(masker);
    assert_ok(chg_log_writer_message(log.writer, "token hunter2 refused"));
    assert_ok(chg_log_writer_message(log.writer, "next hunt"));
    assert_log(&log, 0, 0, "token *** refused\nnext hunt\n");
}

Test(logs_writer, the_limit_is_kept_and_the_log_says_so)
{
    LOG(log, NULL);
    struct chg_log_step *small;
    struct chg_log_summary summary;

    assert_ok(chg_log_step_open(&small, log.writer, 2, 10));
    assert_ok(chg_log_step_write(small, CHG_LOG_STDOUT, "123456\n", 7));
    assert_ok(chg_log_step_write(small, CHG_LOG_STDOUT, "890123", 6));
    assert_ok(chg_log_step_write(small, CHG_LOG_STDOUT, "never", 5));
    assert_ok(chg_log_step_finish(small));
    chg_log_step_summary(small, &summary);
    cr_assert(summary.truncated);
    chg_log_step_close(small);
    assert_log(&log, 2, 0, "123456\n890\n[log limit of 10 bytes reached: the rest is not kept]\n");
}

Test(logs_writer, exactly_the_limit_is_no_truncation)
{
    LOG(log, NULL);
    struct chg_log_step *small;
    struct chg_log_summary summary;

    assert_ok(chg_log_step_open(&small, log.writer, 2, 5));
    assert_ok(chg_log_step_write(small, CHG_LOG_STDOUT, "1234\n", 5));
    chg_log_step_summary(small, &summary);
    cr_assert_not(summary.truncated);
    chg_log_step_close(small);
}

Test(logs_writer, steps_of_a_parallel_stage_keep_apart)
{
    LOG(log, NULL);
    struct chg_log_step *other;

    assert_ok(chg_log_step_open(&other, log.writer, 2, 0));
    log_put(&log, "a1\n");
    assert_ok(chg_log_step_write(other, CHG_LOG_STDERR, "b1\n", 3));
    log_put(&log, "a2\n");
    chg_log_step_close(other);
    assert_log(&log, 1, 0, "a1\na2\n");
    assert_log(&log, 2, 0, "b1\n");
}

Test(logs_writer, a_missing_directory_is_reported_at_once)
{
    struct chg_log_writer *writer;
    TEMP_DIR(dir);

    assert_err(chg_log_writer_open(&writer, path_in(dir, "no/build.log"), NULL), CHENGIS_ERR_IO,
               "no/build.log");
    write_file(path_in(dir, "file"), "x");
    assert_err(chg_log_writer_open(&writer, path_in(dir, "file/build.log"), NULL), CHENGIS_ERR_IO,
               "file/build.log");
}

Test(logs_writer, a_directory_that_goes_away_is_reported_by_the_write)
{
    LOG(log, NULL);

    cr_assert_eq(rmdir(log.dir), 0);
    assert_err(chg_log_step_write(log.step, CHG_LOG_STDOUT, "x", 1), CHENGIS_ERR_IO, "build.log");
}

Test(logs_writer, only_text_can_be_written_to_a_step)
{
    LOG(log, NULL);

    assert_err(chg_log_step_write(log.step, CHG_LOG_PROCESS, "x", 1), CHENGIS_ERR_INVALID,
               "stream 4");
    assert_err(chg_log_step_write(log.step, (enum chg_log_stream_kind)0, "x", 1),
               CHENGIS_ERR_INVALID, "stream 0");
}

/* Files may not grow beyond so many bytes. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(logs_writer, a_full_disk_leaves_whole_frames_and_later_writes_succeed)
{
    LOG(log, NULL);

    log_put(&log, "before\n");
    limit_files(file_size(log.path) + CHG_FRAME_HEADER + 3);
    assert_err(chg_log_step_write(log.step, CHG_LOG_STDOUT, "too much\n", 9), CHENGIS_ERR_NO_SPACE,
               "build.log");
    cr_assert_eq(file_size(log.path), CHG_FRAME_HEADER + 7);
    cr_assert_eq(summary_of(&log).bytes, 7);
    limit_files(RLIM_INFINITY);
    log_put(&log, "after\n");
    assert_log(&log, 1, 0, "before\nafter\n");
}

Test(logs_writer, a_file_that_cannot_be_begun_for_lack_of_space_is_continued_later)
{
    LOG(log, NULL);

    limit_files(10);
    assert_err(chg_log_step_write(log.step, CHG_LOG_STDOUT, "x\n", 2), CHENGIS_ERR_NO_SPACE,
               "build.log");
    limit_files(RLIM_INFINITY);
    log_put(&log, "y\n");
    assert_log(&log, 1, 0, "y\n");
}

Test(logs_writer, asks_17_a_resumed_build_continues_its_steps)
{
    LOG(log, NULL);

    log_put(&log, "one\ntw");
    assert_ok(chg_log_writer_message(log.writer, "started"));
    log_reopen_writer(&log);
    cr_assert_eq(summary_of(&log).bytes, 6);
    cr_assert_eq(summary_of(&log).lines, 2);
    log_put(&log, "o\nthree\n");
    assert_ok(chg_log_writer_message(log.writer, "resumed"));
    assert_log(&log, 1, 0, "one\ntwo\nthree\n");
    assert_log(&log, 0, 0, "started\nresumed\n");
}

Test(logs_writer, a_resumed_step_stays_truncated)
{
    LOG(log, NULL);
    struct chg_log_step *small;
    struct chg_log_summary summary;

    assert_ok(chg_log_step_open(&small, log.writer, 2, 3));
    assert_ok(chg_log_step_write(small, CHG_LOG_STDOUT, "12345", 5));
    chg_log_step_close(small);
    log_reopen_writer(&log);
    assert_ok(chg_log_step_open(&small, log.writer, 2, 3));
    assert_ok(chg_log_step_write(small, CHG_LOG_STDOUT, "678", 3));
    chg_log_step_summary(small, &summary);
    chg_log_step_close(small);
    cr_assert(summary.truncated);
    assert_log(&log, 2, 0, "123\n[log limit of 3 bytes reached: the rest is not kept]\n");
}

static void append_raw(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    cr_assert(fd >= 0 && write(fd, data, len) == (ssize_t)len);
    (void)close(fd);
}

Test(logs_writer, a_torn_tail_is_cut_by_the_next_write)
{
    LOG(log, NULL);

    log_put(&log, "whole\n");
    log_put(&log, "torn in the middle\n");
    cr_assert_eq(truncate(log.path, (off_t)file_size(log.path) - 5), 0);
    log_reopen_writer(&log);
    cr_assert_eq(summary_of(&log).bytes, 6);
    log_put(&log, "next\n");
    assert_log(&log, 1, 0, "whole\nnext\n");
    cr_assert_eq(file_size(log.path), 2 * CHG_FRAME_HEADER + 11);
}

Test(logs_writer, zeros_behind_the_last_frame_are_cut)
{
    static const char zeros[5000];
    LOG(log, NULL);

    log_put(&log, "whole\n");
    append_raw(log.path, zeros, sizeof zeros);
    log_reopen_writer(&log);
    log_put(&log, "next\n");
    assert_log(&log, 1, 0, "whole\nnext\n");
    cr_assert_eq(file_size(log.path), 2 * CHG_FRAME_HEADER + 11);
}

Test(logs_writer, a_file_of_garbage_is_begun_anew)
{
    TEMP_DIR(dir);
    struct log_fixture log = {.dir = dir, .path = path_in(dir, "build.log")};

    write_file(log.path, "this is no log at all, but a text somebody left here ..............");
    assert_ok(chg_log_writer_open(&log.writer, log.path, NULL));
    assert_ok(chg_log_step_open(&log.step, log.writer, 1, 0));
    log_put(&log, "x\n");
    assert_log(&log, 1, 0, "x\n");
    cr_assert_eq(file_size(log.path), CHG_FRAME_HEADER + 2);
    chg_log_reader_close(log.reader);
    log_close_writer(&log);
}

Test(logs_writer, a_link_is_not_followed)
{
    struct chg_log_writer *writer;
    TEMP_DIR(dir);

    write_file(path_in(dir, "target"), "");
    cr_assert_eq(symlink("target", path_in(dir, "build.log")), 0);
    assert_err(chg_log_writer_open(&writer, path_in(dir, "build.log"), NULL), CHENGIS_ERR_IO,
               "build.log");
}

Test(logs_writer, started_processes_are_noted_beside_the_text)
{
    struct chg_log_piece piece;
    uint64_t cursor = 0;
    LOG(log, NULL);

    assert_ok(chg_log_writer_process(log.writer, 1, 4321, 987654321));
    log_put(&log, "text\n");
    assert_ok(chg_log_writer_process(log.writer, 1, 4322, 1));
    assert_log(&log, 1, 0, "text\n");
    cr_assert_eq(chg_log_reader_next(log_reader(&log), &cursor, &piece), 1);
    cr_assert(piece.kind == CHG_LOG_PROCESS && piece.step == 1);
    cr_assert(piece.len == 15 && memcmp(piece.data, "4321 987654321\n", 15) == 0);
    log_reopen_writer(&log);
    cr_assert_eq(summary_of(&log).bytes, 5);
}

static int write_with_fault(struct log_fixture *log, unsigned nth, bool *reached)
{
    struct chg_log_step *step = NULL;
    int rc;

    fault_alloc(nth);
    rc = chg_log_step_open(&step, log->writer, 5, 3);
    if (rc == 0)
        rc = chg_log_step_write(step, CHG_LOG_STDOUT, "hunter2\n", 8);
    if (rc == 0)
        rc = chg_log_writer_message(log->writer, "message");
    *reached = fault_alloc_off();
    chg_log_step_close(step);
    return rc;
}

Test(logs_writer, any_failing_allocation_is_reported)
{
    chengis_masker *masker = MASKER("hunter2");
    unsigned nth = 1;
    LOG(log, masker);

    (void)chengis_masker_unref(masker);
    for (bool reached = true; reached && nth < 100; nth++)
        cr_assert_eq(write_with_fault(&log, nth, &reached), reached ? CHENGIS_ERR_NO_MEMORY : 0);
    cr_assert(nth > 10 && nth < 100);
}
