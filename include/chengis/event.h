/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Events: everything that happens to a build, in order, readable live and later. A subscription is a cursor over the
 * stored event log with a pollable descriptor. Stable within a major version.
 */
#ifndef CHENGIS_EVENT_H
#define CHENGIS_EVENT_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** Event types: X(NAME, number, "name"). Tolerate values you do not know. */
#define CHENGIS_EVENT_LIST(X)                                                                      \
    X(BUILD_QUEUED, 1, "build-queued")                                                             \
    X(BUILD_STARTED, 2, "build-started")                                                           \
    X(BUILD_COMPLETED, 3, "build-completed")                                                       \
    X(BUILD_CANCELLED, 4, "build-cancelled")                                                       \
    X(BUILD_INTERRUPTED, 5, "build-interrupted")                                                   \
    X(STAGE_STARTED, 6, "stage-started")                                                           \
    X(STAGE_COMPLETED, 7, "stage-completed")                                                       \
    X(STAGE_SKIPPED, 8, "stage-skipped")                                                           \
    X(STEP_STARTED, 9, "step-started")                                                             \
    X(STEP_ATTEMPT, 10, "step-attempt")                                                            \
    X(STEP_COMPLETED, 11, "step-completed")                                                        \
    X(GIT_STARTED, 12, "git-started")                                                              \
    X(GIT_COMPLETED, 13, "git-completed")                                                          \
    X(GIT_FAILED, 14, "git-failed")                                                                \
    X(CHENGISFILE_DETECTED, 15, "chengisfile-detected")                                            \
    X(CHENGISFILE_ERROR, 16, "chengisfile-error")                                                  \
    X(YAML_DETECTED, 17, "yaml-detected")                                                          \
    X(YAML_ERROR, 18, "yaml-error")                                                                \
    X(APPROVAL_REQUESTED, 19, "approval-requested")                                                \
    X(APPROVAL_RESOLVED, 20, "approval-resolved")                                                  \
    X(ARTIFACT_COLLECTED, 21, "artifact-collected")                                                \
    X(NOTIFICATION_SENT, 22, "notification-sent")                                                  \
    X(STATUS_REPORTED, 23, "status-reported")                                                      \
    X(LOG_LINE, 24, "log-line")

#define CHENGIS_EVENT_ENUM_(name, number, text) CHENGIS_EVENT_##name = number,
/** Type of an event; see CHENGIS_EVENT_LIST. LOG_LINE is a live hint: not stored, seq 0. 0 means unknown. */
typedef enum chengis_event_type { CHENGIS_EVENT_UNKNOWN = 0, CHENGIS_EVENT_LIST(CHENGIS_EVENT_ENUM_) } chengis_event_type;
#undef CHENGIS_EVENT_ENUM_

CHENGIS_API const char *chengis_event_type_name(chengis_event_type type);

CHENGIS_API chengis_event *chengis_event_ref(chengis_event *event);
CHENGIS_API chengis_event *chengis_event_unref(chengis_event *event);
CHENGIS_API chengis_event_type chengis_event_get_type(const chengis_event *event);
CHENGIS_API const char *chengis_event_name(const chengis_event *event); /* the stored name, also of unknown types */
CHENGIS_API int64_t chengis_event_seq(const chengis_event *event);
CHENGIS_API const char *chengis_event_cursor(const chengis_event *event); /* opaque, store-wide; "" for hints */
CHENGIS_API int64_t chengis_event_at(const chengis_event *event);
CHENGIS_API const char *chengis_event_build_id(const chengis_event *event);
CHENGIS_API const char *chengis_event_stage(const chengis_event *event); /* "" when none */
CHENGIS_API const char *chengis_event_step(const chengis_event *event);
CHENGIS_API chengis_status chengis_event_status(const chengis_event *event);
CHENGIS_API const char *chengis_event_data(const chengis_event *event);  /* JSON object text, "{}" when none */
CHENGIS_API const char *chengis_event_json(const chengis_event *event);  /* the whole event as one line of JSON; borrowed */

/** Wakes a host that cannot poll a descriptor; may only wake: must not call libchengis, block or take long. */
typedef void (*chengis_wakeup_fn)(void *userdata);

/** What a subscription delivers. All zero: every stored event of every build of the default organisation from now on. */
typedef struct chengis_subscription_options {
    uint32_t struct_size;  /**< set by CHENGIS_SUBSCRIPTION_OPTIONS_INIT. */
    uint32_t ring_size;    /**< live events kept before reading on from the store; 0 = 256. */
    const char *build_id;  /**< one build; NULL: all. */
    const char *org;       /**< organisation id; NULL = the default one. */
    int64_t from_seq;      /**< with build_id: deliver events with seq >= this; 0 = from the first. */
    const char *cursor;    /**< without build_id: deliver what follows this cursor; NULL = from now, "" = from the beginning. */
    uint64_t types;        /**< bit (1 << type) of the types wanted; 0 = all stored types. LOG_LINE only when asked for. */
} chengis_subscription_options;
#define CHENGIS_SUBSCRIPTION_OPTIONS_INIT { sizeof(chengis_subscription_options), 0, 0, 0, 0, 0, 0 }

CHENGIS_API int chengis_subscription_new(chengis_subscription **out, chengis_engine *engine, const chengis_subscription_options *opts);
CHENGIS_API chengis_subscription *chengis_subscription_ref(chengis_subscription *sub);
CHENGIS_API chengis_subscription *chengis_subscription_unref(chengis_subscription *sub);
/* level-signalled eventfd: readable exactly while _next(.., 0) would give an event */
CHENGIS_API int chengis_subscription_fd(int32_t *out, chengis_subscription *sub);
/* 1 event, 0 none within timeout (-1 for ever); INTERRUPTED after _interrupt */
CHENGIS_API int chengis_subscription_next(chengis_event **out, chengis_subscription *sub, int32_t timeout_ms);
CHENGIS_API int chengis_subscription_interrupt(chengis_subscription *sub);
CHENGIS_API int chengis_subscription_set_wakeup(chengis_subscription *sub, chengis_wakeup_fn fn, void *userdata);

CHENGIS_END_DECLS

#endif
