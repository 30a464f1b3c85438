/* SPDX-License-Identifier: MIT */
/* What the files of the snapshot share. */
#ifndef CHG_ENGINE_SNAPSHOT_H
#define CHG_ENGINE_SNAPSHOT_H

#include "base/str.h"
#include "engine/run.h"

/* ---- snapshot_git.c ---- */
/* Run git in `dir`; 0 with its output, or an error that holds what git said. *code, when wanted,
 * receives a non-zero exit instead. Ends with the build's cancel and deadline. */
int chg_git(struct chg_run *run, struct chg_str *out, int *code, const char *dir,
            const char *const *argv);
#define GIT(run, out, code, dir, ...)                                                              \
    chg_git(run, out, code, dir, (const char *const[]){"git", __VA_ARGS__, NULL})
/* 1: source_dir is the top folder of a working tree; 2: a folder in one; 0: not in git. */
int chg_git_find(struct chg_run *run);
int chg_git_describe(struct chg_run *run, const char *dir); /* the commit in `dir`: row.git */

/* ---- snapshot_files.c ---- */
/* Bring paths of the workspace (each NUL-terminated) to the state they have in source_dir. */
int chg_snapshot_paths(struct chg_run *run, const struct chg_str *list);
int chg_snapshot_folder(struct chg_run *run); /* all of source_dir, as it is */

#endif
