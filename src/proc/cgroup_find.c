/* SPDX-License-Identifier: MIT */
/* Where the cgroup v2 hierarchy is mounted and which directory of it is ours. */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "proc/tree_priv.h"

#include "base/banned.h"

#define PROC_FILE_MAX ((size_t)4 << 20)

/* Fields of a line of /proc/self/mountinfo, counted from 0. */
#define FIELD_ROOT  3
#define FIELD_POINT 4

static int no_cgroup(const char *why)
{
    return chg_error_set(CHENGIS_ERR_UNSUPPORTED, "no cgroup v2 can be used: %s", why);
}

/* The end of line, so that text can be walked without changing it. */
static const char *line_end(const char *line)
{
    return line + strcspn(line, "\n");
}

static bool is_octal(const char *at)
{
    return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7' && at[2] >= '0' &&
           at[2] <= '7';
}

/* Field `number` of a line, with \040 and the like decoded. */
static char *field_of(const char *line, int number)
{
    chg_auto(str) out = CHG_STR_INIT;

    for (; number > 0; number--)
        line += strcspn(line, " \n") + 1;
    while (*line != '\0' && *line != ' ' && *line != '\n') {
        if (*line == '\\' && is_octal(line + 1)) {
            chg_str_add_char(&out,
                             (char)((line[1] - '0') * 64 + (line[2] - '0') * 8 + (line[3] - '0')));
            line += 4;
        } else {
            chg_str_add_char(&out, *line++);
        }
    }
    return chg_str_take(&out);
}

/* The line of the cgroup2 mount; NULL when there is none. */
static const char *find_mount(const char *mountinfo)
{
    const char *line = mountinfo;

    while (*line != '\0') {
        const char *end = line_end(line);
        const char *type = strstr(line, " - cgroup2 ");

        if (type != NULL && type < end)
            return line;
        line = *end == '\n' ? end + 1 : end;
    }
    return NULL;
}

/* Our path in the hierarchy: the line "0::/path". */
static char *own_path(const char *cgroup)
{
    const char *line = cgroup;

    while (*line != '\0') {
        const char *end = line_end(line);

        if (chg_starts_with(line, "0::/"))
            return chg_strndup(line + 3, (size_t)(end - line) - 3);
        line = *end == '\n' ? end + 1 : end;
    }
    (void)no_cgroup("/proc/self/cgroup has no line '0::'");
    return NULL;
}

int chg_cgroup_locate(char **out, const char *mountinfo, const char *cgroup)
{
    const char *mount = find_mount(mountinfo);
    chg_autofree char *path = NULL;
    chg_autofree char *root = NULL;
    chg_autofree char *point = NULL;
    const char *below;

    if (mount == NULL)
        return no_cgroup("it is not mounted");
    path = own_path(cgroup);
    if (path == NULL)
        return chg_error_code();
    root = field_of(mount, FIELD_ROOT);
    point = field_of(mount, FIELD_POINT);
    if (root == NULL || point == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (strstr(path, "/..") != NULL || !chg_path_is_within(root, path))
        return no_cgroup("our cgroup is outside of what is mounted");

    below = path + (strcmp(root, "/") == 0 ? 0 : strlen(root));
    *out = chg_path_join(point, below + strspn(below, "/"));
    return *out != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

static int read_mountinfo(struct chg_str *out)
{
    return chg_fs_read(out, "/proc/self/mountinfo", PROC_FILE_MAX);
}

int chg_cgroup_own_dir(char **out)
{
    chg_auto(str) mountinfo = CHG_STR_INIT;
    chg_auto(str) cgroup = CHG_STR_INIT;
    int rc = read_mountinfo(&mountinfo);

    if (rc == 0)
        rc = chg_fs_read(&cgroup, "/proc/self/cgroup", PROC_FILE_MAX);
    return rc < 0 ? rc : chg_cgroup_locate(out, mountinfo.ptr, cgroup.ptr);
}

int chg_cgroup_mount_dir(char **out)
{
    chg_auto(str) mountinfo = CHG_STR_INIT;
    int rc = read_mountinfo(&mountinfo);
    const char *mount;

    if (rc < 0)
        return rc;
    mount = find_mount(mountinfo.ptr);
    if (mount == NULL)
        return no_cgroup("it is not mounted");
    *out = field_of(mount, FIELD_POINT);
    return *out != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}
