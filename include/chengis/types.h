/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Handles and enumerations shared by several headers. Stable within a major version.
 */
#ifndef CHENGIS_TYPES_H
#define CHENGIS_TYPES_H

#include <chengis/export.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/** A database with everything the system remembers. Opaque, reference-counted. */
typedef struct chengis_store chengis_store;
/** A table of plugins. Opaque, reference-counted. */
typedef struct chengis_registry chengis_registry;
/** Runs builds. Opaque, reference-counted. */
typedef struct chengis_engine chengis_engine;
/** One build, running or stored. Opaque, reference-counted. */
typedef struct chengis_build chengis_build;
/** A pipeline definition. Opaque, reference-counted, immutable. */
typedef struct chengis_pipeline chengis_pipeline;
/** A reader of the event log. Opaque, reference-counted. */
typedef struct chengis_subscription chengis_subscription;
/** One event. Opaque, reference-counted, immutable. */
typedef struct chengis_event chengis_event;
/** A reader of a build's log. Opaque. */
typedef struct chengis_log_reader chengis_log_reader;

/** Status words of builds, stages and steps: X(NAME, number, "word"). Tolerate values you do not
 * know. */
#define CHENGIS_STATUS_LIST(X)                                                                     \
    X(QUEUED, 1, "queued")                                                                         \
    X(RUNNING, 2, "running")                                                                       \
    X(WAITING, 3, "waiting")                                                                       \
    X(SUCCESS, 4, "success")                                                                       \
    X(FAILURE, 5, "failure")                                                                       \
    X(ABORTED, 6, "aborted")                                                                       \
    X(SKIPPED, 7, "skipped")                                                                       \
    X(TIMED_OUT, 8, "timed-out")

#define CHENGIS_STATUS_ENUM_(name, number, word) CHENGIS_STATUS_##name = number,
/** Status of a build, stage or step; see CHENGIS_STATUS_LIST. 0 means unknown. */
typedef enum chengis_status {
    CHENGIS_STATUS_UNKNOWN = 0,
    CHENGIS_STATUS_LIST(CHENGIS_STATUS_ENUM_)
} chengis_status;
#undef CHENGIS_STATUS_ENUM_

/**
 * Return the word of a status, such as "timed-out".
 *
 * @param status  any value.
 * @return static text; "unknown" for a value this version does not know.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_status_name(chengis_status status);

/**
 * Tell whether a status is final: success, failure, aborted, skipped or timed-out.
 *
 * @param status  any value.
 * @return true when nothing will change it.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API bool chengis_status_is_final(chengis_status status);

/** One NAME=VALUE pair of an option struct. Borrowed for the call, copied by the library. */
typedef struct chengis_pair {
    const char *name;  /**< never NULL. */
    const char *value; /**< never NULL. */
} chengis_pair;

CHENGIS_END_DECLS

#endif
