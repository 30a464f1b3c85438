/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Pipeline file formats. Stable within a minor version.
 */
#ifndef CHENGIS_SYS_PIPELINE_FORMAT_H
#define CHENGIS_SYS_PIPELINE_FORMAT_H

#include <chengis/diagnostics.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** A pipeline format. Functions may be called from several threads at once. */
typedef struct chengis_pipeline_format {
    uint32_t struct_size;     /**< sizeof(chengis_pipeline_format). */
    const char *name;         /**< e.g. "yaml"; copied. */
    void *self;               /**< passed to every function. */
    const char *const *files; /**< relative paths looked for in a workspace, first match wins;
                                 NULL-terminated; may be NULL; copied. */
    const char *source; /**< recorded as pipeline-source of a build, e.g. "yaml"; NULL: the name;
                           copied. */
    int32_t priority;   /**< detection order over all formats: lower first. The builtin ones use 100
                           (edn), 200 (yaml). */
    /** Read text into a pipeline: a new reference and a new list of diagnostics (also on failure;
     * may stay NULL). Must not block. */
    int (*parse)(void *self, chengis_pipeline **out, chengis_diagnostics **diags, const char *file,
                 const char *text, size_t len);
    /** Release self; optional; called once. */
    void (*destroy)(void *self);
} chengis_pipeline_format_plugin;

/**
 * Add a format to a registry.
 *
 * @param registry  not yet used by an engine.
 * @param format    copied; on success the registry owns `self`.
 * @return 0, CHENGIS_ERR_EXISTS, CHENGIS_ERR_STATE (registry in use), or CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_pipeline_format(chengis_registry *registry,
                                                     const chengis_pipeline_format_plugin *format);

CHENGIS_END_DECLS

#endif
