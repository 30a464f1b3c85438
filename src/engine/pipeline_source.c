/* SPDX-License-Identifier: MIT */
/* Phase: which pipeline runs. A file in the workspace goes before the one given with the request
 * when the workspace was checked out; a broken file fails the build. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "engine/journal.h"
#include "engine/plugins.h"

#include <string.h>

#include "base/banned.h"

#define MAX_FILE_BYTES ((size_t)1 << 20)

static chengis_event_type event_of(const char *source, bool error)
{
    if (chg_streq(source, "chengisfile"))
        return error ? CHENGIS_EVENT_CHENGISFILE_ERROR : CHENGIS_EVENT_CHENGISFILE_DETECTED;
    return error ? CHENGIS_EVENT_YAML_ERROR : CHENGIS_EVENT_YAML_DETECTED;
}

static void report(struct chg_run *run, const chengis_pipeline_format_plugin *format,
                   const char *file, const chengis_diagnostics *diags, bool error)
{
    json_t *data = json_object();

    for (size_t i = 0; i < chengis_diagnostics_count(diags); i++)
        (void)chg_run_say(
            run, "%s:%u:%u: %s: %s", chengis_diagnostics_file(diags, i),
            chengis_diagnostics_line(diags, i), chengis_diagnostics_column(diags, i),
            chengis_diagnostics_severity(diags, i) == CHENGIS_SEVERITY_ERROR ? "error" : "warning",
            chengis_diagnostics_text(diags, i));
    (void)chg_json_set_str(data, "path", file);
    if (error) {
        chg_autofree char *list = chengis_diagnostics_json(diags);

        if (list != NULL)
            (void)chg_json_set_take(data, "diagnostics", chg_json_parse(list, strlen(list)));
    }
    chg_journal_event(run->journal, event_of(format->source, error), NULL, NULL,
                      CHENGIS_STATUS_UNKNOWN, data);
}

/* A pipeline and success, or neither. */
static int parse(chg_pipeline **out, chengis_diagnostics **diags,
                 const chengis_pipeline_format_plugin *format, const char *file,
                 const struct chg_str *text)
{
    int rc = CHG_PLUGIN_CALL("pipeline format", format->name,
                             format->parse(format->self, out, diags, file, text->ptr, text->len));

    if (rc == 0 && *out == NULL)
        rc = chg_error_set(CHENGIS_ERR_PLUGIN, "pipeline format '%s' gave no pipeline for '%s'",
                           format->name, file);
    if (rc < 0) {
        struct chg_error_saved error;

        chg_error_save(&error);
        *out = chengis_pipeline_unref(*out);
        rc = chg_error_restore(&error);
    }
    return rc;
}

static int read_file(struct chg_run *run, const chengis_pipeline_format_plugin *format,
                     const char *file, const char *path)
{
    chg_auto(str) text = CHG_STR_INIT;
    chengis_diagnostics *diags = NULL;
    struct chg_error_saved error;
    int rc = chg_fs_read(&text, path, MAX_FILE_BYTES);

    if (rc == 0)
        rc = parse(&run->plan, &diags, format, file, &text);
    chg_error_save(&error);
    report(run, format, file, diags, rc < 0);
    (void)chengis_diagnostics_unref(diags);
    if (rc < 0) {
        chg_run_fail(run, CHENGIS_STATUS_FAILURE, "invalid-pipeline", error.message);
        return chg_error_restore(&error);
    }
    chg_free(run->row.pipeline_source);
    run->row.pipeline_source = chg_strdup(format->source);
    return run->row.pipeline_source != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

/* 1 found and read, 0 none. */
static int detect(struct chg_run *run)
{
    const chengis_pipeline_format_plugin *format;

    for (size_t i = 0; (format = chg_registry_format_at(run->engine->registry, i)) != NULL; i++) {
        for (const char *const *file = format->files; file != NULL && *file != NULL; file++) {
            chg_autofree char *path = chg_path_join(run->row.workspace, *file);

            if (path == NULL)
                return CHENGIS_ERR_NO_MEMORY;
            if (chg_fs_exists(path)) {
                int rc = read_file(run, format, *file, path);

                return rc < 0 ? rc : 1;
            }
        }
    }
    return 0;
}

static int choose(struct chg_run *run)
{
    bool checked_out =
        run->given != NULL && run->given->source != NULL && run->source == CHENGIS_SOURCE_EMPTY;
    int rc = run->given == NULL || checked_out ? detect(run) : 0;

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (run->given == NULL) {
        chg_run_fail(run, CHENGIS_STATUS_FAILURE, "no-pipeline",
                     "no pipeline file in the workspace");
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "no pipeline file in '%s'", run->row.workspace);
    }
    return chg_pipeline_copy(&run->plan, run->given);
}

/* Conditions compare with the branch that was checked out, else with the one the caller names. */
static int choose_branch(struct chg_run *run)
{
    const char *named = chg_kvlist_get(&run->parameters, "branch");

    if (run->branch != NULL || named == NULL)
        return 0;
    run->branch = chg_strdup(named);
    return run->branch != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

int chg_phase_pipeline_source(struct chg_run *run)
{
    int rc = 0;

    if (!run->resumed)
        rc = choose(run);
    if (rc < 0)
        return rc;
    if (run->timeout_ms == 0 && run->plan->timeout_ms > 0) {
        run->timeout_ms = run->plan->timeout_ms;
        run->deadline = chg_clock_mono_ms() + run->timeout_ms;
    }
    rc = chg_parameters_resolve(&run->parameters, run->plan, &run->given_parameters);
    if (rc < 0)
        chg_run_fail(run, CHENGIS_STATUS_FAILURE, "invalid-parameter", chg_error_message());
    return rc < 0 ? rc : choose_branch(run);
}
