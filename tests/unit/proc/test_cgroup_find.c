/* SPDX-License-Identifier: MIT */
/* Finding our own cgroup v2 in the texts of the kernel. */
#include "proc_test.h"

#include <criterion/parameterized.h>

#include "base/alloc.h"
#include "proc/tree_priv.h"

TestSuite(proc_cgroup_find, .timeout = 60);

struct found_case {
    char mountinfo[256];
    char cgroup[96];
    char dir[96];
};

ParameterizedTestParameters(proc_cgroup_find, finds_our_directory)
{
    static struct found_case cases[] = {
        {"30 23 0:26 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n",
         "0::/user.slice/user-1000.slice\n", "/sys/fs/cgroup/user.slice/user-1000.slice"},
        {"30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/\n", "/sys/fs/cgroup"},
        {"23 1 8:1 / / rw - ext4 /dev/sda rw\n"
         "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
         "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
         "9:cpu:/x\n0::/a\n", "/sys/fs/cgroup/unified/a"},
        {"30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/docker/abc/job\n",
         "/sys/fs/cgroup/job"},
        {"30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n", "0::/docker/abc\n",
         "/sys/fs/cgroup"},
        {"30 23 0:26 / /mnt/a\\040b rw shared:4 - cgroup2 none rw\n", "0::/x y\n", "/mnt/a b/x y"},
    };

    return cr_make_param_array(struct found_case, cases, sizeof(cases) / sizeof(*cases));
}

ParameterizedTest(struct found_case *test, proc_cgroup_find, finds_our_directory)
{
    char *dir = NULL;

    assert_ok(chg_cgroup_locate(&dir, test->mountinfo, test->cgroup));

    cr_assert_str_eq(dir, test->dir);
    chg_free(dir);
}

struct missing_case {
    char mountinfo[128];
    char cgroup[64];
    char says[64];
};

ParameterizedTestParameters(proc_cgroup_find, says_what_is_missing)
{
    static struct missing_case cases[] = {
        {"", "0::/\n", "not mounted"},
        {"30 23 0:26 / /sys/fs/cgroup rw - cgroup cgroup rw\n", "0::/\n", "not mounted"},
        {"30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "", "no line '0::'"},
        {"30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "1:cpu:/\n", "no line '0::'"},
        {"30 23 0:26 /docker/abc /c rw - cgroup2 c rw\n", "0::/docker/abcd\n", "outside"},
        {"30 23 0:26 / /c rw - cgroup2 c rw\n", "0::/../other\n", "outside"},
    };

    return cr_make_param_array(struct missing_case, cases, sizeof(cases) / sizeof(*cases));
}

ParameterizedTest(struct missing_case *test, proc_cgroup_find, says_what_is_missing)
{
    char *dir = NULL;

    assert_err(chg_cgroup_locate(&dir, test->mountinfo, test->cgroup), CHENGIS_ERR_UNSUPPORTED,
               test->says);
}
