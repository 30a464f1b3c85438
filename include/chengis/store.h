/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The store: the database that remembers everything. Stable within a major version.
 */
#ifndef CHENGIS_STORE_H
#define CHENGIS_STORE_H

#include <chengis/log.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** How a store is opened. All zero: create it when missing, bring it to the newest version, wait 10 s for a writer. */
typedef struct chengis_store_options {
    uint32_t struct_size;    /**< set by CHENGIS_STORE_OPTIONS_INIT. */
    bool must_exist;         /**< NOT_FOUND instead of creating a database. */
    bool no_migrate;         /**< open any older version as it is, for migration tools; most calls then fail. */
    int32_t busy_timeout_ms; /**< how long a write waits for other processes; 0 = 10,000. */
    chengis_log_sink log;    /**< diagnostics of the store. */
} chengis_store_options;
#define CHENGIS_STORE_OPTIONS_INIT { sizeof(chengis_store_options), 0, 0, 0, {0, 0, 0, CHENGIS_LOG_DEBUG} }

/* uri: sqlite:PATH, or a bare path; NULL or ":memory:": in memory */
CHENGIS_API int chengis_store_open(chengis_store **out, const char *uri, const chengis_store_options *opts);
CHENGIS_API chengis_store *chengis_store_ref(chengis_store *store);
CHENGIS_API chengis_store *chengis_store_unref(chengis_store *store);

CHENGIS_API int chengis_store_version(int64_t *current, int64_t *newest, chengis_store *store);
CHENGIS_API int chengis_store_migrate(chengis_store *store, int64_t target); /* up or down to that version; -1 = newest */
/* JSON array of {"number","name","applied-at"} */
CHENGIS_API int chengis_store_migrations_json(char **out, chengis_store *store);
/* {"jobs", "builds": {...}} */
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
#define CHENGIS_BUILD_QUERY_INIT { sizeof(chengis_build_query), 0, 0, 0, CHENGIS_STATUS_UNKNOWN, 0 }

/* {"builds": [...], "next": cursor or null} */
CHENGIS_API int chengis_store_builds_json(char **out, chengis_store *store, const chengis_build_query *query);

CHENGIS_END_DECLS

#endif
