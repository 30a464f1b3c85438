/* SPDX-License-Identifier: MIT */
/* Making and releasing a run, the states of its plan, and what its phases share. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/secret.h"
#include "base/str.h"
#include "base/uuid.h"
#include "engine/journal.h"

#include <string.h>

#include "base/banned.h"

#define MAX_PAIRS 4096

int chg_copy_text(char **out, const char *text)
{
    if (text == NULL)
        return 0;
    *out = chg_strdup(text);
    return *out != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

static int put_pairs(struct chg_kvlist *out, const chengis_pair *pairs, size_t count,
                     const char *what)
{
    if (count > 0 && pairs == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID, "%s: count without a list", what);
    for (size_t i = 0; i < count; i++) {
        int rc;

        if (chg_is_blank(pairs[i].name) || pairs[i].value == NULL)
            return chg_error_set(CHENGIS_ERR_INVALID, "%s %zu has no name or no value", what,
                                 i + 1);
        if (strchr(pairs[i].name, '=') != NULL)
            return chg_error_set(CHENGIS_ERR_INVALID, "%s '%s': the name holds a '='", what,
                                 pairs[i].name);
        if (strlen(pairs[i].value) > CHG_MAX_ARG)
            return chg_error_set(CHENGIS_ERR_LIMIT, "%s '%s' is longer than %d bytes", what,
                                 pairs[i].name, CHG_MAX_ARG);
        if (chg_kvlist_get(out, pairs[i].name) != NULL)
            return chg_error_set(CHENGIS_ERR_INVALID, "%s '%s' is given twice", what,
                                 pairs[i].name);
        rc = chg_kvlist_put(out, pairs[i].name, pairs[i].value);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static json_t *kvlist_json(const struct chg_kvlist *list)
{
    json_t *object = json_object();

    for (size_t i = 0; i < list->len; i++)
        (void)chg_json_set_str(object, list->items[i].name, list->items[i].value);
    return object;
}

/* Names are shown in terminals and pages, and stand in references such as JOB#7. */
static bool is_plain(const char *name)
{
    for (const char *p = name; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    }
    return chg_utf8_valid(name, strlen(name), NULL);
}

/* The job is named as asked, else after the pipeline, else after the folder. */
static int name_job(struct chg_run *run, const chengis_build_request *req)
{
    chg_autofree char *real = NULL;
    const char *name = req->job;

    if (chg_is_blank(name) && req->pipeline != NULL)
        name = req->pipeline->name;
    if (chg_is_blank(name) && req->source_dir != NULL) {
        int rc = chg_fs_realpath(&real, req->source_dir);

        if (rc < 0)
            return rc;
        name = chg_path_basename(real);
    }
    if (chg_is_blank(name))
        name = "build";
    if (strlen(name) > CHG_MAX_NAME)
        return chg_error_set(CHENGIS_ERR_LIMIT, "the job name is longer than %d bytes",
                             CHG_MAX_NAME);
    if (!is_plain(name))
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "the job name holds a control character or is not UTF-8");
    return chg_copy_text(&run->row.job_name, name);
}

static bool has_stage(const chg_pipeline *pipeline, const char *name)
{
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        size_t len = strlen(pipeline->stages[i].name);

        /* "Test" or, of a matrix, "Test [os=linux]": the copies are not known yet */
        if (strncmp(name, pipeline->stages[i].name, len) == 0 &&
            (name[len] == '\0' || (pipeline->matrix != NULL && chg_starts_with(name + len, " ["))))
            return true;
    }
    return false;
}

