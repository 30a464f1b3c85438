/* SPDX-License-Identifier: MIT */
/* Delivery of diagnostics to the host's sink. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

#define MESSAGE_SIZE 2048

void chg_log(const chengis_log_sink *sink, chengis_log_level level, const char *module,
             const char *format, ...)
{
    char message[MESSAGE_SIZE];
    int kept = errno;
    va_list args;

    if (sink == NULL || sink->fn == NULL || level < sink->min_level)
        return;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    sink->fn(sink->userdata, level, module, message);
    errno = kept;
}
