/* SPDX-License-Identifier: MIT */
/* Inside of chengis_step_context and chengis_step_process: filled by the engine, read through the
 * public accessors. */
#ifndef CHG_PLUGIN_STEP_CONTEXT_H
#define CHG_PLUGIN_STEP_CONTEXT_H

#include "base/cancel.h"
#include "base/map.h"
#include "model/pipeline.h"

#include <chengis/sys/step_executor.h>

struct chengis_step_context {
    const struct chg_step *step;
    const char *workspace;
    const char *dir;
    const struct chg_kvlist *env;
    char *json;                /* made on first use */
    struct chg_cancel *cancel; /* of run(); NULL for describe() */
    int output_fd;             /* of run(); -1 for describe() */
};
void chg_step_context_fini(struct chengis_step_context *context);

struct chengis_step_process {
    struct chg_strings argv;
    struct chg_kvlist env;
};
void chg_step_process_fini(struct chengis_step_process *process);

#endif
