/* SPDX-License-Identifier: MIT */
/* Copies of files and trees. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"
#include "base/thread.h"
#include "support.h"

static mode_t mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(lstat(path, &st), 0, "%s", path);
    return st.st_mode & 07777;
}

static void expect_file(const char *path, const char *content)
{
    char *text = read_file(path);

    cr_expect_str_eq(text, content);
    free(text);
}

static int copy(const char *from, const char *to)
{
    return chg_fs_copy_at(AT_FDCWD, from, AT_FDCWD, to);
}

Test(base_fs_copy, copies_content_and_permissions)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "a"), "content");
    cr_assert_eq(chmod(path_in(dir, "a"), 0751), 0);
    assert_ok(copy(path_in(dir, "a"), path_in(dir, "b")));

    expect_file(path_in(dir, "b"), "content");
    cr_expect_eq(mode_of(path_in(dir, "b")), 0751);
}

Test(base_fs_copy, replaces_a_longer_file_and_drops_set_uid)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "a"), "new");
    write_file(path_in(dir, "b"), "something longer");
    cr_assert_eq(chmod(path_in(dir, "a"), 04755), 0);
    assert_ok(copy(path_in(dir, "a"), path_in(dir, "b")));

    expect_file(path_in(dir, "b"), "new");
    cr_expect_eq(mode_of(path_in(dir, "b")), 0755);
}

Test(base_fs_copy, copies_files_without_a_size)
{
    TEMP_DIR(dir);
    char *text;

    assert_ok(copy("/proc/self/status", path_in(dir, "b")));
    text = read_file(path_in(dir, "b"));

    cr_expect_not_null(strstr(text, "Pid:"));
    free(text);
}

struct growth {
    const char *path;
    atomic_bool over;
};

static void grow(void *userdata)
{
    static const char block[1 << 20];
    struct growth *growth = userdata;
    int fd = open(growth->path, O_WRONLY | O_APPEND | O_CLOEXEC);

    for (int i = 0; i < 4096 && !atomic_load(&growth->over); i++) {
        if (write(fd, block, sizeof(block)) < 0)
            break;
    }
    (void)close(fd);
}

Test(base_fs_copy, leaves_out_what_is_appended_meanwhile, .timeout = 60)
{
    TEMP_DIR(dir);
    struct growth growth = {.path = path_in(dir, "a")};
    struct chg_thread thread;
    struct stat before;
    struct stat copied;

    write_file(path_in(dir, "a"), "begin");
    assert_ok(chg_thread_start(&thread, "grow", grow, &growth));
    do {
        cr_assert_eq(stat(path_in(dir, "a"), &before), 0);
    } while (before.st_size < 16 << 20);

    assert_ok(copy(path_in(dir, "a"), path_in(dir, "b")));
    cr_assert_eq(stat(path_in(dir, "b"), &copied), 0);
    atomic_store(&growth.over, true);
    chg_thread_join(&thread);

    cr_assert_geq(copied.st_size, before.st_size);
    cr_assert_lt(copied.st_size, before.st_size * 64);
}

Test(base_fs_copy, refuses_links_pipes_and_itself)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "a"), "x");
    cr_assert_eq(symlink("a", path_in(dir, "link")), 0);
    cr_assert_eq(mkfifo(path_in(dir, "pipe"), 0600), 0);

    assert_err(copy(path_in(dir, "link"), path_in(dir, "b")), CHENGIS_ERR_INVALID,
               "/link' is not a regular file");
    assert_err(copy(path_in(dir, "pipe"), path_in(dir, "b")), CHENGIS_ERR_INVALID,
               "/pipe' is not a regular file");
    assert_err(copy(path_in(dir, "a"), path_in(dir, "link")), CHENGIS_ERR_IO, "cannot be written");
    assert_err(copy(path_in(dir, "a"), path_in(dir, "a")), CHENGIS_ERR_INVALID,
               "cannot be a copy of");
    assert_err(copy(path_in(dir, "none"), path_in(dir, "b")), CHENGIS_ERR_NOT_FOUND,
               "/none' cannot be opened");
    expect_file(path_in(dir, "a"), "x");
}

static void make_tree(const char *dir)
{
    write_file(path_in(dir, "from/file"), "1");
    write_file(path_in(dir, "from/sub/run.sh"), "2");
    write_file(path_in(dir, "from/.git/config"), "3");
    cr_assert_eq(chmod(path_in(dir, "from/sub/run.sh"), 0755), 0);
    cr_assert_eq(symlink("sub/run.sh", path_in(dir, "from/link")), 0);
    cr_assert_eq(mkfifo(path_in(dir, "from/pipe"), 0600), 0);
}

Test(base_fs_copy, copies_a_tree_with_links_as_links)
{
    TEMP_DIR(dir);
    char target[32] = "";

    make_tree(dir);
    cr_assert_eq(chmod(path_in(dir, "from/sub"), 0555), 0);
    assert_ok(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to/here"), NULL, NULL));

    expect_file(path_in(dir, "to/here/file"), "1");
    expect_file(path_in(dir, "to/here/sub/run.sh"), "2");
    cr_expect_eq(mode_of(path_in(dir, "to/here/sub/run.sh")), 0755);
    cr_expect_eq(mode_of(path_in(dir, "to/here/sub")), 0555);
    cr_expect_eq(readlink(path_in(dir, "to/here/link"), target, sizeof(target) - 1), 10);
    cr_expect_str_eq(target, "sub/run.sh");
    cr_expect_not(chg_fs_exists(path_in(dir, "to/here/pipe")));
}

static bool skip_git(const char *relative, bool is_dir, void *userdata)
{
    ++*(int *)userdata;
    return is_dir && strcmp(relative, ".git") == 0;
}

Test(base_fs_copy, leaves_out_what_is_skipped)
{
    TEMP_DIR(dir);
    int asked = 0;

    make_tree(dir);
    assert_ok(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), skip_git, &asked));

    cr_expect_not(chg_fs_exists(path_in(dir, "to/.git")));
    cr_expect(chg_fs_exists(path_in(dir, "to/sub/run.sh")));
    cr_expect_eq(asked, 6);
}

/* Removes each thing of the tree when it is about to be copied, but the file. */
static bool remove_first(const char *relative, bool is_dir, void *userdata)
{
    char path[64];

    (void)is_dir;
    snprintf(path, sizeof(path), "from/%s", relative);
    if (strcmp(relative, "file") != 0)
        cr_assert_eq(chg_fs_remove_tree(path_in(userdata, path)), 0);
    return false;
}

