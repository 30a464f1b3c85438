/* SPDX-License-Identifier: MIT */
/*
 * The plain view of a build: the output of its steps under a heading each. While several steps run
 * at once, their lines carry the name of the step; a line is never torn.
 */
#ifndef CHG_CLI_RUN_VIEW_PLAIN_H
#define CHG_CLI_RUN_VIEW_PLAIN_H

#include <chengis/build.h>

#include "cli/output.h"
#include "cli/run_model.h"
#include "cli/step_log.h"
#include "cli/term_text.h"

#define CHG_PLAIN_LEFT_OUT ((int64_t)-1)

/* One log being printed; the first one of a view is that of the engine itself, which has no step.
 */
struct chg_plain_output {
    const struct chg_run_stage *stage;
    const struct chg_run_step *step;
    struct chg_step_log log;
    struct chg_str rest; /* of a line whose end has not come */
    struct chg_clean clean;
    bool left_out;
};

struct chg_plain_view {
    struct chg_out *out;
    chengis_build *build;
    const struct chg_run_model *model;
    const int64_t
        *starts; /* by number of the log: where to begin, or CHG_PLAIN_LEFT_OUT; NULL: at 0 */
    size_t start_count;
    CHG_VEC(struct chg_plain_output *) outputs;
    const struct chg_plain_output *current; /* whose heading was printed last; NULL: print one */
    bool engine_waits; /* messages of the engine are shown when no step runs: never within output */
    char *buffer;
};

int chg_plain_init(struct chg_plain_view *view, struct chg_out *out, chengis_build *build,
                   const struct chg_run_model *model);
void chg_plain_fini(struct chg_plain_view *view);

/* Show what an event, already taken into the model, means. stage and step as the model gave them.
 */
int chg_plain_event(struct chg_plain_view *view, chengis_event_type type,
                    const struct chg_run_stage *stage, const struct chg_run_step *step);
/* Print some of what the logs hold. 1 when there may be more at once, 0 when not, or CHENGIS_ERR_*.
 */
int chg_plain_pump(struct chg_plain_view *view);
/* As _pump(), for the log of one step, all of it before the step's end is shown. */
int chg_plain_pump_step(struct chg_plain_view *view, const struct chg_run_step *step);

/* Print bytes of an output as the view does: whole lines, what is left goes to output->rest. */
void chg_plain_feed(struct chg_plain_view *view, struct chg_plain_output *output, const char *data,
                    size_t len);

#endif
