/* SPDX-License-Identifier: MIT */
/* The plan of a pipeline, for people. */
#ifndef CHG_CLI_PLAN_TEXT_H
#define CHG_CLI_PLAN_TEXT_H

#include "base/json.h"
#include "cli/output.h"

/* plan: the object that chengis_pipeline_plan() gives. */
void chg_plan_text(struct chg_str *out, struct chg_look look, const json_t *plan);

#endif
