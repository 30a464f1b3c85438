/* SPDX-License-Identifier: MIT */
/* Walking a tree. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"
#include "support.h"

struct notes {
    struct chg_str text;
    const char *leave_out; /* a directory not to go into */
    const char *stop_at;
};

static int note(const struct chg_fs_entry *entry, void *userdata)
{
    struct notes *notes = userdata;
    struct stat st;

    cr_assert_eq(fstatat(entry->dir_fd, entry->name, &st, AT_SYMLINK_NOFOLLOW), 0);
    chg_str_addf(&notes->text, "%s%s%s%s ", entry->relative,
                 entry->is_dir ? "/" : (entry->is_link ? "@" : ""), entry->readable ? "" : "!",
                 entry->is_dir || entry->is_link || entry->is_regular ? "" : "?");
    if (chg_streq(entry->relative, notes->stop_at))
        return chg_error_set(CHENGIS_ERR_CANCELLED, "stopped");
    return chg_streq(entry->relative, notes->leave_out) ? 1 : 0;
}

static void make_tree(const char *dir)
{
    write_file(path_in(dir, "b/z"), "");
    write_file(path_in(dir, "b/A"), "");
    write_file(path_in(dir, "b.txt"), "");
    write_file(path_in(dir, "a/deep/er/file"), "");
    write_file(path_in(dir, ".hidden"), "");
    cr_assert_eq(symlink("/etc", path_in(dir, "link")), 0);
    cr_assert_eq(mkfifo(path_in(dir, "pipe"), 0600), 0);
}

Test(base_fs_walk, shows_everything_in_byte_order_and_follows_no_link)
{
    TEMP_DIR(dir);
    struct notes notes = {.text = CHG_STR_INIT};

    make_tree(dir);
    assert_ok(chg_fs_walk(dir, note, &notes));

    cr_expect_str_eq(notes.text.ptr, ".hidden a/ a/deep/ a/deep/er/ a/deep/er/file b/ b/A b/z "
                                     "b.txt link@ pipe? ");
    chg_str_fini(&notes.text);
}

Test(base_fs_walk, leaves_directories_out_on_request)
{
    TEMP_DIR(dir);
    struct notes notes = {.text = CHG_STR_INIT, .leave_out = "a"};

    make_tree(dir);
    assert_ok(chg_fs_walk(dir, note, &notes));

    cr_expect_str_eq(notes.text.ptr, ".hidden a/ b/ b/A b/z b.txt link@ pipe? ");
    chg_str_fini(&notes.text);
}

Test(base_fs_walk, stops_with_the_code_of_the_callback)
{
    TEMP_DIR(dir);
    struct notes notes = {.text = CHG_STR_INIT, .stop_at = "a/deep"};

    make_tree(dir);

    assert_err(chg_fs_walk(dir, note, &notes), CHENGIS_ERR_CANCELLED, "stopped");
    cr_expect_str_eq(notes.text.ptr, ".hidden a/ a/deep/ ");
    chg_str_fini(&notes.text);
}

Test(base_fs_walk, tells_unreadable_directories)
{
    TEMP_DIR(dir);
    struct notes notes = {.text = CHG_STR_INIT};

    if (geteuid() == 0)
        cr_skip_test("root reads everything");
    write_file(path_in(dir, "locked/file"), "");
    cr_assert_eq(chmod(path_in(dir, "locked"), 0), 0);
    assert_ok(chg_fs_walk(dir, note, &notes));

    cr_expect_str_eq(notes.text.ptr, "locked/! ");
    chg_str_fini(&notes.text);
}

static int count_unreadable(const struct chg_fs_entry *entry, void *userdata)
{
    ++((int *)userdata)[entry->readable ? 0 : 1];
    return 0;
}

Test(base_fs_walk, takes_a_directory_that_is_too_deep_as_unreadable)
{
    TEMP_DIR(dir);
    chg_autofd int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int counts[2] = {0, 0};

    for (int i = 0; i < CHG_FS_MAX_DEPTH + 5; i++) {
        int next;

        cr_assert_eq(mkdirat(at, "d", 0755), 0);
        next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        (void)close(at);
        at = next;
    }
    assert_ok(chg_fs_walk(dir, count_unreadable, counts));

    cr_expect_eq(counts[0], CHG_FS_MAX_DEPTH);
    cr_expect_eq(counts[1], 1);
    assert_ok(chg_fs_remove_tree(path_in(dir, "d")));
}

Test(base_fs_walk, needs_a_directory)
{
    TEMP_DIR(dir);

    write_file(path_in(dir, "file"), "");

    assert_err(chg_fs_walk(path_in(dir, "none"), note, NULL), CHENGIS_ERR_NOT_FOUND,
               "/none' cannot be opened");
    assert_err(chg_fs_walk(path_in(dir, "file"), note, NULL), CHENGIS_ERR_IO, "Not a directory");
}

Test(base_fs_walk, every_failing_allocation_is_reported)
{
    TEMP_DIR(dir);
    bool reached = true;

    write_file(path_in(dir, "a/b"), "");
    for (unsigned nth = 1; reached; nth++) {
        int counts[2] = {0, 0};
        int rc;

        fault_alloc(nth);
        rc = chg_fs_walk(dir, count_unreadable, counts);
        reached = fault_alloc_off();
        cr_expect_eq(rc, reached ? CHENGIS_ERR_NO_MEMORY : 0, "allocation %u", nth);
    }
}
