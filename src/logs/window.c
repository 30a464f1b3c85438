/* SPDX-License-Identifier: MIT */
/* Reading of frames through one buffer. */
#include "logs/window.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/error.h"

#include "base/banned.h"

#define BUFFER_SIZE (CHG_FRAME_MAX + CHG_FRAME_HEADER)
/* What is read of a place far from the last: the frames are large, or one was looked up; a header
 * will do. */
#define PEEK_SIZE 4096
#define FAR       (64 * 1024)
/* From this much text on a copy goes from the file to the caller directly. */
#define DIRECT_MIN (16 * 1024)

void chg_window_init(struct chg_window *window, int fd, const char *path)
{
    *window = (struct chg_window){.fd = fd, .path = path};
}

void chg_window_fini(struct chg_window *window)
{
    chg_free(window->buffer);
    window->buffer = NULL;
}

static int read_at(struct chg_window *window, uint64_t place, void *out, size_t len, size_t *got)
{
    unsigned char *bytes = out;

    *got = 0;
    while (*got < len) {
        ssize_t n = pread(window->fd, bytes + *got, len - *got, (off_t)(place + *got));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return chg_error_sys(CHENGIS_ERR_IO, errno, "read log file '%s'", window->path);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return 0;
}

/* Get [place, place + need) into the buffer. 1 there, 0 the file ends before, or an error. */
static int ensure(struct chg_window *window, uint64_t place, size_t need, size_t want)
{
    int rc;

    if (window->len > 0 && place >= window->start && place + need <= window->start + window->len)
        return 1;
    if (window->buffer == NULL)
        window->buffer = chg_malloc(BUFFER_SIZE);
    if (window->buffer == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = read_at(window, place, window->buffer, want, &window->len);
    window->start = place;
    if (rc < 0) {
        window->len = 0;
        return rc;
    }
    return window->len >= need ? 1 : 0;
}

static void forget(struct chg_window *window)
{
    window->len = 0;
}

/* Is the file that long? Asked anew each time: the writer may have cut a torn frame. */
static int has_text(const struct chg_window *window, uint64_t end)
{
    struct stat st;

    if (end <= window->start + window->len)
        return 1;
    if (fstat(window->fd, &st) < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "read log file '%s'", window->path);
    return end <= (uint64_t)st.st_size ? 1 : 0;
}

/* The next place at or after *place where a valid header stands. */
static int resync(struct chg_window *window, uint64_t *place, struct chg_frame *out)
{
    uint64_t at = *place;
    int rc;

    while ((rc = ensure(window, at, CHG_FRAME_HEADER, BUFFER_SIZE)) == 1) {
        const unsigned char *bytes = window->buffer + (at - window->start);
        size_t left = (size_t)(window->start + window->len - at);
        size_t skip = chg_frame_search(bytes, left);

        if (skip + CHG_FRAME_HEADER > left) {
            /* The magic, or the beginning of one, may stand at the very end. */
            at += skip < left ? skip : left - 3;
            continue;
        }
        at += skip;
        if (chg_frame_decode(out, bytes + skip, at)) {
            *place = at;
            return 1;
        }
        at++;
    }
    return rc;
}

int chg_window_frame(struct chg_window *window, uint64_t *place, struct chg_frame *out)
{
    uint64_t at = *place;
    bool far = at < window->visited || at > window->visited + FAR;
    int rc = ensure(window, at, CHG_FRAME_HEADER, far ? PEEK_SIZE : BUFFER_SIZE);

    if (rc == 1 && !chg_frame_decode(out, window->buffer + (at - window->start), at))
        rc = resync(window, &at, out);
    if (rc == 1)
        rc = has_text(window, at + CHG_FRAME_HEADER + out->length);
    if (rc <= 0) {
        forget(window);
        return rc;
    }
    window->visited = at;
    *place = at;
    return 1;
}

static int cut_short(const struct chg_window *window)
{
    return chg_error_set(CHENGIS_ERR_IO, "read log file '%s': it became shorter", window->path);
}

int chg_window_text(struct chg_window *window, uint64_t place, const struct chg_frame *frame,
                    const unsigned char **out)
{
    size_t need = CHG_FRAME_HEADER + (size_t)frame->length;
    int rc = ensure(window, place, need, BUFFER_SIZE);

    if (rc == 0) {
        forget(window);
        return cut_short(window);
    }
    if (rc < 0)
        return rc;
    *out = window->buffer + (place - window->start) + CHG_FRAME_HEADER;
    return 0;
}

int chg_window_copy(struct chg_window *window, uint64_t place, const struct chg_frame *frame,
                    size_t skip, void *out, size_t len)
{
    uint64_t from = place + CHG_FRAME_HEADER + skip;
    const unsigned char *text = NULL;
    size_t got;
    int rc;

    if (len >= DIRECT_MIN && (from < window->start || from + len > window->start + window->len)) {
        rc = read_at(window, from, out, len, &got);
        if (rc == 0 && got < len)
            rc = cut_short(window);
        return rc;
    }
    rc = chg_window_text(window, place, frame, &text);
    if (rc == 0)
        memcpy(out, text + skip, len);
    return rc;
}
