/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Events: everything that happens to a build, in order, readable live and later. A subscription is
 * a cursor over the stored event log with a pollable descriptor. Stable within a major version.
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
/** Type of an event; see CHENGIS_EVENT_LIST. LOG_LINE is a live hint: not stored, seq 0. 0 means
 * unknown. */
typedef enum chengis_event_type {
    CHENGIS_EVENT_UNKNOWN = 0,
    CHENGIS_EVENT_LIST(CHENGIS_EVENT_ENUM_)
} chengis_event_type;
#undef CHENGIS_EVENT_ENUM_

/**
 * Return the name of an event type, such as "step-completed".
 *
 * @param type  any value.
 * @return static text; "unknown" for a value this version does not know.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_type_name(chengis_event_type type);

/**
 * Take another reference on an event.
 *
 * @param event  may be NULL.
 * @return event, as a new reference.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_event *chengis_event_ref(chengis_event *event);

/**
 * Release a reference on an event.
 *
 * @param event  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_event *chengis_event_unref(chengis_event *event);

/**
 * Return the type of an event.
 *
 * @param event  the event.
 * @return the type; CHENGIS_EVENT_UNKNOWN for one this version does not know (see
 * chengis_event_name()).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_event_type chengis_event_get_type(const chengis_event *event);

/**
 * Return the name of the type as it is stored, also of types this version does not know.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_name(const chengis_event *event);

/**
 * Return the place of an event in its build: 1, 2, 3, ... without holes.
 *
 * @param event  the event.
 * @return from 1; 0 for a live hint.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int64_t chengis_event_seq(const chengis_event *event);

/**
 * Return the cursor of an event: a subscription to all builds can go on behind it.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives); opaque, meaningful for its store alone; "" for a
 * live hint.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_cursor(const chengis_event *event);

/**
 * Return when it happened.
 *
 * @param event  the event.
 * @return epoch milliseconds, UTC.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int64_t chengis_event_at(const chengis_event *event);

/**
 * Return the id of the build it happened to.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_build_id(const chengis_event *event);

/**
 * Return the name of the stage it is about.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives); "" when it is about no stage.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_stage(const chengis_event *event);

/**
 * Return the name of the step it is about.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives); "" when it is about no step.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_step(const chengis_event *event);

/**
 * Return the status it reports.
 *
 * @param event  the event.
 * @return the status; CHENGIS_STATUS_UNKNOWN when it reports none.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_status chengis_event_status(const chengis_event *event);

/**
 * Return what else is known, as the text of a JSON object.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives); "{}" when there is nothing. Of a live hint:
 * "step" (number) and "offset" (bytes of that step's log that can be read).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_data(const chengis_event *event);

/**
 * Return the whole event as one line of JSON: {"seq", "type", "at", "build-id", "stage-name",
 * "step-name", "status", "data"}.
 *
 * @param event  the event.
 * @return borrowed (valid while the event lives); NULL when out of memory.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_event_json(const chengis_event *event);

/** Wakes a host that cannot poll a descriptor; may only wake: must not call libchengis, block or
 * take long. */
typedef void (*chengis_wakeup_fn)(void *userdata);

/** What a subscription delivers. All zero: every stored event of every build of the default
 * organisation from now on. */
typedef struct chengis_subscription_options {
    uint32_t struct_size; /**< set by CHENGIS_SUBSCRIPTION_OPTIONS_INIT. */
    uint32_t ring_size;   /**< live events kept before reading on from the store; 0 = 256. */
    const char *build_id; /**< one build; NULL: all. */
    const char *org;      /**< organisation id; NULL = the default one. */
    int64_t from_seq;   /**< with build_id: deliver events with seq >= this; 0 = from the first. */
    const char *cursor; /**< without build_id: deliver what follows this cursor; NULL = from now, ""
                           = from the beginning. */
    uint64_t types; /**< bit (1 << type) of the types wanted; 0 = all stored types. LOG_LINE only
                       when asked for. */
} chengis_subscription_options;
#define CHENGIS_SUBSCRIPTION_OPTIONS_INIT                                                          \
    {                                                                                              \
        sizeof(chengis_subscription_options), 0, 0, 0, 0, 0, 0                                     \
    }

