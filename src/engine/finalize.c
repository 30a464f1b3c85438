/* SPDX-License-Identifier: MIT */
/* Phase: what the build left behind is removed; then the last commit with its outcome. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "engine/journal.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

#define COMMIT_TRIES 5

static void conclude(struct chg_run *run)
{
    json_t *data = json_object();

    (void)chg_status_move(&run->row.status, run->result, "build");
    chg_free(run->row.reason);
    chg_free(run->row.message);
    run->row.reason = chg_steal(&run->reason);
    run->row.message = chg_steal(&run->message);
    run->row.finished_at = chg_clock_wall_ms();
    (void)chg_json_set_str(data, "reason", run->row.reason);
    (void)chg_json_set_str(data, "message", run->row.message);
    (void)chg_json_set_i64(data, "duration-ms", run->row.finished_at - run->row.started_at);
    chg_journal_touch_build(run->journal);
    chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_COMPLETED, NULL, NULL, run->row.status,
                      data);
}

/* When memory ran out for what happened, the outcome alone. */
static int commit_end(struct chg_run *run)
{
    int rc = chg_journal_commit(run->journal);

    if (rc != CHENGIS_ERR_NO_MEMORY)
        return rc;
    chg_journal_forget(run->journal);
    chg_journal_touch_build(run->journal);
    chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_COMPLETED, NULL, NULL, run->row.status,
                      NULL);
    return chg_journal_commit(run->journal);
}

/* Somebody may free the disk or finish with the database: the outcome is worth some patience. */
static int commit(struct chg_run *run)
{
    int rc = commit_end(run);

    for (int i = 1; i < COMMIT_TRIES && rc < 0; i++) {
        (void)chg_cancel_sleep(NULL, 100 * i);
        rc = commit_end(run);
    }
    return rc;
}

int chg_run_store_end(struct chg_run *run)
{
    int rc = commit_end(run);

    if (rc == 0)
        chg_run_set_done(run, NULL);
    return rc;
}

/* rc: of the last commit. */
static void tell_end(struct chg_run *run, int rc)
{
    struct chg_error_saved error;

    if (rc == 0) {
        chg_run_set_done(run, NULL);
        return;
    }
    chg_error_save(&error);
    chg_log(&run->engine->options.log, CHENGIS_LOG_ERROR, "engine",
            "the end of build %s could not be stored: %s", run->row.id, error.message);
    chg_run_set_done(run, &error);
    if (!chg_run_set_stored(run, &error)) /* else nobody knows of the build */
        chg_pool_keep_end(run->engine, run);
}

/* Before the end is stored: nobody would look for processes of a build that is over. */
static void end_leftovers(struct chg_run *run)
{
    for (size_t i = 0; i < run->leftovers.len; i++)
        chg_tree_release(run->leftovers.items[i]);
    run->leftovers.len = 0;
}

/* Only a folder named after the build was made for it: any other one is the user's. */
static bool has_own_workspace(const struct chg_run *run)
{
    return run->source != CHENGIS_SOURCE_IN_PLACE && run->row.workspace != NULL &&
           chg_streq(chg_path_basename(run->row.workspace), run->row.id);
}

/* Before the end is stored, too: what is left after it is left for ever. */
static void remove_workspace(struct chg_run *run)
{
    if (run->keep_workspace || !has_own_workspace(run))
        return;
    if (rmdir(run->row.workspace) < 0 && errno != ENOENT &&
        chg_fs_remove_tree(run->row.workspace) < 0)
        chg_log(&run->engine->options.log, CHENGIS_LOG_WARNING, "engine",
                "workspace of build %s stays: %s", run->row.id, chg_error_message());
}

static void close_files(struct chg_run *run)
{
    chg_loop_close(run);
    chg_log_writer_close(chg_steal(&run->log));
}

static void close_stages(struct chg_run *run, const char *reason)
{
    for (size_t i = 0; i < run->stage_count; i++)
        chg_stage_close(run, &run->stages[i], reason);
}

int chg_run_close(struct chg_run *run, const char *reason, const char *message)
{
    struct chg_error_saved error;
    int rc;

    chg_run_fail(run, CHENGIS_STATUS_ABORTED, reason, message);
    close_stages(run, reason);
    remove_workspace(run);
    conclude(run);
    rc = commit_end(run);
    close_files(run);
    if (rc == 0) {
        chg_run_set_done(run, NULL);
        return 0;
    }
    chg_error_save(&error);
    chg_run_set_done(run, &error);
    return chg_error_restore(&error);
}

static bool take_dropped(struct chg_run *run)
{
    bool dropped;

    chg_mutex_lock(&run->lock);
    dropped = run->dropped;
    run->dropped = false;
    chg_mutex_unlock(&run->lock);
    return dropped;
}

static int close_waiting(struct chg_run *run, const char *reason)
{
    int rc = chg_run_close(run, "cancelled", reason);

    if (rc < 0)
        chg_pool_keep_end(run->engine, run);
    return rc;
}

/* A build that only waits, here or for another engine, is closed here; a running one is told. */
int chg_run_cancel(struct chg_run *run, int level, const char *reason)
{
    int rc;

    if (take_dropped(run))
        return close_waiting(run, reason);
    if (!chg_pool_unqueue(run->engine, run)) {
        chg_cancel_request(run->cancel, level, reason);
        return 0;
    }
    rc = close_waiting(run, reason);
    (void)chg_run_unref(run); /* the queue's */
    return rc;
}

int chg_phase_finalize(struct chg_run *run)
{
    int rc;

    close_stages(run, "engine-failed");
    end_leftovers(run);
    remove_workspace(run);
    conclude(run);
    rc = commit(run);
    close_files(run);
    tell_end(run, rc);
    return 0;
}
