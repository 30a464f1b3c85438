/* SPDX-License-Identifier: MIT */
/*
 * The table of plugins: one list a kind, each entry a copy of the plugin's struct. Filled by one
 * thread, then frozen by the first engine that uses it; read without a lock after that.
 */
#include "plugin/registry.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json.h"
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
    enum kind kind;
    char *name;
    int32_t priority;
    void *self;
    void (*destroy)(void *self);
    void *plugin; /* copy of the public struct */
};

struct chengis_registry {
    uint32_t magic;
    struct chg_ref ref;
    atomic_bool frozen;
    CHG_VEC(struct entry)
    entries; /* in order of registration; formats sorted by priority among themselves */
};

int chengis_registry_new(chengis_registry **out)
{
    chengis_registry *registry;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    registry = chg_new(chengis_registry);
    if (registry == NULL)
        return CHENGIS_ERR_NO_MEMORY;
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

chengis_registry *chengis_registry_unref(chengis_registry *registry)
{
    if (!CHG_IS(registry, REGISTRY_MAGIC) || !chg_ref_put(&registry->ref))
        return NULL;
    for (size_t i = registry->entries.len; i-- > 0;) {
        struct entry *entry = &registry->entries.items[i];

        if (entry->destroy != NULL)
            entry->destroy(entry->self);
        chg_free(entry->name);
        chg_free(entry->plugin);
    }
    chg_vec_fini(&registry->entries);
    registry->magic = 0;
    chg_free(registry);
    return NULL;
}

void chg_registry_freeze(chengis_registry *registry)
{
    atomic_store(&registry->frozen, true);
}

static const struct entry *find(const chengis_registry *registry, enum kind kind, const char *name)
{
    for (size_t i = 0; i < registry->entries.len; i++) {
        const struct entry *entry = &registry->entries.items[i];

        if (entry->kind == kind && chg_streq(entry->name, name))
            return entry;
    }
    return NULL;
}

static int add(chengis_registry *registry, const struct entry *from, size_t plugin_size)
{
    struct entry entry = *from;
    uint32_t given_size;
    size_t at;

    if (!CHG_IS(registry, REGISTRY_MAGIC))
        return chg_error_set(CHENGIS_ERR_INVALID, "not a registry");
    if (chg_is_blank(from->name))
        return chg_error_set(CHENGIS_ERR_INVALID, "a plugin of kind %s has no name",
                             kind_names[from->kind]);
    memcpy(&given_size, from->plugin, sizeof(given_size));
    if (given_size < plugin_size)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "plugin '%s': struct_size %u, expected at least %zu", from->name,
                             given_size, plugin_size);
    if (atomic_load(&registry->frozen))
        return chg_error_set(CHENGIS_ERR_STATE, "plugin '%s': the registry is in use by an engine",
                             from->name);
    if (find(registry, from->kind, from->name) != NULL)
        return chg_error_set(CHENGIS_ERR_EXISTS, "a plugin '%s' of kind %s is registered already",
                             from->name, kind_names[from->kind]);
    if (chg_vec_reserve(&registry->entries, registry->entries.len + 1) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    entry.name = chg_strdup(from->name);
    entry.plugin = chg_memdup(from->plugin, plugin_size);
    if (entry.name == NULL || entry.plugin == NULL) {
        chg_free(entry.name);
        chg_free(entry.plugin);
        return CHENGIS_ERR_NO_MEMORY;
    }
    at = registry->entries.len;
    while (from->kind == PIPELINE_FORMAT && at > 0 &&
           registry->entries.items[at - 1].priority > entry.priority) {
        registry->entries.items[at] = registry->entries.items[at - 1];
        at--;
    }
    registry->entries.items[at] = entry;
    registry->entries.len++;
    return 0;
}

/* The public struct's name points to the caller's text: let the copy point to ours. */
static void own_name(chengis_registry *registry, enum kind kind, const char *name,
                     size_t name_offset)
{
    const struct entry *entry = find(registry, kind, name);

    memcpy((char *)entry->plugin + name_offset, &entry->name, sizeof(entry->name));
}

#define DEFINE_ADD(function, type, entry_kind, entry_priority, valid)                              \
    int function(chengis_registry *registry, const type *plugin)                                   \
    {                                                                                              \
        int rc;                                                                                    \
                                                                                                   \
        chengis_error_clear();                                                                     \
        CHG_REQUIRE(plugin != NULL);                                                               \
        CHG_REQUIRE(valid);                                                                        \
        rc = add(registry,                                                                         \
                 &(struct entry){entry_kind, (char *)(uintptr_t)plugin->name, entry_priority,      \
                                 plugin->self, plugin->destroy, (void *)(uintptr_t)plugin},        \
                 sizeof(type));                                                                    \
        if (rc == 0)                                                                               \
            own_name(registry, entry_kind, plugin->name, offsetof(type, name));                    \
        return rc;                                                                                 \
    }

DEFINE_ADD(chengis_registry_add_step_executor, chengis_step_executor, STEP_EXECUTOR, 0,
           (plugin->describe == NULL) != (plugin->run == NULL))
DEFINE_ADD(chengis_registry_add_pipeline_format, chengis_pipeline_format_plugin, PIPELINE_FORMAT,
           plugin->priority, plugin->parse != NULL)
DEFINE_ADD(chengis_registry_add_notifier, chengis_notifier, NOTIFIER, 0, plugin->send != NULL)
DEFINE_ADD(chengis_registry_add_artifact_handler, chengis_artifact_handler, ARTIFACT_HANDLER, 0,
           plugin->collect != NULL)
DEFINE_ADD(chengis_registry_add_scm_provider, chengis_scm_provider, SCM_PROVIDER, 0,
           plugin->checkout != NULL)
DEFINE_ADD(chengis_registry_add_status_reporter, chengis_status_reporter, STATUS_REPORTER, 0,
           plugin->accepts != NULL && plugin->report != NULL)

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

static const struct entry *nth(const chengis_registry *registry, enum kind kind, size_t index)
{
    for (size_t i = 0; i < registry->entries.len; i++) {
        if (registry->entries.items[i].kind == kind && index-- == 0)
            return &registry->entries.items[i];
    }
    return NULL;
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
