/* SPDX-License-Identifier: MIT */
/*
 * The log of one build: one append-only file of self-describing frames. A frame is a header
 * (frame.h) and bytes as they will be shown: masked, stdout and stderr in arrival order. Step 0 is
 * the engine's own messages; steps count from 1 in the order of their rows. Offsets and line
 * numbers count within a step. Readers never lock: they see whole frames only. A torn frame at the
 * end of the file (power cut) is ignored by readers, cut by the next writer.
 */
#ifndef CHG_LOGS_LOG_FILE_H
#define CHG_LOGS_LOG_FILE_H

#include "logs/masker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum chg_log_stream_kind {
    CHG_LOG_STDOUT = 1,
    CHG_LOG_STDERR = 2,
    CHG_LOG_ENGINE = 3,
    CHG_LOG_PROCESS = 4, /* not text: "PID START_TICKS\n" of a started step, for recovery */
};

/* ---- writing: one thread at a time per writer ---- */
struct chg_log_writer;
struct chg_log_step; /* the writing end of one step */

struct chg_log_summary {
    uint64_t bytes;
    uint64_t lines;   /* complete lines, plus one for a last line without an end */
    uint64_t last_at; /* wall ms of the last frame, 0 when none */
    bool truncated;   /* the limit was reached and the rest dropped, which the log says itself */
};

/*
 * Open or create (0600). The file is made by the first write, so a silent build has none; that its
 * directory exists is checked at once. An existing file is scanned, a torn tail is cut by the first
 * write, and its steps are continued (resumed builds). masker may be NULL; the writer takes a
 * reference of its own.
 */
int chg_log_writer_open(struct chg_log_writer **out, const char *path, chengis_masker *masker);
void chg_log_writer_close(struct chg_log_writer *writer); /* after its steps; NULL is fine */
uint64_t chg_log_writer_size(const struct chg_log_writer *writer); /* of the file so far */
/* limit: bytes kept of the step, 0 = no limit. The log itself says that the rest was dropped. */
int chg_log_step_open(struct chg_log_step **out, struct chg_log_writer *writer, uint32_t step,
                      uint64_t limit);
/*
 * Append bytes of one stream: STDOUT, STDERR, or ENGINE for a whole message. NO_SPACE or IO when
 * they could not be kept (the step must then fail); the file then ends as it did before, and later
 * writes may succeed again.
 */
int chg_log_step_write(struct chg_log_step *step, enum chg_log_stream_kind kind, const void *data,
                       size_t len);
/* Write what the maskers hold back. Idempotent; a later write makes the step unfinished again. */
int chg_log_step_finish(struct chg_log_step *step);
void chg_log_step_summary(const struct chg_log_step *step, struct chg_log_summary *out);
/* The sparse index of the step as a blob for the database (index.h): heap, *len bytes. Readers use
 * it only when it was taken after chg_log_step_finish(). In a file shorter than CHG_LOG_INDEX_FROM
 * scanning is as fast. */
#define CHG_LOG_INDEX_FROM ((uint64_t)256 << 10)
int chg_log_step_index(const struct chg_log_step *step, void **out, size_t *len);
void chg_log_step_close(struct chg_log_step *step); /* does not finish; NULL is fine */
/* A line of the engine itself (step 0), masked, a line end is added. */
int chg_log_writer_message(struct chg_log_writer *writer, const char *text);
/* Note a started process for recovery. */
int chg_log_writer_process(struct chg_log_writer *writer, uint32_t step, pid_t pid,
                           uint64_t start_ticks);

/* ---- reading: any number of readers, also in other processes, while it is written ---- */
struct chg_log_reader;

/* NOT_FOUND when there is no file (a build that printed nothing has none). One thread at a time per
 * reader. */
int chg_log_reader_open(struct chg_log_reader **out, const char *path);
void chg_log_reader_close(struct chg_log_reader *reader); /* NULL is fine */
/* Optional: the stored index of a finished step, so that seeking does not scan. A wrong index is
 * noticed and dropped, here or when it is used. */
int chg_log_reader_set_index(struct chg_log_reader *reader, uint32_t step, const void *blob,
                             size_t len);
/* Up to len bytes of the step at `offset`, fewer only at the end; *out_len 0 = nothing there (yet).
 * Bytes that were lost with damaged frames read as '?'. */
int chg_log_reader_read(struct chg_log_reader *reader, uint32_t step, uint64_t offset, void *buffer,
                        size_t len, size_t *out_len);
/* Where line `line` (from 0) of the step begins; beyond the end: the end. */
int chg_log_reader_seek_line(struct chg_log_reader *reader, uint32_t step, uint64_t line,
                             uint64_t *offset);
/* Where the last `lines` lines of the step begin. */
int chg_log_reader_tail(struct chg_log_reader *reader, uint32_t step, uint64_t lines,
                        uint64_t *offset);
/* Bytes and lines now; both may be NULL. A last line without an end counts. */
int chg_log_reader_size(struct chg_log_reader *reader, uint32_t step, uint64_t *bytes,
                        uint64_t *lines);

struct chg_log_piece {
    uint32_t step;
    enum chg_log_stream_kind kind;
    uint64_t offset; /* within the step */
    uint64_t line;   /* line ends of the step before this piece */
    int64_t at;      /* wall ms of arrival */
    const char *data;
    size_t len;
};
/* Frames of all steps in file order, also CHG_LOG_PROCESS, from a cursor (0 = start) that any
 * reader of the file can go on from. 1 a frame, 0 none (yet). data is valid until the reader's next
 * call. */
int chg_log_reader_next(struct chg_log_reader *reader, uint64_t *cursor, struct chg_log_piece *out);
/* Like _next, but only the text of one step. */
int chg_log_reader_next_of(struct chg_log_reader *reader, uint32_t step, uint64_t *cursor,
                           struct chg_log_piece *out);
/* Like _next, but only the noted processes: the text of all other frames is stepped over. */
int chg_log_reader_next_process(struct chg_log_reader *reader, uint64_t *cursor,
                                struct chg_log_piece *out);

#endif