/**
 * Subscribe to the events of one build or of all.
 *
 * Every stored event that matches is delivered once and in order, whoever wrote it: this engine or
 * another process with the same store. A slow reader loses nothing and slows nobody. LOG_LINE hints
 * are live only: each says how far a step's log can be read, and only the newest of a step is kept.
 * After build-completed of its one build a subscription gives nothing more.
 *
 * @param out     receives a new reference; release with chengis_subscription_unref(). Untouched on
 * failure.
 * @param engine  the engine; the subscription stays readable when it is gone.
 * @param opts    NULL for the defaults; copied.
 * @return 0, or CHENGIS_ERR_NOT_FOUND (no such build), CHENGIS_ERR_INVALID (a cursor of another
 * store, an unknown type), or another CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_subscription_new(chengis_subscription **out, chengis_engine *engine,
                                         const chengis_subscription_options *opts);

/**
 * Take another reference on a subscription.
 *
 * @param sub  may be NULL.
 * @return sub, as a new reference.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_subscription *chengis_subscription_ref(chengis_subscription *sub);

/**
 * Release a reference on a subscription. The last one closes its descriptor and waits for a running
 * wakeup callback.
 *
 * @param sub  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_subscription *chengis_subscription_unref(chengis_subscription *sub);

/**
 * Return the descriptor of a subscription, for a poll loop.
 *
 * It is readable exactly while chengis_subscription_next() with timeout 0 would give an event. Poll
 * it for readability and do nothing else with it: the library writes, drains and closes it.
 *
 * @param out  receives the descriptor; valid while the subscription lives.
 * @param sub  the subscription.
 * @return 0 or CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_subscription_fd(int32_t *out, chengis_subscription *sub);

/**
 * Take the next event, waiting for it if need be.
 *
 * When the engine is gone and everything stored has been delivered, a call that would wait gives
 * CHENGIS_ERR_STATE.
 *
 * @param out         receives a new reference; release with chengis_event_unref(). Untouched unless
 * 1 is returned.
 * @param sub         the subscription; several threads may share it, each event goes to one of
 * them.
 * @param timeout_ms  how long to wait; 0 = not at all, -1 = for ever.
 * @return 1 with an event, 0 without one, CHENGIS_ERR_INTERRUPTED after
 * chengis_subscription_interrupt(), CHENGIS_ERR_STATE, or another CHENGIS_ERR_* when the store
 * cannot be read.
 * @thread any
 * @blocks until TIMEOUT
 * @since 0.1
 */
CHENGIS_API int chengis_subscription_next(chengis_event **out, chengis_subscription *sub,
                                          int32_t timeout_ms);

/**
 * End one chengis_subscription_next() with CHENGIS_ERR_INTERRUPTED: one that waits now, else the
 * next one called.
 *
 * @param sub  the subscription. Events stay where they are. The descriptor does not become
 * readable.
 * @return 0 or CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_subscription_interrupt(chengis_subscription *sub);

/**
 * Set the function that is called when the subscription becomes readable, replacing the one before.
 *
 * It is called from any thread, once each time the subscription goes from empty to readable, and at
 * once if it is readable now. When this call returns, the function set before is not running any
 * more.
 *
 * @param sub       the subscription.
 * @param fn        NULL for none.
 * @param userdata  passed to fn; must live until fn is replaced or the subscription is gone.
 * @return 0 or CHENGIS_ERR_INVALID.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_subscription_set_wakeup(chengis_subscription *sub, chengis_wakeup_fn fn,
                                                void *userdata);

CHENGIS_END_DECLS

#endif
