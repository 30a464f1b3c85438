/* SPDX-License-Identifier: MIT */
/* Patterns: the first line is the pattern, the rest the path. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path that matches must be reachable: every directory on its way has to be one worth going into.
 */
static void check_parents(const struct chg_glob *glob, char *path)
{
    for (char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (!chg_glob_may_match_below(glob, path))
            abort();
        *p = '/';
    }
}

/* A clean relative path, as a walk gives it. */
static int is_clean(const char *path)
{
    return path[0] != '/' && path[0] != '\0' && strstr(path, "//") == NULL &&
           path[strlen(path) - 1] != '/' && strncmp(path, "./", 2) != 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = chg_strndup((const char *)data, size);
    char *path = text + strcspn(text, "\n");
    struct chg_glob *glob = NULL;

    if (*path == '\n')
        *path++ = '\0';
    if (chg_glob_compile(&glob, text) == 0) {
        if (chg_glob_match(glob, path) && is_clean(path))
            check_parents(glob, path);
        (void)chg_glob_may_match_below(glob, path);
        chg_glob_free(glob);
    }
    glob = NULL;
    if (chg_glob_compile_text(&glob, text) == 0) {
        (void)chg_glob_match(glob, path);
        chg_glob_free(glob);
    }
    chg_free(text);
    return 0;
}
