/* SPDX-License-Identifier: MIT */
/* Cgroup directories: is anything alive in one, kill it, remove it, and find the one of a dead
 * host. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

#define EVENTS_MAX       256
#define MAX_DEPTH        16
#define KILL_WAIT_MS     2000
#define KILL_POLL_MS     50
#define OPEN_DIR_OPTIONS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

bool chg_cgroup_is_populated(int events_fd)
{
    char text[EVENTS_MAX];
    ssize_t n = pread(events_fd, text, sizeof(text) - 1, 0);

    /* A cgroup that somebody removed has no process. */
    if (n <= 0)
        return false;
    text[n] = '\0';
    return strstr(text, "populated 1") != NULL;
}

void chg_cgroup_kill(int dir_fd)
{
    chg_autofd int fd = openat(dir_fd, "cgroup.kill", O_WRONLY | O_CLOEXEC);

    if (fd >= 0)
        (void)!write(fd, "1", 1);
}

/* The directory as a stream, and its descriptor; the position is its own. */
static DIR *open_dir_at(int parent_fd, const char *name)
{
    int fd = openat(parent_fd, name, OPEN_DIR_OPTIONS);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (fd >= 0 && dir == NULL)
        (void)close(fd);
    return dir;
}

static struct dirent *next_subdir(DIR *dir)
{
    struct dirent *entry;

    do
        entry = readdir(dir);
    while (entry != NULL && (entry->d_type != DT_DIR || entry->d_name[0] == '.'));
    return entry;
}

static int remove_at_depth(int parent_fd, const char *name, int depth)
{
    struct dirent *entry;
    DIR *dir;

    if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    dir = depth < MAX_DEPTH ? open_dir_at(parent_fd, name) : NULL;
    if (dir == NULL)
        return -1;
    while ((entry = next_subdir(dir)) != NULL)
        (void)remove_at_depth(dirfd(dir), entry->d_name, depth + 1);
    (void)closedir(dir);
    return unlinkat(parent_fd, name, AT_REMOVEDIR);
}

int chg_cgroup_remove(int parent_fd, const char *name)
{
    return remove_at_depth(parent_fd, name, 0);
}

/* Until nothing lives below dir_fd: also kernels that report a kill before the processes are gone.
 */
static void kill_and_wait(int dir_fd)
{
    chg_autofd int events_fd = openat(dir_fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
    struct pollfd poll_fd = {.fd = events_fd, .events = POLLPRI};
    int64_t deadline = chg_clock_mono_ms() + KILL_WAIT_MS;

    while (events_fd >= 0 && chg_cgroup_is_populated(events_fd) && chg_clock_mono_ms() < deadline) {
        chg_cgroup_kill(dir_fd);
        (void)poll(&poll_fd, 1, KILL_POLL_MS);
    }
}

/* 1 found and ended, 0 no such cgroup below parent_fd. */
static int kill_named_at(int parent_fd, const char *name)
{
    chg_autofd int fd = openat(parent_fd, name, OPEN_DIR_OPTIONS);

    if (fd < 0)
        return 0;
    kill_and_wait(fd);
    (void)chg_cgroup_remove(parent_fd, name);
    return 1;
}

/* The dead host may have lived in another cgroup than ours (another login, another unit). */
static int search_and_kill(int parent_fd, const char *dir_name, const char *name, int depth)
{
    DIR *dir = depth < MAX_DEPTH ? open_dir_at(parent_fd, dir_name) : NULL;
    struct dirent *entry;
    int found;

    if (dir == NULL)
        return 0;
    found = kill_named_at(dirfd(dir), name);
    while (found == 0 && (entry = next_subdir(dir)) != NULL)
        found = search_and_kill(dirfd(dir), entry->d_name, name, depth + 1);
    (void)closedir(dir);
    return found;
}

void chg_tree_remove_named(const char *name)
{
    chg_autofree char *own = NULL;
    chg_autofd int own_fd = -1;

    if (!chg_tree_name_is_valid(name))
        return;
    if (chg_cgroup_own_dir(&own) < 0) {
        chengis_error_clear();
        return;
    }
    own_fd = open(own, OPEN_DIR_OPTIONS);
    if (own_fd >= 0)
        (void)kill_named_at(own_fd, name);
}

int chg_tree_kill_named(const char *name)
{
    chg_autofree char *own = NULL;
    chg_autofree char *mount = NULL;
    chg_autofd int own_fd = -1;

    if (!chg_tree_name_is_valid(name))
        return 0;
    if (chg_cgroup_own_dir(&own) < 0 || chg_cgroup_mount_dir(&mount) < 0) {
        chengis_error_clear();
        return 0;
    }
    own_fd = open(own, OPEN_DIR_OPTIONS);
    if (own_fd >= 0 && kill_named_at(own_fd, name) == 1)
        return 1;
    return search_and_kill(AT_FDCWD, mount, name, 0);
}
