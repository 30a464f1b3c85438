/* SPDX-License-Identifier: MIT */
/* Reading the log of one step: onwards, or its end. */
#include "cli/step_log.h"

#include <chengis/error.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "cli/term_text.h"

#include "base/banned.h"

#define TAIL_BYTES ((size_t)16 << 10)

void chg_step_log_fini(struct chg_step_log *log)
{
    log->log = chengis_log_reader_unref(log->log);
}

static int open_log(struct chg_step_log *log, chengis_build *build, int64_t number)
{
    return log->log != NULL ? 0 : chengis_log_reader_open(&log->log, build, number);
}

int chg_step_log_read(size_t *len, struct chg_step_log *log, chengis_build *build, int64_t number,
                      char *buffer, size_t size)
{
    int rc = open_log(log, build, number);

    *len = 0;
    if (rc == CHENGIS_ERR_NOT_FOUND)
        return 0;
    return rc < 0 ? rc : chengis_log_reader_read(len, log->log, &log->offset, buffer, size);
}

/* One line, as a terminal would show it in the end: what follows the last carriage return. */
static void add_line(struct chg_str *out, const char *line, size_t len)
{
    struct chg_clean clean = {0};
    const char *from;

    if (len > 0 && line[len - 1] == '\r')
        len--;
    from = memrchr(line, '\r', len);
    if (from != NULL) {
        len -= (size_t)(from + 1 - line);
        line = from + 1;
    }
    chg_clean_feed(&clean, out, line, len);
    chg_clean_end(&clean, out);
    chg_str_add_char(out, '\n');
}

void chg_last_lines(struct chg_str *out, const char *data, size_t len, bool partial, size_t lines)
{
    const char *end = data + len, *at, *first;

    first = partial ? memchr(data, '\n', len) : NULL;
    if (first != NULL)
        data = first + 1;
    if (data == end || lines == 0)
        return;
    if (end[-1] == '\n')
        end--;
    for (at = end; at > data && lines > 0; at--)
        if (at[-1] == '\n' && --lines == 0)
            break;
    for (;;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        add_line(out, at, (size_t)((stop == NULL ? end : stop) - at));
        if (stop == NULL)
            return;
        at = stop + 1;
    }
}

int chg_step_log_last(struct chg_str *out, struct chg_step_log *log, chengis_build *build,
                      int64_t number, size_t lines)
{
    chg_autofree char *buffer = NULL;
    int64_t bytes = 0, offset;
    size_t len = 0, count = 1;
    int rc = open_log(log, build, number);

    if (rc == 0)
        rc = chengis_log_reader_size(&bytes, NULL, log->log);
    if (rc < 0 || bytes == 0)
        return rc == CHENGIS_ERR_NOT_FOUND ? 0 : rc;
    buffer = chg_malloc(TAIL_BYTES);
    if (buffer == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    offset = bytes > (int64_t)TAIL_BYTES ? bytes - (int64_t)TAIL_BYTES : 0;
    bytes = offset;
    while (rc == 0 && count > 0 && len < TAIL_BYTES) {
        rc = chengis_log_reader_read(&count, log->log, &offset, buffer + len, TAIL_BYTES - len);
        len += rc == 0 ? count : 0;
    }
    chg_last_lines(out, buffer, len, bytes > 0, lines);
    return rc;
}
