/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Status reporters: tell a code host how a build of a commit ended. Stable within a minor version.
 */
#ifndef CHENGIS_SYS_SCM_STATUS_H
#define CHENGIS_SYS_SCM_STATUS_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** What to report. Borrowed for the call. */
typedef struct chengis_scm_status {
    uint32_t struct_size;  /**< sizeof(chengis_scm_status) of the library. */
    const char *repo_url;  /**< URL of the repository. */
    const char *commit;    /**< full commit id. */
    chengis_status status; /**< of the build. */
    /** the build object as JSON, with its final status, without stages and artifacts. */
    const char *build_json;
    const char *description; /**< one line for people. */
    int32_t
        cancel_fd; /**< becomes readable when the build shall end at once; poll only; -1: none. */
    int32_t timeout_ms; /**< what report() may take. */
} chengis_scm_status;

/** A reporter. Functions may be called from several build threads at once, and may block up to 30
 * s. */
typedef struct chengis_status_reporter {
    uint32_t struct_size; /**< sizeof(chengis_status_reporter). */
    const char *name;     /**< e.g. "github"; copied. */
    void *self;           /**< passed to every function. */
    /** Does this reporter serve the repository? Must not block. */
    bool (*accepts)(void *self, const char *repo_url);
    /** 0 reported, or CHENGIS_ERR_* with a message. A failure never fails the build. */
    int (*report)(void *self, const chengis_scm_status *status);
    /** Release self; optional; called once. */
    void (*destroy)(void *self);
} chengis_status_reporter;

/**
 * Add a reporter to a registry.
 *
 * @param registry  not yet used by an engine.
 * @param reporter  copied; on success the registry owns `self`.
 * @return 0, CHENGIS_ERR_EXISTS, CHENGIS_ERR_STATE (registry in use), or CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_status_reporter(chengis_registry *registry,
                                                     const chengis_status_reporter *reporter);

CHENGIS_END_DECLS

#endif
