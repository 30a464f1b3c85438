/* SPDX-License-Identifier: MIT */
/* Path text, without touching the disk. Results are heap strings (chg_free) or NULL with the error set. */
#ifndef CHG_BASE_PATH_H
#define CHG_BASE_PATH_H

#include <stdbool.h>

char *chg_path_join(const char *dir, const char *name);     /* name absolute: name itself; name "" or ".": dir */
char *chg_path_normalize(const char *path);                 /* collapses //, ./ and ../ lexically */
char *chg_path_dirname(const char *path);                   /* "." for a bare name */
const char *chg_path_basename(const char *path);            /* borrowed from path */
bool chg_path_is_within(const char *root, const char *path); /* normalised component-wise containment */
/* Join and refuse with CHENGIS_ERR_PERMISSION what leaves root (absolute names, ..), lexically. */
char *chg_path_join_inside(const char *root, const char *name);

#endif