static int check_request(const chengis_build_request *req)
{
    const char *const stages[] = {req->only_stage, req->from_stage};

    if (req->pipeline != NULL && !CHG_IS(req->pipeline, CHG_PIPELINE_MAGIC))
        return chg_error_set(CHENGIS_ERR_INVALID, "not a pipeline");
    if (req->source < CHENGIS_SOURCE_EMPTY || req->source > CHENGIS_SOURCE_IN_PLACE)
        return chg_error_set(CHENGIS_ERR_INVALID, "unknown source %d", (int)req->source);
    if (req->source == CHENGIS_SOURCE_EMPTY && req->pipeline == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "neither a pipeline nor a source to find one in is given");
    if (req->source != CHENGIS_SOURCE_EMPTY && chg_is_blank(req->source_dir))
        return chg_error_set(CHENGIS_ERR_INVALID, "the source needs a source_dir");
    if (req->source != CHENGIS_SOURCE_EMPTY && !chg_fs_is_dir(req->source_dir))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "source_dir '%s' is not a folder",
                             req->source_dir);
    if (req->timeout_ms < 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "timeout_ms is negative");
    if (req->only_stage != NULL && req->from_stage != NULL)
        return chg_error_set(CHENGIS_ERR_INVALID, "both only_stage and from_stage are given");
    if (req->parameter_count > MAX_PAIRS || req->env_count > MAX_PAIRS ||
        req->secret_count > MAX_PAIRS)
        return chg_error_set(CHENGIS_ERR_LIMIT, "more than %d parameters, variables or secrets",
                             MAX_PAIRS);
    for (size_t i = 0; i < 2 && req->pipeline != NULL; i++) {
        if (stages[i] != NULL && !has_stage(req->pipeline, stages[i]))
            return chg_error_set(CHENGIS_ERR_NOT_FOUND, "the pipeline has no stage '%s'",
                                 stages[i]);
    }
    return 0;
}

