/* SPDX-License-Identifier: MIT */
/* What the programs of this folder share. They see libchengis as a host does: public headers, the
 * shared library. */
#ifndef TESTS_API_API_H
#define TESTS_API_API_H

#include <chengis/chengis.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Leave at once with the place, what was expected, and the library's last error. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: failed: %s (last error: %s)\n", __FILE__, __LINE__,            \
                    #condition, chengis_error_last()->message);                                    \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* A pipeline of one stage with the given steps, as YAML lines below "steps:". */
static inline chengis_pipeline *pipeline_of(const char *steps)
{
    chengis_pipeline *pipeline = NULL;
    char text[4096];
    int len =
        snprintf(text, sizeof(text), "name: api\nstages:\n  - name: one\n    steps:\n%s", steps);

    CHECK(len > 0 && (size_t)len < sizeof(text));
    CHECK(chengis_pipeline_parse(&pipeline, NULL, text, (size_t)len, "yaml") == 0);
    return pipeline;
}

static inline chengis_build *submit(chengis_engine *engine, const char *steps)
{
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    request.pipeline = pipeline_of(steps);
    CHECK(chengis_engine_submit(&build, engine, &request) == 0);
    chengis_pipeline_unref(request.pipeline);
    return build;
}

static inline chengis_status status_of(chengis_build *build)
{
    chengis_status status = CHENGIS_STATUS_UNKNOWN;

    CHECK(chengis_build_status(&status, build) == 0);
    return status;
}

/* The whole log of a build; free with free(). */
static inline char *log_of(chengis_build *build)
{
    chengis_log_reader *log = NULL;
    char *text = calloc(1, 65536);
    size_t used = 0;
    size_t len = 0;
    int64_t offset = 0;

    CHECK(text != NULL);
    CHECK(chengis_log_reader_open(&log, build, -1) == 0);
    do {
        CHECK(chengis_log_reader_read(&len, log, &offset, text + used, 65535 - used) == 0);
        used += len;
    } while (len > 0 && used < 65535);
    chengis_log_reader_unref(log);
    return text;
}

/* The number behind the first occurrence of a word; -1 when it does not occur. */
static inline long number_in(const char *text, const char *word)
{
    const char *found = strstr(text, word);

    return found != NULL ? strtol(found + strlen(word), NULL, 10) : -1;
}

#endif
