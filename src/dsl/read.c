/* SPDX-License-Identifier: MIT */
/* The pipeline reader: dialects, messages, and the walk over maps that the key table drives. */
#include "dsl/reader_priv.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "dsl/dsl.h"

#include "base/banned.h"

#define MAX_BYTES ((size_t)1 << 20)
#define MAX_ROWS  32
#define MAX_SHOWN 64

static const struct chg_dialect dialects[] = {
    {"edn", "Chengisfile", ":", "", "a vector", false, false},
    {"yaml", "Workflow", "'", "'", "a list", false, true},
    {"json", "Pipeline", "'", "'", "a list", true, false},
};

static const struct chg_dialect *find_dialect(const char *format)
{
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
        if (chg_streq(dialects[i].format, format))
            return &dialects[i];
    }
    return NULL;
}

void chg_out_of_memory(struct chg_reader *r)
{
    r->failed = CHENGIS_ERR_NO_MEMORY;
}

static void add_subject(struct chg_str *text, const struct chg_reader *r)
{
    const struct chg_subject *s = &r->subject;

    if (s->group != NULL) {
        chg_str_addf(text, "%s%s%s %s", CHG_KEY(r, r->dialect->canonical ? "post-actions" : "post"),
                     s->group);
        if (s->step > 0)
            chg_str_addf(text, " step %zu", s->step);
    } else if (s->stage > 0) {
        chg_str_addf(text, "Stage %zu", s->stage);
        if (s->stage_name != NULL)
            chg_str_addf(text, " (%s)", s->stage_name);
        if (s->step > 0)
            chg_str_addf(text, ", Step %zu", s->step);
    }
    if (s->step > 0 && s->step_name != NULL)
        chg_str_addf(text, " (%s)", s->step_name);
    if (text->len > 0)
        chg_str_add(text, ": ");
}

static void report(struct chg_reader *r, chengis_severity severity, const struct chg_node *node,
                   const char *joint, const char *message)
{
    struct chg_str text = CHG_STR_INIT;

    add_subject(&text, r);
    if (r->subject.part != NULL) {
        chg_str_add(&text, r->subject.part);
        chg_str_add(&text, joint);
    }
    chg_str_add(&text, message);
    if (chg_str_check(&text) < 0)
        chg_out_of_memory(r);
    else
        chg_diagnostics_add(r->diags, severity, r->file, node != NULL ? &node->place : NULL, "%s",
                            text.ptr);
    chg_str_fini(&text);
}

void chg_report(struct chg_reader *r, chengis_severity severity, const struct chg_node *node,
                const char *format, ...)
{
    struct chg_str message = CHG_STR_INIT;
    va_list args;

    va_start(args, format);
    chg_str_vaddf(&message, format, args);
    va_end(args);
    report(r, severity, node, ": ", message.ptr);
    chg_str_fini(&message);
}

void chg_report_missing(struct chg_reader *r, const struct chg_node *map, const struct chg_key *key)
{
    const char *name = r->dialect->canonical ? key->name : key->usual;
    bool top = key->scope == CHG_SCOPE_PIPELINE;
    struct chg_str message = CHG_STR_INIT;

    chg_str_addf(&message, "%s %s%s%s", top ? "Missing required key" : "missing", CHG_KEY(r, name));
    report(r, CHENGIS_SEVERITY_ERROR, map, " ", message.ptr);
    chg_str_fini(&message);
}

const char *chg_shown(const struct chg_node *node)
{
    if (node->text == NULL || node->text_len == 0 || node->text_len > MAX_SHOWN)
        return "?";
    for (size_t i = 0; i < node->text_len; i++) {
        if ((unsigned char)node->text[i] < 0x20 || node->text[i] == 0x7F)
            return "?";
    }
    return node->text;
}

bool chg_is_absent(const struct chg_node *node)
{
    return node == NULL || node->kind == CHG_NODE_NULL;
}

/* The keys of one map, by row of its scope. */
struct slots {
    enum chg_scope scope;
    const struct chg_key *rows;
    size_t count;
    const struct chg_node *names[MAX_ROWS];
    const struct chg_node *values[MAX_ROWS];
    size_t unknown;
};

static bool is_named(const char *name, const struct chg_node *key)
{
    return name[0] == key->text[0] && strcmp(name, key->text) == 0;
}

static size_t find_row(const struct slots *slots, const struct chg_node *key)
{
    if (key->text == NULL || strlen(key->text) != key->text_len)
        return slots->count;
    for (size_t i = 0; i < slots->count; i++) {
        const struct chg_key *row = &slots->rows[i];

        if (is_named(row->usual, key) || is_named(row->name, key) ||
            (row->also != NULL && is_named(row->also, key)))
            return i;
    }
    return slots->count;
}

static void fill_slots(struct chg_reader *r, struct slots *slots, const struct chg_node *map)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct chg_node *key = chg_node_key(map, i);
        size_t row = find_row(slots, key);

        if (row == slots->count) {
            slots->unknown++;
            continue;
        }
        if (slots->names[row] != NULL) {
            chg_report_error(r, key, "%s%s%s is given twice, first as %s%s%s in line %u",
                             CHG_KEY(r, key->text), CHG_KEY(r, slots->names[row]->text),
                             slots->names[row]->place.line);
            continue;
        }
        slots->names[row] = key;
        slots->values[row] = chg_node_value(map, i);
    }
}

