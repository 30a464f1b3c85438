/* SPDX-License-Identifier: MIT */
/* A run made from the stored rows alone: request, plan, stages and steps as far as they came. */
#include "engine/run.h"

#include "base/error.h"
#include "engine/journal.h"

#include <string.h>

#include "base/banned.h"

static int kvlist_from_json(struct chg_kvlist *out, const json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)(uintptr_t)object, name, value) {
        int rc = json_is_string(value) ? chg_kvlist_put(out, name, json_string_value(value)) : 0;

        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_pipeline(chg_pipeline **out, const char *json)
{
    struct chg_diagnostics *diags = NULL;
    int rc = chg_diagnostics_new(&diags);

    if (rc == 0)
        rc = chg_pipeline_read(out, diags, "stored pipeline", json, strlen(json), "json");
    (void)chengis_diagnostics_unref(diags);
    return rc;
}

static int restore_request(struct chg_run *run)
{
    chg_autojson request = chg_json_parse(run->row.request, strlen(run->row.request));
    chg_autojson parameters = chg_json_parse(run->row.parameters, strlen(run->row.parameters));
    const char *source_dir, *only_stage, *from_stage;
    const json_t *pipeline;
    int64_t source;
    int rc;

    if (request == NULL || parameters == NULL)
        return chg_error_prefix("stored request of build %s", run->row.id);
    if (chg_json_get_i64(&source, request, "source", 0) < 0 ||
        chg_json_get_str(&source_dir, request, "source-dir") < 0 ||
        chg_json_get_str(&only_stage, request, "only-stage") < 0 ||
        chg_json_get_str(&from_stage, request, "from-stage") < 0 ||
        chg_json_get_bool(&run->keep_workspace, request, "keep-workspace", false) < 0 ||
        chg_json_get_i64(&run->timeout_ms, request, "timeout-ms", 0) < 0)
        return chg_error_prefix("stored request of build %s", run->row.id);
    run->source = (chengis_source)source;
    rc = chg_copy_text(&run->source_dir, source_dir);
    if (rc == 0)
        rc = chg_copy_text(&run->only_stage, only_stage);
    if (rc == 0)
        rc = chg_copy_text(&run->from_stage, from_stage);
    if (rc == 0)
        rc = kvlist_from_json(&run->given_env, json_object_get(request, "env"));
    if (rc == 0)
        rc = kvlist_from_json(&run->given_parameters, parameters);
    pipeline = json_object_get(request, "pipeline");
    if (rc == 0 && pipeline != NULL) {
        chg_autofree char *text = chg_json_dump(pipeline);

        rc = text != NULL ? read_pipeline(&run->given, text) : CHENGIS_ERR_NO_MEMORY;
    }
    if (rc == 0 && json_array_size(json_object_get(request, "secrets")) > 0)
        rc = chg_error_set(CHENGIS_ERR_STATE,
                           "the secrets of the build were given by a process that is gone");
    return rc;
}

static int take_stage(const struct chg_stage_row *row, void *userdata)
{
    struct chg_run *run = userdata;
    struct chg_stage_state *state;

    if (row->ordinal < 1 || (size_t)row->ordinal > run->stage_count)
        return 0;
    state = &run->stages[row->ordinal - 1];
    state->row.status = row->status;
    state->row.started_at = row->started_at;
    state->row.finished_at = row->finished_at;
    return chg_copy_text(&state->row.reason, row->reason);
}

static int take_step(const struct chg_step_row *row, void *userdata)
{
    struct chg_run *run = userdata;
    struct chg_step_state *state;

    if (row->ordinal < 1 || (size_t)row->ordinal > run->step_count)
        return 0;
    state = &run->steps[row->ordinal - 1];
    state->row.status = row->status;
    state->row.exit_code = row->exit_code;
    state->row.signal = row->signal;
    state->row.started_at = row->started_at;
    state->row.finished_at = row->finished_at;
    state->row.log_bytes = row->log_bytes;
    state->row.log_lines = row->log_lines;
    return chg_copy_text(&state->row.reason, row->reason);
}

struct load {
    struct chg_run *run;
    const struct chg_scope *scope;
    const char *id;
};

static int load_build(struct chg_conn *conn, void *userdata)
{
    struct load *load = userdata;

    return chg_build_get(conn, load->scope, load->id, &load->run->row);
}

static int load_rows(struct chg_conn *conn, void *userdata)
{
    struct chg_run *run = userdata;
    int rc = chg_stage_list(conn, run->row.id, take_stage, run);

    return rc < 0 ? rc : chg_step_list(conn, run->row.id, take_step, run);
}

static int restore_plan(struct chg_run *run)
{
    int rc = read_pipeline(&run->plan, run->row.plan);

    run->resumed = true;
    if (rc == 0)
        rc = chg_run_lay_out(run);
    return rc < 0 ? rc : chg_store_read(run->engine->store, load_rows, run);
}

int chg_run_load(struct chg_run **out, chengis_engine *engine, const struct chg_scope *scope,
                 const char *build_id, bool to_close)
{
    struct chg_run *run = NULL;
    int rc = chg_run_alloc(&run, engine);

    if (rc == 0)
        rc = chg_store_read(engine->store, load_build, &(struct load){run, scope, build_id});
    if (rc == 0) {
        run->scope.org_id = run->row.org_id;
        rc = restore_request(run);
        if (to_close && rc != CHENGIS_ERR_NO_MEMORY)
            rc = 0;
    }
    if (rc == 0 && run->row.plan != NULL) {
        rc = restore_plan(run);
        if (to_close && rc == CHENGIS_ERR_PIPELINE)
            rc = 0;
    }
    if (rc == 0)
        rc = chg_journal_new(&run->journal, run);
    if (rc < 0) {
        (void)chg_run_unref(run);
        return rc;
    }
    run->stored = true;
    *out = run;
    return 0;
}
