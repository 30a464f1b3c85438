/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The library's own diagnostics, delivered to a sink of the host. Silent by default. Stable within
 * a major version.
 */
#ifndef CHENGIS_LOG_H
#define CHENGIS_LOG_H

#include <chengis/export.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/** How much a message matters. Tolerate levels you do not know. */
typedef enum chengis_log_level {
    CHENGIS_LOG_DEBUG = 0,
    CHENGIS_LOG_INFO = 1,
    CHENGIS_LOG_WARNING = 2,
    CHENGIS_LOG_ERROR = 3
} chengis_log_level;

/**
 * Receives one message. Called from any library thread, also from several at once; must not call
 * libchengis.
 *
 * @param userdata  of the sink.
 * @param level     how much it matters.
 * @param module    short name of the part that speaks, such as "engine"; static text.
 * @param message   one line without a line end; borrowed for the call.
 */
typedef void (*chengis_log_fn)(void *userdata, chengis_log_level level, const char *module,
                               const char *message);

/** A sink, given in the options of a store, registry or engine. All zero: silent. */
typedef struct chengis_log_sink {
    chengis_log_fn fn; /**< NULL: silent. */
    void *userdata;    /**< passed to fn and destroy. */
    void (*destroy)(
        void *userdata); /**< called once when the owner of the options goes; may be NULL. */
    chengis_log_level min_level; /**< messages below are not formatted. */
} chengis_log_sink;

CHENGIS_END_DECLS

#endif
