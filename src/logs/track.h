/* SPDX-License-Identifier: MIT */
/* What is known of the steps of a log file, gathered frame by frame: by its writer, or by a reader
 * that scans it. */
#ifndef CHG_LOGS_TRACK_H
#define CHG_LOGS_TRACK_H

#include "logs/index.h"
#include "logs/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chg_track {
    uint32_t step;
    bool open_line; /* the last byte is no line end */
    bool truncated;
    uint64_t bytes;
    uint64_t newlines;
    int64_t last_at;
    struct chg_index index;
};
struct chg_tracks {
    struct chg_track **items; /* sorted by step */
    size_t len;
    size_t cap;
};

/* Take in the step's next frame. chg_index_reserve() must have been called. */
void chg_track_note(struct chg_track *track, const struct chg_frame *frame, uint64_t place);
uint64_t chg_track_lines(const struct chg_track *track);
void chg_track_free(struct chg_track *track); /* NULL is fine */

struct chg_track *chg_tracks_find(const struct chg_tracks *tracks, uint32_t step); /* or NULL */
int chg_tracks_get(struct chg_track **out, struct chg_tracks *tracks,
                   uint32_t step); /* made if absent */
void chg_tracks_remove(struct chg_tracks *tracks, uint32_t step);
void chg_tracks_fini(struct chg_tracks *tracks);
/* Take in the frame at or after *place and move on behind it. 1 a frame, 0 none, or an error. */
int chg_tracks_scan(struct chg_tracks *tracks, struct chg_window *window, uint64_t *place);

#endif
