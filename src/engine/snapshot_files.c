/* SPDX-License-Identifier: MIT */
/* Files of the working tree into the workspace: a whole folder, or the paths of a list. Nothing is
 * read or written through a link, and none of the engine's own files is touched. */
#include "engine/snapshot.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "engine/journal.h"
#include "engine/own_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define TELL_AFTER_MS   50
#define TELL_FROM_BYTES ((off_t)16 << 20)

struct overlay {
    struct chg_run *run;
    int from;
    int to;
};

#define FOLDER_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Go into a folder. make: where it is missing it is made, and a file or link in its place goes. */
static int enter(int at, const char *name, bool make)
{
    int fd = openat(at, name, FOLDER_FLAGS);

    if (fd >= 0 || !make)
        return fd;
    if (errno != ENOENT && unlinkat(at, name, 0) < 0)
        return -1;
    if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
        return -1;
    return openat(at, name, FOLDER_FLAGS);
}

/* The folder `dir` below `root`, reached without a link; "." is root itself. -1 with errno. */
static int open_folder(int root, const char *dir, bool make)
{
    chg_autofree char *copy = chg_strdup(dir);
    char *name, *rest = copy;
    int fd = copy != NULL ? openat(root, ".", FOLDER_FLAGS) : -1;

    while (fd >= 0 && (name = strsep(&rest, "/")) != NULL) {
        int next = enter(fd, name, make);
        int err = errno;

        (void)close(fd);
        fd = next;
        errno = err;
    }
    return fd;
}

/* Folders that are empty without the file, and gone from the working tree, go with it. */
static int prune(const struct overlay *o, const char *dir)
{
    chg_autofree char *at = chg_strdup(dir);

    while (at != NULL && !chg_streq(at, ".")) {
        chg_autofd int kept = open_folder(o->from, at, false);
        char *parent;

        if (kept >= 0 || unlinkat(o->to, at, AT_REMOVEDIR) < 0)
            return 0;
        parent = chg_path_dirname(at);
        chg_free(at);
        at = parent;
    }
    return at != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

static int remove_path(const struct overlay *o, const char *dir, const char *name)
{
    chg_autofd int to = open_folder(o->to, dir, false);

    if (to < 0)
        return 0; /* gone with its folder */
    if (unlinkat(to, name, 0) < 0 && errno != ENOENT && errno != EISDIR)
        return chg_error_sys(0, errno, "cannot be removed");
    return prune(o, dir);
}

static int copy_path(const struct overlay *o, int from, const char *dir, const char *name,
                     mode_t mode)
{
    chg_autofd int to = open_folder(o->to, dir, true);
    chg_autofree char *folder = chg_path_join(o->run->row.workspace, dir);
    chg_autofree char *target = folder != NULL ? chg_path_join(folder, name) : NULL;
    int rc;

    if (to < 0)
        return chg_error_sys(0, errno, "cannot make folder '%s'", dir);
    if (target == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = chg_fs_remove_tree(target); /* it may have been a folder, or a link */
    if (rc < 0)
        return rc;
    return S_ISLNK(mode) ? chg_fs_copy_link_at(from, name, to, name)
                         : chg_fs_copy_at(from, name, to, name);
}

/* Also when a folder on the way has become a file or a link. */
static bool is_missing(int err)
{
    return err == ENOENT || err == ENOTDIR || err == ELOOP;
}

/* Bring one path of the workspace to the state it has in the working tree. */
static int take_path(const struct overlay *o, const char *path)
{
    chg_autofree char *dir = chg_path_dirname(path);
    const char *name = chg_path_basename(path);
    chg_autofd int from = -1;
    struct stat st;

    if (dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (chg_ends_with(path, "/") || chg_is_own_file(o->run->engine, o->run->source_dir, path))
        return 0; /* a repository inside the repository is not part of this one */
    from = open_folder(o->from, dir, false);
    if (from < 0 || fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return is_missing(errno) ? remove_path(o, dir, name)
                                 : chg_error_sys(0, errno, "cannot be read");
    if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)) {
        int rc = copy_path(o, from, dir, name, st.st_mode);

        if (rc != CHENGIS_ERR_NOT_FOUND || fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
            !is_missing(errno))
            return rc;
        chengis_error_clear(); /* removed meanwhile */
    }
    return remove_path(o, dir, name); /* a folder: what it holds is listed itself */
}

int chg_snapshot_paths(struct chg_run *run, const struct chg_str *list)
{
    chg_autofd int from = open(run->source_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    chg_autofd int to = -1;
    int rc = 0;

    if (from < 0)
        return chg_error_sys(0, errno, "cannot open '%s'", run->source_dir);
    to = open(run->row.workspace, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (to < 0)
        return chg_error_sys(0, errno, "cannot open '%s'", run->row.workspace);
    for (size_t at = 0; at < list->len && rc == 0; at += strlen(list->ptr + at) + 1) {
        rc = chg_cancel_check(run->cancel);
        if (rc == 0)
            rc = take_path(&(struct overlay){run, from, to}, list->ptr + at);
        if (rc < 0)
            rc = chg_error_prefix("snapshot of '%s/%s'", run->source_dir, list->ptr + at);
    }
    return rc;
}

struct copying {
    struct chg_run *run;
    int64_t begun;
    bool told;
    struct chg_error_saved error; /* of the telling */
};

static bool takes_long(const struct copying *copying, const char *relative)
{
    chg_autofree char *path = chg_path_join(copying->run->source_dir, relative);
    struct stat st;

    return chg_clock_mono_ms() - copying->begun >= TELL_AFTER_MS ||
           (path != NULL && lstat(path, &st) == 0 && st.st_size >= TELL_FROM_BYTES);
}

/* A build that copies for long is stored meanwhile, so that it can be seen and cancelled. */
static void tell(struct copying *copying)
{
    copying->told = true;
    if (chg_journal_commit(copying->run->journal) < 0)
        chg_error_save(&copying->error);
}

/* After a cancel or an error the rest of the tree is left out, too. */
static bool is_left_out(const char *relative, bool is_dir, void *userdata)
{
    struct copying *copying = userdata;
    const struct chg_run *run = copying->run;

    (void)is_dir;
    if (!copying->told && takes_long(copying, relative))
        tell(copying);
    return copying->error.code < 0 || chg_cancel_level(run->cancel) > 0 ||
           chg_is_own_file(run->engine, run->source_dir, relative);
}

int chg_snapshot_folder(struct chg_run *run)
{
    struct copying copying = {.run = run, .begun = chg_clock_mono_ms()};
    int rc =
        chg_run_say(run, "copying the folder '%s'; put it under git to build only what is tracked",
                    run->source_dir);

    if (rc == 0)
        rc = chg_fs_copy_tree(run->source_dir, run->row.workspace, is_left_out, &copying);
    if (copying.error.code < 0)
        return chg_error_restore(&copying.error);
    if (rc > 0)
        rc = chg_run_say(run, "note: %d files were removed while the folder was copied", rc);
    return rc == 0 ? chg_cancel_check(run->cancel) : rc;
}
