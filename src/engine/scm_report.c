/* SPDX-License-Identifier: MIT */
/* Phase: the code host learns the status of the commit, when the build has one and a reporter
 * serves the host. */
#include "engine/run.h"

#include "base/error.h"
#include "base/str.h"
#include "engine/journal.h"

#include <string.h>

#include "base/banned.h"

static int report(struct chg_run *run, const json_t *info)
{
    const chengis_status_reporter *reporter;
    chg_autofree char *description = NULL;
    chg_autofree char *build_json = NULL;
    chg_autojson build = NULL;
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
    build = chg_build_row_to_json(&run->row);
    build_json = build != NULL ? chg_json_dump(build) : NULL;
    if (description == NULL || build_json == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (reporter->report(reporter->self,
                         &(chengis_scm_status){.struct_size = sizeof(chengis_scm_status),
                                               .repo_url = url,
                                               .commit = commit,
                                               .status = run->result,
                                               .build_json = build_json,
                                               .description = description}) < 0)
        return chg_error_code();
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
