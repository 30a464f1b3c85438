/* SPDX-License-Identifier: MIT */
/*
 * Removal of a tree that a build step may have made: of any depth, with directories nobody may read
 * or write, and perhaps still changing. Every step is relative to an open directory and follows no
 * link.
 */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"

#include "base/banned.h"

/* So often is a directory read again because it was filled while we emptied it, in a whole tree. */
#define MAX_RETRIES 64
/* So many directories are moved up at most: more than any tree has that is not being made deeper
 * meanwhile. */
#define MAX_MOVED 10000

struct removal {
    const char *root;
    int root_fd;
    unsigned moved;   /* directories moved up so far */
    unsigned retries; /* directories read again so far */
    int rc;           /* the first failure; the rest is removed nevertheless */
};

static void note(struct removal *removal, const char *name, int err)
{
    if (removal->rc == 0)
        removal->rc =
            chg_error_sys(0, err, "'%s' of tree '%s' cannot be removed", name, removal->root);
}

/* Give ourselves all rights on a directory, whatever it forbids. The descriptor cannot lead
 * elsewhere. */
static void unlock_dir(int dir_fd, const char *name)
{
    char path[64];
    chg_autofd int fd = openat(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    (void)chmod(path, 0700);
}

/* Open a directory for emptying. Negative errno: it is no directory, or cannot be opened. */
static int open_for_removal(int dir_fd, const char *name)
{
    int fd = chg_fs_open_dir(dir_fd, name);
    struct stat st;

    if (fd == -EACCES) {
        unlock_dir(dir_fd, name);
        fd = chg_fs_open_dir(dir_fd, name);
    }
    if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
        (void)fchmod(fd, 0700);
    return fd;
}

static void empty_dir(struct removal *removal, int dir_fd, int depth);

/* Too deep for our descriptors: make it a child of the root, which is read once more because of it.
 */
static void move_up(struct removal *removal, int dir_fd, const char *name)
{
    char target[48];

    unlock_dir(dir_fd, name);
    (void)snprintf(target, sizeof(target), ".chengis-removed-%u", removal->moved++);
    if (renameat(dir_fd, name, removal->root_fd, target) != 0)
        note(removal, name, errno);
}

/* Remove a directory that was emptied. True: it was filled meanwhile and is worth another round. */
static bool remove_emptied(struct removal *removal, int dir_fd, const char *name)
{
    if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return false;
    if (errno == ENOTEMPTY && removal->rc == 0 && removal->retries++ < MAX_RETRIES)
        return true;
    note(removal, name, errno);
    return false;
}

static void remove_subdir(struct removal *removal, int dir_fd, const char *name, int depth)
{
    int fd = open_for_removal(dir_fd, name);

    if (fd < 0) {
        if (fd != -ENOENT)
            note(removal, name, -fd);
        return;
    }
    do {
        empty_dir(removal, fd, depth + 1);
    } while (remove_emptied(removal, dir_fd, name));
    (void)close(fd);
}

static void remove_entry(struct removal *removal, int dir_fd, const char *name, int depth)
{
    struct stat st;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            note(removal, name, errno);
    } else if (!S_ISDIR(st.st_mode)) {
        if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT)
            note(removal, name, errno);
    } else if (depth >= CHG_FS_MAX_DEPTH) {
        move_up(removal, dir_fd, name);
    } else {
        remove_subdir(removal, dir_fd, name, depth);
    }
}

static void empty_dir(struct removal *removal, int dir_fd, int depth)
{
    chg_auto(fs_names) names = CHG_FS_NAMES_INIT;
    int rc = chg_fs_names_read(&names, dir_fd);

    if (rc < 0 && removal->rc == 0)
        removal->rc = chg_error_prefix("tree '%s'", removal->root);
    for (size_t i = 0; i < names.len; i++)
        remove_entry(removal, dir_fd, names.items[i], depth);
}

/* Empty the root as long as deep directories are moved into it, and remove it. */
static void remove_root(struct removal *removal, const char *path)
{
    unsigned moved;

    do {
        moved = removal->moved;
        empty_dir(removal, removal->root_fd, 0);
    } while ((removal->moved > moved && removal->moved < MAX_MOVED) ||
             (removal->rc == 0 && remove_emptied(removal, AT_FDCWD, path)));
}

int chg_fs_remove_tree(const char *path)
{
    chg_autofree char *root = chg_strdup(path);
    struct removal removal = {.root = path};
    chg_autofd int fd = -1;
    size_t len = strlen(path);

    if (root == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    /* "link/" would name what the link points to. */
    while (len > 1 && root[len - 1] == '/')
        root[--len] = '\0';
    fd = open_for_removal(AT_FDCWD, root);
    if (fd >= 0) {
        removal.root_fd = fd;
        remove_root(&removal, root);
        return removal.rc;
    }
    if (fd == -ENOENT)
        return 0;
    if (fd != -ENOTDIR && fd != -ELOOP)
        return chg_error_sys(0, -fd, "directory '%s' cannot be opened", path);
    if (unlinkat(AT_FDCWD, root, 0) != 0 && errno != ENOENT)
        return chg_error_sys(0, errno, "'%s' cannot be removed", path);
    return 0;
}
