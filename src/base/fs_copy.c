/* SPDX-License-Identifier: MIT */
/* Copies of files and trees, by descriptor. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"

#include "base/banned.h"

#define COPY_BLOCK 65536
#define COPY_RANGE ((size_t)1 << 30)

static bool is_no_copy_range(int err)
{
    return err == EXDEV || err == EINVAL || err == ENOSYS || err == EOPNOTSUPP || err == EPERM ||
           err == EBADF;
}

/* Up to `left` bytes. */
static int copy_by_hand(int in, int out, uint64_t left)
{
    chg_autofree char *block = chg_malloc(COPY_BLOCK);

    if (block == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    while (left > 0) {
        ssize_t n = read(in, block, left < COPY_BLOCK ? (size_t)left : COPY_BLOCK);
        int rc;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return chg_error_sys(0, errno, "read failed");
        if (n == 0)
            return 0;
        rc = chg_fs_write_all(out, block, (size_t)n);
        if (rc < 0)
            return rc;
        left -= (size_t)n;
    }
    return 0;
}

/* As much as the file held when it was opened: one that grows as fast as it is copied has no end.
 * Some file systems say 0 of files whose size they do not know. */
static int copy_bytes(int in, int out, off_t size)
{
    uint64_t left = size > 0 ? (uint64_t)size : UINT64_MAX;

    while (left > 0) {
        ssize_t n = copy_file_range(in, NULL, out, NULL, left < COPY_RANGE ? left : COPY_RANGE, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !is_no_copy_range(errno))
            return chg_error_sys(0, errno, "copy failed");
        if (n <= 0)
            return copy_by_hand(in, out, left);
        left -= (size_t)n;
    }
    return 0;
}

static int open_source(int dir_fd, const char *name, struct stat *st)
{
    /* O_NONBLOCK: what became a pipe meanwhile must not hold us. */
    chg_autofd int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 && errno == ELOOP)
        return chg_error_set(CHENGIS_ERR_INVALID, "'%s' is not a regular file", name);
    if (fd < 0 || fstat(fd, st) != 0)
        return chg_error_sys(0, errno, "'%s' cannot be opened", name);
    if (!S_ISREG(st->st_mode))
        return chg_error_set(CHENGIS_ERR_INVALID, "'%s' is not a regular file", name);
    return chg_steal_fd(&fd);
}

int chg_fs_copy_at(int from_dir, const char *from, int to_dir, const char *to)
{
    struct stat st;
    struct stat target;
    chg_autofd int in = open_source(from_dir, from, &st);
    chg_autofd int out = -1;
    int rc;

    if (in < 0)
        return in;
    out = openat(to_dir, to, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (out < 0 || fstat(out, &target) != 0)
        return chg_error_sys(0, errno, "'%s' cannot be written", to);
    if (!S_ISREG(target.st_mode) || (target.st_ino == st.st_ino && target.st_dev == st.st_dev))
        return chg_error_set(CHENGIS_ERR_INVALID, "'%s' cannot be a copy of '%s'", to, from);
    if (ftruncate(out, 0) != 0)
        return chg_error_sys(0, errno, "'%s' cannot be written", to);
    rc = copy_bytes(in, out, st.st_size);
    if (rc == 0 && fchmod(out, st.st_mode & 0777) != 0)
        rc = chg_error_sys(0, errno, "permissions cannot be set");
    if (rc < 0) {
        (void)chg_error_prefix("copy of '%s'", from);
        (void)unlinkat(to_dir, to, 0);
    }
    return rc;
}

int chg_fs_copy_link_at(int from_dir, const char *from, int to_dir, const char *to)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(from_dir, from, target, sizeof(target) - 1);

    if (n < 0)
        return chg_error_sys(0, errno, "link '%s' cannot be read", from);
    target[n] = '\0';
    if (symlinkat(target, to_dir, to) != 0)
        return chg_error_sys(0, errno, "link '%s' cannot be made", to);
    return 0;
}

struct copy {
    struct chg_str relative;
    struct stat target; /* of the root of the copy, which must not be copied into itself */
    chg_fs_skip_fn skip;
    void *userdata;
    int vanished;
};

static int copy_dir(struct copy *copy, int from_fd, int to_fd, int depth);

