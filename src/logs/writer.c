/* SPDX-License-Identifier: MIT */
/*
 * Writes the log of a build: each chunk becomes one frame by one writev() from the caller's memory.
 * The file is made by the first write. A frame that cannot be written whole is cut off again, so
 * the file always ends with a whole one.
 */
#include "logs/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/path.h"
#include "base/str.h"
#include "logs/frame.h"
#include "logs/track.h"
#include "logs/window.h"

#include "base/banned.h"

/* So much of a chunk goes through the masker at once: what it gives back then fits a frame nearly
 * always. */
#define SLICE   (256 * 1024)
#define STREAMS 3

struct chg_log_writer {
    int fd; /* -1 until the first write */
    char *path;
    chengis_masker *masker; /* reference, may be NULL */
    uint64_t end;           /* behind the last whole frame */
    bool torn;              /* there may be bytes behind it */
    struct chg_tracks tracks;
    struct chg_log_step *engine; /* step 0, made on first use */
};

struct chg_log_step {
    struct chg_log_writer *writer;
    struct chg_track *track; /* of the writer */
    uint64_t limit;
    bool finished;
    struct chg_mask_stream *streams[STREAMS]; /* by kind - 1 */
};

static int scan_existing(struct chg_log_writer *writer)
{
    struct chg_window window;
    struct stat st;
    int rc;

    chg_window_init(&window, writer->fd, writer->path);
    while ((rc = chg_tracks_scan(&writer->tracks, &window, &writer->end)) > 0)
        ;
    chg_window_fini(&window);
    if (rc < 0)
        return rc;
    if (fstat(writer->fd, &st) < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "read log file '%s'", writer->path);
    writer->torn = (uint64_t)st.st_size > writer->end;
    return 0;
}

