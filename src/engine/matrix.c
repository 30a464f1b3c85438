/* SPDX-License-Identifier: MIT */
/* Phase: the matrix is expanded and the plan is fixed: every step type known, the wanted stages
 * chosen, rows laid out. */
#include "engine/run.h"

#include "base/error.h"
#include "engine/journal.h"

#include "base/banned.h"

static int check_step(struct chg_run *run, const char *stage, const struct chg_step *step)
{
    const char *nearest;

    if (chg_registry_step_executor(run->engine->registry, step->type) != NULL)
        return 0;
    nearest = chg_registry_nearest_step_type(run->engine->registry, step->type);
    return chg_error_set(CHENGIS_ERR_PLUGIN,
                         "stage '%s', step '%s': no plugin provides step type '%s'%s%s%s", stage,
                         step->name, step->type, nearest != NULL ? " (did you mean '" : "",
                         nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
}

/* A step of unknown type is an error before anything ran, never a command for the shell. */
static int check_steps(struct chg_run *run)
{
    for (size_t i = 0; i < run->stage_count; i++) {
        const struct chg_stage_state *stage = &run->stages[i];

        for (size_t k = 0; k < stage->step_count; k++) {
            int rc = check_step(run, stage->row.name, stage->steps[k].def);

            if (rc < 0) {
                chg_run_fail(run, CHENGIS_STATUS_FAILURE, "unknown-step-type", chg_error_message());
                return rc;
            }
        }
    }
    return 0;
}

static bool is_named(const struct chg_stage *stage, const char *name)
{
    return chg_streq(stage->name, name) || chg_streq(stage->matrix_stage, name);
}

/* only_stage and from_stage: what is not wanted is recorded as skipped. */
static int choose_stages(struct chg_run *run, const char *name, bool and_later)
{
    bool found = false;
    int rc;

    if (name == NULL)
        return 0;
    for (size_t i = 0; i < run->post_begin; i++) {
        struct chg_stage_state *stage = &run->stages[i];
        bool wanted = is_named(stage->def, name);

        found = found || wanted;
        if (wanted || (found && and_later))
            continue;
        chg_stage_skip(run, stage, "not-selected");
    }
    if (found)
        return 0;
    rc = chg_error_set(CHENGIS_ERR_NOT_FOUND, "the pipeline has no stage '%s'", name);
    chg_run_fail(run, CHENGIS_STATUS_FAILURE, "unknown-stage", chg_error_message());
    return rc;
}

static int fix_plan(struct chg_run *run)
{
    chg_autojson plan = NULL;
    int rc = chg_plan_expand_matrix(run->plan, run->engine->options.max_combinations);

    if (rc < 0) {
        chg_run_fail(run, CHENGIS_STATUS_FAILURE, "invalid-pipeline", chg_error_message());
        return rc;
    }
    plan = chg_pipeline_to_json(run->plan);
    chg_free(run->row.plan);
    run->row.plan = plan != NULL ? chg_json_dump(plan) : NULL;
    if (run->row.plan == NULL)
        return chg_error_no_memory();
    chg_journal_touch_build(run->journal);
    rc = chg_run_lay_out(run);
    if (rc == 0)
        rc = choose_stages(run, run->only_stage, false);
    if (rc == 0)
        rc = choose_stages(run, run->from_stage, true);
    return rc;
}

int chg_phase_matrix(struct chg_run *run)
{
    int rc = run->resumed ? 0 : fix_plan(run);

    return rc < 0 ? rc : check_steps(run);
}
