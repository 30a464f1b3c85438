/* SPDX-License-Identifier: MIT */
/* A build as the JSON object every command and page shows. */
#include <string.h>

#include "base/vec.h"
#include "store/rows_priv.h"

#include "base/banned.h"

/* One stage of the object under construction, found by its place. */
struct stage_ref {
    int64_t ordinal;
    json_t *object; /* borrowed */
    json_t *steps;  /* borrowed */
};
struct assembly {
    struct chg_conn *conn;
    const char *build_id;
    json_t *stages;    /* borrowed */
    json_t *artifacts; /* borrowed */
    CHG_VEC(struct stage_ref) refs;
    bool retried; /* some step has more than one attempt */
};

/* Stored JSON text as a value; null for none. */
static int put_parsed(json_t *object, const char *key, const char *text, json_t *none)
{
    json_t *value;

    if (text == NULL)
        return chg_json_set_take(object, key, none);
    json_decref(none);
    value = chg_json_parse(text, strlen(text));
    if (value == NULL)
        return chg_error_prefix("stored %s", key);
    return chg_json_set_take(object, key, value);
}

static int put_build(json_t *object, const struct chg_build_row *row)
{
    int rc = chg_json_put_str(object, "id", row->id);

    rc = rc < 0 ? rc : chg_json_put_str(object, "job", row->job_name);
    rc = rc < 0 ? rc : chg_json_put_str(object, "job-id", row->job_id);
    rc = rc < 0 ? rc : chg_json_set_i64(object, "number", row->number);
    rc = rc < 0 ? rc : chg_json_put_str(object, "status", chengis_status_name(row->status));
    rc = rc < 0 ? rc : chg_json_put_str(object, "reason", row->reason);
    rc = rc < 0 ? rc : chg_json_put_str(object, "message", row->message);
    rc = rc < 0 ? rc : chg_json_put_str(object, "trigger", row->trigger);
    rc = rc < 0 ? rc : put_parsed(object, "parameters", row->parameters, json_object());
    rc = rc < 0 ? rc : put_parsed(object, "git", row->git, json_null());
    rc = rc < 0 ? rc : chg_json_put_time(object, "created-at", row->created_at);
    rc = rc < 0 ? rc : chg_json_put_time(object, "started-at", row->started_at);
    rc = rc < 0 ? rc : chg_json_put_time(object, "finished-at", row->finished_at);
    rc = rc < 0 ? rc : chg_json_put_duration(object, row->started_at, row->finished_at);
    return rc < 0 ? rc : chg_json_put_str(object, "pipeline-source", row->pipeline_source);
}

