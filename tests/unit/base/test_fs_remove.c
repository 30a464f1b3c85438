/* SPDX-License-Identifier: MIT */
/* Removal of trees, hostile ones too. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"
#include "base/thread.h"
#include "support.h"

static bool is_there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

Test(base_fs_remove, removes_a_tree)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "t/a/b/file"), "x");
    write_file(path_in(dir, "t/.hidden"), "x");
    cr_assert_eq(mkfifo(path_in(dir, "t/pipe"), 0600), 0);
    assert_ok(chg_fs_remove_tree(path_in(dir, "t")));

    cr_expect_not(is_there(path_in(dir, "t")));
}

Test(base_fs_remove, what_is_absent_is_fine)
{
    TEMP_DIR(dir);

    assert_ok(chg_fs_remove_tree(path_in(dir, "none")));
    assert_ok(chg_fs_remove_tree(path_in(dir, "none/deeper")));
}

Test(base_fs_remove, removes_a_single_file)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "file"), "x");
    assert_ok(chg_fs_remove_tree(path_in(dir, "file")));

    cr_expect_not(is_there(path_in(dir, "file")));
}

Test(base_fs_remove, never_leaves_the_tree_through_a_link)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "precious/file"), "x");
    write_file(path_in(dir, "t/x"), "x");
    cr_assert_eq(symlink("../precious", path_in(dir, "t/dirlink")), 0);
    cr_assert_eq(symlink("../precious/file", path_in(dir, "t/filelink")), 0);
    cr_assert_eq(symlink("nowhere", path_in(dir, "t/broken")), 0);
    assert_ok(chg_fs_remove_tree(path_in(dir, "t")));

    cr_expect_not(is_there(path_in(dir, "t")));
    cr_expect(is_there(path_in(dir, "precious/file")));
}

Test(base_fs_remove, a_root_that_is_a_link_is_only_unlinked)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "precious/file"), "x");
    cr_assert_eq(symlink("precious", path_in(dir, "link")), 0);
    assert_ok(chg_fs_remove_tree(path_in(dir, "link/")));

    cr_expect_not(is_there(path_in(dir, "link")));
    cr_expect(is_there(path_in(dir, "precious/file")));
}

Test(base_fs_remove, opens_directories_nobody_may_read_or_write)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "t/closed/file"), "x");
    write_file(path_in(dir, "t/readonly/sub/file"), "x");
    cr_assert_eq(chmod(path_in(dir, "t/closed"), 0), 0);
    cr_assert_eq(chmod(path_in(dir, "t/readonly/sub"), 0500), 0);
    cr_assert_eq(chmod(path_in(dir, "t/readonly"), 0500), 0);
    cr_assert_eq(chmod(path_in(dir, "t"), 0), 0);
    assert_ok(chg_fs_remove_tree(path_in(dir, "t")));

    cr_expect_not(is_there(path_in(dir, "t")));
}

/* A chain of directories, with a file at its end. */
static void make_chain(const char *root, int depth)
{
    int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int i = 0; i < depth; i++) {
        int next;

        cr_assert_eq(mkdirat(at, "d", 0755), 0);
        next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        cr_assert(next >= 0);
        (void)close(at);
        at = next;
    }
    (void)close(openat(at, "end", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    (void)close(at);
}

Test(base_fs_remove, removes_a_tree_deeper_than_any_path_or_descriptor_limit)
{
    TEMP_DIR(dir);

    assert_ok(chg_fs_mkdirs(path_in(dir, "t"), 0755));
    make_chain(path_in(dir, "t"), 3000);
    assert_ok(chg_fs_remove_tree(path_in(dir, "t")));

    cr_expect_not(is_there(path_in(dir, "t")));
}

Test(base_fs_remove, removes_the_rest_and_names_what_it_could_not)
{
    TEMP_DIR(dir);

    if (geteuid() == 0)
        cr_skip_test("root removes everything");
    write_file(path_in(dir, "parent/t/a"), "x");
    cr_assert_eq(chmod(path_in(dir, "parent"), 0500), 0);

    assert_err(chg_fs_remove_tree(path_in(dir, "parent/t")), CHENGIS_ERR_PERMISSION,
               "/parent/t' cannot be removed");
    cr_expect_not(is_there(path_in(dir, "parent/t/a")));
}

struct filler {
    const char *dir;
    struct chg_cancel *stop;
};

/* Put a new file into the directory whenever it is there, until told to stop. */
static void fill(void *userdata)
{
    const struct filler *filler = userdata;
    char path[PATH_MAX];

    for (unsigned i = 0; chg_cancel_level(filler->stop) == 0; i++) {
        int fd;

        (void)snprintf(path, sizeof(path), "%s/%u", filler->dir, i % 100000);
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0)
            (void)close(fd);
    }
}

Test(base_fs_remove, comes_to_an_end_although_the_tree_is_filled_meanwhile, .timeout = 120)
{
    TEMP_DIR(dir);
    struct filler filler = {0};
    struct chg_thread thread;
    int rc;

    assert_ok(chg_fs_mkdirs(path_in(dir, "t/a/b/c/d/e/f/g/h"), 0755));
    assert_ok(chg_cancel_new(&filler.stop, NULL));
    filler.dir = path_in(dir, "t/a/b/c/d/e/f/g/h");
    assert_ok(chg_thread_start(&thread, "filler", fill, &filler));
    rc = chg_fs_remove_tree(path_in(dir, "t"));
    chg_cancel_request(filler.stop, 1, NULL);
    chg_thread_join(&thread);
    (void)chg_cancel_unref(filler.stop);

    /* Either side may win, but the answer is true. */
    cr_expect_eq(rc == 0, !is_there(path_in(dir, "t")));
    assert_ok(chg_fs_remove_tree(path_in(dir, "t")));
}

Test(base_fs_remove, missing_memory_is_reported)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "t/a"), "x");
    fault_alloc(1);
    assert_err(chg_fs_remove_tree(path_in(dir, "t")), CHENGIS_ERR_NO_MEMORY, "out of memory");
    fault_alloc(2);
    assert_err(chg_fs_remove_tree(path_in(dir, "t")), CHENGIS_ERR_NO_MEMORY, "out of memory");

    cr_expect(is_there(path_in(dir, "t/a")));
}
