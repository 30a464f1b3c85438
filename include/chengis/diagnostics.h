/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Messages about places in a pipeline or configuration file: every error and warning at once, each
 * with file, line and column. Stable within a major version.
 */
#ifndef CHENGIS_DIAGNOSTICS_H
#define CHENGIS_DIAGNOSTICS_H

#include <chengis/export.h>
#include <stddef.h>
#include <stdint.h>

CHENGIS_BEGIN_DECLS

/** A list of diagnostics. Opaque; made by the functions that read pipelines. Immutable once
 * returned. */
typedef struct chengis_diagnostics chengis_diagnostics;

/** How grave a diagnostic is. Tolerate values you do not know. */
typedef enum chengis_severity {
    CHENGIS_SEVERITY_ERROR = 1,
    CHENGIS_SEVERITY_WARNING = 2,
    CHENGIS_SEVERITY_NOTE = 3
} chengis_severity;

/**
 * Count the diagnostics of a list.
 *
 * @param diags  may be NULL (an empty list).
 * @return the number of entries.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API size_t chengis_diagnostics_count(const chengis_diagnostics *diags);

/**
 * Count the entries of one severity.
 *
 * @param diags     may be NULL (an empty list).
 * @param severity  the severity to count.
 * @return the number of such entries.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API size_t chengis_diagnostics_count_of(const chengis_diagnostics *diags,
                                                chengis_severity severity);

/**
 * Return the severity of entry `index`.
 *
 * @param diags  the list.
 * @param index  from 0; beyond the end gives CHENGIS_SEVERITY_NOTE.
 * @return the severity.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_severity chengis_diagnostics_severity(const chengis_diagnostics *diags,
                                                          size_t index);

/**
 * Return the file name of entry `index`.
 *
 * @param diags  the list.
 * @param index  from 0.
 * @return borrowed (valid while the list lives); "" beyond the end or when the text came from no
 * file.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_diagnostics_file(const chengis_diagnostics *diags, size_t index);

/**
 * Return the line of entry `index`.
 *
 * @param diags  the list.
 * @param index  from 0.
 * @return from 1; 0 means the file as a whole.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API uint32_t chengis_diagnostics_line(const chengis_diagnostics *diags, size_t index);

/**
 * Return the column of entry `index`, in characters (Unicode code points).
 *
 * @param diags  the list.
 * @param index  from 0.
 * @return from 1; 0 means the line or file as a whole.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API uint32_t chengis_diagnostics_column(const chengis_diagnostics *diags, size_t index);

/**
 * Return the message of entry `index`.
 *
 * @param diags  the list.
 * @param index  from 0.
 * @return borrowed (valid while the list lives); one line; "" beyond the end.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_diagnostics_text(const chengis_diagnostics *diags, size_t index);

/**
 * Format a list for people: one "FILE:LINE:COL: error: TEXT" per line.
 *
 * @param diags  may be NULL (an empty list).
 * @return text for chengis_free(), or NULL when out of memory.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API char *chengis_diagnostics_format(const chengis_diagnostics *diags);

/**
 * Format a list as JSON: an array of {"severity", "file", "line", "column", "message"}.
 *
 * @param diags  may be NULL (an empty list).
 * @return text for chengis_free(), or NULL when out of memory.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API char *chengis_diagnostics_json(const chengis_diagnostics *diags);

/**
 * Free a list.
 *
 * @param diags  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_diagnostics *chengis_diagnostics_unref(chengis_diagnostics *diags);

CHENGIS_END_DECLS

#endif
