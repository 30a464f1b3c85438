/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Error codes and the per-thread record of the last failure.
 *
 * Every public function that returns plain `int` returns 0 or a documented positive value on
 * success and a negative CHENGIS_ERR_* code on failure. Such a function clears the calling thread's
 * record on entry and fills it on failure; getters and `_unref` functions never touch it. Stable
 * within a major version.
 */
#ifndef CHENGIS_ERROR_H
#define CHENGIS_ERROR_H

#include <chengis/export.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/**
 * The error codes: X(NAME, number, "stable-name", "what it means").
 * Numbers are never changed or reused. Tolerate codes you do not know: treat them as INTERNAL.
 */
#define CHENGIS_ERR_LIST(X)                                                                        \
    X(INVALID, -1, "invalid", "an argument is not valid")                                          \
    X(NO_MEMORY, -2, "no-memory", "out of memory")                                                 \
    X(NOT_FOUND, -3, "not-found", "the thing asked for does not exist")                            \
    X(EXISTS, -4, "exists", "a thing of that name or id exists already")                           \
    X(STATE, -5, "state", "not possible in the object's present state")                            \
    X(LIMIT, -6, "limit", "a documented limit is exceeded")                                        \
    X(PIPELINE, -7, "pipeline", "the pipeline is not valid")                                       \
    X(CONFIG, -8, "config", "the configuration is not valid")                                      \
    X(IO, -9, "io", "a file or descriptor could not be read or written")                           \
    X(NO_SPACE, -10, "no-space", "no space is left on the device")                                 \
    X(PERMISSION, -11, "permission", "the operation is not permitted")                             \
    X(DATABASE, -12, "database", "the database failed")                                            \
    X(BUSY, -13, "busy", "somebody else holds what is needed; try again")                          \
    X(VERSION, -14, "version", "made for another version")                                         \
    X(NETWORK, -15, "network", "the network or a remote server failed")                            \
    X(PROCESS, -16, "process", "a child process could not be started or watched")                  \
    X(TIMEOUT, -17, "timeout", "a time limit was reached")                                         \
    X(CANCELLED, -18, "cancelled", "cancelled on request")                                         \
    X(INTERRUPTED, -19, "interrupted", "a blocking call was interrupted on request")               \
    X(UNSUPPORTED, -20, "unsupported", "not supported by this build or platform")                  \
    X(PLUGIN, -21, "plugin", "a plugin failed or is not acceptable")                               \
    X(CORRUPT, -22, "corrupt", "stored data is damaged")                                           \
    X(INTERNAL, -23, "internal", "a defect in libchengis")

#define CHENGIS_ERR_ENUM_(name, number, text, meaning) CHENGIS_ERR_##name = number,
/** Codes returned by functions; see CHENGIS_ERR_LIST. */
enum chengis_error_code { CHENGIS_OK = 0, CHENGIS_ERR_LIST(CHENGIS_ERR_ENUM_) };
#undef CHENGIS_ERR_ENUM_

/** The record of one failure. Fields may be appended; the library allocates it. */
typedef struct chengis_error {
    int32_t code;        /**< CHENGIS_ERR_* or CHENGIS_OK when nothing failed. */
    int32_t sys_errno;   /**< errno of the failed system call, or 0. */
    const char *source;  /**< file:line inside the library, for bug reports; may be NULL. */
    const char *message; /**< one line of English without a final period; never NULL. */
} chengis_error;

/**
 * Return the calling thread's last failure.
 *
 * @return borrowed; valid until the thread's next call of a function that returns `int`. Never
 * NULL; its code is CHENGIS_OK when the last such call succeeded.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const chengis_error *chengis_error_last(void);

/**
 * Return the stable name of a code, such as "not-found".
 *
 * @param code  a CHENGIS_ERR_* code or CHENGIS_OK.
 * @return static text; "unknown" for a code this version does not know.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_error_name(int32_t code);

/**
 * Set the calling thread's error record. For plugins and bindings that report a failure the way
 * libchengis does.
 *
 * @param code    a CHENGIS_ERR_* code.
 * @param format  printf format of the message: one line, impersonal, no secret values.
 * @return code, so that `return chengis_error_set(...)` reports and leaves at once.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_error_set(int32_t code, const char *format, ...) CHENGIS_PRINTF(2, 3);

/**
 * Put context in front of the message of the calling thread's error record: "CONTEXT: MESSAGE".
 *
 * @param code    the code to return; the record keeps its own.
 * @param format  printf format of the context.
 * @return code.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_error_prefix(int32_t code, const char *format, ...) CHENGIS_PRINTF(2, 3);

/**
 * Clear the calling thread's error record.
 *
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API void chengis_error_clear(void);

/**
 * Free memory that a function handed over as `char *` (or said to free this way). NULL is allowed.
 *
 * @param ptr  takes; memory from libchengis.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API void chengis_free(void *ptr);

CHENGIS_END_DECLS

#endif
