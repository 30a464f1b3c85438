/* SPDX-License-Identifier: MIT */
/* Help texts, made from the tables of commands, options and exit codes. */
#ifndef CHG_CLI_HELP_H
#define CHG_CLI_HELP_H

#include "base/str.h"
#include "cli/command.h"
#include "cli/output.h"

/* What `chengis --help` prints. */
void chg_help_main(struct chg_str *out, struct chg_look look);
/* What `chengis WORDS --help` prints for a group of commands. */
void chg_help_group(struct chg_str *out, struct chg_look look, const char *const *words,
                    size_t count);
void chg_help_command(struct chg_str *out, struct chg_look look, const struct chg_command *command);

#endif