json_t *chg_build_row_to_json(const struct chg_build_row *row)
{
    json_t *object = json_object();

    if (object == NULL) {
        (void)chg_error_no_memory();
        return NULL;
    }
    if (put_build(object, row) < 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* Append an empty object or array to a list; borrowed, or NULL. */
static json_t *append(json_t *list, json_t *value)
{
    if (value == NULL || json_array_append_new(list, value) != 0) {
        (void)chg_error_no_memory();
        return NULL;
    }
    return value;
}

static json_t *put_container(json_t *object, const char *key, json_t *value)
{
    return chg_json_set_take(object, key, value) < 0 ? NULL : value;
}

static int add_stage(const struct chg_stage_row *row, void *userdata)
{
    struct assembly *a = userdata;
    struct stage_ref ref = {.ordinal = row->ordinal, .object = append(a->stages, json_object())};
    int rc = ref.object == NULL ? CHENGIS_ERR_NO_MEMORY : 0;

    rc = rc < 0 ? rc : chg_json_put_str(ref.object, "stage-name", row->name);
    rc = rc < 0 ? rc : chg_json_put_str(ref.object, "status", chengis_status_name(row->status));
    rc = rc < 0 ? rc : chg_json_put_str(ref.object, "reason", row->reason);
    rc = rc < 0 ? rc : chg_json_put_time(ref.object, "started-at", row->started_at);
    rc = rc < 0 ? rc : chg_json_put_time(ref.object, "finished-at", row->finished_at);
    rc = rc < 0 ? rc : chg_json_put_duration(ref.object, row->started_at, row->finished_at);
    if (rc < 0)
        return rc;
    ref.steps = put_container(ref.object, "steps", json_array());
    return ref.steps == NULL ? CHENGIS_ERR_NO_MEMORY : chg_vec_push(&a->refs, ref);
}

/* Stages come in the order of their ordinals, so the search can halve. */
static struct stage_ref *stage_of(struct assembly *a, int64_t ordinal)
{
    size_t low = 0;
    size_t high = a->refs.len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (a->refs.items[middle].ordinal < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->refs.len && a->refs.items[low].ordinal == ordinal ? &a->refs.items[low] : NULL;
}

static int put_log(json_t *object, const struct chg_step_row *row)
{
    json_t *log = put_container(object, "log", json_object());
    int rc = log == NULL ? CHENGIS_ERR_NO_MEMORY : chg_json_set_i64(log, "step", row->ordinal);

    rc = rc < 0 ? rc : chg_json_set_i64(log, "offset", 0);
    rc = rc < 0 ? rc : chg_json_set_i64(log, "bytes", row->log_bytes);
    return rc < 0 ? rc : chg_json_set_i64(log, "lines", row->log_lines);
}

static int put_step(json_t *object, const struct chg_step_row *row)
{
    int rc = chg_json_put_str(object, "step-name", row->name);

    rc = rc < 0 ? rc : chg_json_put_str(object, "status", chengis_status_name(row->status));
    rc = rc < 0 ? rc : chg_json_put_str(object, "reason", row->reason);
    rc = rc < 0 ? rc : chg_json_put_str(object, "message", row->message);
    rc = rc < 0 ? rc : chg_json_put_i64(object, "exit-code", row->exit_code, -1);
    rc = rc < 0 ? rc : chg_json_put_i64(object, "signal", row->signal, 0);
    rc = rc < 0 ? rc : chg_json_set_take(object, "attempts", json_array());
    rc = rc < 0 ? rc : chg_json_put_time(object, "started-at", row->started_at);
    rc = rc < 0 ? rc : chg_json_put_time(object, "finished-at", row->finished_at);
    rc = rc < 0 ? rc : chg_json_put_duration(object, row->started_at, row->finished_at);
    return rc < 0 ? rc : put_log(object, row);
}

static int add_step(const struct chg_step_row *row, void *userdata)
{
    struct assembly *a = userdata;
    struct stage_ref *stage = stage_of(a, row->stage_ordinal);
    json_t *object;

    if (stage == NULL)
        return chg_error_set(CHENGIS_ERR_CORRUPT, "step '%s' of build '%s' has no stage %lld",
                             row->name, row->build_id, (long long)row->stage_ordinal);
    object = append(stage->steps, json_object());
    a->retried = a->retried || row->attempt > 1;
    return object == NULL ? CHENGIS_ERR_NO_MEMORY : put_step(object, row);
}

static int add_artifact(const struct chg_artifact_row *row, void *userdata)
{
    struct assembly *a = userdata;
    json_t *object = append(a->artifacts, json_object());
    int rc = object == NULL ? CHENGIS_ERR_NO_MEMORY : 0;

    rc = rc < 0 ? rc : chg_json_put_str(object, "filename", row->filename);
    rc = rc < 0 ? rc : chg_json_put_str(object, "path", row->path);
    rc = rc < 0 ? rc : chg_json_put_str(object, "original-path", row->original_path);
    rc = rc < 0 ? rc : chg_json_set_i64(object, "size-bytes", row->size_bytes);
    rc = rc < 0 ? rc : chg_json_put_str(object, "sha256", row->sha256);
    return rc < 0 ? rc : chg_json_put_str(object, "content-type", row->content_type);
}

static json_t *attempts_of(struct assembly *a, const struct chg_event_row *event)
{
    for (size_t i = 0; i < a->refs.len; i++) {
        const char *stage = NULL;
        json_t *step;
        size_t k;

        (void)chg_json_get_str(&stage, a->refs.items[i].object, "stage-name");
        if (stage == NULL || strcmp(stage, event->stage_name) != 0)
            continue;
        json_array_foreach (a->refs.items[i].steps, k, step) {
            const char *name = NULL;

            (void)chg_json_get_str(&name, step, "step-name");
            if (name != NULL && strcmp(name, event->step_name) == 0)
                return json_object_get(step, "attempts");
        }
    }
    return NULL;
}

/* Every attempt of a step that was tried again is an event step-attempt; its data is the entry. */
static int add_attempt(const struct chg_event_row *event, void *userdata)
{
    struct assembly *a = userdata;
    json_t *attempts;
    json_t *data;

    if (strcmp(event->type, "step-attempt") != 0 || event->data == NULL ||
        event->stage_name == NULL || event->step_name == NULL)
        return 0;
    attempts = attempts_of(a, event);
    if (attempts == NULL)
        return 0;
    data = chg_json_parse(event->data, strlen(event->data));
    if (data == NULL)
        return chg_error_prefix("stored event %lld", (long long)event->id);
    return append(attempts, data) == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

static int put_parts(struct assembly *a)
{
    int rc = chg_stage_list(a->conn, a->build_id, add_stage, a);

    if (rc >= 0)
        rc = chg_step_list(a->conn, a->build_id, add_step, a);
    if (rc >= 0 && a->retried)
        rc = chg_event_list(a->conn, NULL, a->build_id, 0, SIZE_MAX, add_attempt, a);
    if (rc >= 0)
        rc = chg_artifact_list(a->conn, a->build_id, add_artifact, a);
    return rc;
}

int chg_build_to_json(struct chg_conn *conn, const struct chg_scope *scope, const char *id,
                      json_t **out)
{
    chg_autojson object = NULL;
    chg_auto(build_row) row = {0};
    struct assembly a = {.conn = conn, .build_id = id};
    int rc = chg_build_get(conn, scope, id, &row);

    if (rc < 0)
        return rc;
    object = chg_build_row_to_json(&row);
    if (object == NULL)
        return chg_error_code();
    a.stages = put_container(object, "stages", json_array());
    a.artifacts = put_container(object, "artifacts", json_array());
    if (a.stages == NULL || a.artifacts == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = put_parts(&a);
    chg_vec_fini(&a.refs);
    if (rc < 0)
        return rc;
    *out = chg_steal(&object);
    return 0;
}
