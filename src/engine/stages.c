/* SPDX-License-Identifier: MIT */
/*
 * Phase: the stages, in order. The loop looks at the rows alone: a stage that is final is passed
 * over, so a build read back from the store goes on where it stood.
 */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/journal.h"
#include "proc/spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/banned.h"

static json_t *reason_data(const char *reason)
{
    return reason != NULL ? json_pack("{s:s}", "reason", reason) : NULL;
}

static int set_stage(struct chg_run *run, struct chg_stage_state *stage, chengis_status status,
                     const char *reason)
{
    int rc = chg_status_move(&stage->row.status, status, "stage");
    int64_t now = chg_clock_wall_ms();
    json_t *data = reason_data(reason);

    if (rc < 0)
        return rc;
    chg_free(stage->row.reason);
    stage->row.reason = chg_strdup(reason);
    stage->dirty = true;
    if (status == CHENGIS_STATUS_RUNNING) {
        stage->row.started_at = now;
        chg_journal_event(run->journal, CHENGIS_EVENT_STAGE_STARTED, stage, NULL, status, data);
        return 0;
    }
    stage->row.finished_at = now;
    if (data == NULL)
        data = json_object();
    if (stage->row.started_at > 0)
        (void)chg_json_set_i64(data, "duration-ms", now - stage->row.started_at);
    chg_journal_event(run->journal,
                      status == CHENGIS_STATUS_SKIPPED ? CHENGIS_EVENT_STAGE_SKIPPED
                                                       : CHENGIS_EVENT_STAGE_COMPLETED,
                      stage, NULL, status, data);
    return 0;
}

void chg_stage_skip(struct chg_run *run, struct chg_stage_state *stage, const char *reason)
{
    if (!chengis_status_is_final(stage->row.status))
        (void)set_stage(run, stage, CHENGIS_STATUS_SKIPPED, reason);
}

void chg_stage_close(struct chg_run *run, struct chg_stage_state *stage, const char *reason)
{
    if (stage->row.status != CHENGIS_STATUS_RUNNING) {
        chg_stage_skip(run, stage, "not-reached");
        return;
    }
    for (size_t i = 0; i < stage->step_count; i++) {
        chengis_status status = stage->steps[i].row.status;

        if (!chengis_status_is_final(status))
            (void)chg_step_record(run, stage, &stage->steps[i],
                                  status == CHENGIS_STATUS_RUNNING ? CHENGIS_STATUS_ABORTED
                                                                   : CHENGIS_STATUS_SKIPPED,
                                  reason, NULL);
    }
    (void)set_stage(run, stage, CHENGIS_STATUS_ABORTED, reason);
}

static bool is_failed(chengis_status status)
{
    return status == CHENGIS_STATUS_FAILURE || status == CHENGIS_STATUS_ABORTED ||
           status == CHENGIS_STATUS_TIMED_OUT;
}

/* ---- steps of one stage ---- */

/* Why no further step of the stage may begin; NULL: the next one may. */
static const char *step_obstacle(const struct chg_run *run, const struct chg_stage_state *stage,
                                 const struct chg_limits *limits)
{
    const char *reason = chg_loop_stop_reason(run, limits);

    if (reason != NULL)
        return reason;
    for (size_t i = 0; i < stage->step_count && !(stage->def != NULL && stage->def->parallel);
         i++) {
        if (is_failed(stage->steps[i].row.status))
            return "earlier-failure";
    }
    return NULL;
}

/* Begin every step that may begin now: rows and events, no process yet. `begun` receives them. */
static int begin_steps(struct chg_run *run, struct chg_stage_state *stage,
                       const struct chg_limits *limits, bool *begun)
{
    bool parallel = stage->def != NULL && stage->def->parallel;

    for (size_t i = 0; i < stage->step_count; i++) {
        struct chg_step_state *step = &stage->steps[i];
        const char *obstacle;
        int rc = 0;

        if (step->row.status != CHENGIS_STATUS_UNKNOWN) {
            if (!parallel && !chengis_status_is_final(step->row.status))
                return 0; /* one after the other */
            continue;
        }
        obstacle = step_obstacle(run, stage, limits);
        if (obstacle == NULL &&
            !chg_condition_met(step->def->condition, run->branch, &run->parameters))
            obstacle = "condition-unmet";
        if (obstacle != NULL) {
            rc = chg_step_record(run, stage, step, CHENGIS_STATUS_SKIPPED, obstacle, NULL);
        } else {
            if (!chg_pool_take_step(run->engine, run))
                return 0; /* woken when another build gives one back */
            rc = chg_step_begin(run, stage, step);
            begun[i] = rc == 0;
            if (rc < 0)
                chg_pool_give_step(run->engine);
        }
        if (rc < 0 || (begun[i] && !parallel))
            return rc;
    }
    return 0;
}

