/* SPDX-License-Identifier: MIT */
/* Stages and steps by name, fed from three sources. */
#include "cli/run_model.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/str.h"
#include "cli/status_word.h"

#include "base/banned.h"

static void free_step(struct chg_run_step *step)
{
    chg_free(step->name);
    chg_free(step->reason);
    chg_free(step->message);
    chg_free(step->tail);
    chg_free(step);
}

static void free_stage(struct chg_run_stage *stage)
{
    for (size_t i = 0; i < stage->steps.len; i++)
        free_step(stage->steps.items[i]);
    chg_vec_fini(&stage->steps);
    chg_free(stage->name);
    chg_free(stage->reason);
    chg_free(stage);
}

void chg_run_model_fini(struct chg_run_model *model)
{
    for (size_t i = 0; i < model->stages.len; i++)
        free_stage(model->stages.items[i]);
    chg_vec_fini(&model->stages);
    chg_free(model->id);
    chg_free(model->job);
    chg_free(model->reason);
    chg_free(model->message);
    *model = (struct chg_run_model)CHG_RUN_MODEL_INIT;
}

static int set_text(char **field, const char *text)
{
    char *copy;

    if (text == NULL || text[0] == '\0')
        return 0;
    copy = chg_strdup(text);
    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_free(*field);
    *field = copy;
    return 0;
}

/* Find the stage of a name, or make it. NULL when out of memory. */
static struct chg_run_stage *stage_of(struct chg_run_model *model, const char *name)
{
    struct chg_run_stage *stage;

    for (size_t i = 0; i < model->stages.len; i++)
        if (chg_streq(model->stages.items[i]->name, name))
            return model->stages.items[i];
    stage = chg_new(struct chg_run_stage);
    if (stage == NULL)
        return NULL;
    stage->status = CHENGIS_STATUS_QUEUED;
    stage->duration_ms = -1;
    stage->name = chg_strdup(name);
    if (stage->name != NULL && chg_vec_push(&model->stages, stage) == 0)
        return stage;
    free_stage(stage);
    return NULL;
}

/*
 * Find a step by the number of its log (steps of one name in one stage happen), else by name among
 * those whose number is not known yet; else make it. NULL when out of memory.
 */
static struct chg_run_step *step_of(struct chg_run_stage *stage, const char *name, int64_t log)
{
    struct chg_run_step *step;

    for (size_t i = 0; i < stage->steps.len; i++) {
        step = stage->steps.items[i];
        if (chg_streq(step->name, name) && (log == 0 || step->log == 0 || step->log == log))
            return step;
    }
    step = chg_new(struct chg_run_step);
    if (step == NULL)
        return NULL;
    step->status = CHENGIS_STATUS_QUEUED;
    step->exit_code = -1;
    step->duration_ms = -1;
    step->name = chg_strdup(name);
    if (step->name != NULL && chg_vec_push(&stage->steps, step) == 0)
        return step;
    free_step(step);
    return NULL;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int64_t number_of(const json_t *object, const char *key, int64_t absent)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : absent;
}

/* "log" is the number itself, or an object that holds it. */
static int64_t log_of(const json_t *object)
{
    const json_t *log = json_object_get(object, "log");

    return json_is_object(log) ? number_of(log, "step", 0) : number_of(object, "log", 0);
}

static int64_t time_of(const json_t *object, const char *key)
{
    const char *text = text_of(object, key);
    int64_t at;

    return text != NULL && chg_time_parse(&at, text) == 0 ? at : 0;
}

int chg_run_model_plan(struct chg_run_model *model, const json_t *plan)
{
    const json_t *stage_json, *step_json;
    size_t i, k;

    json_array_foreach (json_object_get(plan, "stages"), i, stage_json) {
        const char *name = text_of(stage_json, "stage-name");
        struct chg_run_stage *stage = name == NULL ? NULL : stage_of(model, name);

        if (stage == NULL)
            return CHENGIS_ERR_NO_MEMORY;
        json_array_foreach (json_object_get(stage_json, "steps"), k, step_json) {
            name = text_of(step_json, "step-name");
            if (name == NULL || step_of(stage, name, 0) == NULL)
                return CHENGIS_ERR_NO_MEMORY;
        }
    }
    return 0;
}

