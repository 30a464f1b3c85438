/* SPDX-License-Identifier: MIT */
/* Completion scripts for shells, generated from the table of commands. */
#ifndef CHG_CLI_COMPLETION_H
#define CHG_CLI_COMPLETION_H

#include "base/str.h"

void chg_completion_bash(struct chg_str *out);
void chg_completion_zsh(struct chg_str *out);
void chg_completion_fish(struct chg_str *out);

#endif
