/* SPDX-License-Identifier: MIT */
/*
 * A part of a log file in memory, through which frames are read: many small frames with one read,
 * large ones by their headers alone. Only whole frames are seen; bytes behind the last whole frame
 * are read again next time, since the writer may replace them.
 */
#ifndef CHG_LOGS_WINDOW_H
#define CHG_LOGS_WINDOW_H

#include "logs/frame.h"

#include <stddef.h>
#include <stdint.h>

struct chg_window {
    int fd;           /* not owned */
    const char *path; /* for messages; not owned */
    unsigned char *buffer;
    uint64_t start; /* place in the file of the buffer's first byte */
    size_t len;
    uint64_t visited; /* place of the last frame seen: tells near from far */
};

void chg_window_init(struct chg_window *window, int fd, const char *path);
void chg_window_fini(struct chg_window *window);
/*
 * The whole frame at *place or, when there is garbage, at the first place behind it, which then is
 * in *place. 1 a frame, 0 none (yet), or an error.
 */
int chg_window_frame(struct chg_window *window, uint64_t *place, struct chg_frame *out);
/* The text of a frame that chg_window_frame() found; valid until the next call. */
int chg_window_text(struct chg_window *window, uint64_t place, const struct chg_frame *frame,
                    const unsigned char **out);
/* Copy part of the text of such a frame. */
int chg_window_copy(struct chg_window *window, uint64_t place, const struct chg_frame *frame,
                    size_t skip, void *out, size_t len);

#endif
