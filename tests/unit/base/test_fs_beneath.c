/* SPDX-License-Identifier: MIT */
/* Opening below a directory; both ways of opening are held to the same cases. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs_priv.h"
#include "support.h"

static char *root;
static int root_fd;

static void setup(void)
{
    root = temp_dir();
    write_file(path_in(root, "in/dir/file"), "text");
    write_file(path_in(root, "outside"), "secret");
    cr_assert_eq(symlink("../outside", path_in(root, "in/link")), 0);
    cr_assert_eq(symlink("dir", path_in(root, "in/dirlink")), 0);
    cr_assert_eq(symlink("/", path_in(root, "in/rootlink")), 0);
    root_fd = open(path_in(root, "in"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert(root_fd >= 0);
}

static void teardown(void)
{
    (void)close(root_fd);
    temp_dir_remove(root);
}

TestSuite(base_fs_beneath, .init = setup, .fini = teardown);

struct open_case {
    bool stepwise;
    char path[32];
    int flags;
    int code;
    char part[32];
};

static int open_with(const struct open_case *c)
{
    return c->stepwise ? chg_fs_open_beneath_stepwise(root_fd, c->path, c->flags, 0640)
                       : chg_fs_open_beneath(root_fd, c->path, c->flags, 0640);
}

#define BOTH(...)                                                                                  \
    {false, __VA_ARGS__},                                                                          \
    {                                                                                              \
        true, __VA_ARGS__                                                                          \
    }

ParameterizedTestParameters(base_fs_beneath, opens_what_is_below)
{
    static struct open_case cases[] = {
        BOTH("dir/file", O_RDONLY, 0, ""),
        BOTH("dir//./file", O_RDONLY, 0, ""),
        BOTH("dir", O_RDONLY | O_DIRECTORY, 0, ""),
        BOTH("dir/", O_RDONLY, 0, ""),
        BOTH(".", O_RDONLY | O_DIRECTORY, 0, ""),
        BOTH("dir/file", O_PATH, 0, ""),
        BOTH("dir/new", O_WRONLY | O_CREAT | O_EXCL, 0, ""),
    };

    return cr_make_param_array(struct open_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct open_case *c, base_fs_beneath, opens_what_is_below)
{
    chg_autofd int fd = open_with(c);

    cr_assert(fd >= 0, "%s: %s", c->path, chg_error_message());
    cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

ParameterizedTestParameters(base_fs_beneath, refuses_what_leaves_or_fails)
{
    static struct open_case cases[] = {
        BOTH("/etc/passwd", O_RDONLY, CHENGIS_ERR_PERMISSION, "leaves its directory"),
        BOTH("../outside", O_RDONLY, CHENGIS_ERR_PERMISSION, "'../outside' leaves"),
        BOTH("dir/../dir/file", O_RDONLY, CHENGIS_ERR_PERMISSION, "leaves"),
        BOTH("dir/..", O_RDONLY, CHENGIS_ERR_PERMISSION, "leaves"),
        BOTH("", O_RDONLY, CHENGIS_ERR_PERMISSION, "leaves"),
        BOTH("link", O_RDONLY, CHENGIS_ERR_PERMISSION, "symbolic link"),
        BOTH("link", O_PATH, CHENGIS_ERR_PERMISSION, "symbolic link"),
        BOTH("link", O_WRONLY | O_CREAT, CHENGIS_ERR_PERMISSION, "symbolic link"),
        BOTH("dirlink/file", O_RDONLY, CHENGIS_ERR_PERMISSION, "symbolic link"),
        BOTH("dirlink", O_RDONLY | O_DIRECTORY, CHENGIS_ERR_PERMISSION, "symbolic link"),
        BOTH("rootlink/etc/passwd", O_RDONLY, CHENGIS_ERR_PERMISSION, "symbolic link"),
        BOTH("dir/none", O_RDONLY, CHENGIS_ERR_NOT_FOUND, "'dir/none' cannot be opened"),
        BOTH("none/file", O_RDONLY, CHENGIS_ERR_NOT_FOUND, "cannot be opened"),
        BOTH("dir/file/x", O_RDONLY, CHENGIS_ERR_IO, "Not a directory"),
        BOTH("dir/file/", O_RDONLY, CHENGIS_ERR_IO, "Not a directory"),
        BOTH("dir/file", O_WRONLY | O_CREAT | O_EXCL, CHENGIS_ERR_EXISTS, "cannot be opened"),
    };

    return cr_make_param_array(struct open_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct open_case *c, base_fs_beneath, refuses_what_leaves_or_fails)
{
    assert_err(open_with(c), c->code, c->part);
}

Test(base_fs_beneath, nothing_stays_open)
{
    int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int after;

    (void)close(before);
    (void)chg_fs_open_beneath_stepwise(root_fd, "dir/none", O_RDONLY, 0);
    (void)chg_fs_open_beneath_stepwise(root_fd, "dirlink", O_PATH, 0);
    (void)chg_fs_open_beneath_stepwise(root_fd, "dir/dir/dir", O_RDONLY, 0);
    after = open("/dev/null", O_RDONLY | O_CLOEXEC);

    cr_expect_eq(after, before);
    (void)close(after);
}

Test(base_fs_beneath, missing_memory_is_reported)
{
    fault_alloc(1);

    assert_err(chg_fs_open_beneath_stepwise(root_fd, "dir/file", O_RDONLY, 0),
               CHENGIS_ERR_NO_MEMORY, "out of memory");
}
