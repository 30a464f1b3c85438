/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Source code management: fills a workspace from a repository. Stable within a minor version.
 */
#ifndef CHENGIS_SYS_SCM_H
#define CHENGIS_SYS_SCM_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** What to check out. Borrowed for the call. */
typedef struct chengis_scm_request {
    uint32_t struct_size;    /**< sizeof(chengis_scm_request) of the library. */
    const char *source_json; /**< the pipeline's source as a JSON object. */
    const char *workspace;   /**< absolute path of an empty folder. */
    const char *branch;      /**< overrides the source's branch; may be NULL. */
    const char *commit;      /**< exactly this commit; may be NULL. */
    int32_t cancel_fd;       /**< becomes readable when the build shall end; poll only. */
    /** Write a line into the build's log. */
    int (*log)(void *log_data, const char *line);
    void *log_data;
    int32_t timeout_ms; /**< what checkout() may take; 0: no limit. */
} chengis_scm_request;

/** A provider. checkout() runs on the build's thread and may block until cancelled. */
typedef struct chengis_scm_provider {
    uint32_t struct_size; /**< sizeof(chengis_scm_provider). */
    const char *name;     /**< the source type, e.g. "git"; copied. */
    void *self;           /**< passed to every function. */
    /** 0 and *info_json (for chengis_free()): an object of texts {"branch", "commit",
     * "commit-short", "author", "email", "message", "url"}, each optional; or CHENGIS_ERR_* with a
     * message. */
    int (*checkout)(void *self, const chengis_scm_request *request, char **info_json);
    /** Release self; optional; called once. */
    void (*destroy)(void *self);
} chengis_scm_provider;

/**
 * Add a provider to a registry.
 *
 * @param registry  not yet used by an engine.
 * @param provider  copied; on success the registry owns `self`.
 * @return 0, CHENGIS_ERR_EXISTS, CHENGIS_ERR_STATE (registry in use), or CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_scm_provider(chengis_registry *registry,
                                                  const chengis_scm_provider *provider);

CHENGIS_END_DECLS

#endif
