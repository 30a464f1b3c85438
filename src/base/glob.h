/* SPDX-License-Identifier: MIT */
/*
 * Path patterns: `*` and `?` within a component, `**` any number of components, also none, `[abc]` `[a-z]`
 * `[!a]`, `{a,b}` (nesting allowed), `\x` literal. A pattern without '/' matches at any depth, root included.
 * A trailing `**` component stands for at least one; a `**` that is only part of a component crosses '/' as well.
 * Leading "./" and "/" are dropped, of paths too: "./a" is the a in the root. Hidden names match. Compiled once, matched in time linear in pattern x text.
 */
#ifndef CHG_BASE_GLOB_H
#define CHG_BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

struct chg_glob;

/* CHENGIS_ERR_INVALID names the pattern and the place; LIMIT beyond 4096 bytes, 64 brace groups or 1024 alternatives. */
int chg_glob_compile(struct chg_glob **out, const char *pattern);
void chg_glob_free(struct chg_glob *glob);
bool chg_glob_match(const struct chg_glob *glob, const char *path);
/* May anything below directory `dir` match? Lets a walk leave out whole trees. */
bool chg_glob_may_match_below(const struct chg_glob *glob, const char *dir);
/* Match text without path meaning (branch names): `*` crosses '/'. Compiled with this flag. */
int chg_glob_compile_text(struct chg_glob **out, const char *pattern);

#endif
