/* SPDX-License-Identifier: MIT */
/* Events as immutable objects that subscriptions share. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "events/events_priv.h"

#include "base/banned.h"

struct event_name {
    chengis_event_type type;
    const char *name;
};
#define CHG_EVENT_NAME(name, number, text) {CHENGIS_EVENT_##name, text},
static const struct event_name names[] = {CHENGIS_EVENT_LIST(CHG_EVENT_NAME)};
#undef CHG_EVENT_NAME

const char *chengis_event_type_name(chengis_event_type type)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].type == type)
            return names[i].name;
    }
    return "unknown";
}

chengis_event_type chg_event_type_parse(const char *name)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].type;
    }
    return CHENGIS_EVENT_UNKNOWN;
}

/* Copy a text to where the next one goes, and step on. */
static const char *put_text(char **at, const char *text)
{
    const char *start = *at;
    size_t size = strlen(text) + 1;

    memcpy(*at, text, size);
    *at += size;
    return start;
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

int chg_event_new(chengis_event **out, const struct chg_event_row *row)
{
    const char *stage = or_empty(row->stage_name);
    const char *step = or_empty(row->step_name);
    const char *data = row->data == NULL ? "{}" : row->data;
    char cursor[24] = "";
    chengis_event *event;
    char *at;

    if (row->id != 0)
        (void)snprintf(cursor, sizeof(cursor), "%lld", (long long)row->id);
    event = chg_calloc(1, sizeof(*event) + strlen(row->type) + strlen(row->build_id) +
                              strlen(stage) + strlen(step) + strlen(data) + strlen(cursor) + 6);
    if (event == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    event->magic = CHG_EVENT_MAGIC;
    chg_ref_init(&event->ref);
    event->type = chg_event_type_parse(row->type);
    event->status = row->status;
    event->id = row->id;
    event->seq = row->seq;
    event->at = row->at;
    at = event->text;
    event->name = put_text(&at, row->type);
    event->build_id = put_text(&at, row->build_id);
    event->stage = put_text(&at, stage);
    event->step = put_text(&at, step);
    event->data = put_text(&at, data);
    event->cursor = put_text(&at, cursor);
    *out = event;
    return 0;
}

chengis_event *chengis_event_ref(chengis_event *event)
{
    if (CHG_IS(event, CHG_EVENT_MAGIC))
        chg_ref_get(&event->ref);
    return event;
}

chengis_event *chengis_event_unref(chengis_event *event)
{
    if (!CHG_IS(event, CHG_EVENT_MAGIC) || !chg_ref_put(&event->ref))
        return NULL;
    event->magic = 0;
    chg_free(atomic_load(&event->json));
    chg_free(event);
    return NULL;
}

chengis_event_type chengis_event_get_type(const chengis_event *event)
{
    return event->type;
}

const char *chengis_event_name(const chengis_event *event)
{
    return event->name;
}

int64_t chengis_event_seq(const chengis_event *event)
{
    return event->seq;
}

const char *chengis_event_cursor(const chengis_event *event)
{
    return event->cursor;
}

int64_t chengis_event_at(const chengis_event *event)
{
    return event->at;
}

const char *chengis_event_build_id(const chengis_event *event)
{
    return event->build_id;
}

const char *chengis_event_stage(const chengis_event *event)
{
    return event->stage;
}

const char *chengis_event_step(const chengis_event *event)
{
    return event->step;
}

chengis_status chengis_event_status(const chengis_event *event)
{
    return event->status;
}

const char *chengis_event_data(const chengis_event *event)
{
    return event->data;
}

/* A name, or null where there is none. */
static int put_name(json_t *object, const char *key, const char *name)
{
    if (*name == '\0')
        return chg_json_set_take(object, key, json_null());
    return chg_json_set_str(object, key, name);
}

static int put_data(json_t *object, const char *data)
{
    json_t *value = chg_json_parse(data, strlen(data));

    return chg_json_set_take(object, "data", value == NULL ? json_object() : value);
}

static char *make_json(const chengis_event *event)
{
    chg_autojson object = json_object();
    const char *status =
        event->status == CHENGIS_STATUS_UNKNOWN ? "" : chengis_status_name(event->status);
    int rc = object == NULL ? chg_error_no_memory() : 0;

    rc = rc < 0 ? rc : chg_json_set_i64(object, "seq", event->seq);
    rc = rc < 0 ? rc : chg_json_set_str(object, "type", event->name);
    rc = rc < 0 ? rc : chg_json_set_time(object, "at", event->at);
    rc = rc < 0 ? rc : chg_json_set_str(object, "build-id", event->build_id);
    rc = rc < 0 ? rc : put_name(object, "stage-name", event->stage);
    rc = rc < 0 ? rc : put_name(object, "step-name", event->step);
    rc = rc < 0 ? rc : put_name(object, "status", status);
    rc = rc < 0 ? rc : put_data(object, event->data);
    return rc < 0 ? NULL : chg_json_dump(object);
}

const char *chengis_event_json(const chengis_event *event)
{
    /* The text is a cache: two threads may make it at once, one of the two stays. */
    _Atomic(char *) *slot = (_Atomic(char *) *)(uintptr_t)&event->json;
    char *json = atomic_load(slot);
    char *made;

    if (json != NULL)
        return json;
    made = make_json(event);
    if (made == NULL)
        return NULL;
    if (atomic_compare_exchange_strong(slot, &json, made))
        return made;
    chg_free(made);
    return json;
}