static int launch_steps(struct chg_run *run, struct chg_stage_state *stage, bool *begun)
{
    for (size_t i = 0; i < stage->step_count; i++) {
        if (begun[i]) {
            int rc = chg_step_launch(run, stage, &stage->steps[i]);

            begun[i] = false;
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

static bool steps_are_final(const struct chg_stage_state *stage)
{
    for (size_t i = 0; i < stage->step_count; i++) {
        if (!chengis_status_is_final(stage->steps[i].row.status))
            return false;
    }
    return true;
}

static bool has_begun(const struct chg_stage_state *stage, const bool *begun)
{
    for (size_t i = 0; i < stage->step_count; i++) {
        if (begun[i])
            return true;
    }
    return false;
}

/* Begin what may begin, commit, start the processes, wait; until every step is final. */
static int run_steps(struct chg_run *run, struct chg_stage_state *stage,
                     const struct chg_limits *limits)
{
    chg_autofree bool *begun = chg_calloc(stage->step_count, sizeof(*begun));
    int rc = begun != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;

    while (rc == 0) {
        rc = begin_steps(run, stage, limits, begun);
        if (rc == 0 && steps_are_final(stage))
            return 0; /* no commit here: the next stage or the end of the build brings one */
        if (rc == 0)
            rc = chg_journal_commit(run->journal);
        if (rc == 0 && has_begun(stage, begun)) {
            rc = launch_steps(run, stage, begun);
            continue; /* a start that failed changes what may begin */
        }
        if (rc == 0)
            rc = chg_loop_turn(run, limits);
    }
    return rc;
}

static chengis_status stage_status(const struct chg_stage_state *stage)
{
    chg_autofree chengis_status *parts = chg_calloc(stage->step_count, sizeof(*parts));

    if (parts == NULL)
        return CHENGIS_STATUS_FAILURE;
    for (size_t i = 0; i < stage->step_count; i++)
        parts[i] = stage->steps[i].row.status;
    return chg_status_combine(parts, stage->step_count);
}

/* The engine itself cannot go on (database, memory): nothing of the stage may stay behind, neither
 * processes nor the slots of those that were to be started. */
static void abandon(struct chg_run *run, struct chg_stage_state *stage)
{
    struct chg_error_saved error;

    chg_error_save(&error);
    while (run->running != NULL) {
        struct chg_running *running = run->running;

        chg_step_stop(run, running, "engine-failed", true);
        running->exit = (struct chg_exit){-1, SIGKILL};
        running->ended = true;
        (void)chg_step_complete(run, running);
    }
    for (size_t i = 0; i < stage->step_count; i++) {
        if (stage->steps[i].row.status == CHENGIS_STATUS_RUNNING)
            chg_pool_give_step(run->engine);
    }
    chg_stage_close(run, stage, "engine-failed");
    (void)chg_error_restore(&error);
}

static const struct chg_step_state *first_failed(const struct chg_stage_state *stage)
{
    for (size_t i = 0; i < stage->step_count; i++) {
        if (is_failed(stage->steps[i].row.status))
            return &stage->steps[i];
    }
    return NULL;
}

static const char *reason_of(const struct chg_step_row *step)
{
    if (step->status == CHENGIS_STATUS_TIMED_OUT)
        return "step-timed-out";
    return chg_streq(step->reason, "log-failed") ? "log-failed" : "step-failed";
}

static void explain_failure(struct chg_run *run, const struct chg_stage_state *stage)
{
    const struct chg_step_state *step = first_failed(stage);
    chg_autofree char *message = NULL;

    if (step == NULL)
        return;
    if (step->row.message != NULL)
        message = chg_asprintf("stage '%s', step '%s': %s", stage->row.name, step->row.name,
                               step->row.message);
    else if (step->row.signal > 0)
        message = chg_asprintf("stage '%s', step '%s' was killed by signal %d", stage->row.name,
                               step->row.name, (int)step->row.signal);
    else
        message = chg_asprintf("stage '%s', step '%s' ended with exit status %d", stage->row.name,
                               step->row.name, (int)step->row.exit_code);
    chg_run_fail(run, CHENGIS_STATUS_FAILURE, reason_of(&step->row), message);
}

int chg_stage_run(struct chg_run *run, struct chg_stage_state *stage,
                  const struct chg_limits *limits)
{
    chengis_status status;
    int rc = 0;

    if (stage->row.status == CHENGIS_STATUS_UNKNOWN)
        rc = set_stage(run, stage, CHENGIS_STATUS_RUNNING, NULL);
    if (rc == 0)
        rc = run_steps(run, stage, limits);
    if (rc < 0) {
        abandon(run, stage);
        return rc;
    }
    status = stage_status(stage);
    if (status == CHENGIS_STATUS_TIMED_OUT)
        status = CHENGIS_STATUS_FAILURE;
    return set_stage(run, stage, status,
                     status == CHENGIS_STATUS_SKIPPED ? "all-steps-skipped" : NULL);
}

/* ---- the stages of the build ---- */

void chg_run_note_stop(struct chg_run *run, const char *reason)
{
    if (chg_streq(reason, "cancelled")) {
        const char *why = chg_cancel_reason(run->cancel);

        chg_run_fail(run, CHENGIS_STATUS_ABORTED, "cancelled", *why != '\0' ? why : "cancelled");
        chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_CANCELLED, NULL, NULL,
                          CHENGIS_STATUS_UNKNOWN,
                          json_pack("{s:s}", "reason", *why != '\0' ? why : "cancelled"));
    } else {
        chg_autofree char *message =
            chg_asprintf("the build ran longer than %lld ms", (long long)run->timeout_ms);

        chg_run_fail(run, CHENGIS_STATUS_TIMED_OUT, "timed-out", message);
    }
}

/* A gate nobody can answer is closed. */
static bool is_gated(struct chg_run *run, struct chg_stage_state *stage)
{
    chg_autofree char *message = NULL;

    if (stage->def->approval == NULL)
        return false;
    message = chg_asprintf("stage '%s' asks for an approval, which cannot be given here",
                           stage->row.name);
    chg_run_fail(run, CHENGIS_STATUS_FAILURE, "approval-unavailable", message);
    (void)chg_run_say(run, "error: %s", message != NULL ? message : "approval");
    chg_stage_skip(run, stage, "approval-unavailable");
    return true;
}

static int visit_stage(struct chg_run *run, struct chg_stage_state *stage,
                       const struct chg_limits *limits)
{
    const char *stop;
    int rc;

    if (!chg_condition_met(stage->def->condition, run->branch, &run->parameters)) {
        chg_stage_skip(run, stage, "condition-unmet");
        return 0;
    }
    if (is_gated(run, stage))
        return 0;
    rc = chg_stage_run(run, stage, limits);
    if (rc < 0)
        return rc;
    stop = chg_loop_stop_reason(run, limits);
    if (stage->row.status == CHENGIS_STATUS_ABORTED && stop != NULL)
        chg_run_note_stop(run, stop);
    else if (is_failed(stage->row.status))
        explain_failure(run, stage);
    return 0;
}

static int prepare_loop(struct chg_run *run)
{
    if (run->buffer == NULL)
        run->buffer = chg_malloc(CHG_READ_SIZE);
    if (run->buffer == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (run->wake_fd < 0)
        run->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (run->wake_fd < 0)
        return chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot make an eventfd");
    return chg_loop_open(run);
}

int chg_phase_stages(struct chg_run *run)
{
    const struct chg_limits limits = {1, run->deadline, "build-timed-out"};
    int rc = prepare_loop(run);

    for (size_t i = 0; i < run->post_begin && rc == 0; i++) {
        struct chg_stage_state *stage = &run->stages[i];
        const char *stop = chg_loop_stop_reason(run, &limits);

        if (chengis_status_is_final(stage->row.status)) {
            if (is_failed(stage->row.status))
                explain_failure(run, stage);
            continue;
        }
        if (stop != NULL && run->result == CHENGIS_STATUS_SUCCESS)
            chg_run_note_stop(run, stop);
        if (run->result != CHENGIS_STATUS_SUCCESS)
            chg_stage_skip(run, stage,
                           run->result == CHENGIS_STATUS_FAILURE ? "earlier-failure" : run->reason);
        else
            rc = visit_stage(run, stage, &limits);
    }
    return rc;
}
