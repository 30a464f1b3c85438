/* SPDX-License-Identifier: MIT */
/* The log of one step while it grows. */
#ifndef CHG_CLI_STEP_LOG_H
#define CHG_CLI_STEP_LOG_H

#include <chengis/build.h>

#include "base/str.h"

struct chg_step_log {
    chengis_log_reader *log; /* opened by the first read */
    int64_t offset;   /* what was read */
};
void chg_step_log_fini(struct chg_step_log *log);

/* Read on. *len 0: nothing there (yet), also when the log was removed. 0 or CHENGIS_ERR_*. */
int chg_step_log_read(size_t *len, struct chg_step_log *log, chengis_build *build, int64_t number,
                      char *buffer, size_t size);

/*
 * Append the last lines, made harmless and without colours, each with a line end. Reads a bounded
 * piece of the end however long the log and its lines are, and leaves offset alone. 0 or
 * CHENGIS_ERR_*.
 */
int chg_step_log_last(struct chg_str *out, struct chg_step_log *log, chengis_build *build,
                      int64_t number, size_t lines);

/* The last `lines` lines of bytes that may begin within a line (partial: that first piece is left
 * out). */
void chg_last_lines(struct chg_str *out, const char *data, size_t len, bool partial, size_t lines);

#endif
