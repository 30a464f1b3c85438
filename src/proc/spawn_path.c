/* SPDX-License-Identifier: MIT */
/* Finds the program argv[0] means, before the start, so that the child has nothing left to search.
 */
#include "proc/spawn_priv.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/path.h"
#include "base/str.h"

#include "base/banned.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

static const char *find_path(const char *const *envp)
{
    const char *found = NULL;
    size_t i;

    for (i = 0; envp[i] != NULL && found == NULL; i++) {
        if (chg_starts_with(envp[i], "PATH="))
            found = envp[i] + strlen("PATH=");
    }
    return found != NULL ? found : DEFAULT_PATH;
}

/* The candidate seen from here: a relative one counts from the child's directory. */
static char *seen_from_here(const char *candidate, const char *dir)
{
    return dir != NULL ? chg_path_join(dir, candidate) : chg_strdup(candidate);
}

/* 1 executable file, 0 not; *denied is set when a file is there that may not be executed. -1 no
 * memory. */
static int probe(const char *candidate, const char *dir, bool *denied)
{
    chg_autofree char *path = seen_from_here(candidate, dir);
    struct stat st;

    if (path == NULL)
        return -1;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
        return 1;
    *denied = true;
    return 0;
}

static char *candidate_of(const char *entry, size_t len, const char *name)
{
    if (len == 0)
        return chg_asprintf("./%s", name);
    return chg_asprintf("%.*s/%s", (int)len, entry, name);
}

static int search(char **out, const struct chg_spawn *request, const char *search_path)
{
    const char *name = request->argv[0];
    const char *entry = search_path;
    bool denied = false;

    for (;;) {
        size_t len = strcspn(entry, ":");
        chg_autofree char *candidate = candidate_of(entry, len, name);
        int rc = candidate == NULL ? -1 : probe(candidate, request->dir, &denied);

        if (rc < 0)
            return CHENGIS_ERR_NO_MEMORY;
        if (rc > 0) {
            *out = chg_steal(&candidate);
            return 0;
        }
        if (entry[len] == '\0')
            break;
        entry += len + 1;
    }
    if (denied)
        return chg_error_set(CHENGIS_ERR_PERMISSION, "program '%s' is not executable (PATH is %s)",
                             name, search_path);
    return chg_error_set(CHENGIS_ERR_NOT_FOUND, "program '%s' was not found in PATH (%s)", name,
                         search_path);
}

int chg_spawn_resolve(char **out, const struct chg_spawn *request)
{
    const char *name = request->argv[0];

    if (name[0] == '\0')
        return chg_error_set(CHENGIS_ERR_INVALID, "the name of the program to start is empty");
    if (strchr(name, '/') != NULL) {
        *out = chg_strdup(name);
        return *out != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    }
    return search(out, request, find_path(request->envp));
}
