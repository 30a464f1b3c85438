/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Artifact handlers: keep files of a workspace. Stable within a minor version.
 */
#ifndef CHENGIS_SYS_ARTIFACT_HANDLER_H
#define CHENGIS_SYS_ARTIFACT_HANDLER_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** One kept file. Borrowed for the call that reports it. */
typedef struct chengis_artifact_info {
    uint32_t struct_size;      /**< sizeof(chengis_artifact_info) of the handler. */
    const char *filename;      /**< unique within the build. */
    const char *original_path; /**< below the workspace, '/'-separated. */
    const char *path;          /**< where it is kept: a path or a URL. */
    uint64_t size_bytes;
    const char *sha256; /**< 64 lower-case hex digits. */
    const char *content_type;
} chengis_artifact_info;

/** What to collect. Borrowed for the call. */
typedef struct chengis_artifact_request {
    uint32_t struct_size;    /**< sizeof(chengis_artifact_request) of the library. */
    const char *workspace;   /**< absolute path. */
    const char *destination; /**< absolute path of the build's artifact folder; made when needed. */
    const char *const *patterns; /**< globs, NULL-terminated. */
    /** Report one kept file; < 0: stop and return that. */
    int (*add)(void *add_data, const chengis_artifact_info *info);
    /** Write a line into the build's log. */
    int (*log)(void *add_data, const char *line);
    void *add_data;
    /** Is this path (below the workspace, '/'-separated) one of the engine's own files? Such a file
     * is never kept and must not be opened: closing it would drop the locks of an open database. */
    bool (*is_private)(void *add_data, const char *path);
    int32_t cancel_fd;  /**< becomes readable when the build shall end; poll only; -1: none. */
    int32_t timeout_ms; /**< what collect() may take; 0: no limit. */
} chengis_artifact_request;

/** An artifact handler. collect() may be called from several build threads at once, and may block
 * on disk. */
typedef struct chengis_artifact_handler {
    uint32_t struct_size; /**< sizeof(chengis_artifact_handler). */
    const char *name;     /**< e.g. "local"; copied. */
    void *self;           /**< passed to every function. */
    /** 0, or CHENGIS_ERR_* with a message: the build fails with reason artifacts-failed. */
    int (*collect)(void *self, const chengis_artifact_request *request);
    /** Release self; optional; called once. */
    void (*destroy)(void *self);
} chengis_artifact_handler;

/**
 * Add an artifact handler to a registry.
 *
 * @param registry  not yet used by an engine.
 * @param handler   copied; on success the registry owns `self`.
 * @return 0, CHENGIS_ERR_EXISTS, CHENGIS_ERR_STATE (registry in use), or CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_artifact_handler(chengis_registry *registry,
                                                      const chengis_artifact_handler *handler);

CHENGIS_END_DECLS

#endif
