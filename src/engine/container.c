/* SPDX-License-Identifier: MIT */
/* Phase: the pipeline's container becomes that of its stages, and their shell steps become docker
 * steps. */
#include "engine/run.h"

#include "base/banned.h"

int chg_phase_container(struct chg_run *run)
{
    return run->resumed ? 0 : chg_plan_propagate_container(run->plan);
}