/* "a pipeline, a step": the scopes that know a key, for one that stands in the wrong place. */
static void add_homes(struct chg_str *homes, const char *name)
{
    for (enum chg_scope scope = 0; scope < CHG_SCOPES; scope++) {
        if (chg_key_find(scope, name) != NULL)
            chg_str_addf(homes, "%s%s", homes->len > 0 ? ", " : "", chg_scope_name(scope));
    }
}

/* Nobody's keys: `x-...` at the top, the customary place for YAML anchors. */
static bool is_private(enum chg_scope scope, const char *name)
{
    return scope == CHG_SCOPE_PIPELINE && chg_starts_with(name, "x-");
}

static void report_unknown(struct chg_reader *r, enum chg_scope scope, const struct chg_node *key)
{
    const char *name = chg_shown(key);
    const char *near = chg_key_nearest(scope, name, r->dialect->canonical);
    struct chg_str homes = CHG_STR_INIT;

    add_homes(&homes, name);
    if (scope == CHG_SCOPE_CONDITION)
        chg_report_error(r, key, "unknown condition key %s%s%s; known are branch, param and value",
                         CHG_KEY(r, name));
    else if (near != NULL)
        chg_report_warning(r, key, "unknown key %s%s%s; did you mean %s%s%s?", CHG_KEY(r, name),
                           CHG_KEY(r, near));
    else if (homes.len > 0)
        chg_report_warning(r, key, "unknown key %s%s%s in %s; it is a key of %s", CHG_KEY(r, name),
                           chg_scope_name(scope), homes.ptr);
    else
        chg_report_warning(r, key, "unknown key %s%s%s", CHG_KEY(r, name));
    chg_str_fini(&homes);
}

static void report_unknowns(struct chg_reader *r, const struct slots *slots,
                            const struct chg_node *map)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct chg_node *key = chg_node_key(map, i);

        if (find_row(slots, key) == slots->count && !is_private(slots->scope, key->text))
            report_unknown(r, slots->scope, key);
    }
}

static void read_row(struct chg_reader *r, const struct slots *slots, size_t i, void *target)
{
    const struct chg_key *row = &slots->rows[i];
    const struct chg_use use = {row, slots->names[i], slots->values[i]};

    if (row->read == NULL)
        chg_report_error(r, use.name, "%s%s%s is not supported by this version", CHG_USE(r, &use));
    else
        row->read(r, &use, (char *)target + row->offset);
}

/* From here on messages call a thing by its name, or by "?". */
static void settle_name(struct chg_subject *subject, enum chg_scope scope)
{
    if (scope == CHG_SCOPE_STAGE && subject->stage_name == NULL)
        subject->stage_name = "?";
    if (scope == CHG_SCOPE_STEP && subject->step_name == NULL)
        subject->step_name = "?";
}

void chg_read_map(struct chg_reader *r, enum chg_scope scope, const struct chg_node *map,
                  void *target)
{
    struct slots slots = {.scope = scope};

    slots.rows = chg_keys_of(scope, &slots.count);
    chg_assert(slots.count <= MAX_ROWS);
    fill_slots(r, &slots, map);
    for (size_t i = 0; i < slots.count; i++) {
        bool later = slots.rows[i].read == NULL;

        if (slots.names[i] != NULL && (later || !chg_is_absent(slots.values[i])))
            read_row(r, &slots, i, target);
        else if (slots.rows[i].flags & CHG_KEY_REQUIRED)
            chg_report_missing(r, map, &slots.rows[i]);
        if (i == 0)
            settle_name(&r->subject, scope);
    }
    if (slots.unknown > 0)
        report_unknowns(r, &slots, map);
}

static int check_size(const struct chg_dialect *dialect, struct chg_diagnostics *diags,
                      const char *file, size_t len)
{
    if (len <= MAX_BYTES)
        return 0;
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, file, NULL, "%s exceeds 1MB size limit",
                        chg_streq(dialect->format, "yaml") ? "YAML workflow" : dialect->what);
    return CHENGIS_ERR_PIPELINE;
}

static int read_root(struct chg_reader *r, const struct chg_node *root)
{
    if (root == NULL || root->kind != CHG_NODE_MAP)
        chg_report_error(r, root, "%s must be a map", r->dialect->what);
    else
        chg_read_map(r, CHG_SCOPE_PIPELINE, root, r->pipeline);
    if (r->failed < 0 || r->diags->failed < 0)
        return chg_error_no_memory();
    return r->diags->errors > 0 ? CHENGIS_ERR_PIPELINE : 0;
}

int chg_pipeline_read(chg_pipeline **out, struct chg_diagnostics *diags, const char *file,
                      const char *text, size_t len, const char *format)
{
    struct chg_reader r = {.diags = diags, .file = file, .dialect = find_dialect(format)};
    struct chg_document *doc = NULL;
    int rc;

    if (r.dialect == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "unknown pipeline format '%s'; known are edn, yaml and json", format);
    rc = check_size(r.dialect, diags, file, len);
    if (rc == 0)
        rc = chg_document_read(&doc, diags, file, text, len, format, NULL);
    if (rc == 0)
        rc = chg_pipeline_new(&r.pipeline);
    if (rc == 0)
        rc = read_root(&r, chg_document_root(doc));
    chg_document_free(doc);
    chg_diagnostics_sort(diags);
    if (rc < 0) {
        (void)chengis_pipeline_unref(r.pipeline);
        return rc == CHENGIS_ERR_PIPELINE ? chg_diagnostics_to_error(diags, rc) : rc;
    }
    *out = r.pipeline;
    return 0;
}
