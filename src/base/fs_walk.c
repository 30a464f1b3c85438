/* SPDX-License-Identifier: MIT */
/* Walking a tree in a fixed order. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"

#include "base/banned.h"

struct walk {
    struct chg_str relative;
    chg_fs_walk_fn fn;
    void *userdata;
};

static int walk_dir(struct walk *walk, int dir_fd, int depth);

/* Show one entry; the path of the walk is its own. 1: do not go into it. */
static int show(struct walk *walk, int dir_fd, const char *name, int depth)
{
    struct chg_fs_entry entry = {.relative = walk->relative.ptr, .dir_fd = dir_fd, .name = name};
    chg_autofd int fd = -1;
    struct stat st;
    int rc;

    /* Gone since the directory was read. */
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    entry.is_dir = S_ISDIR(st.st_mode);
    entry.is_regular = S_ISREG(st.st_mode);
    entry.is_link = S_ISLNK(st.st_mode);
    entry.readable = true;
    if (entry.is_dir) {
        fd = depth < CHG_FS_MAX_DEPTH ? chg_fs_open_dir(dir_fd, name) : -1;
        entry.readable = fd >= 0;
    }
    rc = walk->fn(&entry, walk->userdata);
    if (rc != 0 || fd < 0)
        return rc < 0 ? rc : 0;
    return walk_dir(walk, fd, depth + 1);
}

static int walk_dir(struct walk *walk, int dir_fd, int depth)
{
    chg_auto(fs_names) names = CHG_FS_NAMES_INIT;
    size_t len = walk->relative.len;
    int rc = chg_fs_names_read(&names, dir_fd);

    for (size_t i = 0; i < names.len && rc == 0; i++) {
        if (len > 0)
            chg_str_add_char(&walk->relative, '/');
        chg_str_add(&walk->relative, names.items[i]);
        rc = chg_str_check(&walk->relative);
        if (rc == 0)
            rc = show(walk, dir_fd, names.items[i], depth);
        chg_str_truncate(&walk->relative, len);
    }
    return rc;
}

int chg_fs_walk(const char *root, chg_fs_walk_fn fn, void *userdata)
{
    struct walk walk = {.relative = CHG_STR_INIT, .fn = fn, .userdata = userdata};
    chg_autofd int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return chg_error_sys(0, errno, "directory '%s' cannot be opened", root);
    rc = walk_dir(&walk, fd, 0);
    chg_str_fini(&walk.relative);
    return rc;
}
