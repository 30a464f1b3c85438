/* SPDX-License-Identifier: MIT */
/* The plan of a pipeline as the options of `pipeline plan` and `run --dry-run` ask for it. */
#ifndef CHG_CLI_PLAN_H
#define CHG_CLI_PLAN_H

#include "cli/cli.h"
#include "cli/inputs.h"

/* Where and within which limits the plan is to hold. */
struct chg_plan_place {
    const char *workspace;    /* NULL: not known */
    const char *branch;       /* "": on none; NULL: the parameter "branch", else main */
    int64_t max_combinations; /* 0: of the configuration */
};

/* New reference to the plan object, or NULL with the error set. */
json_t *chg_plan_make(struct chg_cli *cli, const chengis_pipeline *pipeline,
                      const struct chg_inputs *inputs, const struct chg_plan_place *place);
/* Print it as --json or for people; gives the exit code. */
int chg_plan_print(struct chg_cli *cli, const json_t *plan);

#endif
