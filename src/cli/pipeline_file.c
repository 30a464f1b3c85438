/* SPDX-License-Identifier: MIT */
/* Finding the pipeline file, and the folder that a build of it works on. */
#include "cli/pipeline_file.h"

#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"

#include "base/banned.h"

#define GIT_FILE_MAX 65536

void chg_pipeline_place_fini(struct chg_pipeline_place *place)
{
    chg_free(place->file);
    chg_free(place->source_dir);
    *place = (struct chg_pipeline_place)CHG_PIPELINE_PLACE_INIT;
}

/* The git work tree that holds `dir`, else `dir` itself. dir is absolute. Heap. */
static char *work_tree(const char *dir)
{
    chg_autofree char *at = chg_strdup(dir);

    while (at != NULL) {
        chg_autofree char *git = chg_path_join(at, ".git");
        chg_autofree char *parent = chg_path_dirname(at);

        if (git == NULL || parent == NULL)
            return NULL;
        if (chg_fs_exists(git))
            return chg_steal(&at);
        if (chg_streq(parent, at))
            return chg_strdup(dir);
        chg_free(at);
        at = chg_steal(&parent);
    }
    return NULL;
}

/* The error for a folder without a pipeline; says which folder above it has one. */
static int none_found(const char *dir)
{
    chg_auto(str) above = CHG_STR_INIT;
    chg_autofree char *at = NULL;
    char *file = NULL;
    int rc = chg_fs_realpath(&at, dir);

    while (rc == 0 && file == NULL && !chg_streq(at, "/")) {
        char *parent = chg_path_dirname(at);

        if (parent == NULL)
            return CHENGIS_ERR_NO_MEMORY;
        chg_free(at);
        at = parent;
        rc = chengis_pipeline_detect(&file, at);
        rc = rc > 0 ? 0 : rc;
    }
    if (file != NULL)
        chg_str_addf(&above, "; there is '%s'", file);
    chengis_free(file);
    return chg_error_set(CHENGIS_ERR_NOT_FOUND,
                         "no pipeline file in '%s': looked for Chengisfile, "
                         ".chengis/workflow.yml, .chengis/workflow.yaml, chengis.yml and "
                         "chengis.yaml%s",
                         dir, above.ptr);
}

static int find_in_folder(struct chg_pipeline_place *place, const char *dir)
{
    char *file = NULL;
    int rc = chengis_pipeline_detect(&file, dir);

    if (rc == 0)
        return none_found(dir);
    if (rc < 0)
        return rc;
    place->detected = true;
    place->file = chg_strdup(file);
    chengis_free(file);
    if (place->file == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    return chg_fs_realpath(&place->source_dir, dir);
}

/* A pipe or device lies beside nothing: what it describes is about the current folder. */
static bool is_stream(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 && !S_ISREG(file.st_mode);
}

int chg_pipeline_place_find(struct chg_pipeline_place *place, const char *given)
{
    chg_autofree char *dir = NULL, *absolute = NULL;
    bool standard_input = chg_streq(given, "-");
    int rc;

    if (given == NULL)
        given = ".";
    if (!standard_input && chg_fs_is_dir(given))
        return find_in_folder(place, given);
    if (!standard_input && !chg_fs_exists(given))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "'%s' does not exist", given);
    place->file = chg_strdup(standard_input ? "/dev/stdin" : given);
    dir = standard_input || is_stream(given) ? chg_strdup(".") : chg_path_dirname(given);
    if (place->file == NULL || dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = chg_fs_realpath(&absolute, dir);
    if (rc < 0)
        return rc;
    place->source_dir = work_tree(absolute);
    return place->source_dir == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

/* The file HEAD of a work tree, whose .git may be a file that names the folder. Heap. */
static int find_head(char **out, const char *tree)
{
    chg_autofree char *git = chg_path_join(tree, ".git");
    chg_auto(str) text = CHG_STR_INIT;
    const char *dir;
    int rc;

    if (git == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (chg_fs_is_dir(git)) {
        *out = chg_path_join(git, "HEAD");
        return *out == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
    }
    rc = chg_fs_read(&text, git, GIT_FILE_MAX);
    if (rc < 0)
        return rc;
    chg_str_truncate(&text, strcspn(text.ptr, "\r\n"));
    if (!chg_starts_with(text.ptr, "gitdir: "))
        return chg_error_set(CHENGIS_ERR_IO, "'%s' does not say 'gitdir: PATH'", git);
    dir = text.ptr + strlen("gitdir: ");
    *out = dir[0] == '/' ? chg_asprintf("%s/HEAD", dir) : chg_asprintf("%s/%s/HEAD", tree, dir);
    return *out == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

int chg_pipeline_branch(char **out, const char *source_dir)
{
    static const char on_branch[] = "ref: refs/heads/";
    chg_autofree char *tree = work_tree(source_dir), *git = NULL, *head = NULL;
    chg_auto(str) text = CHG_STR_INIT;
    int rc;

    *out = NULL;
    git = tree == NULL ? NULL : chg_path_join(tree, ".git");
    if (git == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (!chg_fs_exists(git))
        return 0;
    rc = find_head(&head, tree);
    if (rc == 0)
        rc = chg_fs_read(&text, head, GIT_FILE_MAX);
    if (rc < 0)
        return rc;
    chg_str_truncate(&text, strcspn(text.ptr, "\r\n"));
    *out = chg_strdup(chg_starts_with(text.ptr, on_branch) ? text.ptr + strlen(on_branch) : "");
    return *out == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

int chg_pipeline_file_load(chengis_pipeline **pipeline, struct chg_out *out, const char *file)
{
    chg_autoptr(chengis_diagnostics) diags = NULL;
    int rc = chengis_pipeline_load(pipeline, &diags, file);

    chg_cli_diagnostics(out, diags);
    return rc == CHENGIS_ERR_PIPELINE ? chg_error_set(rc, "the pipeline '%s' is not valid", file)
                                      : rc;
}
