/* SPDX-License-Identifier: MIT */
/* Quoting for a POSIX shell, for display and for the rare command line that must be text. */
#ifndef CHG_PROC_QUOTE_H
#define CHG_PROC_QUOTE_H

#include "base/str.h"

void chg_shell_quote(struct chg_str *out, const char *word); /* bare when safe, else '...' */
void chg_shell_quote_argv(struct chg_str *out, const char *const *argv);

#endif
