/* SPDX-License-Identifier: MIT */
/* Reads the log of a build while it may still be written. No locks: a frame is there when the file
 * holds all of it. */
#include "logs/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "logs/reader_priv.h"

#include "base/banned.h"

/* Stands for bytes that were lost with damaged frames, so that the offsets of the others stay true.
 */
#define LOST '?'

int chg_log_reader_open(struct chg_log_reader **out, const char *path)
{
    struct chg_log_reader *reader = chg_new(struct chg_log_reader);
    int rc = CHENGIS_ERR_NO_MEMORY;

    if (reader == NULL)
        return rc;
    reader->fd = -1;
    reader->path = chg_strdup(path);
    if (reader->path == NULL)
        goto fail;
    reader->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (reader->fd < 0) {
        rc = chg_error_sys(errno == ENOENT ? CHENGIS_ERR_NOT_FOUND : CHENGIS_ERR_IO, errno,
                           "open log file '%s'", path);
        goto fail;
    }
    chg_window_init(&reader->window, reader->fd, reader->path);
    *out = reader;
    return 0;

fail:
    chg_log_reader_close(reader);
    return rc;
}

void chg_log_reader_close(struct chg_log_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->fd >= 0)
        (void)close(reader->fd);
    chg_window_fini(&reader->window);
    chg_tracks_fini(&reader->scanned);
    chg_tracks_fini(&reader->indexed);
    chg_free(reader->path);
    chg_free(reader);
}

/* Copy from one frame, or fill the hole before it. Returns how much. */
static int read_frame(struct chg_log_reader *reader, const struct chg_found *found, uint64_t offset,
                      char *out, size_t len, size_t *got)
{
    uint64_t skip;

    if (found->frame.offset > offset) {
        uint64_t hole = found->frame.offset - offset;

        *got = hole < len ? (size_t)hole : len;
        memset(out, LOST, *got);
        return 0;
    }
    skip = offset - found->frame.offset;
    *got = found->frame.length - skip < len ? (size_t)(found->frame.length - skip) : len;
    return chg_window_copy(&reader->window, found->place, &found->frame, (size_t)skip, out, *got);
}

int chg_log_reader_read(struct chg_log_reader *reader, uint32_t step, uint64_t offset, void *buffer,
                        size_t len, size_t *out_len)
{
    char *out = buffer;
    size_t done = 0;

    while (done < len) {
        struct chg_found found;
        size_t got = 0;
        int rc = chg_reader_find_offset(reader, step, offset + done, &found);

        if (rc == 0)
            break;
        if (rc > 0)
            rc = read_frame(reader, &found, offset + done, out + done, len - done, &got);
        if (rc < 0)
            return rc;
        done += got;
    }
    *out_len = done;
    return 0;
}

int chg_log_reader_next(struct chg_log_reader *reader, uint64_t *cursor, struct chg_log_piece *out)
{
    const unsigned char *text;
    struct chg_frame frame;
    uint64_t place = *cursor;
    int rc = chg_window_frame(&reader->window, &place, &frame);

    if (rc <= 0)
        return rc;
    rc = chg_window_text(&reader->window, place, &frame, &text);
    if (rc < 0)
        return rc;
    *out = (struct chg_log_piece){
        .step = frame.step,
        .kind = (enum chg_log_stream_kind)frame.kind,
        .offset = frame.offset,
        .line = frame.lines,
        .at = frame.at,
        .data = (const char *)text,
        .len = frame.length,
    };
    *cursor = place + CHG_FRAME_HEADER + frame.length;
    return 1;
}

/* The next frame that is wanted; the text of the others is not read. */
static int next_wanted(struct chg_log_reader *reader, bool process, uint32_t step, uint64_t *cursor,
                       struct chg_log_piece *out)
{
    for (;;) {
        struct chg_frame frame;
        uint64_t place = *cursor;
        int rc = chg_window_frame(&reader->window, &place, &frame);

        if (rc <= 0)
            return rc;
        if ((frame.kind == CHG_LOG_PROCESS) == process && (process || frame.step == step))
            return chg_log_reader_next(reader, cursor, out);
        *cursor = place + CHG_FRAME_HEADER + frame.length;
    }
}

int chg_log_reader_next_of(struct chg_log_reader *reader, uint32_t step, uint64_t *cursor,
                           struct chg_log_piece *out)
{
    const struct chg_track *track = chg_tracks_find(&reader->indexed, step);

    if (*cursor == 0 && track != NULL)
        *cursor = track->index.items[0].place;
    return next_wanted(reader, false, step, cursor, out);
}

int chg_log_reader_next_process(struct chg_log_reader *reader, uint64_t *cursor,
                                struct chg_log_piece *out)
{
    return next_wanted(reader, true, 0, cursor, out);
}
