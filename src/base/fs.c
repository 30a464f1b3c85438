/* SPDX-License-Identifier: MIT */
/* Single files and directories, and the directory listing that recursive work is built on. */
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"
#include "base/path.h"

#include "base/banned.h"

#define READ_BLOCK 65536

static int make_dir(const char *path, mode_t mode)
{
    if (mkdir(path, mode) == 0)
        return 0;
    if (errno == EEXIST && chg_fs_is_dir(path))
        return 0;
    if (errno == EEXIST)
        return chg_error_set(CHENGIS_ERR_EXISTS, "'%s' exists and is not a directory", path);
    return chg_error_sys(0, errno, "directory '%s' cannot be made", path);
}

int chg_fs_mkdirs(const char *path, mode_t mode)
{
    chg_autofree char *copy = NULL;
    int rc = 0;

    if (chg_fs_is_dir(path))
        return 0;
    copy = chg_strdup(path);
    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (char *p = copy + strspn(copy, "/"); *p != '\0' && rc == 0; p += strspn(p, "/")) {
        char *end = p + strcspn(p, "/");
        char kept = *end;

        *end = '\0';
        rc = make_dir(copy, mode);
        *end = kept;
        p = end;
    }
    return rc;
}

/* A named pipe that nobody writes to is empty, not a wait for ever; one that is written to is read
 * as usual. */
static int open_for_reading(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd >= 0)
        (void)fcntl(fd, F_SETFL, O_RDONLY);
    return fd;
}

int chg_fs_read(struct chg_str *out, const char *path, size_t max)
{
    chg_autofd int fd = open_for_reading(path);
    size_t start = out->len;

    if (fd < 0)
        return chg_error_sys(0, errno, "file '%s' cannot be opened", path);
    for (;;) {
        ssize_t n;
        int rc = chg_str_reserve(out, READ_BLOCK);

        if (rc < 0)
            return chg_error_prefix("file '%s'", path);
        n = read(fd, out->ptr + out->len, READ_BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return chg_error_sys(CHENGIS_ERR_IO, errno, "file '%s' cannot be read", path);
        out->len += (size_t)n;
        out->ptr[out->len] = '\0';
        if (out->len - start > max)
            return chg_error_set(CHENGIS_ERR_LIMIT, "file '%s' is larger than %zu bytes", path,
                                 max);
        if (n == 0)
            return 0;
    }
}

static int write_failed(int err)
{
    return chg_error_sys(err == EPIPE ? CHENGIS_ERR_IO : 0, err, "write failed");
}

int chg_fs_write_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return write_failed(errno);
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static int fill_file(int fd, const void *data, size_t len, mode_t mode)
{
    int rc = chg_fs_write_all(fd, data, len);

    if (rc < 0)
        return rc;
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
        return write_failed(errno);
    return 0;
}

int chg_fs_write(const char *path, const void *data, size_t len, mode_t mode)
{
    chg_autofree char *dir = chg_path_dirname(path);
    chg_autofree char *temp = NULL;
    chg_autofd int fd = -1;
    int rc;

    if (dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    /* In the same directory, so that the rename stays on one file system. */
    temp = chg_asprintf("%s/.chengis-XXXXXX", dir);
    if (temp == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0)
        return chg_error_sys(0, errno, "file '%s' cannot be written", path);
    rc = fill_file(fd, data, len, mode);
    if (rc < 0)
        (void)chg_error_prefix("file '%s'", path);
    else if (rename(temp, path) != 0)
        rc = chg_error_sys(0, errno, "file '%s' cannot be replaced", path);
    if (rc < 0)
        (void)unlink(temp);
    return rc;
}

bool chg_fs_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

bool chg_fs_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int chg_fs_realpath(char **out, const char *path)
{
    char resolved[PATH_MAX];
    char *copy;

    if (realpath(path, resolved) == NULL)
        return chg_error_sys(0, errno, "path '%s' cannot be resolved", path);
    copy = chg_strdup(resolved);
    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *out = copy;
    return 0;
}

void chg_fs_names_fini(struct chg_fs_names *names)
{
    for (size_t i = 0; i < names->len; i++)
        chg_free(names->items[i]);
    chg_vec_fini(names);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(struct chg_fs_names *names, DIR *dir)
{
    const struct dirent *entry;

    for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0) {
        char *copy;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        copy = chg_strdup(entry->d_name);
        if (copy == NULL || chg_vec_push(names, copy) < 0) {
            chg_free(copy);
            return CHENGIS_ERR_NO_MEMORY;
        }
    }
    return errno != 0 ? chg_error_sys(0, errno, "directory cannot be read") : 0;
}

int chg_fs_names_read(struct chg_fs_names *names, int dir_fd)
{
    /* Not dup(): a duplicate would share the reading position. */
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    int rc;

    if (dir == NULL) {
        rc = chg_error_sys(0, errno, "directory cannot be read");
        if (fd >= 0)
            (void)close(fd);
        return rc;
    }
    rc = read_names(names, dir);
    (void)closedir(dir);
    if (rc == 0 && names->len > 1)
        qsort(names->items, names->len, sizeof(*names->items), compare_names);
    return rc;
}

int chg_fs_open_dir(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    return fd >= 0 ? fd : -errno;
}
