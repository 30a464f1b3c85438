/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The store: the database that remembers everything. Stable within a major version.
 *
 * One SQLite file, or memory. Any number of processes may have the same file open: one writes at a
 * time and they take turns; readers never wait. Beside a file DB lie DB-wal and DB-shm, which
 * belong to it, and DB.writer, over which the writers take turns. All are readable by their owner
 * only.
 */
#ifndef CHENGIS_STORE_H
#define CHENGIS_STORE_H

#include <chengis/log.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** How a store is opened. All zero: create it when missing, bring it to the newest version, wait 10
 * s for a writer. */
typedef struct chengis_store_options {
    uint32_t struct_size; /**< set by CHENGIS_STORE_OPTIONS_INIT. */
    bool must_exist;      /**< NOT_FOUND instead of creating a database. */
    bool no_migrate;      /**< open any older version as it is, for migration tools; most calls then
                             fail. */
    int32_t busy_timeout_ms; /**< how long a write waits for other processes; 0 = 10,000. */
    chengis_log_sink
        log; /**< diagnostics of the store; destroyed with it, if it could be opened. */
} chengis_store_options;
#define CHENGIS_STORE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(chengis_store_options), 0, 0, 0,                                                    \
        {                                                                                          \
            0, 0, 0, CHENGIS_LOG_DEBUG                                                             \
        }                                                                                          \
    }

/**
 * Open a store, creating and upgrading the database as the options allow.
 *
 * Missing directories are made with mode 0700, the files with 0600. An upgrade keeps all data; two
 * processes that upgrade at once do it once.
 *
 * @param out   receives a new reference; release with chengis_store_unref(). Untouched on failure.
 * @param uri   "sqlite:PATH" or a path; NULL or ":memory:" for a store that lives as long as its
 * handle. Copied.
 * @param opts  NULL for the defaults; copied.
 * @return 0, or CHENGIS_ERR_NOT_FOUND (must_exist), CHENGIS_ERR_VERSION (made by a newer version),
 *         CHENGIS_ERR_DATABASE (not a database, or another program's), CHENGIS_ERR_CORRUPT,
 * CHENGIS_ERR_PERMISSION, CHENGIS_ERR_NO_SPACE, CHENGIS_ERR_BUSY (another process is writing),
 * CHENGIS_ERR_UNSUPPORTED (kind of uri), or another CHENGIS_ERR_*. The message names the path.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_store_open(chengis_store **out, const char *uri,
                                   const chengis_store_options *opts);

/**
 * Take another reference on a store.
 *
 * @param store  may be NULL.
 * @return store, as a new reference.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_store *chengis_store_ref(chengis_store *store);

/**
 * Release a reference. The last one closes the database; what was committed is on disk since its
 * commit.
 *
 * @param store  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API chengis_store *chengis_store_unref(chengis_store *store);

/**
 * Tell the version of the database: the number of the newest migration applied to it.
 *
 * @param current  receives the version; 0 for a database without tables.
 * @param newest   receives the newest version this library knows; may be NULL.
 * @param store    the store.
 * @return 0 or a CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_store_version(int64_t *current, int64_t *newest, chengis_store *store);

/**
 * Bring the database up or down to a version, one transaction per step.
 *
 * Going down loses what the older version cannot hold. When a step fails, the steps before it stay
 * done. No build may be running: nothing checks that.
 *
 * @param store   the store, best opened with no_migrate.
 * @param target  the version wanted, 0 (no tables) to the newest; -1 = the newest.
 * @return 0, or CHENGIS_ERR_INVALID (no such version), CHENGIS_ERR_BUSY, or another CHENGIS_ERR_*
 * of the failed step, whose message names the migration.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_store_migrate(chengis_store *store, int64_t target);

/**
 * List all known migrations as JSON: an array of {"number", "name", "applied-at"}, in order.
 *
 * @param out    receives text for chengis_free(); "applied-at" is null for a migration not applied.
 * @param store  the store.
 * @return 0 or a CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_store_migrations_json(char **out, chengis_store *store);

/**
 * Count jobs and builds as JSON: {"jobs": N, "builds": {"total": N, "success": N, ...}} with every
 * status word.
 *
 * @param out    receives text for chengis_free().
 * @param store  the store.
 * @param org    organisation id; NULL = the default one.
 * @return 0 or a CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_store_status_json(char **out, chengis_store *store, const char *org);

/** Which builds a list holds. All zero: all, newest first, 50 at most. */
typedef struct chengis_build_query {
    uint32_t struct_size;  /**< set by CHENGIS_BUILD_QUERY_INIT. */
    uint32_t limit;        /**< 0 = 50; at most 1000. */
    const char *org;       /**< organisation id; NULL = the default one. */
    const char *job;       /**< job name; NULL = all jobs. */
    chengis_status status; /**< 0 = all. */
    const char *before;    /**< cursor of the previous page; NULL = from the newest. */
} chengis_build_query;
#define CHENGIS_BUILD_QUERY_INIT                                                                   \
    {                                                                                              \
        sizeof(chengis_build_query), 0, 0, 0, CHENGIS_STATUS_UNKNOWN, 0                            \
    }

/**
 * List builds as JSON, newest first: {"builds": [...], "next": cursor}.
 *
 * The builds come without stages and artifacts. "next" is the cursor of the following page, null on
 * the last one. A job that does not exist has no builds.
 *
 * @param out    receives text for chengis_free().
 * @param store  the store.
 * @param query  NULL for the first 50 of the default organisation; copied.
 * @return 0, CHENGIS_ERR_INVALID (limit above 1000), or another CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_store_builds_json(char **out, chengis_store *store,
                                          const chengis_build_query *query);

CHENGIS_END_DECLS

#endif
