/* SPDX-License-Identifier: MIT */
/*
 * Finds places in the log of a step: from the stored index where there is a true one, else from
 * what scanning the headers of the file has gathered. The file is scanned once, and only as far as
 * is needed.
 */
#include "logs/reader_priv.h"

#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/error.h"

#include "base/banned.h"

/* Newlines are counted in blocks of this size before one is looked for byte by byte. */
#define BLOCK 1024

/* Does the frame that an entry names stand where it says? */
static int verify(struct chg_log_reader *reader, uint32_t step, const struct chg_index_entry *entry,
                  struct chg_frame *frame)
{
    uint64_t place = entry->place;
    int rc = chg_window_frame(&reader->window, &place, frame);

    if (rc <= 0)
        return rc;
    return place == entry->place && frame->step == step && frame->kind != CHG_LOG_PROCESS &&
           frame->offset == entry->offset && frame->lines == entry->line;
}

int chg_log_reader_set_index(struct chg_log_reader *reader, uint32_t step, const void *blob,
                             size_t len)
{
    struct chg_track *track;
    struct chg_frame frame;
    struct chg_index index;
    bool finished;
    int rc;

    chg_tracks_remove(&reader->indexed, step);
    rc = chg_index_decode(&index, &finished, blob, len);
    if (rc == CHENGIS_ERR_CORRUPT) {
        chengis_error_clear();
        return 0;
    }
    if (rc < 0)
        return rc;
    rc = finished && index.len > 0 ? verify(reader, step, &index.items[0], &frame) : 0;
    if (rc > 0)
        rc = verify(reader, step, &index.last, &frame);
    if (rc > 0)
        rc = chg_tracks_get(&track, &reader->indexed, step) < 0 ? CHENGIS_ERR_NO_MEMORY : 1;
    if (rc <= 0) {
        chg_index_fini(&index);
        return rc;
    }
    track->index = index;
    track->bytes = frame.offset + frame.length;
    track->newlines = frame.lines + frame.newlines;
    track->open_line = (frame.flags & CHG_FRAME_OPEN_LINE) != 0;
    return 0;
}

/* Scan until the step has text behind `offset` or ends `line` lines, or until nothing is left. */
static int scan_to(struct chg_log_reader *reader, uint32_t step, uint64_t offset, uint64_t line)
{
    int rc;

    do {
        const struct chg_track *track = chg_tracks_find(&reader->scanned, step);

        if (track != NULL && (track->bytes > offset || track->newlines >= line))
            return 0;
        rc = chg_tracks_scan(&reader->scanned, &reader->window, &reader->scanned_to);
    } while (rc > 0);
    return rc;
}

int chg_reader_track(struct chg_log_reader *reader, uint32_t step, const struct chg_track **out)
{
    int rc;

    *out = chg_tracks_find(&reader->indexed, step);
    if (*out != NULL)
        return 0;
    rc = scan_to(reader, step, UINT64_MAX, UINT64_MAX);
    if (rc < 0)
        return rc;
    *out = chg_tracks_find(&reader->scanned, step);
    return 0;
}

static bool reaches(const struct chg_frame *frame, uint64_t offset, uint64_t line)
{
    return frame->offset + frame->length > offset || frame->lines + frame->newlines >= line;
}

/* Go from a frame of the step to the first that reaches the place asked for. */
static int walk(struct chg_log_reader *reader, uint32_t step, uint64_t offset, uint64_t line,
                struct chg_found *out)
{
    for (;;) {
        int rc = chg_window_frame(&reader->window, &out->place, &out->frame);

        if (rc <= 0)
            return rc;
        if (out->frame.step == step && out->frame.kind != CHG_LOG_PROCESS &&
            reaches(&out->frame, offset, line))
            return 1;
        out->place += CHG_FRAME_HEADER + out->frame.length;
    }
}

/* The track to search: the stored index, or what scanning as far as the place asked for has found;
 * or NULL. */
static int choose(struct chg_log_reader *reader, uint32_t step, uint64_t offset, uint64_t line,
                  const struct chg_track **out)
{
    int rc;

    *out = chg_tracks_find(&reader->indexed, step);
    if (*out != NULL)
        return 0;
    rc = scan_to(reader, step, offset, line);
    *out = chg_tracks_find(&reader->scanned, step);
    return rc;
}

/* Walk from an entry. A stored index that does not hold there is dropped, and the search done by
 * scanning. */
