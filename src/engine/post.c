/* SPDX-License-Identifier: MIT */
/* Phase: post actions. Each group is a stage of its own; they run for aborted builds too, with
 * their own limit, and never change the build's status. */
#include "engine/run.h"

#include "base/clock.h"

#include <string.h>

#include "base/banned.h"

static bool applies(const struct chg_run *run, const struct chg_stage_state *stage)
{
    const char *group = stage->row.name + strlen("post:");

    if (strcmp(group, chg_post_group_names[CHG_POST_ALWAYS]) == 0)
        return true;
    return (run->result == CHENGIS_STATUS_SUCCESS) ==
           (strcmp(group, chg_post_group_names[CHG_POST_ON_SUCCESS]) == 0);
}

int chg_phase_post(struct chg_run *run)
{
    struct chg_limits limits = {.cancel_level = 2, .deadline_reason = "post-timed-out"};

    if (run->result == CHENGIS_STATUS_ABORTED || run->result == CHENGIS_STATUS_TIMED_OUT)
        limits.deadline = chg_clock_mono_ms() + POST_GRACE_MS;
    for (size_t i = run->post_begin; i < run->stage_count; i++) {
        struct chg_stage_state *stage = &run->stages[i];
        int rc;

        if (chengis_status_is_final(stage->row.status))
            continue;
        if (!applies(run, stage)) {
            chg_stage_skip(run, stage, "condition-unmet");
            continue;
        }
        if (chg_loop_stop_reason(run, &limits) != NULL) {
            chg_stage_skip(run, stage, chg_loop_stop_reason(run, &limits));
            continue;
        }
        rc = chg_stage_run(run, stage, &limits);
        if (rc < 0)
            return rc;
    }
    return 0;
}
