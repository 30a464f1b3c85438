/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Notifiers: told about finished builds. Stable within a minor version.
 */
#ifndef CHENGIS_SYS_NOTIFIER_H
#define CHENGIS_SYS_NOTIFIER_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** What a notifier is told. Borrowed for the call. */
typedef struct chengis_notification {
    uint32_t struct_size; /**< sizeof(chengis_notification) of the library. */
    /** the build object as JSON, with its final status, without stages and artifacts. */
    const char *build_json;
    const char *config_json; /**< the pipeline's notify entry as a JSON object. */
    const char *summary;     /**< one line for people. */
    chengis_status status;   /**< of the build. */
    /** Write a line into the build's log. */
    int (*log)(void *log_data, const char *line);
    void *log_data;
    int32_t
        cancel_fd; /**< becomes readable when the build shall end at once; poll only; -1: none. */
    int32_t timeout_ms; /**< what send() may take. */
} chengis_notification;

/** A notifier. send() may be called from several build threads at once, and may block up to 30 s.
 */
typedef struct chengis_notifier {
    uint32_t struct_size; /**< sizeof(chengis_notifier). */
    const char *name;     /**< the notify type, e.g. "console"; copied. */
    void *self;           /**< passed to every function. */
    /** 0 sent, or CHENGIS_ERR_* with a message. *details (for chengis_free(), optional) says what
     * happened. A failure never fails the build. */
    int (*send)(void *self, const chengis_notification *notification, char **details);
    /** Release self; optional; called once. */
    void (*destroy)(void *self);
} chengis_notifier;

/**
 * Add a notifier to a registry.
 *
 * @param registry  not yet used by an engine.
 * @param notifier  copied; on success the registry owns `self`.
 * @return 0, CHENGIS_ERR_EXISTS, CHENGIS_ERR_STATE (registry in use), or CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_notifier(chengis_registry *registry,
                                              const chengis_notifier *notifier);

CHENGIS_END_DECLS

#endif
