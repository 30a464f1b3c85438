/* SPDX-License-Identifier: MIT */
/*
 * The table of plugins: one list a kind, each entry a copy of the plugin's struct. Filled by one
 * thread, then frozen by the first engine that uses it; read without a lock after that.
 */
#include "plugin/registry.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/options.h"
#include "base/ref.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdatomic.h>
#include <string.h>

#include "base/banned.h"

#define REGISTRY_MAGIC CHG_MAGIC('R', 'E', 'G', 'I')

enum kind {
    STEP_EXECUTOR,
    PIPELINE_FORMAT,
    NOTIFIER,
    ARTIFACT_HANDLER,
    SCM_PROVIDER,
    STATUS_REPORTER,
    KIND_COUNT
};

static const char *const kind_names[KIND_COUNT] = {
    [STEP_EXECUTOR] = "step-executors", [PIPELINE_FORMAT] = "pipeline-formats",
    [NOTIFIER] = "notifiers",           [ARTIFACT_HANDLER] = "artifact-handlers",
    [SCM_PROVIDER] = "scm-providers",   [STATUS_REPORTER] = "status-reporters",
};

struct entry {
    char *name;
    int32_t priority; /* of formats; 0 for all others */
    void *self;
    void (*destroy)(void *self);
    void *plugin;       /* copy of the public struct */
    const char **files; /* of formats: what the copy points to */
    char *source;
};

struct chengis_registry {
    uint32_t magic;
    struct chg_ref ref;
    chengis_log_sink log;
    atomic_bool frozen;
    CHG_VEC(struct entry) kinds[KIND_COUNT]; /* by priority, then in order of registration */
};

