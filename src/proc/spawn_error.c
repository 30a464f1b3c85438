/* SPDX-License-Identifier: MIT */
/* Says why a program could not be started: the one place that knows what each errno of each stage
 * means. */
#include "proc/spawn_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/path.h"
#include "base/str.h"

#include "base/banned.h"

#define INTERPRETER_MAX 256 /* what the kernel reads of a first line */

static int limit_or_process(const char *name, int err)
{
    switch (err) {
    case ENOMEM:
        return chg_error_sys(CHENGIS_ERR_NO_MEMORY, err, "cannot start '%s'", name);
    case EAGAIN:
        return chg_error_sys(CHENGIS_ERR_LIMIT, err, "cannot start '%s': no more processes", name);
    case EMFILE:
    case ENFILE:
        return chg_error_sys(CHENGIS_ERR_LIMIT, err, "cannot start '%s': no more descriptors",
                             name);
    default:
        return chg_error_sys(CHENGIS_ERR_PROCESS, err, "cannot start '%s'", name);
    }
}

static int dir_error(const char *name, const char *dir, int err)
{
    switch (err) {
    case ENOENT:
        return chg_error_set(CHENGIS_ERR_NOT_FOUND,
                             "cannot start '%s': directory '%s' does not exist", name, dir);
    case ENOTDIR:
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "cannot start '%s': '%s' is not a directory",
                             name, dir);
    case EACCES:
        return chg_error_set(CHENGIS_ERR_PERMISSION,
                             "cannot start '%s': directory '%s' may not be entered", name, dir);
    default:
        return chg_error_sys(CHENGIS_ERR_PROCESS, err, "cannot start '%s' in '%s'", name, dir);
    }
}

/* Adds the strings up; true with the message set when one of them alone is too long. */
static bool too_long(const struct chg_spawn *request, size_t string_max, size_t *total)
{
    size_t i;

    for (i = 0; request->argv[i] != NULL; i++) {
        size_t len = strlen(request->argv[i]);

        *total += len + 1;
        if (len >= string_max) {
            (void)chg_error_set(
                CHENGIS_ERR_LIMIT,
                "cannot start '%s': argument %zu has %zu bytes, the system allows %zu",
                request->argv[0], i, len, string_max - 1);
            return true;
        }
    }
    for (i = 0; request->envp[i] != NULL; i++) {
        size_t len = strlen(request->envp[i]);

        *total += len + 1;
        if (len >= string_max) {
            (void)chg_error_set(CHENGIS_ERR_LIMIT,
                                "cannot start '%s': environment variable '%.*s' has %zu bytes, the "
                                "system allows %zu",
                                request->argv[0], (int)strcspn(request->envp[i], "="),
                                request->envp[i], len, string_max - 1);
            return true;
        }
    }
    return false;
}

static int size_error(const struct chg_spawn *request)
{
    size_t total = 0;

    /* MAX_ARG_STRLEN of the kernel, terminating NUL included. */
    if (too_long(request, 32 * (size_t)sysconf(_SC_PAGESIZE), &total))
        return CHENGIS_ERR_LIMIT;
    return chg_error_set(
        CHENGIS_ERR_LIMIT,
        "cannot start '%s': arguments and environment have %zu bytes together, more "
        "than the system allows",
        request->argv[0], total);
}

/* The program named by the "#!" line; false when the file does not start with one. */
static bool read_interpreter(char *out, size_t size, const char *path)
{
    chg_autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);
    char *start;

    if (n < 2 || out[0] != '#' || out[1] != '!')
        return false;
    out[n] = '\0';
    start = out + 2 + strspn(out + 2, " \t");
    start[strcspn(start, " \t\n")] = '\0';
    memmove(out, start, strlen(start) + 1);
    return true;
}

static bool is_type(const char *path, mode_t type)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

static int missing_error(const char *name, const char *path)
{
    char interpreter[INTERPRETER_MAX];

    if (!is_type(path, S_IFREG))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "program '%s' does not exist", name);
    if (!read_interpreter(interpreter, sizeof(interpreter), path))
        return chg_error_set(
            CHENGIS_ERR_NOT_FOUND,
            "program '%s' exists, but the loader it needs (ELF interpreter) does not", name);
    if (chg_ends_with(interpreter, "\r"))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND,
                             "program '%s': its first line ends with a carriage return (DOS line "
                             "ends), so its interpreter cannot be found",
                             name);
    return chg_error_set(CHENGIS_ERR_NOT_FOUND,
                         "program '%s' exists, but its interpreter '%s' does not", name,
                         interpreter);
}

static int denied_error(const char *name, const char *path)
{
    char interpreter[INTERPRETER_MAX];

    if (is_type(path, S_IFDIR))
        return chg_error_set(CHENGIS_ERR_PERMISSION, "program '%s' is a directory", name);
    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 &&
        read_interpreter(interpreter, sizeof(interpreter), path))
        return chg_error_set(CHENGIS_ERR_PERMISSION,
                             "program '%s': its interpreter '%s' is not executable", name,
                             interpreter);
    return chg_error_set(CHENGIS_ERR_PERMISSION, "program '%s' is not executable", name);
}

static int exec_error(const struct chg_spawn *request, const char *path, int err)
{
    const char *name = request->argv[0];
    chg_autofree char *here = chg_path_join(request->dir != NULL ? request->dir : "", path);

    if (here == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    switch (err) {
    case E2BIG:
        return size_error(request);
    case ENOENT:
    case ENOTDIR:
        return missing_error(name, here);
    case EACCES:
    case EPERM:
        return denied_error(name, here);
    case ENOEXEC:
        return chg_error_set(
            CHENGIS_ERR_PROCESS,
            "program '%s' has no executable format; a script needs a first line such "
            "as #!/bin/sh",
            name);
    case ETXTBSY:
        return chg_error_set(CHENGIS_ERR_PROCESS, "program '%s' is still open for writing", name);
    default:
        return limit_or_process(name, err);
    }
}

int chg_spawn_error(const struct chg_launched *failed, const struct chg_spawn *request,
                    const char *path)
{
    if (failed->stage == CHG_LAUNCH_DIR)
        return dir_error(request->argv[0], request->dir, failed->err);
    if (failed->stage == CHG_LAUNCH_EXEC)
        return exec_error(request, path, failed->err);
    return limit_or_process(request->argv[0], failed->err);
}
