/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Registries of plugins. What a plugin looks like is in <chengis/sys/...>. Stable within a major
 * version.
 */
#ifndef CHENGIS_PLUGIN_H
#define CHENGIS_PLUGIN_H

#include <chengis/log.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** How a registry is made. All zero: silent. */
typedef struct chengis_registry_options {
    uint32_t struct_size; /**< set by CHENGIS_REGISTRY_OPTIONS_INIT. */
    chengis_log_sink log; /**< told of each plugin that is added. */
} chengis_registry_options;
#define CHENGIS_REGISTRY_OPTIONS_INIT                                                              \
    {                                                                                              \
        sizeof(chengis_registry_options),                                                          \
        {                                                                                          \
            0, 0, 0, CHENGIS_LOG_DEBUG                                                             \
        }                                                                                          \
    }

/**
 * Make an empty registry; chengis_registry_add_builtins() fills it with what libchengis ships.
 *
 * @param out   receives a new reference; release with chengis_registry_unref(). Untouched on
 * failure.
 * @param opts  copied; NULL = defaults.
 * @return 0, CHENGIS_ERR_INVALID (options), or CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_new(chengis_registry **out, const chengis_registry_options *opts);

/**
 * Add the plugins that libchengis ships: step type shell; formats edn, yaml, json; notifier
 * console; artifact handler local.
 *
 * @param registry  not yet used by an engine.
 * @return 0, CHENGIS_ERR_EXISTS (one of the names is taken), CHENGIS_ERR_STATE (in use), or another
 * CHENGIS_ERR_*.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_builtins(chengis_registry *registry);

/**
 * Take one more reference.
 *
 * @param registry  the registry.
 * @return registry.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_registry *chengis_registry_ref(chengis_registry *registry);

/**
 * Drop a reference. With the last one every plugin's destroy() is called, in reverse order of
 * registration.
 *
 * @param registry  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_registry *chengis_registry_unref(chengis_registry *registry);

/**
 * List what a registry holds as JSON: {"step-executors": [names], "pipeline-formats": [...],
 * "notifiers": [...], "artifact-handlers": [...], "scm-providers": [...], "status-reporters":
 * [...]}.
 *
 * @param out       receives text for chengis_free(). Untouched on failure.
 * @param registry  the registry.
 * @return 0 or CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_json(char **out, chengis_registry *registry);

CHENGIS_END_DECLS

#endif
