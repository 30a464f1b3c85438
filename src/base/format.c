/* SPDX-License-Identifier: MIT */
/* Durations and sizes as people read them. No floating point, so the host's locale has no say. */
#include "base/parse.h"

#include <stdio.h>

#include "base/banned.h"

const char *chg_format_duration(char *buffer, size_t size, int64_t ms)
{
    long long t = ms > 0 ? ms : 0;

    if (t < 1000)
        (void)snprintf(buffer, size, "%lld ms", t);
    else if (t < 60000)
        (void)snprintf(buffer, size, "%lld.%lld s", t / 1000, t / 100 % 10);
    else if (t < 3600000)
        (void)snprintf(buffer, size, "%lld m %02lld s", t / 60000, t / 1000 % 60);
    else
        (void)snprintf(buffer, size, "%lld h %02lld m", t / 3600000, t / 60000 % 60);
    return buffer;
}

const char *chg_format_size(char *buffer, size_t size, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    uint64_t unit = 1024;
    size_t i = 0;

    if (bytes < unit) {
        (void)snprintf(buffer, size, "%u B", (unsigned)bytes);
        return buffer;
    }
    while (i + 1 < sizeof(units) / sizeof(units[0]) && bytes / 1024 >= unit) {
        unit *= 1024;
        i++;
    }
    (void)snprintf(buffer, size, "%llu.%u %s", (unsigned long long)(bytes / unit),
                   (unsigned)(bytes % unit * 10 / unit), units[i]);
    return buffer;
}
