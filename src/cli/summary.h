/* SPDX-License-Identifier: MIT */
/* What is printed about a build when it is over, or looked at later. */
#ifndef CHG_CLI_SUMMARY_H
#define CHG_CLI_SUMMARY_H

#include "cli/cli.h"
#include "cli/run_model.h"

/* The build object, parsed. New reference, or NULL with the error set. */
json_t *chg_build_object(chengis_build *build);

/* Tree, artifacts, and for a failure its cause with the last lines of the step and where to read
 * on. */
void chg_summary_print(struct chg_cli *cli, struct chg_out *out, const struct chg_run_model *model,
                       chengis_build *build, const json_t *object);

/* Where to read the log of a build that went well. */
void chg_summary_log_hint(struct chg_cli *cli, struct chg_out *out,
                          const struct chg_run_model *model);

/* How to name the build in a command typed into a shell: JOB#N, quoted where needed, else its id.
 */
void chg_summary_ref(struct chg_str *out, const struct chg_run_model *model);

#endif
