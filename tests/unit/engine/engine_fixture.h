/* SPDX-License-Identifier: MIT */
/* What the engine's tests share: an engine over a SQLite file in a temporary folder, and builds run
 * to their end. */
#ifndef TEST_ENGINE_FIXTURE_H
#define TEST_ENGINE_FIXTURE_H

#include "support.h"

#include <chengis/chengis.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
    char *dir;
    chengis_store *store;
    chengis_engine *engine;
};

/* adjust may be NULL; it changes the options before the engine is made. */
static inline void fixture_open(struct fixture *f, void (*adjust)(chengis_engine_options *options))
{
    chengis_engine_options options = CHENGIS_ENGINE_OPTIONS_INIT;

    if (f->dir == NULL)
        f->dir = temp_dir();
    options.grace_ms = 500;
    if (adjust != NULL)
        adjust(&options);
    assert_ok(chengis_store_open(&f->store, path_in(f->dir, "state/chengis.db"), NULL));
    assert_ok(chengis_engine_new(&f->engine, f->store, NULL, &options));
}

static inline void fixture_close(struct fixture *f)
{
    f->engine = chengis_engine_unref(f->engine);
    f->store = chengis_store_unref(f->store);
}

static inline void fixture_cleanup(struct fixture *f)
{
    fixture_close(f);
    temp_dir_remove(f->dir);
}

#define FIXTURE(name)                                                                              \
    __attribute__((cleanup(fixture_cleanup))) struct fixture name = {0};                           \
    fixture_open(&name, NULL)
#define FIXTURE_WITH(name, adjust)                                                                 \
    __attribute__((cleanup(fixture_cleanup))) struct fixture name = {0};                           \
    fixture_open(&name, adjust)

static inline chengis_pipeline *parse_yaml(const char *text)
{
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;
    int rc = chengis_pipeline_parse(&pipeline, &diags, text, strlen(text), "yaml");
    char *messages = chengis_diagnostics_format(diags);

    cr_assert(rc >= 0, "%s", messages);
    chengis_free(messages);
    (void)chengis_diagnostics_unref(diags);
    return pipeline;
}

/* Submit text with a request that holds everything else. */
static inline chengis_build *submit(struct fixture *f, const char *yaml,
                                    chengis_build_request *request)
{
    chengis_build_request empty = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    if (request == NULL)
        request = &empty;
    request->pipeline = yaml != NULL ? parse_yaml(yaml) : NULL;
    assert_ok(chengis_engine_submit(&build, f->engine, request));
    (void)chengis_pipeline_unref(request->pipeline);
    return build;
}

/* The build object once final. */
static inline json_t *finish(chengis_build *build)
{
    char *text = NULL;
    json_t *object;
    int rc = chengis_build_wait(build, 60000);

    cr_assert(rc == 1, "wait: %d (%s)", rc, chengis_error_last()->message);
    assert_ok(chengis_build_json(&text, build));
    object = json_loads(text, 0, NULL);
    cr_assert(object != NULL, "not JSON: %s", text);
    chengis_free(text);
    return object;
}

static inline json_t *run_with(struct fixture *f, const char *yaml, chengis_build_request *request)
{
    chengis_build *build = submit(f, yaml, request);
    json_t *object = finish(build);

    (void)chengis_build_unref(build);
    return object;
}

static inline json_t *run_yaml(struct fixture *f, const char *yaml)
{
    return run_with(f, yaml, NULL);
}

static inline const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

static inline json_t *stage_of(const json_t *build, size_t stage)
{
    return json_array_get(json_object_get(build, "stages"), stage);
}

static inline json_t *step_of(const json_t *build, size_t stage, size_t step)
{
    return json_array_get(json_object_get(stage_of(build, stage), "steps"), step);
}

/* The whole log of a build by reference, or of one step (from 1); free(). */
static inline char *log_of(struct fixture *f, const char *id, int64_t step)
{
    chengis_build *build = NULL;
    chengis_log_reader *log = NULL;
    char *text = calloc(1, 1 << 20);
    int64_t offset = 0;
    size_t len = 0, total = 0;

    assert_ok(chengis_build_get(&build, f->engine, NULL, id));
    assert_ok(chengis_log_reader_open(&log, build, step));
    do {
        assert_ok(chengis_log_reader_read(&len, log, &offset, text + total, (1 << 20) - 1 - total));
        total += len;
    } while (len > 0);
    (void)chengis_log_reader_unref(log);
    (void)chengis_build_unref(build);
    return text;
}

/* The events of a build as "type" or "type stage/step", one a line; free(). */
static inline char *events_of(struct fixture *f, const char *id)
{
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *sub = NULL;
    chengis_event *event = NULL;
    char *text = calloc(1, 1 << 16);
    int64_t seq = 0;

    options.build_id = id;
    assert_ok(chengis_subscription_new(&sub, f->engine, &options));
    while (chengis_subscription_next(&event, sub, 0) == 1) {
        char line[256];

        cr_assert_eq(chengis_event_seq(event), ++seq, "the sequence has a hole");
        snprintf(line, sizeof(line), "%s%s%s%s%s\n", chengis_event_name(event),
                 *chengis_event_stage(event) ? " " : "", chengis_event_stage(event),
                 *chengis_event_step(event) ? "/" : "", chengis_event_step(event));
        strncat(text, line, (1 << 16) - strlen(text) - 1);
        event = chengis_event_unref(event);
    }
    (void)chengis_subscription_unref(sub);
    return text;
}

/* Wait until a file exists (made by a step); ends the test after 20 s. */
static inline void await_file(const char *path)
{
    for (int i = 0; i < 4000; i++) {
        FILE *file = fopen(path, "r");

        if (file != NULL) {
            fclose(file);
            return;
        }
        usleep(5000);
    }
    cr_assert_fail("'%s' never came", path);
}

#endif
