/* SPDX-License-Identifier: MIT */
/* The order of the phases of a build, and nothing more: each phase is a file. */
#include "engine/run.h"

#include "base/error.h"

#include "base/banned.h"

/* A phase that prepares is left out once the build is known to fail; the ones that end it always
 * run. */
static const struct phase {
    const char *name;
    int (*run)(struct chg_run *run);
    bool ends;
} phases[] = {
    {"workspace", chg_phase_workspace, false},
    {"checkout", chg_phase_checkout, false},
    {"pipeline-source", chg_phase_pipeline_source, false},
    {"secrets", chg_phase_secrets, false},
    {"container", chg_phase_container, false},
    {"matrix", chg_phase_matrix, false},
    {"stages", chg_phase_stages, false},
    {"post", chg_phase_post, false},
    {"artifacts", chg_phase_artifacts, false},
    {"notify", chg_phase_notify, true},
    {"scm-report", chg_phase_scm_report, true},
    {"finalize", chg_phase_finalize, true},
};

/* A phase that was broken off by a cancel or the build's timeout did not fail. */
void chg_run_fail_phase(struct chg_run *run, const char *reason, const char *message)
{
    const struct chg_limits limits = {1, run->deadline, "build-timed-out"};
    const char *stop = chg_loop_stop_reason(run, &limits);

    if (stop != NULL && run->result == CHENGIS_STATUS_SUCCESS)
        chg_run_note_stop(run, stop);
    else
        chg_run_fail(run, CHENGIS_STATUS_FAILURE, reason, message);
}

void chg_run_execute(struct chg_run *run)
{
    bool stopped = false;

    for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
        if (stopped && !phases[i].ends)
            continue;
        if (phases[i].run(run) < 0) {
            chg_run_fail_phase(run, phases[i].name, chg_error_message());
            stopped = true;
        }
    }
}