Test(base_fs_copy, leaves_out_and_counts_what_vanishes_meanwhile)
{
    TEMP_DIR(dir);

    make_tree(dir);
    write_file(path_in(dir, "from/gone"), "4");
    cr_expect_eq(chg_fs_remove_tree(path_in(dir, "from/pipe")), 0);

    cr_expect_eq(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), remove_first, dir), 4);
    cr_expect_str_eq(chg_error_message(), "");
    expect_file(path_in(dir, "to/file"), "1");
    cr_expect_not(chg_fs_exists(path_in(dir, "to/gone")));
    cr_expect_not(chg_fs_exists(path_in(dir, "to/link")));
    cr_expect_not(chg_fs_exists(path_in(dir, "to/sub")));
}

static bool remove_target(const char *relative, bool is_dir, void *userdata)
{
    (void)relative;
    (void)is_dir;
    cr_assert_eq(rmdir(path_in(userdata, "to")), 0);
    return false;
}

Test(base_fs_copy, reports_a_target_that_vanishes)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "from/file"), "1");
    assert_err(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), remove_target, dir),
               CHENGIS_ERR_NOT_FOUND, "'file' cannot be written");
}

Test(base_fs_copy, does_not_copy_a_tree_into_itself_for_ever)
{
    TEMP_DIR(dir);

    make_tree(dir);
    assert_ok(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "from/sub/copy"), NULL, NULL));

    expect_file(path_in(dir, "from/sub/copy/file"), "1");
    cr_expect_not(chg_fs_exists(path_in(dir, "from/sub/copy/sub/copy")));
}

Test(base_fs_copy, does_not_write_through_a_link_in_the_target)
{
    TEMP_DIR(dir);

    make_tree(dir);
    assert_ok(chg_fs_mkdirs(path_in(dir, "to"), 0755));
    assert_ok(chg_fs_mkdirs(path_in(dir, "outside"), 0755));
    cr_assert_eq(symlink("../outside", path_in(dir, "to/sub")), 0);

    assert_err(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), NULL, NULL),
               CHENGIS_ERR_IO, "directory 'sub' cannot be made");
    cr_expect_not(chg_fs_exists(path_in(dir, "outside/run.sh")));
}

Test(base_fs_copy, names_both_ends_of_a_failed_copy)
{
    TEMP_DIR(dir);

    make_tree(dir);
    write_file(path_in(dir, "to/link"), "in the way");

    assert_err(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), NULL, NULL),
               CHENGIS_ERR_EXISTS, "/to': link 'link' cannot be made");
    assert_err(chg_fs_copy_tree(path_in(dir, "none"), path_in(dir, "to"), NULL, NULL),
               CHENGIS_ERR_NOT_FOUND, "/none' cannot be opened");
    assert_err(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to/link"), NULL, NULL),
               CHENGIS_ERR_EXISTS, "is not a directory");
}

Test(base_fs_copy, refuses_a_tree_that_is_too_deep)
{
    TEMP_DIR(dir);
    char path[3 * CHG_FS_MAX_DEPTH] = "from";

    for (int i = 0; i <= CHG_FS_MAX_DEPTH; i++)
        memcpy(path + strlen(path), "/d", 3);
    assert_ok(chg_fs_mkdirs(path_in(dir, path), 0755));

    assert_err(chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), NULL, NULL),
               CHENGIS_ERR_LIMIT, "is nested deeper than 200 levels");
}

Test(base_fs_copy, every_failing_allocation_is_reported)
{
    TEMP_DIR(dir);
    bool reached = true;

    write_file(path_in(dir, "from/a/b"), "x");
    for (unsigned nth = 1; reached; nth++) {
        int rc;

        fault_alloc(nth);
        rc = chg_fs_copy_tree(path_in(dir, "from"), path_in(dir, "to"), NULL, NULL);
        reached = fault_alloc_off();
        cr_expect_eq(rc, reached ? CHENGIS_ERR_NO_MEMORY : 0, "allocation %u", nth);
    }
}
