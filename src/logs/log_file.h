/* SPDX-License-Identifier: MIT */
/*
 * The log of one build: one append-only file of self-describing frames. A frame is a header (frame.h) and bytes as
 * they will be shown: masked, stdout and stderr in arrival order. Step 0 is the engine's own messages; steps count
 * from 1 in the order of their rows. Offsets and line numbers count within a step. Readers never lock: they see
 * whole frames only. A torn frame at the end of the file (power cut) is ignored by readers, cut by the next writer.
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
    CHG_LOG_PROCESS = 4, /* not text: "PID START_TICKS\n" of a started step, for recovery; skipped by text readers */
};

/* ---- writing: one thread at a time per writer ---- */
struct chg_log_writer;
struct chg_log_step; /* the writing end of one step */

struct chg_log_summary {
    uint64_t bytes;
    uint64_t lines;      /* complete lines, plus one for a last line without an end */
    uint64_t last_at;    /* wall ms of the last frame, 0 when none */
    bool truncated;      /* the limit was reached and the rest dropped, which the log says itself */
};

/* Opens or creates (0600). An existing file is scanned and continued (resumed builds). masker may be NULL. */
int chg_log_writer_open(struct chg_log_writer **out, const char *path, chengis_masker *masker);
/* Parent directory missing etc. give IO; nothing is created before the first write when `lazy` file creation saves a file for silent builds. */
void chg_log_writer_close(struct chg_log_writer *writer);
/* step limit: bytes kept per step, 0 = no limit. */
int chg_log_step_open(struct chg_log_step **out, struct chg_log_writer *writer, uint32_t step, uint64_t limit);
/* Append bytes of one stream. NO_SPACE or IO when they could not be kept (the step must then fail). */
int chg_log_step_write(struct chg_log_step *step, enum chg_log_stream_kind kind, const void *data, size_t len);
int chg_log_step_finish(struct chg_log_step *step); /* writes what the maskers hold back; idempotent */
void chg_log_step_summary(const struct chg_log_step *step, struct chg_log_summary *out);
/* The sparse index of the step as a blob for the database (index.h). Heap, *len bytes. */
int chg_log_step_index(const struct chg_log_step *step, void **out, size_t *len);
void chg_log_step_close(struct chg_log_step *step);
/* A line of the engine itself (step 0), masked, a line end is added. */
int chg_log_writer_message(struct chg_log_writer *writer, const char *text);
/* Note a started process for recovery. */
int chg_log_writer_process(struct chg_log_writer *writer, uint32_t step, pid_t pid, uint64_t start_ticks);

/* ---- reading: any number of readers, also in other processes, while it is written ---- */
struct chg_log_reader;

/* NOT_FOUND when there is no file (a build that printed nothing has none). */
int chg_log_reader_open(struct chg_log_reader **out, const char *path);
void chg_log_reader_close(struct chg_log_reader *reader);
/* Optional: the stored index of a finished step, so that seeking does not scan. A wrong index is noticed and dropped. */
int chg_log_reader_set_index(struct chg_log_reader *reader, uint32_t step, const void *blob, size_t len);
/* Up to len bytes of the step at `offset`; *out_len 0 = nothing there (yet). */
int chg_log_reader_read(struct chg_log_reader *reader, uint32_t step, uint64_t offset, void *buffer, size_t len, size_t *out_len);
/* Where line `line` (from 0) of the step begins; beyond the end: the end. */
int chg_log_reader_seek_line(struct chg_log_reader *reader, uint32_t step, uint64_t line, uint64_t *offset);
/* Where the last `lines` lines of the step begin. */
int chg_log_reader_tail(struct chg_log_reader *reader, uint32_t step, uint64_t lines, uint64_t *offset);
int chg_log_reader_size(struct chg_log_reader *reader, uint32_t step, uint64_t *bytes, uint64_t *lines);
/* Frames of all steps in file order, from a cursor (0 = start); 1 a frame, 0 none (yet). data is valid until the next call; large frames come in pieces. */
struct chg_log_piece {
    uint32_t step;
    enum chg_log_stream_kind kind;
    uint64_t offset; /* within the step */
    uint64_t line;   /* lines of the step before this piece */
    int64_t at;      /* wall ms of arrival */
    const char *data;
    size_t len;
};
int chg_log_reader_next(struct chg_log_reader *reader, uint64_t *cursor, struct chg_log_piece *out);
/* All frames of one step in order, with times: like _next, leaving out other steps. */
int chg_log_reader_next_of(struct chg_log_reader *reader, uint32_t step, uint64_t *cursor, struct chg_log_piece *out);

#endif
