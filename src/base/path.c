/* SPDX-License-Identifier: MIT */
/* Path arithmetic on text. */
#include "base/path.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

char *chg_path_join(const char *dir, const char *name)
{
    size_t len = strlen(dir);

    if (name[0] == '/' || len == 0)
        return chg_strdup(name);
    if (name[0] == '\0' || strcmp(name, ".") == 0)
        return chg_strdup(dir);
    return chg_asprintf("%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", name);
}

/* The next component of *path: its start and length. False at the end. */
static bool next_component(const char **path, const char **start, size_t *len)
{
    *start = *path + strspn(*path, "/");
    *len = strcspn(*start, "/");
    *path = *start + *len;
    return *len > 0;
}

/* Take the last component off; false when there is none, or it is a ".." that must stay. */
static bool drop_last(struct chg_str *out, size_t root)
{
    const char *slash;
    const char *last;

    if (out->len == root)
        return false;
    slash = strrchr(out->ptr + root, '/');
    last = slash != NULL ? slash + 1 : out->ptr + root;
    if (strcmp(last, "..") == 0)
        return false;
    chg_str_truncate(out, slash != NULL ? (size_t)(slash - out->ptr) : root);
    return true;
}

char *chg_path_normalize(const char *path)
{
    chg_auto(str) out = CHG_STR_INIT;
    size_t root = path[0] == '/' ? 1 : 0;
    const char *start;
    size_t len;

    if (root > 0)
        chg_str_add_char(&out, '/');
    while (next_component(&path, &start, &len)) {
        bool up = len == 2 && memcmp(start, "..", 2) == 0;

        if (len == 1 && start[0] == '.')
            continue;
        if (up && (drop_last(&out, root) || root > 0))
            continue;
        if (out.len > root)
            chg_str_add_char(&out, '/');
        chg_str_add_len(&out, start, len);
    }
    if (out.len == 0)
        chg_str_add_char(&out, '.');
    return chg_str_take(&out);
}

char *chg_path_dirname(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len == 0)
        return chg_strdup(".");
    while (len > 1 && path[len - 1] == '/')
        len--;
    return chg_strndup(path, len);
}

const char *chg_path_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

bool chg_path_is_within(const char *root, const char *path)
{
    chg_autofree char *outer = chg_path_normalize(root);
    chg_autofree char *inner = outer != NULL ? chg_path_normalize(path) : NULL;
    size_t len;

    if (inner == NULL)
        return false;
    if ((outer[0] == '/') != (inner[0] == '/'))
        return false;
    if (strcmp(outer, "/") == 0)
        return true;
    if (strcmp(outer, ".") == 0)
        return strncmp(inner, "..", 2) != 0 || (inner[2] != '\0' && inner[2] != '/');
    len = strlen(outer);
    return strncmp(outer, inner, len) == 0 && (inner[len] == '\0' || inner[len] == '/');
}

char *chg_path_join_inside(const char *root, const char *name)
{
    chg_autofree char *inner = NULL;

    if (name[0] != '/') {
        inner = chg_path_normalize(name);
        if (inner == NULL)
            return NULL;
    }
    if (inner == NULL || !chg_path_is_within(".", inner)) {
        (void)chg_error_set(CHENGIS_ERR_PERMISSION, "path '%s' leaves '%s'", name, root);
        return NULL;
    }
    return chg_path_join(root, inner);
}
