/* SPDX-License-Identifier: MIT */
/*
 * The working tree as it is now, as a workspace: a clone of the git repository that shares its
 * objects, with what is changed, added and removed but not committed laid over it. Outside git, a
 * copy of the folder.
 */
#include "engine/run.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "proc/command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define GIT_TIMEOUT_MS (10 * 60 * 1000)

/* Run git in `dir`; 0 with output, or an error that holds what git said. *code, when wanted,
 * receives a non-zero exit instead. */
static int git(struct chg_run *run, struct chg_str *out, int *code, const char *dir,
               const char *const *argv)
{
    chg_auto(kvlist) env = CHG_KVLIST_INIT;
    chg_auto(str) err = CHG_STR_INIT;
    struct chg_exit exit = {0, 0};
    const char **envp;
    int rc = chg_kvlist_merge(&env, &run->engine->base_env);

    if (rc == 0)
        rc = chg_kvlist_put(&env, "GIT_TERMINAL_PROMPT", "0");
    if (rc == 0)
        rc = chg_kvlist_put(&env, "LC_ALL", "C");
    if (rc < 0)
        return rc;
    rc = chg_kvlist_envp(&env, &envp);
    if (rc < 0)
        return rc;
    rc = chg_command_run(&exit, out, &err,
                         &(struct chg_command){.argv = argv,
                                               .envp = envp,
                                               .dir = dir,
                                               .timeout_ms = GIT_TIMEOUT_MS,
                                               .cancel = run->cancel,
                                               .trees = run->engine->trees});
    chg_free(envp);
    if (rc < 0)
        return chg_error_prefix("git %s", argv[1]);
    if (code != NULL)
        *code = exit.code;
    else if (exit.code != 0)
        return chg_error_set(CHENGIS_ERR_PROCESS, "git %s failed (exit %d): %s", argv[1], exit.code,
                             err.ptr);
    return chg_str_check(out);
}
#define GIT(run, out, code, dir, ...)                                                              \
    git(run, out, code, dir, (const char *const[]){"git", __VA_ARGS__, NULL})

static void trim(struct chg_str *text)
{
    while (text->len > 0 && (text->ptr[text->len - 1] == '\n' || text->ptr[text->len - 1] == '\r'))
        chg_str_truncate(text, text->len - 1);
}

/* ---- the commit ---- */

static int describe_commit(struct chg_run *run)
{
    static const char *const keys[] = {"commit", "commit-short", "author", "email", "message"};
    chg_auto(str) branch = CHG_STR_INIT;
    chg_auto(str) text = CHG_STR_INIT;
    chg_autojson info = json_object();
    int rc = GIT(run, &text, NULL, run->row.workspace, "log", "-1",
                 "--format=%H%x00%h%x00%an%x00%ae%x00%s");
    int code = 0;
    size_t at = 0;

    if (rc == 0)
        rc =
            GIT(run, &branch, &code, run->source_dir, "symbolic-ref", "--quiet", "--short", "HEAD");
    if (rc < 0)
        return rc;
    trim(&text);
    trim(&branch);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && at <= text.len; i++) {
        rc = chg_json_set_str(info, keys[i], text.ptr + at);
        if (rc < 0)
            return rc;
        at += strlen(text.ptr + at) + 1;
    }
    if (code == 0 && branch.len > 0) /* a detached head is on no branch */
        rc = chg_json_set_str(info, "branch", branch.ptr);
    if (rc == 0) {
        run->row.git = chg_json_dump(info);
        rc = run->row.git != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    }
    return rc;
}

/* ---- what is not committed ---- */

struct overlay {
    const char *workspace;
    int from;
    int to;
};