static int copy_subdir(struct copy *copy, int from_dir, int to_dir, const char *name, int depth)
{
    chg_autofd int from_fd = chg_fs_open_dir(from_dir, name);
    chg_autofd int to_fd = -1;
    struct stat st;
    int rc;

    if (depth >= CHG_FS_MAX_DEPTH)
        return chg_error_set(CHENGIS_ERR_LIMIT, "directory '%s' is nested deeper than %d levels",
                             copy->relative.ptr, CHG_FS_MAX_DEPTH);
    if (from_fd < 0)
        return chg_error_sys(0, -from_fd, "directory '%s' cannot be opened", copy->relative.ptr);
    if (fstat(from_fd, &st) != 0)
        return chg_error_sys(0, errno, "directory '%s' cannot be read", copy->relative.ptr);
    if (st.st_dev == copy->target.st_dev && st.st_ino == copy->target.st_ino)
        return 0;
    if (mkdirat(to_dir, name, 0700) != 0 && errno != EEXIST)
        return chg_error_sys(0, errno, "directory '%s' cannot be made", copy->relative.ptr);
    to_fd = chg_fs_open_dir(to_dir, name);
    if (to_fd < 0)
        return chg_error_sys(0, -to_fd, "directory '%s' cannot be made", copy->relative.ptr);
    rc = copy_dir(copy, from_fd, to_fd, depth + 1);
    /* Last, since a directory may forbid writing. */
    if (rc == 0 && fchmod(to_fd, st.st_mode & 0777) != 0)
        rc = chg_error_sys(0, errno, "permissions of '%s' cannot be set", copy->relative.ptr);
    return rc;
}

static int copy_entry(struct copy *copy, int from_fd, int to_fd, const char *name, int depth)
{
    struct stat st;
    bool is_dir;

    if (fstatat(from_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return chg_error_sys(0, errno, "'%s' cannot be copied", copy->relative.ptr);
    is_dir = S_ISDIR(st.st_mode);
    if (copy->skip != NULL && copy->skip(copy->relative.ptr, is_dir, copy->userdata))
        return 0;
    if (is_dir)
        return copy_subdir(copy, from_fd, to_fd, name, depth);
    if (S_ISLNK(st.st_mode))
        return chg_fs_copy_link_at(from_fd, name, to_fd, name);
    /* Sockets, pipes and devices belong to whoever made them. */
    return S_ISREG(st.st_mode) ? chg_fs_copy_at(from_fd, name, to_fd, name) : 0;
}

/* Trees live: what is gone since its folder was listed is left out. What lacks the folder it goes
 * to is an error. */
static int leave_out_vanished(struct copy *copy, int to_fd, int rc)
{
    struct stat st;

    if (rc != CHENGIS_ERR_NOT_FOUND || fstat(to_fd, &st) != 0 || st.st_nlink == 0)
        return rc;
    chengis_error_clear();
    if (copy->vanished < INT_MAX)
        copy->vanished++;
    return 0;
}

static int copy_dir(struct copy *copy, int from_fd, int to_fd, int depth)
{
    chg_auto(fs_names) names = CHG_FS_NAMES_INIT;
    size_t len = copy->relative.len;
    int rc = chg_fs_names_read(&names, from_fd);

    for (size_t i = 0; i < names.len && rc == 0; i++) {
        if (len > 0)
            chg_str_add_char(&copy->relative, '/');
        chg_str_add(&copy->relative, names.items[i]);
        rc = chg_str_check(&copy->relative);
        if (rc == 0)
            rc = leave_out_vanished(copy, to_fd,
                                    copy_entry(copy, from_fd, to_fd, names.items[i], depth));
        chg_str_truncate(&copy->relative, len);
    }
    return rc;
}

int chg_fs_copy_tree(const char *from, const char *to, chg_fs_skip_fn skip, void *userdata)
{
    struct copy copy = {.relative = CHG_STR_INIT, .skip = skip, .userdata = userdata};
    chg_autofd int from_fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    chg_autofd int to_fd = -1;
    int rc;

    if (from_fd < 0)
        return chg_error_sys(0, errno, "directory '%s' cannot be opened", from);
    rc = chg_fs_mkdirs(to, 0755);
    if (rc < 0)
        return rc;
    to_fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to_fd < 0 || fstat(to_fd, &copy.target) != 0)
        return chg_error_sys(0, errno, "directory '%s' cannot be opened", to);
    rc = copy_dir(&copy, from_fd, to_fd, 0);
    chg_str_fini(&copy.relative);
    return rc < 0 ? chg_error_prefix("copy of '%s' to '%s'", from, to) : copy.vanished;
}
