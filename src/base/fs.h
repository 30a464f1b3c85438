/* SPDX-License-Identifier: MIT */
/* Files and directories. Errors carry errno and the path. All descriptors are close-on-exec; symbolic links are never followed in recursive work. */
#ifndef CHG_BASE_FS_H
#define CHG_BASE_FS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int chg_fs_mkdirs(const char *path, mode_t mode);               /* like mkdir -p; existing directories are kept as they are */
int chg_fs_read(struct chg_str *out, const char *path, size_t max); /* LIMIT beyond max (checked while reading), NOT_FOUND, IO */
int chg_fs_write(const char *path, const void *data, size_t len, mode_t mode); /* temp file + rename: whole or not at all */
bool chg_fs_exists(const char *path);                            /* follows links */
bool chg_fs_is_dir(const char *path);
int chg_fs_remove_tree(const char *path);                        /* never leaves the tree through a link; absent is fine; makes unreadable directories writable first */
int chg_fs_realpath(char **out, const char *path);
/* Copy a regular file by descriptor (copy_file_range, then read/write), keeping the permission bits. */
int chg_fs_copy_at(int from_dir, const char *from, int to_dir, const char *to);
int chg_fs_copy_link_at(int from_dir, const char *from, int to_dir, const char *to); /* a link, as it is; `to` must not exist */
/* Copy a tree: files, directories, links as links; skip(relative path) true leaves an entry out (NULL: nothing).
 * Sockets, pipes and devices are left out, and what vanishes meanwhile: returns how many did. LIMIT beyond 200 levels. */
typedef bool (*chg_fs_skip_fn)(const char *relative, bool is_dir, void *userdata);
int chg_fs_copy_tree(const char *from, const char *to, chg_fs_skip_fn skip, void *userdata);
/* Open relative to a directory descriptor refusing every symbolic link and every escape on the way
 * (openat2 RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS; component-wise O_NOFOLLOW where openat2 is missing). */
int chg_fs_open_beneath(int dir_fd, const char *relative, int flags, mode_t mode);
int chg_fs_write_all(int fd, const void *data, size_t len);      /* loops over short writes and EINTR; NO_SPACE on ENOSPC/EDQUOT */

/* Walk a tree in byte order of the names, without following links. Return < 0 from fn to stop with that code,
 * 1 for a directory to leave it out. Unreadable directories, and those more than 200 levels down, are passed to fn with readable == false. */
struct chg_fs_entry {
    const char *relative; /* path below the root, '/'-separated */
    int dir_fd;           /* the directory that holds it */
    const char *name;     /* its last component */
    bool is_dir;
    bool is_regular;
    bool is_link;
    bool readable;
};
typedef int (*chg_fs_walk_fn)(const struct chg_fs_entry *entry, void *userdata);
int chg_fs_walk(const char *root, chg_fs_walk_fn fn, void *userdata);

#endif
