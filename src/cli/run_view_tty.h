/* SPDX-License-Identifier: MIT */
/* The live view of a build on a terminal: a tree that is drawn again and again in the same place.
 */
#ifndef CHG_CLI_RUN_VIEW_TTY_H
#define CHG_CLI_RUN_VIEW_TTY_H

#include <chengis/build.h>

#include "cli/output.h"
#include "cli/run_model.h"
#include "cli/step_log.h"

#define CHG_TTY_FRAME_MS 90 /* at most eleven frames a second */

struct chg_tty_tail {
    struct chg_run_step *step;
    struct chg_step_log log;
};

struct chg_tty_view {
    struct chg_out *out; /* a terminal */
    chengis_build *build;
    struct chg_run_model *model;
    CHG_VEC(struct chg_tty_tail) tails; /* of the running steps */
    struct chg_step_log messages;       /* the log of the engine itself */
    struct chg_str above;               /* whole lines to print over the tree, where they stay */
    struct chg_str frame;               /* what stands on the screen now */
    size_t frames;
    int64_t drawn_at; /* monotonic ms; 0: never */
};

int chg_tty_init(struct chg_tty_view *view, struct chg_out *out, chengis_build *build,
                 struct chg_run_model *model);
void chg_tty_fini(struct chg_tty_view *view);
/* Draw the tree anew when a frame is due, or at once. */
void chg_tty_draw(struct chg_tty_view *view, bool at_once);
/* Milliseconds until the next frame is due. */
int chg_tty_wait_ms(const struct chg_tty_view *view);
/* Take the tree off the screen and show the cursor again. */
void chg_tty_clear(struct chg_tty_view *view);

/*
 * What must be written to replace one frame by another: back over the lines of `old` as they stand
 * on a terminal of `columns` (lines wrap when it was made narrower), the lines `above`, then `new`.
 */
void chg_tty_replace(struct chg_str *out, const char *old, const char *above, const char *new_frame,
                     size_t columns);

#endif