/* The file is made later, but that it can be is known now. */
static int check_parent(const char *path)
{
    chg_autofree char *parent = chg_path_dirname(path);
    struct stat st;

    if (parent == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (stat(parent, &st) < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "create log file '%s'", path);
    if (!S_ISDIR(st.st_mode))
        return chg_error_sys(CHENGIS_ERR_IO, ENOTDIR, "create log file '%s'", path);
    return 0;
}

static int open_existing(struct chg_log_writer *writer)
{
    writer->fd = open(writer->path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (writer->fd >= 0)
        return scan_existing(writer);
    if (errno != ENOENT)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "open log file '%s'", writer->path);
    return check_parent(writer->path);
}

int chg_log_writer_open(struct chg_log_writer **out, const char *path, chengis_masker *masker)
{
    struct chg_log_writer *writer = chg_new(struct chg_log_writer);
    int rc;

    if (writer == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    writer->fd = -1;
    writer->masker = chengis_masker_ref(masker);
    writer->path = chg_strdup(path);
    rc = writer->path != NULL ? open_existing(writer) : CHENGIS_ERR_NO_MEMORY;
    if (rc < 0) {
        chg_log_writer_close(writer);
        return rc;
    }
    *out = writer;
    return 0;
}

void chg_log_writer_close(struct chg_log_writer *writer)
{
    if (writer == NULL)
        return;
    chg_log_step_close(writer->engine);
    if (writer->fd >= 0)
        (void)close(writer->fd);
    chg_tracks_fini(&writer->tracks);
    (void)chengis_masker_unref(writer->masker);
    chg_free(writer->path);
    chg_free(writer);
}

uint64_t chg_log_writer_size(const struct chg_log_writer *writer)
{
    return writer->end;
}

static int create_file(struct chg_log_writer *writer)
{
    if (writer->fd >= 0)
        return 0;
    writer->fd =
        open(writer->path, O_RDWR | O_APPEND | O_CLOEXEC | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (writer->fd >= 0)
        return 0;
    if (errno == ENOSPC || errno == EDQUOT)
        return chg_error_sys(CHENGIS_ERR_NO_SPACE, errno, "create log file '%s'", writer->path);
    return chg_error_sys(CHENGIS_ERR_IO, errno, "create log file '%s'", writer->path);
}

static int cut_torn(struct chg_log_writer *writer)
{
    if (!writer->torn)
        return 0;
    if (ftruncate(writer->fd, (off_t)writer->end) < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "cut log file '%s'", writer->path);
    writer->torn = false;
    return 0;
}

/* All of it or nothing; a part that got written is cut off again. */
static int append(struct chg_log_writer *writer, const unsigned char *header, const void *data,
                  size_t len)
{
    struct iovec parts[2] = {
        {.iov_base = (void *)(uintptr_t)header, .iov_len = CHG_FRAME_HEADER},
        {.iov_base = (void *)(uintptr_t)data, .iov_len = len},
    };
    size_t left = CHG_FRAME_HEADER + len;

    while (left > 0) {
        ssize_t n = writev(writer->fd, parts, 2);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int err = errno;
            bool full = err == ENOSPC || err == EDQUOT || err == EFBIG;

            writer->torn = true;
            (void)cut_torn(writer);
            return chg_error_sys(full ? CHENGIS_ERR_NO_SPACE : CHENGIS_ERR_IO, err,
                                 "write log file '%s'", writer->path);
        }
        left -= (size_t)n;
        for (size_t i = 0; i < 2; i++) {
            size_t used = (size_t)n < parts[i].iov_len ? (size_t)n : parts[i].iov_len;

            parts[i].iov_base = (char *)parts[i].iov_base + used;
            parts[i].iov_len -= used;
            n -= (ssize_t)used;
        }
    }
    writer->end += CHG_FRAME_HEADER + len;
    return 0;
}

static int write_frame(struct chg_log_writer *writer, struct chg_frame *frame, const void *data)
{
    unsigned char header[CHG_FRAME_HEADER];
    int rc = create_file(writer);

    if (rc == 0)
        rc = cut_torn(writer);
    if (rc < 0)
        return rc;
    frame->at = chg_clock_wall_ms();
    chg_frame_encode(header, frame, writer->end);
    return append(writer, header, data, frame->length);
}

/* Append shown text to a step, in as many frames as it takes. */
static int write_text(struct chg_log_step *step, enum chg_log_stream_kind kind, unsigned flags,
                      const char *data, size_t len)
{
    struct chg_track *track = step->track;

    while (len > 0) {
        size_t part = len < CHG_FRAME_MAX ? len : CHG_FRAME_MAX;
        uint64_t place = step->writer->end;
        bool open_line = data[part - 1] != '\n';
        struct chg_frame frame = {
            .length = (uint32_t)part,
            .step = track->step,
            .offset = track->bytes,
            .lines = track->newlines,
            .newlines = (uint32_t)chg_count_newlines(data, part),
            .kind = (uint8_t)kind,
            .flags = (uint8_t)(flags | (open_line ? CHG_FRAME_OPEN_LINE : 0)),
        };
        int rc = chg_index_reserve(&track->index);

        if (rc == 0)
            rc = write_frame(step->writer, &frame, data);
        if (rc < 0)
            return rc;
        chg_track_note(track, &frame, place);
        data += part;
        len -= part;
    }
    return 0;
}

/* The limit is reached: say so in the log itself. */
static int write_notice(struct chg_log_step *step)
{
    chg_auto(str) text = CHG_STR_INIT;

    if (step->track->open_line)
        chg_str_add_char(&text, '\n');
    chg_str_addf(&text, "[log limit of %llu bytes reached: the rest is not kept]\n",
                 (unsigned long long)step->limit);
    if (chg_str_check(&text) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return write_text(step, CHG_LOG_ENGINE, CHG_FRAME_TRUNCATED, text.ptr, text.len);
}

static int write_limited(struct chg_log_step *step, enum chg_log_stream_kind kind, const char *data,
                         size_t len)
{
    uint64_t left = UINT64_MAX;
    int rc;

    if (step->track->truncated)
        return 0;
    if (step->limit > 0)
        left = step->limit > step->track->bytes ? step->limit - step->track->bytes : 0;
    if (len <= left)
        return write_text(step, kind, 0, data, len);
    rc = write_text(step, kind, 0, data, (size_t)left);
    if (rc == 0)
        rc = write_notice(step);
    return rc;
}

int chg_log_step_open(struct chg_log_step **out, struct chg_log_writer *writer, uint32_t step,
                      uint64_t limit)
{
    struct chg_log_step *made = chg_new(struct chg_log_step);
    int rc;

    if (made == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    made->writer = writer;
    made->limit = limit;
    rc = chg_tracks_get(&made->track, &writer->tracks, step);
    for (size_t i = 0; i < STREAMS && rc == 0; i++)
        rc = chg_mask_stream_new(&made->streams[i], writer->masker);
    if (rc < 0) {
        chg_log_step_close(made);
        return rc;
    }
    *out = made;
    return 0;
}

void chg_log_step_close(struct chg_log_step *step)
{
    if (step == NULL)
        return;
    for (size_t i = 0; i < STREAMS; i++)
        chg_mask_stream_free(step->streams[i]);
    chg_free(step);
}

static int flush(struct chg_log_step *step, enum chg_log_stream_kind kind)
{
    const char *text;
    size_t len;
    int rc = chg_mask_stream_finish(step->streams[kind - 1], &text, &len);

    if (rc == 0)
        rc = write_limited(step, kind, text, len);
    return rc;
}

int chg_log_step_write(struct chg_log_step *step, enum chg_log_stream_kind kind, const void *data,
                       size_t len)
{
    const char *rest = data;

    if (kind < CHG_LOG_STDOUT || kind > CHG_LOG_ENGINE)
        return chg_error_set(CHENGIS_ERR_INVALID, "a step's log has no stream %d", (int)kind);
    if (len > 0)
        step->finished = false;
    while (len > 0 && !step->track->truncated) {
        size_t part = len < SLICE ? len : SLICE;
        const char *text;
        size_t text_len;
        int rc = chg_mask_stream_feed(step->streams[kind - 1], rest, part, &text, &text_len);

        if (rc == 0)
            rc = write_limited(step, kind, text, text_len);
        if (rc < 0)
            return rc;
        rest += part;
        len -= part;
    }
    /* A message of the engine is complete in itself. */
    return kind == CHG_LOG_ENGINE ? flush(step, kind) : 0;
}

int chg_log_step_finish(struct chg_log_step *step)
{
    int rc;

    if (step->finished)
        return 0;
    rc = flush(step, CHG_LOG_STDOUT);
    if (rc == 0)
        rc = flush(step, CHG_LOG_STDERR);
    step->finished = rc == 0;
    return rc;
}

void chg_log_step_summary(const struct chg_log_step *step, struct chg_log_summary *out)
{
    *out = (struct chg_log_summary){
        .bytes = step->track->bytes,
        .lines = chg_track_lines(step->track),
        .last_at = (uint64_t)step->track->last_at,
        .truncated = step->track->truncated,
    };
}

int chg_log_step_index(const struct chg_log_step *step, void **out, size_t *len)
{
    return chg_index_encode(out, len, &step->track->index, step->finished);
}

int chg_log_writer_message(struct chg_log_writer *writer, const char *text)
{
    chg_auto(str) line = CHG_STR_INIT;
    int rc;

    if (writer->engine == NULL) {
        rc = chg_log_step_open(&writer->engine, writer, 0, 0);
        if (rc < 0)
            return rc;
    }
    chg_str_add(&line, text);
    chg_str_add_char(&line, '\n');
    rc = chg_str_check(&line);
    if (rc < 0)
        return rc;
    return chg_log_step_write(writer->engine, CHG_LOG_ENGINE, line.ptr, line.len);
}

int chg_log_writer_process(struct chg_log_writer *writer, uint32_t step, pid_t pid,
                           uint64_t start_ticks)
{
    chg_auto(str) text = CHG_STR_INIT;
    struct chg_frame frame = {.step = step, .kind = CHG_LOG_PROCESS};
    struct chg_track *track = chg_tracks_find(&writer->tracks, step);
    int rc;

    chg_str_addf(&text, "%lld %llu\n", (long long)pid, (unsigned long long)start_ticks);
    rc = chg_str_check(&text);
    if (rc < 0)
        return rc;
    frame.length = (uint32_t)text.len;
    frame.offset = track != NULL ? track->bytes : 0;
    frame.lines = track != NULL ? track->newlines : 0;
    return write_frame(writer, &frame, text.ptr);
}
