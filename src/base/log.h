/* SPDX-License-Identifier: MIT */
/* The library's own diagnostics, into the host's sink; silent without one. Used only for what no caller can see (retries, recoveries). */
#ifndef CHG_BASE_LOG_H
#define CHG_BASE_LOG_H

#include <chengis/log.h>

/* sink may be NULL. Must not be called with a lock held. */
void chg_log(const chengis_log_sink *sink, chengis_log_level level, const char *module, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
