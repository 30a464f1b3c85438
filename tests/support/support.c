/* SPDX-License-Identifier: MIT */
/* Temporary directories and files for tests. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void give_up(const char *what, const char *path)
{
    (void)fprintf(stderr, "test support: %s '%s': %s\n", what, path, strerror(errno));
    abort();
}

char *temp_dir(void)
{
    const char *base = getenv("TMPDIR");
    char *path = NULL;

    if (asprintf(&path, "%s/chengis-test-XXXXXX", base != NULL ? base : "/tmp") < 0 ||
        mkdtemp(path) == NULL)
        give_up("cannot make", path != NULL ? path : "");
    return path;
}

static int open_up(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (type == FTW_D || type == FTW_DNR)
        (void)chmod(path, 0700);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    (void)remove(path);
    return 0;
}

void temp_dir_remove(char *dir)
{
    if (dir == NULL)
        return;
    (void)nftw(dir, open_up, 16, FTW_PHYS);
    (void)nftw(dir, remove_one, 16, FTW_PHYS | FTW_DEPTH);
    free(dir);
}

void temp_dir_cleanup_(char **dir)
{
    temp_dir_remove(*dir);
}

const char *path_in(const char *dir, const char *name)
{
    static char buffers[16][PATH_MAX];
    static unsigned next;
    char *buffer = buffers[next++ % 16];

    (void)snprintf(buffer, PATH_MAX, "%s/%s", dir, name);
    return buffer;
}

static void make_parents(const char *path)
{
    char copy[PATH_MAX];

    (void)snprintf(copy, sizeof(copy), "%s", path);
    for (char *p = strchr(copy + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(copy, 0755);
        *p = '/';
    }
}

void write_file(const char *path, const char *text)
{
    size_t len = strlen(text);
    int fd;

    make_parents(path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd) != 0)
        give_up("cannot write", path);
}

char *read_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = NULL;
    size_t len = 0;
    ssize_t n = 0;

    if (fd < 0)
        give_up("cannot open", path);
    do {
        len += (size_t)n;
        text = realloc(text, len + 4097);
        n = read(fd, text + len, 4096);
    } while (n > 0);
    if (n < 0)
        give_up("cannot read", path);
    text[len] = '\0';
    (void)close(fd);
    return text;
}
