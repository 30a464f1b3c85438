/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Builds: watching, waiting, cancelling, results and logs. A handle works alike for a build of this
 * engine, of another process on the same store, and of the past. Stable within a major version.
 */
#ifndef CHENGIS_BUILD_H
#define CHENGIS_BUILD_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/**
 * Get a stored build.
 *
 * @param out     receives a new reference; release with chengis_build_unref(). Untouched on
 * failure.
 * @param engine  the engine over the store.
 * @param org     organisation id; NULL = the default one. A build of another one is NOT_FOUND.
 * @param ref     the id, a unique prefix of it (4 characters or more), or JOB#NUMBER.
 * @return 0, CHENGIS_ERR_NOT_FOUND, CHENGIS_ERR_INVALID (several builds have this prefix), or
 * another CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_build_get(chengis_build **out, chengis_engine *engine, const char *org,
                                  const char *ref);

/**
 * Take one more reference.
 *
 * @param build  the build.
 * @return build.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_build *chengis_build_ref(chengis_build *build);

/**
 * Drop a reference. The build itself goes on.
 *
 * @param build  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_build *chengis_build_unref(chengis_build *build);

/**
 * Return the id (UUIDv7) of the build.
 *
 * @param build  the build.
 * @return borrowed (valid while build lives).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_build_id(const chengis_build *build);

/**
 * Return the number of the build within its job: gapless from 1.
 *
 * @param build  the build.
 * @return the number.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int64_t chengis_build_number(const chengis_build *build);

/**
 * Return the name of the build's job.
 *
 * @param build  the build.
 * @return borrowed (valid while build lives).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_build_job(const chengis_build *build);

/**
 * Read the status as stored now.
 *
 * @param out    receives the status. Untouched on failure.
 * @param build  the build.
 * @return 0 or CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_build_status(chengis_status *out, chengis_build *build);

/**
 * Read the whole build as JSON: the build object of docs/json.md, with stages, steps, artifacts.
 *
 * @param out    receives text for chengis_free(). Untouched on failure.
 * @param build  the build.
 * @return 0 or CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_build_json(char **out, chengis_build *build);

/**
 * Wait until the build is final and its last event is stored.
 *
 * @param build       the build; may run in another process.
 * @param timeout_ms  0 = only look; -1 = for ever.
 * @return 1 final, 0 the time passed, or CHENGIS_ERR_*.
 * @thread any
 * @blocks until TIMEOUT
 * @since 0.1
 */
CHENGIS_API int chengis_build_wait(chengis_build *build, int32_t timeout_ms);

/**
 * Ask for the build to be cancelled: its processes get SIGTERM, after the grace SIGKILL, post
 * actions still run. A build of another process is told through the store.
 *
 * @param build   the build; a final one is left as it is.
 * @param reason  recorded with the build; NULL = "cancelled". The first reason stands.
 * @return 0 or CHENGIS_ERR_*. Idempotent; does not wait for the end.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_build_cancel(chengis_build *build, const char *reason);

/**
 * Ask for the build to be ended at once: its processes get SIGKILL, post actions are left out. Also
 * hastens a build that is being cancelled.
 *
 * @param build   the build; a final one is left as it is.
 * @param reason  as of chengis_build_cancel().
 * @return 0 or CHENGIS_ERR_*. Idempotent; does not wait for the end.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_build_kill(chengis_build *build, const char *reason);

/**
 * Open the log of a build or of one of its steps. Works while it is written, also by another
 * process.
 *
 * @param out    receives a reader; release with chengis_log_reader_unref(). Untouched on failure.
 * @param build  the build.
 * @param step   number of the step as in the build object's "log" (from 1), 0 = the engine's own
 * messages, -1 = everything in the order of arrival.
 * @return 0, CHENGIS_ERR_NOT_FOUND (no such step, or the log was removed), or another
 * CHENGIS_ERR_*. A build that printed nothing has an empty log.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_log_reader_open(chengis_log_reader **out, chengis_build *build,
                                        int64_t step);

/**
 * Read bytes from the log. Offsets count the bytes of the step (with step -1: an opaque position),
 * and stay valid for ever: they are resume tokens.
 *
 * @param out_len  receives how many bytes were read; 0 = nothing there (yet). Untouched on failure.
 * @param log      the reader.
 * @param offset   where to read; advanced past what was read. Start with 0 or
 * chengis_log_reader_tail().
 * @param buffer   receives the bytes.
 * @param size     bytes of buffer, at least 1.
 * @return 0 or CHENGIS_ERR_*.
 * @thread one
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_log_reader_read(size_t *out_len, chengis_log_reader *log, int64_t *offset,
                                        char *buffer, size_t size);

/**
 * Find where the last lines of a log begin.
 *
 * @param offset  receives the position for chengis_log_reader_read(). Untouched on failure.
 * @param log     the reader; not one opened with step -1 (CHENGIS_ERR_UNSUPPORTED).
 * @param lines   how many lines.
 * @return 0 or CHENGIS_ERR_*.
 * @thread one
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_log_reader_tail(int64_t *offset, chengis_log_reader *log, int64_t lines);

/**
 * Return how much the log holds now.
 *
 * @param bytes  receives the bytes; may be NULL.
 * @param lines  receives the lines; may be NULL.
 * @param log    the reader; not one opened with step -1 (CHENGIS_ERR_UNSUPPORTED).
 * @return 0 or CHENGIS_ERR_*.
 * @thread one
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_log_reader_size(int64_t *bytes, int64_t *lines, chengis_log_reader *log);

/**
 * Take one more reference.
 *
 * @param log  the reader.
 * @return log.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_log_reader *chengis_log_reader_ref(chengis_log_reader *log);

/**
 * Drop a reference; with the last one the reader is closed.
 *
 * @param log  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_log_reader *chengis_log_reader_unref(chengis_log_reader *log);

/**
 * Return the path of the file that holds the build's whole log, in frames (docs/logs.md).
 *
 * @param build  the build.
 * @return borrowed (valid while build lives); the file may not exist when nothing was printed.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_build_log_path(const chengis_build *build);

CHENGIS_END_DECLS

#endif