/* Bring one path of the workspace to the state it has in the working tree. */
static int overlay_path(const struct overlay *o, const char *path)
{
    chg_autofree char *dir = chg_path_dirname(path);
    chg_autofree char *full = NULL;
    struct stat st;

    if (dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (fstatat(o->from, path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (unlinkat(o->to, path, 0) < 0 && errno != ENOENT && errno != ENOTDIR && errno != EISDIR)
            return chg_error_sys(0, errno, "cannot remove '%s' from the snapshot", path);
        return 0;
    }
    (void)unlinkat(o->to, path,
                   0); /* also a link that has become a folder: nothing is written through it */
    if (S_ISDIR(st.st_mode)) /* a repository inside the repository: not part of this one */
        return 0;
    full = chg_path_join(o->workspace, dir);
    if (full == NULL || chg_fs_mkdirs(full, 0755) < 0)
        return chg_error_code();
    return chg_fs_copy_at(o->from, path, o->to, path);
}

static int overlay_list(struct chg_run *run, const struct chg_str *list)
{
    struct overlay o = {.workspace = run->row.workspace, .from = -1, .to = -1};
    int rc = 0;

    o.from = open(run->source_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o.from < 0)
        return chg_error_sys(0, errno, "cannot open '%s'", run->source_dir);
    o.to = open(run->row.workspace, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o.to < 0)
        rc = chg_error_sys(0, errno, "cannot open '%s'", run->row.workspace);
    for (size_t at = 0; at < list->len && rc == 0; at += strlen(list->ptr + at) + 1)
        rc = overlay_path(&o, list->ptr + at);
    if (rc < 0)
        rc = chg_error_prefix("snapshot of '%s'", run->source_dir);
    (void)close(o.from);
    if (o.to >= 0)
        (void)close(o.to);
    return rc;
}

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
    return rc < 0 ? rc : overlay_list(run, &list);
}

/* ---- the repository ---- */

static int snapshot_git(struct chg_run *run)
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
    if (has_commit)
        rc = GIT(run, &ignored, NULL, run->source_dir, "clone", "--quiet", "--shared", "--",
                 run->source_dir, run->row.workspace);
    else
        rc = GIT(run, &ignored, NULL, run->row.workspace, "init", "--quiet");
    if (rc == 0 && run->source == CHENGIS_SOURCE_SNAPSHOT)
        rc = overlay_uncommitted(run, has_commit);
    if (rc == 0 && has_commit)
        rc = describe_commit(run);
    return rc;
}

/* The state folder may lie in the folder that is copied: it must not be copied into itself. */
static bool is_state(const char *relative, bool is_dir, void *userdata)
{
    const struct chg_run *run = userdata;
    chg_autofree char *path = is_dir ? chg_path_join(run->source_dir, relative) : NULL;

    return path != NULL && chg_path_is_within(path, run->row.workspace);
}

/* 1: source_dir is the top folder of a git working tree. */
static int is_git(struct chg_run *run)
{
    chg_auto(str) top = CHG_STR_INIT;
    chg_autofree char *marker = chg_path_join(run->source_dir, ".git");
    int code = 0;
    int rc;

    if (marker == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (!chg_fs_exists(marker))
        return 0;
    rc = GIT(run, &top, &code, run->source_dir, "rev-parse", "--show-toplevel");
    if (rc == CHENGIS_ERR_NOT_FOUND)
        return 0; /* no git program: the copy below takes .git along */
    if (rc < 0)
        return rc;
    if (code != 0)
        return chg_error_set(CHENGIS_ERR_PROCESS, "git does not accept the repository '%s'",
                             run->source_dir);
    trim(&top);
    return strcmp(top.ptr, run->source_dir) == 0;
}

int chg_snapshot(struct chg_run *run)
{
    int rc = is_git(run);

    if (rc < 0)
        return rc;
    if (rc == 1)
        return snapshot_git(run);
    if (run->source == CHENGIS_SOURCE_COMMITTED)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "'%s' is not a git repository: it has no committed state",
                             run->source_dir);
    return chg_fs_copy_tree(run->source_dir, run->row.workspace, is_state, run);
}
