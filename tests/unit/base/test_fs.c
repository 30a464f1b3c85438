/* SPDX-License-Identifier: MIT */
/* Single files and directories. */
#include "base/fs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "support.h"

static mode_t mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0);
    return st.st_mode & 07777;
}

Test(base_fs, mkdirs_makes_the_whole_way)
{
    TEMP_DIR(dir);

    assert_ok(chg_fs_mkdirs(path_in(dir, "a/b//c/"), 0700));
    assert_ok(chg_fs_mkdirs(path_in(dir, "a/b/c"), 0755));

    cr_expect(chg_fs_is_dir(path_in(dir, "a/b/c")));
    cr_expect_eq(mode_of(path_in(dir, "a/b/c")), 0700);
}

Test(base_fs, mkdirs_takes_a_link_to_a_directory_and_refuses_a_file)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "file"), "");
    assert_ok(chg_fs_mkdirs(path_in(dir, "real"), 0755));
    cr_assert_eq(symlink("real", path_in(dir, "link")), 0);

    assert_ok(chg_fs_mkdirs(path_in(dir, "link/sub"), 0755));
    cr_expect(chg_fs_is_dir(path_in(dir, "real/sub")));
    assert_err(chg_fs_mkdirs(path_in(dir, "file"), 0755), CHENGIS_ERR_EXISTS,
               "exists and is not a directory");
    assert_err(chg_fs_mkdirs(path_in(dir, "file/sub"), 0755), CHENGIS_ERR_EXISTS, "/file'");
}

Test(base_fs, mkdirs_of_a_relative_path_starts_here)
{
    TEMP_DIR(dir);

    cr_assert_eq(chdir(dir), 0);
    assert_ok(chg_fs_mkdirs("x/y", 0755));
    cr_expect(chg_fs_is_dir(path_in(dir, "x/y")));
}

Test(base_fs, read_appends_the_whole_file)
{
    TEMP_DIR(dir);
    chg_auto(str) text = CHG_STR_INIT;

    write_file(path_in(dir, "file"), "content");
    chg_str_add(&text, "> ");
    assert_ok(chg_fs_read(&text, path_in(dir, "file"), 7));

    cr_expect_str_eq(text.ptr, "> content");
}

Test(base_fs, read_refuses_a_file_beyond_the_limit)
{
    TEMP_DIR(dir);
    chg_auto(str) text = CHG_STR_INIT;

    write_file(path_in(dir, "file"), "content");

    assert_err(chg_fs_read(&text, path_in(dir, "file"), 6), CHENGIS_ERR_LIMIT,
               "is larger than 6 bytes");
}

Test(base_fs, read_reads_files_that_give_no_size)
{
    chg_auto(str) text = CHG_STR_INIT;

    assert_ok(chg_fs_read(&text, "/proc/self/status", 1 << 20));

    cr_expect_gt(text.len, 100);
}

Test(base_fs, read_waits_for_nobody_to_open_a_named_pipe, .timeout = 20)
{
    TEMP_DIR(dir);
    chg_auto(str) text = CHG_STR_INIT;

    cr_assert_eq(mkfifo(path_in(dir, "pipe"), 0600), 0);

    assert_ok(chg_fs_read(&text, path_in(dir, "pipe"), 100));
    cr_expect_eq(text.len, 0);
}

Test(base_fs, read_reads_a_pipe_to_its_end, .timeout = 20)
{
    chg_auto(str) text = CHG_STR_INIT;
    char path[32];
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], "abc", 3), 3);
    cr_assert_eq(close(ends[1]), 0);
    (void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);

    assert_ok(chg_fs_read(&text, path, 100));
    cr_expect_str_eq(text.ptr, "abc");
    (void)close(ends[0]);
}

Test(base_fs, read_names_the_file_that_fails)
{
    TEMP_DIR(dir);
    chg_auto(str) text = CHG_STR_INIT;

    assert_err(chg_fs_read(&text, path_in(dir, "none"), 10), CHENGIS_ERR_NOT_FOUND,
               "/none' cannot be opened: No such file");
    assert_err(chg_fs_read(&text, dir, 10), CHENGIS_ERR_IO, "cannot be read: Is a directory");
}

Test(base_fs, write_replaces_the_file_and_sets_the_mode)
{
    TEMP_DIR(dir);
    const char *path = path_in(dir, "file");
    char *text;

    write_file(path, "old content that is longer");
    assert_ok(chg_fs_write(path, "new", 3, 0600));
    text = read_file(path);

    cr_expect_str_eq(text, "new");
    cr_expect_eq(mode_of(path), 0600);
    free(text);
}

static int count_walk(const struct chg_fs_entry *entry, void *userdata)
{
    (void)entry;
    ++*(int *)userdata;
    return 0;
}

Test(base_fs, a_failed_write_leaves_the_old_file_and_nothing_else)
{
    TEMP_DIR(dir);
    int count = 0;

    assert_ok(chg_fs_mkdirs(path_in(dir, "file"), 0755));
    assert_err(chg_fs_write(path_in(dir, "file"), "x", 1, 0600), CHENGIS_ERR_IO,
               "/file' cannot be replaced: Is a directory");
    assert_err(chg_fs_write(path_in(dir, "none/file"), "x", 1, 0600), CHENGIS_ERR_NOT_FOUND,
               "/none/file' cannot be written");

    assert_ok(chg_fs_walk(dir, count_walk, &count));
    cr_expect_eq(count, 1);
}

Test(base_fs, write_all_reports_a_full_device)
{
    chg_autofd int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    assert_err(chg_fs_write_all(fd, "x", 1), CHENGIS_ERR_NO_SPACE, "write failed: No space left");
    assert_err(chg_fs_write_all(-1, "x", 1), CHENGIS_ERR_IO, "Bad file descriptor");
    assert_ok(chg_fs_write_all(-1, "", 0));
}

Test(base_fs, exists_and_is_dir_follow_links)
{
    TEMP_DIR(dir);

    cr_assert_eq(symlink("nowhere", path_in(dir, "broken")), 0);
    cr_assert_eq(symlink(".", path_in(dir, "here")), 0);

    cr_expect_not(chg_fs_exists(path_in(dir, "broken")));
    cr_expect(chg_fs_is_dir(path_in(dir, "here")));
}

Test(base_fs, realpath_resolves_links)
{
    TEMP_DIR(dir);
    chg_autofree char *real = NULL;
    chg_autofree char *root = NULL;

    write_file(path_in(dir, "a/file"), "");
    cr_assert_eq(symlink("a", path_in(dir, "link")), 0);
    assert_ok(chg_fs_realpath(&root, dir));
    assert_ok(chg_fs_realpath(&real, path_in(dir, "link/../link/file")));

    cr_expect_str_eq(real, path_in(root, "a/file"));
    assert_err(chg_fs_realpath(&real, path_in(dir, "none")), CHENGIS_ERR_NOT_FOUND,
               "cannot be resolved");
}
