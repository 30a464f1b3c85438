/* SPDX-License-Identifier: MIT */
/* Finding the pipeline file, and the folder that a build of it works on. */
#include "cli/pipeline_file.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"

#include "base/banned.h"

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

static int find_in_folder(struct chg_pipeline_place *place, const char *dir)
{
    char *file = NULL;
    int rc = chengis_pipeline_detect(&file, dir);

    if (rc == 0)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND,
                             "no pipeline file in '%s': looked for Chengisfile, "
                             ".chengis/workflow.yml and chengis.yml",
                             dir);
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

int chg_pipeline_file_load(chengis_pipeline **pipeline, struct chg_out *out, const char *file)
{
    chg_autoptr(chengis_diagnostics) diags = NULL;
    int rc = chengis_pipeline_load(pipeline, &diags, file);

    chg_cli_diagnostics(out, diags);
    return rc == CHENGIS_ERR_PIPELINE ? chg_error_set(rc, "the pipeline '%s' is not valid", file)
                                      : rc;
}
