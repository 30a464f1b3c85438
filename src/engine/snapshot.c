/* SPDX-License-Identifier: MIT */
/*
 * The working tree as it is now, as a workspace: a clone of the git repository that shares its
 * objects, with what is changed, added and removed but not committed laid over it. A folder in a
 * repository gives its files without those that git ignores; outside git, all its files.
 */
#include "engine/snapshot.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"

#include "base/banned.h"

static int overlay_uncommitted(struct chg_run *run, bool has_commit)
{
    chg_auto(str) list = CHG_STR_INIT;
    int rc = 0;

    if (has_commit)
        rc = GIT(run, &list, NULL, run->source_dir, "diff", "--name-only", "--no-renames",
                 "--ignore-submodules", "-z", "HEAD");
    else
        rc = GIT(run, &list, NULL, run->source_dir, "ls-files", "-z", "--cached");
    if (rc == 0)
        rc = GIT(run, &list, NULL, run->source_dir, "ls-files", "-z", "--others",
                 "--exclude-standard");
    return rc < 0 ? rc : chg_snapshot_paths(run, &list);
}

static int copy_repository(struct chg_run *run, bool has_commit)
{
    chg_auto(str) ignored = CHG_STR_INIT;
    int rc;

    if (has_commit)
        rc = GIT(run, &ignored, NULL, run->source_dir, "clone", "--quiet", "--shared", "--",
                 run->source_dir, run->row.workspace);
    else
        rc = GIT(run, &ignored, NULL, run->row.workspace, "init", "--quiet");
    if (rc == 0 && run->source == CHENGIS_SOURCE_SNAPSHOT)
        rc = overlay_uncommitted(run, has_commit);
    return rc == 0 && has_commit ? chg_git_describe(run, run->row.workspace) : rc;
}

static int copy_subfolder(struct chg_run *run, bool has_commit)
{
    chg_auto(str) list = CHG_STR_INIT;
    int rc;

    if (run->source == CHENGIS_SOURCE_COMMITTED)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "'%s' is a folder inside a git repository: only a whole repository "
                             "can be built as committed",
                             run->source_dir);
    rc = GIT(run, &list, NULL, run->source_dir, "ls-files", "-z", "--cached", "--others",
             "--exclude-standard");
    if (rc == 0)
        rc = chg_snapshot_paths(run, &list);
    return rc == 0 && has_commit ? chg_git_describe(run, run->source_dir) : rc;
}

static int note_submodules(struct chg_run *run)
{
    chg_autofree char *modules = chg_path_join(run->source_dir, ".gitmodules");

    if (modules == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    return chg_fs_exists(modules)
               ? chg_run_say(run, "note: the submodules of '%s' are left out", run->source_dir)
               : 0;
}

static int snapshot_git(struct chg_run *run, bool is_top)
{
    chg_auto(str) ignored = CHG_STR_INIT;
    int code = 0;
    int rc = GIT(run, &ignored, &code, run->source_dir, "rev-parse", "--quiet", "--verify",
                 "HEAD^{commit}");
    bool has_commit = code == 0;

    if (rc < 0)
        return rc;
    if (!has_commit && run->source == CHENGIS_SOURCE_COMMITTED)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "repository '%s' has no commit yet",
                             run->source_dir);
    rc = note_submodules(run);
    if (rc < 0)
        return rc;
    return is_top ? copy_repository(run, has_commit) : copy_subfolder(run, has_commit);
}

int chg_snapshot(struct chg_run *run)
{
    int rc = chg_git_find(run);

    if (rc != 0)
        return rc < 0 ? rc : snapshot_git(run, rc == 1);
    if (run->source == CHENGIS_SOURCE_COMMITTED)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "'%s' is not a git repository: it has no committed state",
                             run->source_dir);
    return chg_snapshot_folder(run);
}
