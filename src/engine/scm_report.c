/* SPDX-License-Identifier: MIT */
/* Phase: the code host learns the status of the commit, when the build has one and a reporter
 * serves the host. */
#include "engine/run.h"

#include "base/error.h"
#include "base/str.h"
#include "engine/journal.h"
#include "engine/plugins.h"

#include <string.h>

#include "base/banned.h"

static int report(struct chg_run *run, const json_t *info)
{
    const chengis_status_reporter *reporter;
    chg_autofree char *description = NULL;
    chg_autofree char *build_json = NULL;
    chengis_scm_status status;
    int rc;
    const char *url, *commit;

    if (chg_json_get_str(&url, info, "url") < 0 || chg_json_get_str(&commit, info, "commit") < 0)
        return chg_error_code();
    reporter = url != NULL && commit != NULL
                   ? chg_registry_status_reporter_for(run->engine->registry, url)
                   : NULL;
    if (reporter == NULL)
        return 0;
    description = chg_asprintf("Build #%lld %s", (long long)run->row.number,
                               chengis_status_name(run->result));
    build_json = chg_plugin_build_json(run);
    if (description == NULL || build_json == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    status = (chengis_scm_status){.struct_size = sizeof(status),
                                  .repo_url = url,
                                  .commit = commit,
                                  .status = run->result,
                                  .build_json = build_json,
                                  .description = description,
                                  .cancel_fd = chg_plugin_cancel_fd(run),
                                  .timeout_ms = CHG_REPORT_TIMEOUT_MS};
    rc = CHG_PLUGIN_CALL("status reporter", reporter->name,
                         reporter->report(reporter->self, &status));
    if (rc < 0)
        return rc;
    chg_journal_event(run->journal, CHENGIS_EVENT_STATUS_REPORTED, NULL, NULL, run->result,
                      json_pack("{s:s}", "reporter", reporter->name));
    return 0;
}

int chg_phase_scm_report(struct chg_run *run)
{
    chg_autojson info =
        run->row.git != NULL ? chg_json_parse(run->row.git, strlen(run->row.git)) : NULL;

    if (info != NULL && report(run, info) < 0)
        (void)chg_run_say(run, "warning: the status could not be reported: %s",
                          chg_error_message());
    return 0;
}
