/* SPDX-License-Identifier: MIT */
/* Phase: files of the workspace are kept through the artifact handler, each with its digest. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "engine/journal.h"
#include "engine/own_files.h"
#include "engine/plugins.h"

#include <string.h>

#include "base/banned.h"

static int say(void *data, const char *line)
{
    return chg_run_say(data, "%s", line);
}

static bool is_private(void *data, const char *path)
{
    const struct chg_run *run = data;

    return chg_is_own_file(run->engine, run->row.workspace, path);
}

static int check(const chengis_artifact_info *info)
{
    if (info == NULL || info->filename == NULL || info->original_path == NULL ||
        info->path == NULL || info->content_type == NULL || info->size_bytes > INT64_MAX)
        return chg_error_set(CHENGIS_ERR_PLUGIN, "an artifact handler told too little of a file");
    if (info->sha256 == NULL || strlen(info->sha256) != 64 ||
        strspn(info->sha256, "0123456789abcdef") != 64)
        return chg_error_set(CHENGIS_ERR_PLUGIN, "artifact '%s': the handler gave no SHA-256",
                             info->filename);
    return 0;
}

static int add(void *data, const chengis_artifact_info *info)
{
    struct chg_run *run = data;
    struct chg_artifact_row row = {.created_at = chg_clock_wall_ms()};
    char id[CHG_UUID_SIZE];
    json_t *event;
    int rc = check(info);

    if (rc == 0)
        rc = chg_uuid7(id);
    if (rc < 0)
        return rc;
    row.size_bytes = (int64_t)info->size_bytes;
    row.id = chg_strdup(id);
    row.build_id = chg_strdup(run->row.id);
    row.filename = chg_strdup(info->filename);
    row.original_path = chg_strdup(info->original_path);
    row.path = chg_strdup(info->path);
    row.sha256 = chg_strdup(info->sha256);
    row.content_type = chg_strdup(info->content_type);
    if (row.id == NULL || row.build_id == NULL || row.filename == NULL ||
        row.original_path == NULL || row.path == NULL || row.sha256 == NULL ||
        row.content_type == NULL) {
        chg_artifact_row_fini(&row);
        return CHENGIS_ERR_NO_MEMORY;
    }
    event = json_object();
    (void)chg_json_set_str(event, "filename", row.filename);
    (void)chg_json_set_str(event, "path", row.original_path);
    (void)chg_json_set_i64(event, "size-bytes", row.size_bytes);
    (void)chg_json_set_str(event, "sha256", row.sha256);
    chg_journal_event(run->journal, CHENGIS_EVENT_ARTIFACT_COLLECTED, NULL, NULL,
                      CHENGIS_STATUS_UNKNOWN, event);
    chg_journal_artifact(run->journal, &row);
    return 0;
}

int chg_phase_artifacts(struct chg_run *run)
{
    const chengis_artifact_handler *handler;
    chengis_artifact_request request;
    chg_autofree const char **patterns = NULL;
    chg_autofree char *destination = NULL;
    int rc;

    if (run->plan->artifacts.len == 0)
        return 0;
    handler = chg_registry_artifact_handler(run->engine->registry, "local");
    if (handler == NULL)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED, "no plugin keeps artifacts");
    rc = chg_strings_argv(&run->plan->artifacts, &patterns);
    if (rc == 0)
        rc = chg_journal_commit(
            run->journal); /* copying takes its time: let the end of the steps be seen */
    if (rc < 0)
        return rc;
    destination = chg_build_file(run->engine, "artifacts", run->row.id, "");
    if (destination == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    request = (chengis_artifact_request){.struct_size = sizeof(request),
                                         .workspace = run->row.workspace,
                                         .destination = destination,
                                         .patterns = patterns,
                                         .add = add,
                                         .log = say,
                                         .add_data = run,
                                         .is_private = is_private,
                                         .cancel_fd = chg_plugin_cancel_fd(run),
                                         .timeout_ms = chg_plugin_timeout(run, 0)};
    rc = CHG_PLUGIN_CALL("artifact handler", handler->name,
                         handler->collect(handler->self, &request));
    if (rc < 0 && chg_plugin_was_stopped(run))
        return rc;
    if (rc < 0) {
        (void)chg_run_say(run, "error: %s", chg_error_message());
        chg_run_fail_phase(run, "artifacts-failed", chg_error_message());
    }
    return 0; /* the outcome is in the result: what tidies up goes on */
}
