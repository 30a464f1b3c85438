/* SPDX-License-Identifier: MIT */
/* Questions to git: is the folder in a repository, and which commit is it at? */
#include "engine/snapshot.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "engine/journal.h"
#include "proc/command.h"

#include <string.h>

#include "base/banned.h"

#define GIT_TIMEOUT_MS ((int64_t)10 * 60 * 1000)

static void trim(struct chg_str *text)
{
    while (text->len > 0 && (text->ptr[text->len - 1] == '\n' || text->ptr[text->len - 1] == '\r'))
        chg_str_truncate(text, text->len - 1);
}

/* What git said, in one line. */
static const char *words(struct chg_str *text)
{
    trim(text);
    for (size_t i = 0; i < text->len; i++) {
        if (text->ptr[i] == '\n' || text->ptr[i] == '\r' || text->ptr[i] == '\t')
            text->ptr[i] = ' ';
    }
    return text->ptr;
}

static int make_env(struct chg_kvlist *env, const struct chg_run *run)
{
    int rc = chg_kvlist_merge(env, &run->engine->base_env);

    if (rc == 0)
        rc = chg_kvlist_put(env, "GIT_TERMINAL_PROMPT", "0");
    return rc == 0 ? chg_kvlist_put(env, "LC_ALL", "C") : rc;
}

/* What is left of the build's time, within what git may take. */
static int64_t time_left(const struct chg_run *run)
{
    int64_t left = run->deadline > 0 ? run->deadline - chg_clock_mono_ms() : GIT_TIMEOUT_MS;

    if (left < 1)
        left = 1;
    return left < GIT_TIMEOUT_MS ? left : GIT_TIMEOUT_MS;
}

int chg_git(struct chg_run *run, struct chg_str *out, int *code, const char *dir,
            const char *const *argv)
{
    chg_auto(kvlist) env = CHG_KVLIST_INIT;
    chg_auto(str) err = CHG_STR_INIT;
    chg_autofree const char **envp = NULL;
    struct chg_exit exit = {0, 0};
    int rc = make_env(&env, run);

    if (rc == 0)
        rc = chg_kvlist_envp(&env, &envp);
    if (rc < 0)
        return rc;
    if (out->max == 0)
        out->max = CHG_STR_MAX; /* lists of files grow long */
    rc = chg_command_run(&exit, out, &err,
                         &(struct chg_command){.argv = argv,
                                               .envp = envp,
                                               .dir = dir,
                                               .timeout_ms = time_left(run),
                                               .cancel = run->cancel,
                                               .trees = run->engine->trees});
    if (rc < 0)
        return chg_error_prefix("git %s", argv[1]);
    if (code != NULL)
        *code = exit.code;
    else if (exit.code != 0)
        return chg_error_set(CHENGIS_ERR_PROCESS, "git %s failed (exit %d): %s", argv[1], exit.code,
                             words(&err));
    return 0;
}

/* ---- the repository ---- */

static int has_marker(const char *dir)
{
    chg_autofree char *marker = chg_path_join(dir, ".git");

    return marker != NULL ? chg_fs_exists(marker) : CHENGIS_ERR_NO_MEMORY;
}

/* 1: a folder above `dir`, too, looks like a repository's top. */
static int has_marker_above(const char *dir)
{
    chg_autofree char *at = chg_strdup(dir);
    int rc = at != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;

    while (rc == 0 && !chg_streq(at, "/")) {
        char *parent = chg_path_dirname(at);

        chg_free(at);
        at = parent;
        rc = at != NULL ? has_marker(at) : CHENGIS_ERR_NO_MEMORY;
    }
    return rc;
}

/* What the repository around a folder ignores is not a part of it. */
static int is_part(struct chg_run *run)
{
    chg_auto(str) ignored = CHG_STR_INIT;
    int code = 0;
    int rc = GIT(run, &ignored, &code, run->source_dir, "check-ignore", "-q", ".");

    if (rc < 0)
        return rc;
    return code == 0 ? 0 : 2;
}

int chg_git_find(struct chg_run *run)
{
    chg_auto(str) top = CHG_STR_INIT;
    int is_top = has_marker(run->source_dir);
    int rc = is_top == 0 ? has_marker_above(run->source_dir) : is_top;

    if (rc <= 0)
        return rc;
    rc = chg_journal_commit(run->journal); /* git takes its time: let the build be seen */
    if (rc < 0)
        return rc;
    rc = GIT(run, &top, NULL, run->source_dir, "rev-parse", "--show-toplevel");
    if (rc == CHENGIS_ERR_NOT_FOUND)
        return 0; /* no git program: the folder is copied, .git along with it */
    if (rc == CHENGIS_ERR_PROCESS && !is_top) {
        (void)chg_run_say(run, "note: '%s' is copied whole, files that git ignores too: %s",
                          run->source_dir, chg_error_message());
        return 0;
    }
    if (rc < 0)
        return chg_error_prefix("repository '%s'", run->source_dir);
    trim(&top);
    return chg_streq(top.ptr, run->source_dir) ? 1 : is_part(run);
}

/* ---- the commit ---- */

int chg_git_describe(struct chg_run *run, const char *dir)
{
    static const char *const keys[] = {"commit", "commit-short", "author", "email", "message"};
    chg_auto(str) branch = CHG_STR_INIT;
    chg_auto(str) text = CHG_STR_INIT;
    chg_autojson info = json_object();
    int code = 0;
    size_t at = 0;
    int rc = GIT(run, &text, NULL, dir, "log", "-1", "--format=%H%x00%h%x00%an%x00%ae%x00%s");

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
    if (rc < 0)
        return rc;
    run->row.git = chg_json_dump(info);
    return run->row.git != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}
