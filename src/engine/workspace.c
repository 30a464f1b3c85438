/* SPDX-License-Identifier: MIT */
/* Phase: the folder the steps work in, the log, and the variables that name the build. The build is
 * `running` from here on. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "engine/journal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

static int open_log(struct chg_run *run)
{
    int rc = chengis_masker_new(&run->masker);

    for (size_t i = 0; i < run->secrets.len && rc >= 0; i++) {
        rc = chengis_masker_add(run->masker, run->secrets.items[i].value,
                                strlen(run->secrets.items[i].value));
        if (rc < 0)
            return chg_error_prefix("secret '%s'", run->secrets.items[i].name);
    }
    if (rc >= 0)
        rc = chg_log_writer_open(&run->log, run->row.log_path, run->masker);
    return rc < 0 ? rc : 0;
}

/* The state folders were made with the engine: one mkdir() is enough, unless somebody removed them
 * since. */
static int make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return 0;
    if (errno == ENOENT)
        return chg_fs_mkdirs(path, 0700);
    return chg_error_sys(0, errno, "cannot make workspace '%s'", path);
}

static int make_workspace(struct chg_run *run)
{
    if (run->row.workspace != NULL) /* resumed */
        return chg_fs_is_dir(run->row.workspace)
                   ? 0
                   : chg_error_set(CHENGIS_ERR_NOT_FOUND, "workspace '%s' is gone",
                                   run->row.workspace);
    if (run->source == CHENGIS_SOURCE_IN_PLACE) {
        run->row.workspace = chg_strdup(run->source_dir);
        return run->row.workspace != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    }
    run->row.workspace = chg_build_file(run->engine, "workspaces", run->row.id, "");
    if (run->row.workspace == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    return make_folder(run->row.workspace);
}

static void announce(struct chg_run *run)
{
    json_t *data = json_object();

    if (run->row.status == CHENGIS_STATUS_UNKNOWN)
        chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_QUEUED, NULL, NULL,
                          CHENGIS_STATUS_QUEUED, NULL);
    (void)chg_status_move(&run->row.status, CHENGIS_STATUS_RUNNING, "build");
    run->row.owner_id = run->engine->owner_id;
    if (run->row.started_at == 0)
        run->row.started_at = chg_clock_wall_ms();
    if (run->timeout_ms > 0)
        run->deadline = chg_clock_mono_ms() + run->timeout_ms;
    (void)chg_json_set_str(data, "job", run->row.job_name);
    (void)chg_json_set_str(data, "trigger", run->row.trigger);
    (void)chg_json_set_i64(data, "attempt", run->row.attempt);
    chg_journal_touch_build(run->journal);
    chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_STARTED, NULL, NULL, CHENGIS_STATUS_RUNNING,
                      data);
}

static int build_variables(struct chg_run *run)
{
    char *const name = run->row.job_name;
    int rc = chg_kvlist_put(&run->build_env, "BUILD_ID", run->row.id);

    if (rc == 0)
        rc = chg_kvlist_put(&run->build_env, "JOB_NAME", name);
    if (rc == 0)
        rc = chg_kvlist_put(&run->build_env, "WORKSPACE", run->row.workspace);
    return rc;
}

int chg_phase_workspace(struct chg_run *run)
{
    int rc;

    announce(run);
    rc = open_log(run);
    if (rc == 0)
        rc = make_workspace(run);
    if (rc == 0)
        rc = build_variables(run);
    return rc;
}