static void count_running(struct chg_run_model *model)
{
    model->running = 0;
    for (size_t i = 0; i < model->stages.len; i++)
        for (size_t k = 0; k < model->stages.items[i]->steps.len; k++)
            if (model->stages.items[i]->steps.items[k]->status == CHENGIS_STATUS_RUNNING)
                model->running++;
}

static chengis_status status_of(const json_t *object, chengis_status absent)
{
    chengis_status status = chg_status_of_word(text_of(object, "status"));

    return status == CHENGIS_STATUS_UNKNOWN ? absent : status;
}

static int step_from_build(struct chg_run_stage *stage, const json_t *json)
{
    const char *name = text_of(json, "step-name");
    struct chg_run_step *step = name == NULL ? NULL : step_of(stage, name, log_of(json));

    if (step == NULL)
        return name == NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    step->status = status_of(json, step->status);
    step->log = log_of(json) != 0 ? log_of(json) : step->log;
    step->exit_code = number_of(json, "exit-code", step->exit_code);
    step->signal = number_of(json, "signal", step->signal);
    step->duration_ms = number_of(json, "duration-ms", step->duration_ms);
    if (step->started_at == 0)
        step->started_at = time_of(json, "started-at");
    if (set_text(&step->message, text_of(json, "message")) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return set_text(&step->reason, text_of(json, "reason"));
}

static int stage_from_build(struct chg_run_model *model, const json_t *json)
{
    const char *name = text_of(json, "stage-name");
    struct chg_run_stage *stage = name == NULL ? NULL : stage_of(model, name);
    const json_t *step;
    size_t i;
    int rc;

    if (stage == NULL)
        return name == NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    stage->status = status_of(json, stage->status);
    stage->duration_ms = number_of(json, "duration-ms", stage->duration_ms);
    if (stage->started_at == 0)
        stage->started_at = time_of(json, "started-at");
    rc = set_text(&stage->reason, text_of(json, "reason"));
    json_array_foreach (json_object_get(json, "steps"), i, step) {
        if (rc == 0)
            rc = step_from_build(stage, step);
    }
    return rc;
}

int chg_run_model_build(struct chg_run_model *model, const json_t *build)
{
    const json_t *stage;
    size_t i;
    int rc = set_text(&model->id, text_of(build, "id"));

    if (rc == 0)
        rc = set_text(&model->job, text_of(build, "job"));
    if (rc == 0)
        rc = set_text(&model->reason, text_of(build, "reason"));
    if (rc == 0)
        rc = set_text(&model->message, text_of(build, "message"));
    model->number = number_of(build, "number", model->number);
    model->status = status_of(build, model->status);
    model->duration_ms = number_of(build, "duration-ms", model->duration_ms);
    if (model->started_at == 0)
        model->started_at = time_of(build, "started-at");
    json_array_foreach (json_object_get(build, "stages"), i, stage) {
        if (rc == 0)
            rc = stage_from_build(model, stage);
    }
    count_running(model);
    return rc;
}

static int64_t duration_of(const struct chg_run_event *event, int64_t started_at)
{
    int64_t duration = number_of(event->data, "duration-ms", -1);

    if (duration >= 0)
        return duration;
    return started_at > 0 && event->at >= started_at ? event->at - started_at : 0;
}

static int step_event(struct chg_run_step *step, const struct chg_run_event *event)
{
    int64_t log = log_of(event->data);

    if (log != 0)
        step->log = log;
    step->attempt = number_of(event->data, "attempt", step->attempt);
    if (event->type == CHENGIS_EVENT_STEP_STARTED) {
        step->status = CHENGIS_STATUS_RUNNING;
        step->started_at = event->at;
    } else if (event->type == CHENGIS_EVENT_STEP_COMPLETED) {
        step->status = event->status;
        step->exit_code = number_of(event->data, "exit-code", -1);
        step->signal = number_of(event->data, "signal", 0);
        step->duration_ms = duration_of(event, step->started_at);
        return set_text(&step->reason, text_of(event->data, "reason"));
    }
    return 0;
}

static int stage_event(struct chg_run_stage *stage, const struct chg_run_event *event)
{
    if (event->type == CHENGIS_EVENT_STAGE_STARTED) {
        stage->status = CHENGIS_STATUS_RUNNING;
        stage->started_at = event->at;
    } else if (event->type == CHENGIS_EVENT_STAGE_COMPLETED) {
        stage->status = event->status;
        stage->duration_ms = duration_of(event, stage->started_at);
        return set_text(&stage->reason, text_of(event->data, "reason"));
    } else if (event->type == CHENGIS_EVENT_STAGE_SKIPPED) {
        stage->status = CHENGIS_STATUS_SKIPPED;
        return set_text(&stage->reason, text_of(event->data, "reason"));
    }
    return 0;
}

static int build_event(struct chg_run_model *model, const struct chg_run_event *event)
{
    if (event->type == CHENGIS_EVENT_BUILD_STARTED) {
        model->status = CHENGIS_STATUS_RUNNING;
        model->started_at = event->at;
    } else if (event->type == CHENGIS_EVENT_BUILD_COMPLETED) {
        model->status = event->status;
        model->duration_ms = duration_of(event, model->started_at);
    }
    return 0;
}

int chg_run_model_event(struct chg_run_model *model, const struct chg_run_event *event,
                        struct chg_run_stage **stage_out, struct chg_run_step **step_out)
{
    struct chg_run_stage *stage = NULL;
    struct chg_run_step *step = NULL;
    int rc = 0;

    if (event->stage != NULL && event->stage[0] != '\0') {
        stage = stage_of(model, event->stage);
        rc = stage == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
    }
    if (rc == 0 && stage != NULL && event->step != NULL && event->step[0] != '\0') {
        step = step_of(stage, event->step, log_of(event->data));
        rc = step == NULL ? CHENGIS_ERR_NO_MEMORY : step_event(step, event);
    } else if (rc == 0 && stage != NULL) {
        rc = stage_event(stage, event);
    } else if (rc == 0) {
        rc = build_event(model, event);
    }
    count_running(model);
    if (stage_out != NULL)
        *stage_out = stage;
    if (step_out != NULL)
        *step_out = step;
    return rc;
}

static bool has_failed(chengis_status status)
{
    return status == CHENGIS_STATUS_FAILURE || status == CHENGIS_STATUS_TIMED_OUT;
}

struct chg_run_step *chg_run_model_failed_at(const struct chg_run_model *model, size_t index,
                                             struct chg_run_stage **stage_out)
{
    /* A stage that succeeded although a step failed allows that failure; post actions never fail a
     * build. */
    for (size_t i = 0; i < model->stages.len; i++) {
        struct chg_run_stage *stage = model->stages.items[i];

        if (stage->status == CHENGIS_STATUS_SUCCESS || chg_starts_with(stage->name, "post:"))
            continue;
        for (size_t k = 0; k < stage->steps.len; k++)
            if (has_failed(stage->steps.items[k]->status) && index-- == 0) {
                *stage_out = stage;
                return stage->steps.items[k];
            }
    }
    return NULL;
}

struct chg_run_step *chg_run_model_failed(const struct chg_run_model *model,
                                          struct chg_run_stage **stage)
{
    return chg_run_model_failed_at(model, 0, stage);
}

bool chg_run_model_is_unique(const struct chg_run_model *model, const char *step)
{
    size_t count = 0;

    for (size_t i = 0; i < model->stages.len; i++)
        for (size_t k = 0; k < model->stages.items[i]->steps.len; k++)
            if (chg_streq(model->stages.items[i]->steps.items[k]->name, step))
                count++;
    return count <= 1;
}
