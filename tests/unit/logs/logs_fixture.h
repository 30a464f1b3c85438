/* SPDX-License-Identifier: MIT */
/* What the tests of the log plane share: maskers from lists, masking in pieces, logs in a
 * directory. */
#ifndef TEST_LOGS_FIXTURE_H
#define TEST_LOGS_FIXTURE_H

#include "base/alloc.h"
#include "base/str.h"
#include "logs/log_file.h"
#include "logs/masker.h"
#include "support.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A masker of the NULL-terminated list of values. */
static inline chengis_masker *masker_of(const char *const *values)
{
    chengis_masker *masker = NULL;

    assert_ok(chengis_masker_new(&masker));
    for (; *values != NULL; values++)
        assert_ok(chengis_masker_add(masker, *values, strlen(*values)));
    return masker;
}

#define MASKER(...) masker_of((const char *const[]){__VA_ARGS__, NULL})

/* Feed `text` in pieces of `piece` bytes; the whole output. */
static inline void mask_in_pieces(struct chg_str *out, chengis_masker *masker, const char *text,
                                  size_t len, size_t piece)
{
    struct chg_mask_stream *stream = NULL;
    const char *part;
    size_t part_len;

    assert_ok(chg_mask_stream_new(&stream, masker));
    for (size_t at = 0; at < len; at += piece) {
        assert_ok(chg_mask_stream_feed(stream, text + at, len - at < piece ? len - at : piece,
                                       &part, &part_len));
        chg_str_add_len(out, part, part_len);
    }
    assert_ok(chg_mask_stream_finish(stream, &part, &part_len));
    chg_str_add_len(out, part, part_len);
    chg_mask_stream_free(stream);
}

/* `text` masked at once and byte by byte gives `expected`; releases the masker. */
static inline void assert_masks(chengis_masker *masker, const char *text, const char *expected)
{
    struct chg_str whole = CHG_STR_INIT;
    struct chg_str bytes = CHG_STR_INIT;

    mask_in_pieces(&whole, masker, text, strlen(text), strlen(text) + 1);
    mask_in_pieces(&bytes, masker, text, strlen(text), 1);
    cr_assert_str_eq(whole.ptr, expected, "'%s' at once: '%s'", text, whole.ptr);
    cr_assert_str_eq(bytes.ptr, expected, "'%s' by bytes: '%s'", text, bytes.ptr);
    chg_str_fini(&whole);
    chg_str_fini(&bytes);
    (void)chengis_masker_unref(masker);
}

/* A log in a directory of its own, with a step 1 to write to. */
struct log_fixture {
    char *dir;
    const char *path;
    struct chg_log_writer *writer;
    struct chg_log_step *step;
    struct chg_log_reader *reader;
};

static inline struct log_fixture log_open(chengis_masker *masker)
{
    struct log_fixture log = {.dir = temp_dir()};

    log.path = path_in(log.dir, "build.log");
    assert_ok(chg_log_writer_open(&log.writer, log.path, masker));
    assert_ok(chg_log_step_open(&log.step, log.writer, 1, 0));
    return log;
}

static inline void log_close_writer(struct log_fixture *log)
{
    chg_log_step_close(log->step);
    chg_log_writer_close(log->writer);
    log->step = NULL;
    log->writer = NULL;
}

static inline void log_reopen_writer(struct log_fixture *log)
{
    log_close_writer(log);
    assert_ok(chg_log_writer_open(&log->writer, log->path, NULL));
    assert_ok(chg_log_step_open(&log->step, log->writer, 1, 0));
}

static inline void log_close(struct log_fixture *log)
{
    log_close_writer(log);
    chg_log_reader_close(log->reader);
    temp_dir_remove(log->dir);
}

#define LOG(name, masker)                                                                          \
    __attribute__((cleanup(log_close))) struct log_fixture name = log_open(masker)

static inline void log_put(struct log_fixture *log, const char *text)
{
    assert_ok(chg_log_step_write(log->step, CHG_LOG_STDOUT, text, strlen(text)));
}

/* The fixture's reader, opened when first needed. */
static inline struct chg_log_reader *log_reader(struct log_fixture *log)
{
    if (log->reader == NULL)
        assert_ok(chg_log_reader_open(&log->reader, log->path));
    return log->reader;
}

/* The step from `offset` on; free() it. */
static inline char *log_text(struct log_fixture *log, uint32_t step, uint64_t offset)
{
    size_t size = (size_t)4 << 20;
    char *text = malloc(size);
    size_t len = 0;

    assert_ok(chg_log_reader_read(log_reader(log), step, offset, text, size - 1, &len));
    text[len] = '\0';
    return text;
}

static inline void assert_log(struct log_fixture *log, uint32_t step, uint64_t offset,
                              const char *expected)
{
    char *text = log_text(log, step, offset);

    cr_assert_str_eq(text, expected, "step %u from %llu: '%s'", step, (unsigned long long)offset,
                     text);
    free(text);
}

static inline uint64_t file_size(const char *path)
{
    struct stat st;

    cr_assert(stat(path, &st) == 0, "no file '%s'", path);
    return (uint64_t)st.st_size;
}

/* A repeatable sequence of numbers. */
static inline uint32_t random_next(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

#endif
