/* SPDX-License-Identifier: MIT */
/* Opening below a directory that somebody else may write to: no link and no escape on the way. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"

#include "base/banned.h"

/* The kernel gives EAGAIN when the tree is renamed meanwhile; whoever does so for ever is refused.
 */
#define MAX_TRIES 16

static int refused(const char *relative)
{
    return chg_error_set(CHENGIS_ERR_PERMISSION,
                         "path '%s' leaves its directory or goes through a symbolic link",
                         relative);
}

static int failed(const char *relative, int err)
{
    if (err == ELOOP || err == EXDEV)
        return refused(relative);
    return chg_error_sys(0, err, "'%s' cannot be opened", relative);
}

/* ".." could be resolved, but a path that needs it is not one we made. */
static bool is_plain(const char *relative)
{
    if (relative[0] == '/' || relative[0] == '\0')
        return false;
    for (const char *p = relative; *p != '\0'; p += strspn(p, "/")) {
        size_t len = strcspn(p, "/");

        if (len == 2 && p[0] == '.' && p[1] == '.')
            return false;
        p += len;
    }
    return true;
}

static bool is_link(int dir_fd, const char *name)
{
    struct stat st;

    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* openat() that never follows; a link gives -ELOOP whatever the flags are. */
static int open_step(int dir_fd, const char *name, int flags, mode_t mode)
{
    int fd = openat(dir_fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
    int err = errno;
    struct stat st;

    if (fd < 0)
        return is_link(dir_fd, name) ? -ELOOP : -err;
    if ((flags & O_PATH) != 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
        (void)close(fd);
        return -ELOOP;
    }
    return fd;
}

int chg_fs_open_beneath_stepwise(int dir_fd, const char *relative, int flags, mode_t mode)
{
    chg_autofree char *copy = NULL;
    chg_autofd int held = -1;
    int at = dir_fd;
    char *name;
    char *end;
    int fd;

    if (!is_plain(relative))
        return refused(relative);
    copy = chg_strdup(relative);
    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (name = copy; *(end = name + strcspn(name, "/")) != '\0' && end[strspn(end, "/")] != '\0';
         name = end + 1 + strspn(end + 1, "/")) {
        *end = '\0';
        fd = open_step(at, name, O_PATH | O_DIRECTORY, 0);
        if (fd < 0)
            return failed(relative, -fd);
        if (held >= 0)
            (void)close(held);
        held = at = fd;
    }
    if (*end != '\0') {
        *end = '\0';
        flags |= O_DIRECTORY;
    }
    fd = open_step(at, name, flags, mode);
    return fd >= 0 ? fd : failed(relative, -fd);
}

int chg_fs_open_beneath(int dir_fd, const char *relative, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = (flags & O_CREAT) != 0 ? mode : 0, /* openat2() minds a mode it does not need */
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    int fd = -1;

    if (!is_plain(relative))
        return refused(relative);
    for (int i = 0; i < MAX_TRIES && fd < 0; i++) {
        fd = (int)syscall(SYS_openat2, dir_fd, relative, &how, sizeof(how));
        if (fd < 0 && errno != EAGAIN && errno != EINTR)
            break;
    }
    if (fd >= 0)
        return fd;
    /* Older kernels, and sandboxes that answer EPERM for calls they do not know. */
    if (errno == ENOSYS || errno == EPERM)
        return chg_fs_open_beneath_stepwise(dir_fd, relative, flags, mode);
    return failed(relative, errno);
}
