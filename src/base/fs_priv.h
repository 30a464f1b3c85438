/* SPDX-License-Identifier: MIT */
/* What the files of the file system part share. */
#ifndef CHG_BASE_FS_PRIV_H
#define CHG_BASE_FS_PRIV_H

#include "base/fs.h"

#include "base/vec.h"

/* Recursive work holds a descriptor or two for each level, so its depth is bounded. */
#define CHG_FS_MAX_DEPTH 200

/* The names in a directory, without "." and "..", in byte order. */
struct chg_fs_names {
    char **items;
    size_t len;
    size_t cap;
};
#define CHG_FS_NAMES_INIT                                                                          \
    {                                                                                              \
        0                                                                                          \
    }
void chg_fs_names_fini(struct chg_fs_names *names);
int chg_fs_names_read(struct chg_fs_names *names, int dir_fd); /* dir_fd stays open */

/* Open a directory without following a link. Negative errno on failure; sets no error. */
int chg_fs_open_dir(int dir_fd, const char *name);

/* chg_fs_open_beneath() without openat2(2). */
int chg_fs_open_beneath_stepwise(int dir_fd, const char *relative, int flags, mode_t mode);

#endif