int chg_run_alloc(struct chg_run **out, chengis_engine *engine)
{
    struct chg_run *run = chg_new(struct chg_run);

    if (run == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_ref_init(&run->ref);
    chg_mutex_init(&run->lock);
    chg_cond_init(&run->changed);
    run->engine = engine;
    run->wake_fd = run->epoll_fd = -1;
    run->result = CHENGIS_STATUS_SUCCESS;
    *out = run;
    return chg_cancel_new(&run->cancel, NULL);
}

/* What a later process needs to go on: everything of the request that is not a row of its own.
 * Never secret values. */
static int describe_request(struct chg_run *run)
{
    chg_autojson request = json_object();
    json_t *names = json_array();

    for (size_t i = 0; i < run->secrets.len; i++)
        (void)json_array_append_new(names, json_string(run->secrets.items[i].name));
    if (chg_json_set_i64(request, "source", run->source) < 0 ||
        chg_json_set_str(request, "source-dir", run->source_dir) < 0 ||
        chg_json_set_str(request, "only-stage", run->only_stage) < 0 ||
        chg_json_set_str(request, "from-stage", run->from_stage) < 0 ||
        chg_json_set_bool(request, "keep-workspace", run->keep_workspace) < 0 ||
        chg_json_set_i64(request, "timeout-ms", run->timeout_ms) < 0 ||
        chg_json_set_take(request, "secrets", names) < 0 ||
        chg_json_set_take(request, "env", kvlist_json(&run->given_env)) < 0)
        return chg_error_no_memory();
    if (run->given != NULL &&
        chg_json_set_take(request, "pipeline", chg_pipeline_to_json(run->given)) < 0)
        return chg_error_no_memory();
    run->row.request = chg_json_dump(request);
    return run->row.request != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

static int fill_row(struct chg_run *run, const chengis_build_request *req)
{
    chg_autojson parameters = kvlist_json(&run->given_parameters);
    char id[CHG_UUID_SIZE];
    int rc = chg_uuid7(id);

    if (rc < 0)
        return rc;
    run->row.status = CHENGIS_STATUS_UNKNOWN;
    run->row.attempt = 1;
    run->row.created_at = chg_clock_wall_ms();
    run->row.owner_id = run->engine->owner_id;
    run->row.id = chg_strdup(id);
    run->row.org_id = chg_strdup(req->org != NULL ? req->org : CHG_DEFAULT_ORG);
    run->row.trigger = chg_strdup(req->trigger != NULL ? req->trigger : "manual");
    run->row.pipeline_source =
        chg_strdup(req->pipeline_source != NULL ? req->pipeline_source : "server");
    run->row.parameters = chg_json_dump(parameters);
    run->row.log_path = chg_build_file(run->engine, "logs", id, ".log");
    if (run->row.id == NULL || run->row.org_id == NULL || run->row.trigger == NULL ||
        run->row.pipeline_source == NULL || run->row.parameters == NULL ||
        run->row.log_path == NULL)
        return chg_error_no_memory();
    run->scope.org_id = run->row.org_id;
    return describe_request(run);
}

int chg_run_new(struct chg_run **out, chengis_engine *engine, const chengis_build_request *req)
{
    struct chg_run *run = NULL;
    int rc = check_request(req);

    if (rc == 0)
        rc = chg_run_alloc(&run, engine);
    if (rc == 0)
        rc = name_job(run, req);
    if (rc == 0)
        rc = put_pairs(&run->given_parameters, req->parameters, req->parameter_count, "parameter");
    if (rc == 0)
        rc = put_pairs(&run->given_env, req->env, req->env_count, "variable");
    if (rc == 0)
        rc = put_pairs(&run->secrets, req->secrets, req->secret_count, "secret");
    if (rc == 0 && req->source_dir != NULL)
        rc = chg_fs_realpath(&run->source_dir, req->source_dir);
    if (rc == 0)
        rc = chg_copy_text(&run->only_stage, req->only_stage);
    if (rc == 0)
        rc = chg_copy_text(&run->from_stage, req->from_stage);
    if (rc == 0) {
        run->source = req->source;
        run->keep_workspace = req->keep_workspace;
        run->timeout_ms = req->timeout_ms;
        run->given = chengis_pipeline_ref(req->pipeline);
        rc = fill_row(run, req);
    }
    if (rc == 0)
        rc = chg_journal_new(&run->journal, run);
    if (rc < 0) {
        (void)chg_run_unref(run);
        return rc;
    }
    *out = run;
    return 0;
}

/* ---- references ---- */

struct chg_run *chg_run_ref(struct chg_run *run)
{
    chg_ref_get(&run->ref);
    return run;
}

struct chg_run *chg_run_unref(struct chg_run *run)
{
    if (run == NULL || !chg_ref_put(&run->ref))
        return NULL;
    for (size_t i = 0; i < run->stage_count; i++)
        chg_stage_row_fini(&run->stages[i].row);
    for (size_t i = 0; i < run->step_count; i++) {
        chg_log_step_close(run->steps[i].log);
        chg_step_row_fini(&run->steps[i].row);
    }
    chg_free(run->stages);
    chg_free(run->steps);
    chg_journal_free(run->journal);
    chg_log_writer_close(run->log);
    (void)chengis_masker_unref(run->masker);
    (void)chengis_pipeline_unref(run->plan);
    (void)chengis_pipeline_unref(run->given);
    chg_build_row_fini(&run->row);
    chg_kvlist_wipe(&run->secrets);
    chg_kvlist_fini(&run->secrets);
    chg_kvlist_fini(&run->given_env);
    chg_kvlist_fini(&run->given_parameters);
    chg_kvlist_fini(&run->build_env);
    chg_kvlist_fini(&run->git_env);
    chg_kvlist_fini(&run->parameters);
    chg_free(run->source_dir);
    chg_free(run->only_stage);
    chg_free(run->from_stage);
    chg_free(run->branch);
    chg_free(run->reason);
    chg_free(run->message);
    chg_free(run->buffer);
    chg_vec_fini(&run->leftovers);
    (void)chg_cancel_unref(run->cancel);
    if (run->wake_fd >= 0)
        (void)close(run->wake_fd);
    chg_cond_fini(&run->changed);
    chg_mutex_fini(&run->lock);
    chg_free(run);
    return NULL;
}

/* ---- the states of the plan ---- */

static int lay_out_stage(struct chg_run *run, struct chg_stage_state *stage, const char *name,
                         const struct chg_step *steps, size_t count)
{
    int rc;

    stage->row.ordinal = stage - run->stages + 1;
    stage->steps = run->steps + run->step_count;
    stage->step_count = count;
    rc = chg_copy_text(&stage->row.build_id, run->row.id);
    if (rc == 0)
        rc = chg_copy_text(&stage->row.name, name);
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct chg_step_state *step = &run->steps[run->step_count++];

        step->def = &steps[i];
        step->row = (struct chg_step_row){.ordinal = step - run->steps + 1,
                                          .stage_ordinal = stage->row.ordinal,
                                          .exit_code = -1,
                                          .attempt = 1};
        rc = chg_copy_text(&step->row.build_id, run->row.id);
        if (rc == 0)
            rc = chg_copy_text(&step->row.stage_name, name);
        if (rc == 0)
            rc = chg_copy_text(&step->row.name, steps[i].name);
    }
    return rc;
}

int chg_run_lay_out(struct chg_run *run)
{
    const chg_pipeline *plan = run->plan;
    size_t stages = plan->stage_count, steps = 0;
    int rc = 0;

    for (size_t i = 0; i < plan->stage_count; i++)
        steps += plan->stages[i].step_count;
    for (size_t i = 0; i < CHG_POST_GROUPS; i++) {
        steps += plan->post[i].len;
        stages += plan->post[i].len > 0;
    }
    run->stages = chg_calloc(stages, sizeof(*run->stages));
    run->steps = chg_calloc(steps, sizeof(*run->steps));
    if (run->stages == NULL || run->steps == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < plan->stage_count && rc == 0; i++) {
        struct chg_stage_state *stage = &run->stages[run->stage_count++];

        stage->def = &plan->stages[i];
        rc = lay_out_stage(run, stage, stage->def->name, stage->def->steps, stage->def->step_count);
    }
    run->post_begin = run->stage_count;
    for (size_t i = 0; i < CHG_POST_GROUPS && rc == 0; i++) {
        char name[32] = "post:";

        if (plan->post[i].len == 0)
            continue;
        memcpy(name + 5, chg_post_group_names[i], strlen(chg_post_group_names[i]) + 1);
        rc = lay_out_stage(run, &run->stages[run->stage_count++], name, plan->post[i].items,
                           plan->post[i].len);
    }
    return rc;
}

/* ---- outcome ---- */

void chg_run_fail(struct chg_run *run, chengis_status status, const char *reason,
                  const char *message)
{
    if (run->result != CHENGIS_STATUS_SUCCESS)
        return; /* the first cause stands */
    run->result = status;
    chg_free(run->reason);
    chg_free(run->message);
    run->reason = chg_strdup(reason);
    run->message = message != NULL ? chg_mask_text(run->masker, message) : NULL;
}

int chg_run_say(struct chg_run *run, const char *format, ...)
{
    chg_auto(str) line = CHG_STR_INIT;
    va_list args;

    va_start(args, format);
    chg_str_vaddf(&line, format, args);
    va_end(args);
    if (chg_str_check(&line) < 0 || run->log == NULL)
        return chg_str_check(&line);
    return chg_log_writer_message(run->log, line.ptr);
}

bool chg_run_set_stored(struct chg_run *run, const struct chg_error_saved *error)
{
    bool first;

    chg_mutex_lock(&run->lock);
    first = !run->stored;
    if (first) {
        run->stored = true;
        if (error != NULL)
            run->start_error = *error;
        chg_cond_broadcast(&run->changed);
    }
    chg_mutex_unlock(&run->lock);
    return first;
}

void chg_run_set_done(struct chg_run *run, const struct chg_error_saved *error)
{
    chg_mutex_lock(&run->lock);
    run->error = error != NULL ? *error : (struct chg_error_saved){0};
    run->done = true;
    run->final_status = run->row.status;
    chg_cond_broadcast(&run->changed);
    chg_mutex_unlock(&run->lock);
}

bool chg_run_is_done(struct chg_run *run)
{
    bool done;

    if (run == NULL)
        return false;
    chg_mutex_lock(&run->lock);
    done = run->done && run->error.code == 0;
    chg_mutex_unlock(&run->lock);
    return done;
}