int chengis_registry_new(chengis_registry **out, const chengis_registry_options *opts)
{
    chengis_registry_options options;
    chengis_registry *registry;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    rc = chg_options_import(&options, sizeof(options), sizeof(options), opts,
                            "chengis_registry_options");
    if (rc < 0)
        return rc;
    registry = chg_new(chengis_registry);
    if (registry == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    registry->log = options.log;
    registry->magic = REGISTRY_MAGIC;
    chg_ref_init(&registry->ref);
    *out = registry;
    return 0;
}

chengis_registry *chengis_registry_ref(chengis_registry *registry)
{
    if (CHG_IS(registry, REGISTRY_MAGIC))
        chg_ref_get(&registry->ref);
    return registry;
}

static void free_entry(struct entry *entry)
{
    for (size_t i = 0; entry->files != NULL && entry->files[i] != NULL; i++)
        chg_free((void *)(uintptr_t)entry->files[i]);
    chg_free(entry->files);
    chg_free(entry->source);
    chg_free(entry->name);
    chg_free(entry->plugin);
}

chengis_registry *chengis_registry_unref(chengis_registry *registry)
{
    if (!CHG_IS(registry, REGISTRY_MAGIC) || !chg_ref_put(&registry->ref))
        return NULL;
    for (size_t kind = KIND_COUNT; kind-- > 0;) {
        for (size_t i = registry->kinds[kind].len; i-- > 0;) {
            struct entry *entry = &registry->kinds[kind].items[i];

            if (entry->destroy != NULL)
                entry->destroy(entry->self);
            free_entry(entry);
        }
        chg_vec_fini(&registry->kinds[kind]);
    }
    if (registry->log.destroy != NULL)
        registry->log.destroy(registry->log.userdata);
    registry->magic = 0;
    chg_free(registry);
    return NULL;
}

void chg_registry_freeze(chengis_registry *registry)
{
    atomic_store(&registry->frozen, true);
}

static const struct entry *nth(const chengis_registry *registry, enum kind kind, size_t index)
{
    return index < registry->kinds[kind].len ? &registry->kinds[kind].items[index] : NULL;
}

static const struct entry *find(const chengis_registry *registry, enum kind kind, const char *name)
{
    const struct entry *entry;

    for (size_t i = 0; (entry = nth(registry, kind, i)) != NULL; i++) {
        if (chg_streq(entry->name, name))
            return entry;
    }
    return NULL;
}

/* ---- adding ---- */

static int check(const chengis_registry *registry, enum kind kind, const char *name)
{
    if (!CHG_IS(registry, REGISTRY_MAGIC))
        return chg_error_set(CHENGIS_ERR_INVALID, "not a registry");
    if (chg_is_blank(name))
        return chg_error_set(CHENGIS_ERR_INVALID, "a plugin of kind %s has no name",
                             kind_names[kind]);
    if (atomic_load(&registry->frozen))
        return chg_error_set(CHENGIS_ERR_STATE, "plugin '%s': the registry is in use by an engine",
                             name);
    if (find(registry, kind, name) != NULL)
        return chg_error_set(CHENGIS_ERR_EXISTS, "a plugin '%s' of kind %s is registered already",
                             name, kind_names[kind]);
    return 0;
}

/* Takes what *entry holds, but self on failure. */
static int insert(chengis_registry *registry, enum kind kind, struct entry *entry)
{
    size_t at = registry->kinds[kind].len;

    if (chg_vec_reserve(&registry->kinds[kind], at + 1) < 0) {
        free_entry(entry);
        return CHENGIS_ERR_NO_MEMORY;
    }
    while (at > 0 && registry->kinds[kind].items[at - 1].priority > entry->priority) {
        registry->kinds[kind].items[at] = registry->kinds[kind].items[at - 1];
        at--;
    }
    registry->kinds[kind].items[at] = *entry;
    registry->kinds[kind].len++;
    chg_log(&registry->log, CHENGIS_LOG_DEBUG, "plugin", "'%s' added to %s", entry->name,
            kind_names[kind]);
    return 0;
}

/* The first version of every plugin struct ends with `destroy`. */
#define SIZE_1(type) (offsetof(type, destroy) + sizeof(void (*)(void *)))

/* `copy` and `entry` are for `before`, which may give the copy texts of its own. */
#define DEFINE_ADD(function, type, kind, before, valid)                                            \
    int function(chengis_registry *registry, const type *plugin)                                   \
    {                                                                                              \
        struct entry entry = {0};                                                                  \
        type copy;                                                                                 \
        int rc;                                                                                    \
                                                                                                   \
        chengis_error_clear();                                                                     \
        CHG_REQUIRE(plugin != NULL);                                                               \
        rc = chg_options_import(&copy, sizeof(copy), SIZE_1(type), plugin, #type);                 \
        if (rc == 0)                                                                               \
            rc = check(registry, kind, copy.name);                                                 \
        if (rc < 0)                                                                                \
            return rc;                                                                             \
        CHG_REQUIRE(valid);                                                                        \
        entry.self = copy.self;                                                                    \
        entry.destroy = copy.destroy;                                                              \
        entry.name = chg_strdup(copy.name);                                                        \
        copy.name = entry.name;                                                                    \
        rc = entry.name != NULL ? before : CHENGIS_ERR_NO_MEMORY;                                  \
        entry.plugin = rc == 0 ? chg_memdup(&copy, sizeof(copy)) : NULL;                           \
        if (entry.plugin == NULL) {                                                                \
            free_entry(&entry);                                                                    \
            return CHENGIS_ERR_NO_MEMORY;                                                          \
        }                                                                                          \
        return insert(registry, kind, &entry);                                                     \
    }

/* A format without a source is recorded by its name. */
static int own_texts(struct entry *entry, chengis_pipeline_format_plugin *copy)
{
    size_t count = 0;

    while (copy->files != NULL && copy->files[count] != NULL)
        count++;
    entry->priority = copy->priority;
    entry->source = chg_strdup(copy->source != NULL ? copy->source : copy->name);
    entry->files = chg_calloc(count + 1, sizeof(*entry->files));
    if (entry->source == NULL || entry->files == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        entry->files[i] = chg_strdup(copy->files[i]);
        if (entry->files[i] == NULL)
            return CHENGIS_ERR_NO_MEMORY;
    }
    copy->source = entry->source;
    copy->files = entry->files;
    return 0;
}

DEFINE_ADD(chengis_registry_add_step_executor, chengis_step_executor, STEP_EXECUTOR, 0,
           (copy.describe == NULL) != (copy.run == NULL))
DEFINE_ADD(chengis_registry_add_pipeline_format, chengis_pipeline_format_plugin, PIPELINE_FORMAT,
           own_texts(&entry, &copy), copy.parse != NULL)
DEFINE_ADD(chengis_registry_add_notifier, chengis_notifier, NOTIFIER, 0, copy.send != NULL)
DEFINE_ADD(chengis_registry_add_artifact_handler, chengis_artifact_handler, ARTIFACT_HANDLER, 0,
           copy.collect != NULL)
DEFINE_ADD(chengis_registry_add_scm_provider, chengis_scm_provider, SCM_PROVIDER, 0,
           copy.checkout != NULL)
DEFINE_ADD(chengis_registry_add_status_reporter, chengis_status_reporter, STATUS_REPORTER, 0,
           copy.accepts != NULL && copy.report != NULL)

/* ---- look-ups ---- */

static const void *plugin_of(const struct entry *entry)
{
    return entry != NULL ? entry->plugin : NULL;
}

const chengis_step_executor *chg_registry_step_executor(const chengis_registry *registry,
                                                        const char *name)
{
    return plugin_of(find(registry, STEP_EXECUTOR, name));
}

const chengis_notifier *chg_registry_notifier(const chengis_registry *registry, const char *name)
{
    return plugin_of(find(registry, NOTIFIER, name));
}

const chengis_artifact_handler *chg_registry_artifact_handler(const chengis_registry *registry,
                                                              const char *name)
{
    return plugin_of(find(registry, ARTIFACT_HANDLER, name));
}

const chengis_scm_provider *chg_registry_scm_provider(const chengis_registry *registry,
                                                      const char *name)
{
    return plugin_of(find(registry, SCM_PROVIDER, name));
}

const chengis_pipeline_format_plugin *chg_registry_format_at(const chengis_registry *registry,
                                                             size_t index)
{
    return plugin_of(nth(registry, PIPELINE_FORMAT, index));
}

const chengis_status_reporter *chg_registry_status_reporter_for(const chengis_registry *registry,
                                                                const char *repo_url)
{
    const struct entry *entry;

    for (size_t i = 0; (entry = nth(registry, STATUS_REPORTER, i)) != NULL; i++) {
        const chengis_status_reporter *reporter = entry->plugin;

        if (reporter->accepts(reporter->self, repo_url))
            return reporter;
    }
    return NULL;
}

const char *chg_registry_nearest_step_type(const chengis_registry *registry, const char *name)
{
    const char *names[32];
    const struct entry *entry;
    size_t count = 0;

    while (count < 32 && (entry = nth(registry, STEP_EXECUTOR, count)) != NULL)
        names[count++] = entry->name;
    return chg_nearest(name, names, count);
}

int chengis_registry_json(char **out, chengis_registry *registry)
{
    chg_autojson object = json_object();
    char *text;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(registry, REGISTRY_MAGIC));
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        const struct entry *entry;
        json_t *names = json_array();

        for (size_t i = 0; (entry = nth(registry, (enum kind)kind, i)) != NULL; i++) {
            if (json_array_append_new(names, json_string(entry->name)) < 0)
                break;
        }
        if (chg_json_set_take(object, kind_names[kind], names) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    }
    text = chg_json_dump(object);
    if (text == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *out = text;
    return 0;
}
