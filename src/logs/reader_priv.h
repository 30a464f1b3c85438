/* SPDX-License-Identifier: MIT */
/* The reader's state, shared by reading and seeking. */
#ifndef CHG_LOGS_READER_PRIV_H
#define CHG_LOGS_READER_PRIV_H

#include "logs/log_file.h"
#include "logs/track.h"
#include "logs/window.h"

struct chg_log_reader {
    int fd;
    char *path;
    struct chg_window window;
    struct chg_tracks scanned; /* found by scanning, */
    uint64_t scanned_to;       /* up to this place */
    struct chg_tracks indexed; /* finished steps with a stored index */
    /* Where the last read ended its search: reading on needs none. */
    uint32_t near_step;
    uint64_t near_offset;
    uint64_t near_place;
    bool near_valid;
};

/* A frame and where it stands. */
struct chg_found {
    uint64_t place;
    struct chg_frame frame;
};

/* What is known of the step when all there is has been looked at; NULL track when it has no text
 * (yet). */
int chg_reader_track(struct chg_log_reader *reader, uint32_t step, const struct chg_track **out);
/* The first frame of the step that ends behind `offset`. 1 found, 0 none (yet), or an error. */
int chg_reader_find_offset(struct chg_log_reader *reader, uint32_t step, uint64_t offset,
                           struct chg_found *out);
/* The first frame of the step at whose end at least `line` (from 1) lines have ended. 1, 0, or an
 * error. */
int chg_reader_find_line(struct chg_log_reader *reader, uint32_t step, uint64_t line,
                         struct chg_found *out);

#endif
