/* SPDX-License-Identifier: MIT */
/* The table of the steps of a log file. */
#include "logs/track.h"

#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "logs/log_file.h"

#include "base/banned.h"

/* The totals come from the frame itself: where frames were lost, offsets stay true. */
void chg_track_note(struct chg_track *track, const struct chg_frame *frame, uint64_t place)
{
    chg_index_note(&track->index, frame, place);
    track->bytes = frame->offset + frame->length;
    track->newlines = frame->lines + frame->newlines;
    track->open_line = (frame->flags & CHG_FRAME_OPEN_LINE) != 0;
    track->truncated = track->truncated || (frame->flags & CHG_FRAME_TRUNCATED) != 0;
    track->last_at = frame->at;
}

uint64_t chg_track_lines(const struct chg_track *track)
{
    return track->newlines + (track->open_line ? 1 : 0);
}

void chg_track_free(struct chg_track *track)
{
    if (track == NULL)
        return;
    chg_index_fini(&track->index);
    chg_free(track);
}

/* Where the step is or would be. */
static size_t find_slot(const struct chg_tracks *tracks, uint32_t step)
{
    size_t low = 0;
    size_t high = tracks->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (tracks->items[mid]->step < step)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct chg_track *chg_tracks_find(const struct chg_tracks *tracks, uint32_t step)
{
    size_t slot = find_slot(tracks, step);

    if (slot == tracks->len || tracks->items[slot]->step != step)
        return NULL;
    return tracks->items[slot];
}

int chg_tracks_get(struct chg_track **out, struct chg_tracks *tracks, uint32_t step)
{
    size_t slot = find_slot(tracks, step);
    struct chg_track *track;

    if (slot < tracks->len && tracks->items[slot]->step == step) {
        *out = tracks->items[slot];
        return 0;
    }
    if (chg_vec_reserve(tracks, tracks->len + 1) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    track = chg_new(struct chg_track);
    if (track == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    track->step = step;
    memmove(&tracks->items[slot + 1], &tracks->items[slot],
            (tracks->len - slot) * sizeof *tracks->items);
    tracks->items[slot] = track;
    tracks->len++;
    *out = track;
    return 0;
}

void chg_tracks_remove(struct chg_tracks *tracks, uint32_t step)
{
    size_t slot = find_slot(tracks, step);

    if (slot == tracks->len || tracks->items[slot]->step != step)
        return;
    chg_track_free(tracks->items[slot]);
    tracks->len--;
    memmove(&tracks->items[slot], &tracks->items[slot + 1],
            (tracks->len - slot) * sizeof *tracks->items);
}

void chg_tracks_fini(struct chg_tracks *tracks)
{
    for (size_t i = 0; i < tracks->len; i++)
        chg_track_free(tracks->items[i]);
    chg_vec_fini(tracks);
}

int chg_tracks_scan(struct chg_tracks *tracks, struct chg_window *window, uint64_t *place)
{
    struct chg_track *track;
    struct chg_frame frame;
    uint64_t at = *place;
    int rc = chg_window_frame(window, &at, &frame);

    if (rc <= 0)
        return rc;
    if (frame.kind != CHG_LOG_PROCESS) {
        rc = chg_tracks_get(&track, tracks, frame.step);
        if (rc == 0)
            rc = chg_index_reserve(&track->index);
        if (rc < 0)
            return rc;
        chg_track_note(track, &frame, at);
    }
    *place = at + CHG_FRAME_HEADER + frame.length;
    return 1;
}
