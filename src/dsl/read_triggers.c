/* SPDX-License-Identifier: MIT */
/* Reading of what is kept as JSON: triggers, source and notifications. */
#include "dsl/reader_priv.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"

#include "base/banned.h"

#define MAX_NOTIFY 100

static json_t *list_to_json(struct chg_reader *r, const struct chg_node *node)
{
    json_t *list = json_array();

    for (size_t i = 0; i < node->count && list != NULL; i++) {
        json_t *item = chg_node_to_json(r, node->items[i]);

        if (item == NULL || json_array_append_new(list, item) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Keys of any scalar kind are text in JSON. */
static bool is_json_key(const struct chg_node *key)
{
    switch (key->kind) {
    case CHG_NODE_VECTOR:
    case CHG_NODE_LIST:
    case CHG_NODE_SET:
    case CHG_NODE_MAP:
        return false;
    default:
        return strlen(key->text) == key->text_len;
    }
}

static json_t *map_to_json(struct chg_reader *r, const struct chg_node *node)
{
    json_t *object = json_object();

    for (size_t i = 0; i < node->count && object != NULL; i++) {
        const struct chg_node *key = chg_node_key(node, i);
        json_t *value = chg_node_to_json(r, chg_node_value(node, i));

        if (!is_json_key(key))
            chg_report_error(r, key, "a key must be text, not %s", chg_node_kind_name(key));
        if (value == NULL || json_object_set_new(object, key->text, value) < 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* New reference; NULL after a report or when memory is out. */
json_t *chg_node_to_json(struct chg_reader *r, const struct chg_node *node)
{
    json_t *value = NULL;

    switch (node->kind) {
    case CHG_NODE_NULL:
        return json_null();
    case CHG_NODE_BOOL:
        return json_boolean(node->boolean);
    case CHG_NODE_INT:
        value = json_integer(node->integer);
        break;
    case CHG_NODE_FLOAT:
        value = json_real(node->number); /* NULL for infinity */
        if (value == NULL)
            value = json_string(node->text);
        break;
    case CHG_NODE_VECTOR:
    case CHG_NODE_LIST:
    case CHG_NODE_SET:
        value = list_to_json(r, node);
        break;
    case CHG_NODE_MAP:
        value = map_to_json(r, node);
        break;
    default:
        if (memchr(node->text, '\0', node->text_len) != NULL) {
            chg_report_error(r, node, "a text contains a NUL byte");
            return NULL;
        }
        value = json_stringn(node->text, node->text_len);
        break;
    }
    if (value == NULL && r->diags->errors == 0)
        chg_out_of_memory(r);
    return value;
}

static void set_trigger(struct chg_reader *r, const char *key, json_t *value)
{
    if (value == NULL || json_object_set_new(r->pipeline->triggers, key, value) < 0)
        chg_out_of_memory(r);
}

/* `on: {push: {branches: [...]}, schedule: [...]}`, or the canonical `triggers`, which are kept as
 * they are. */
void chg_read_triggers(struct chg_reader *r, const struct chg_use *use, void *target)
{
    bool canonical = chg_streq(use->name->text, use->key->name);

    (void)target;
    if (canonical && use->value->kind == CHG_NODE_VECTOR) {
        r->pipeline->triggers = chg_node_to_json(r, use->value);
        return;
    }
    if (!chg_expect_map(r, use))
        return;
    if (canonical) {
        r->pipeline->triggers = chg_node_to_json(r, use->value);
        return;
    }
    r->pipeline->triggers = json_object();
    if (chg_node_get(use->value, "push") != NULL) /* `push:` alone means every push */
        set_trigger(r, "push", json_object());
    if (r->pipeline->triggers == NULL)
        chg_out_of_memory(r);
    if (r->failed == 0)
        chg_read_map(r, CHG_SCOPE_ON, use->value, r->pipeline);
}

void chg_read_push(struct chg_reader *r, const struct chg_use *use, void *target)
{
    (void)target;
    if (chg_expect_map(r, use))
        chg_read_map(r, CHG_SCOPE_PUSH, use->value, r->pipeline);
}

void chg_read_branches(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_strings branches = {0};
    json_t *list = json_array();

    (void)target;
    chg_read_strings_into(r, use, &branches, 0);
    for (size_t i = 0; i < branches.len && list != NULL; i++) {
        if (json_array_append_new(list, json_string(branches.items[i])) < 0)
            chg_out_of_memory(r);
    }
    chg_strings_fini(&branches);
    if (json_object_set_new(json_object_get(r->pipeline->triggers, "push"), "branches", list) < 0)
        chg_out_of_memory(r);
}

void chg_read_schedule(struct chg_reader *r, const struct chg_use *use, void *target)
{
    json_t *schedule;

    (void)target;
    if (!chg_expect_list(r, use))
        return;
    for (size_t i = 0; i < use->value->count; i++) {
        if (use->value->items[i]->kind == CHG_NODE_MAP)
            continue;
        chg_report_error(r, use->value->items[i], "%s%s%s: every entry must be a map",
                         CHG_USE(r, use));
        return;
    }
    schedule = chg_node_to_json(r, use->value);
    if (schedule != NULL)
        set_trigger(r, "schedule", schedule);
}

void chg_read_source(struct chg_reader *r, const struct chg_use *use, void *target)
{
    (void)target;
    if (!chg_expect_map(r, use))
        return;
    r->pipeline->source = chg_node_to_json(r, use->value);
    if (r->pipeline->source != NULL &&
        json_string_value(json_object_get(r->pipeline->source, "type")) == NULL)
        chg_report_error(r, use->value, "%s%s%s: missing %s%s%s", CHG_USE(r, use),
                         CHG_KEY(r, "type"));
}

static void read_entry(struct chg_reader *r, const struct chg_use *use, const struct chg_node *node,
                       struct chg_notify *notify)
{
    const char *type;

    if (node->kind != CHG_NODE_MAP) {
        chg_report_error(r, node, "%s%s%s: every entry must be a map", CHG_USE(r, use));
        return;
    }
    notify->config = chg_node_to_json(r, node);
    if (notify->config == NULL)
        return;
    type = json_string_value(json_object_get(notify->config, "type"));
    if (chg_is_blank(type)) {
        chg_report_error(r, node, "%s%s%s: an entry has no %s%s%s", CHG_USE(r, use),
                         CHG_KEY(r, "type"));
        return;
    }
    chg_keep_text(r, &notify->type, type);
    (void)json_object_del(notify->config, "type");
}

void chg_read_notify(struct chg_reader *r, const struct chg_use *use, void *target)
{
    chg_pipeline *pipeline = r->pipeline;

    (void)target;
    if (!chg_expect_list(r, use) || use->value->count == 0)
        return;
    if (use->value->count > MAX_NOTIFY) {
        chg_report_error(r, use->value, "%s%s%s has %zu entries, the limit is %d", CHG_USE(r, use),
                         use->value->count, MAX_NOTIFY);
        return;
    }
    pipeline->notify = chg_calloc(use->value->count, sizeof(*pipeline->notify));
    if (pipeline->notify == NULL) {
        chg_out_of_memory(r);
        return;
    }
    for (; pipeline->notify_count < use->value->count && r->failed == 0; pipeline->notify_count++)
        read_entry(r, use, use->value->items[pipeline->notify_count],
                   &pipeline->notify[pipeline->notify_count]);
}
