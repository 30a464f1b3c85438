/* SPDX-License-Identifier: MIT */
/* Phase: post actions. Each group is a stage of its own; they run for aborted builds too and never
 * change the build's status. They may take what is left of the build's time, and at least a minute.
 */
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

int64_t chg_post_deadline(const struct chg_run *run, int64_t now)
{
    bool aborted = run->result == CHENGIS_STATUS_ABORTED || run->result == CHENGIS_STATUS_TIMED_OUT;

    if (run->deadline == 0 && !aborted)
        return 0;
    return run->deadline > now + POST_GRACE_MS ? run->deadline : now + POST_GRACE_MS;
}

int chg_phase_post(struct chg_run *run)
{
    /* of a cancelled build they run: a kill ends them. Of another one they end as stages do. */
    const struct chg_limits limits = {chg_cancel_level(run->cancel) > 0 ? 2 : 1,
                                      chg_post_deadline(run, chg_clock_mono_ms()),
                                      "post-timed-out"};

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