static int walk_from(struct chg_log_reader *reader, uint32_t step, uint64_t offset, uint64_t line,
                     struct chg_found *out)
{
    for (;;) {
        const struct chg_index_entry *entry;
        const struct chg_track *track;
        struct chg_frame frame;
        int rc = choose(reader, step, offset, line, &track);

        if (rc < 0 || track == NULL || (track->bytes <= offset && track->newlines < line))
            return rc;
        entry = line != UINT64_MAX ? chg_index_find_line(&track->index, line)
                                   : chg_index_find_offset(&track->index, offset);
        if (entry == NULL)
            entry = &track->index.items[0];
        rc = track == chg_tracks_find(&reader->indexed, step) ? verify(reader, step, entry, &frame)
                                                              : 1;
        if (rc < 0)
            return rc;
        if (rc > 0) {
            out->place = entry->place;
            return walk(reader, step, offset, line, out);
        }
        chg_tracks_remove(&reader->indexed, step);
    }
}

static void remember(struct chg_log_reader *reader, uint32_t step, const struct chg_found *found)
{
    reader->near_valid = true;
    reader->near_step = step;
    reader->near_offset = found->frame.offset;
    reader->near_place = found->place;
}

int chg_reader_find_offset(struct chg_log_reader *reader, uint32_t step, uint64_t offset,
                           struct chg_found *out)
{
    bool near = reader->near_valid && reader->near_step == step && reader->near_offset <= offset &&
                offset - reader->near_offset <= CHG_INDEX_EVERY + CHG_FRAME_MAX;
    const struct chg_track *track;
    int rc = choose(reader, step, offset, UINT64_MAX, &track);

    if (rc < 0 || track == NULL || track->bytes <= offset)
        return rc;
    if (near) {
        out->place = reader->near_place;
        rc = walk(reader, step, offset, UINT64_MAX, out);
    } else {
        rc = walk_from(reader, step, offset, UINT64_MAX, out);
    }
    if (rc > 0)
        remember(reader, step, out);
    return rc;
}

int chg_reader_find_line(struct chg_log_reader *reader, uint32_t step, uint64_t line,
                         struct chg_found *out)
{
    return walk_from(reader, step, UINT64_MAX, line, out);
}

/* Behind the n-th (from 1) line end of the text, which has as many. */
static size_t behind_newline(const unsigned char *text, size_t len, uint64_t n)
{
    size_t at = 0;

    for (;;) {
        size_t part = len - at < BLOCK ? len - at : BLOCK;
        size_t count = chg_count_newlines(text + at, part);

        if (count >= n || part == 0)
            break;
        n -= count;
        at += part;
    }
    while (n > 0 && at < len)
        n -= text[at++] == '\n';
    return at;
}

int chg_log_reader_seek_line(struct chg_log_reader *reader, uint32_t step, uint64_t line,
                             uint64_t *offset)
{
    const unsigned char *text;
    struct chg_found found;
    uint64_t bytes;
    int rc;

    if (line == 0) {
        *offset = 0;
        return 0;
    }
    rc = chg_reader_find_line(reader, step, line, &found);
    if (rc == 0) {
        rc = chg_log_reader_size(reader, step, &bytes, NULL);
        if (rc == 0)
            *offset = bytes;
        return rc;
    }
    if (rc > 0)
        rc = chg_window_text(&reader->window, found.place, &found.frame, &text);
    if (rc < 0)
        return rc;
    *offset = found.frame.offset;
    if (found.frame.lines < line)
        *offset += behind_newline(text, found.frame.length, line - found.frame.lines);
    return 0;
}

int chg_log_reader_size(struct chg_log_reader *reader, uint32_t step, uint64_t *bytes,
                        uint64_t *lines)
{
    const struct chg_track *track;
    int rc = chg_reader_track(reader, step, &track);

    if (rc < 0)
        return rc;
    if (bytes != NULL)
        *bytes = track != NULL ? track->bytes : 0;
    if (lines != NULL)
        *lines = track != NULL ? chg_track_lines(track) : 0;
    return 0;
}

int chg_log_reader_tail(struct chg_log_reader *reader, uint32_t step, uint64_t lines,
                        uint64_t *offset)
{
    uint64_t all;
    int rc = chg_log_reader_size(reader, step, NULL, &all);

    if (rc < 0)
        return rc;
    return chg_log_reader_seek_line(reader, step, all > lines ? all - lines : 0, offset);
}
