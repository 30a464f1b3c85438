/* SPDX-License-Identifier: MIT */
/* Eight threads submit, wait, cancel, read, subscribe and interrupt against one engine, while it
 * runs 200 builds. */
#include <chengis/chengis.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUILDS     200
#define SUBMITTERS 2
#define NAP_MS     20

static const char text[] =
    "name: busy\n"
    "stages:\n"
    "- name: One\n"
    "  steps: [{name: a, run: echo a}]\n"
    "- name: Two\n"
    "  parallel: true\n"
    "  steps: [{name: b, run: echo b}, {name: c, run: 'sleep 0.01; echo c'}]\n"
    "post:\n"
    "  always: [{name: d, run: echo d}]\n";

static chengis_engine *engine;
static chengis_pipeline *pipeline;
static atomic_int failures;
static atomic_bool finished;

/* Handles in the order of their submission; each holds a reference until the end. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static chengis_build *builds[BUILDS];
static int build_count;

static void expect(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "failed: %s: %s\n", what, chengis_error_last()->message);
        atomic_fetch_add(&failures, 1);
    }
}

/* The build submitted as number `index`, as a new reference; NULL when there is none yet. */
static chengis_build *take(int index)
{
    chengis_build *build = NULL;

    (void)pthread_mutex_lock(&lock);
    if (index < build_count)
        build = chengis_build_ref(builds[index]);
    (void)pthread_mutex_unlock(&lock);
    return build;
}

static int count(void)
{
    int now;

    (void)pthread_mutex_lock(&lock);
    now = build_count;
    (void)pthread_mutex_unlock(&lock);
    return now;
}

static void *submit(void *unused)
{
    for (int i = 0; i < BUILDS / SUBMITTERS; i++) {
        chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
        chengis_build *build = NULL;

        request.pipeline = pipeline;
        expect(chengis_engine_submit(&build, engine, &request) == 0, "a build is submitted");
        if (build == NULL)
            continue;
        (void)pthread_mutex_lock(&lock);
        builds[build_count++] = build;
        (void)pthread_mutex_unlock(&lock);
    }
    return unused;
}

/* Every build ends, in the order of their submission or another. */
static void *wait_for_all(void *unused)
{
    for (int i = 0; i < BUILDS && atomic_load(&failures) == 0;) {
        chengis_build *build = take(i);
        int rc = build != NULL ? chengis_build_wait(build, NAP_MS) : 0;

        expect(rc >= 0, "a build is waited for");
        i += rc == 1;
        (void)chengis_build_unref(build);
    }
    atomic_store(&finished, true);
    return unused;
}

/* Every third build is asked to end, every ninth is killed: queued, running or over. */
static void *cancel(void *unused)
{
    for (int i = 0; i < BUILDS && !atomic_load(&finished);) {
        chengis_build *build = take(i);

        if (build == NULL) {
            (void)sched_yield();
            continue;
        }
        if (i % 3 == 0)
            expect(chengis_build_cancel(build, "no longer wanted") >= 0, "a build is cancelled");
        if (i % 9 == 0)
            expect(chengis_build_kill(build, "really") >= 0, "a build is killed");
        (void)chengis_build_unref(build);
        i++;
    }
    return unused;
}

static void read_log(chengis_build *build)
{
    chengis_log_reader *log = NULL;
    char buffer[256];
    int64_t offset = 0;
    size_t len = 1;

    if (chengis_log_reader_open(&log, build, 1) < 0)
        return; /* it did not begin */
    while (len > 0 && chengis_log_reader_read(&len, log, &offset, buffer, sizeof(buffer)) == 0)
        ;
    (void)chengis_log_reader_unref(log);
}

/* What is stored, of handles of this engine and of ones found by their id. */
static void *read_builds(void *unused)
{
    for (unsigned i = 0; !atomic_load(&finished); i++) {
        int have = count();
        chengis_build *build = have > 0 ? take((int)(i % (unsigned)have)) : NULL;
        chengis_build *found = NULL;
        chengis_status status;
        char *json = NULL;

        if (build == NULL)
            continue;
        expect(chengis_build_get(&found, engine, NULL, chengis_build_id(build)) == 0,
               "a build is found");
        expect(chengis_build_status(&status, found) == 0, "a status is read");
        expect(chengis_build_json(&json, found) == 0, "a build is read");
        read_log(found);
        chengis_free(json);
        (void)chengis_build_unref(found);
        (void)chengis_build_unref(build);
    }
    return unused;
}

/* One follower of everything: no event of any build is missing, however late it reads. */
static void *follow_all(void *unused)
{
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *sub = NULL;
    int ended = 0;

    options.cursor = "";
    options.ring_size = 16;
    expect(chengis_subscription_new(&sub, engine, &options) == 0, "everything is followed");
    while (ended < BUILDS && atomic_load(&failures) == 0) {
        chengis_event *event = NULL;

        expect(chengis_subscription_next(&event, sub, NAP_MS) >= 0, "an event is read");
        ended += event != NULL && chengis_event_get_type(event) == CHENGIS_EVENT_BUILD_COMPLETED;
        (void)chengis_event_unref(event);
    }
    (void)chengis_subscription_unref(sub);
    return unused;
}

static void *interrupt(void *sub)
{
    for (int i = 0; i < 3; i++)
        expect(chengis_subscription_interrupt(sub) == 0, "a reader is interrupted");
    return NULL;
}

/* Followers of one build come and go, and are interrupted by another thread meanwhile. */
static void *follow_one(void *unused)
{
    for (unsigned i = 0; !atomic_load(&finished); i++) {
        chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
        chengis_subscription *sub = NULL;
        int have = count();
        chengis_build *build = have > 0 ? take((int)(i % (unsigned)have)) : NULL;
        chengis_event *event = NULL;
        pthread_t thread;
        int64_t seq = 0;

        if (build == NULL)
            continue;
        options.build_id = chengis_build_id(build);
        expect(chengis_subscription_new(&sub, engine, &options) == 0, "one build is followed");
        expect(pthread_create(&thread, NULL, interrupt, sub) == 0, "a thread starts");
        while (chengis_subscription_next(&event, sub, 1) == 1) {
            expect(chengis_event_seq(event) == ++seq, "the events of a build have no gap");
            event = chengis_event_unref(event);
        }
        (void)pthread_join(thread, NULL);
        (void)chengis_subscription_unref(sub);
        (void)chengis_build_unref(build);
    }
    return unused;
}

static void set_up(char *dir)
{
    chengis_engine_options options = CHENGIS_ENGINE_OPTIONS_INIT;
    chengis_diagnostics *diags = NULL;
    chengis_store *store = NULL;
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/chengis.db", dir);
    options.grace_ms = 200;
    options.max_builds = 4;
    expect(chengis_store_open(&store, path, NULL) == 0, "the store opens");
    expect(chengis_engine_new(&engine, store, NULL, &options) == 0, "the engine is made");
    expect(chengis_pipeline_parse(&pipeline, &diags, text, strlen(text), "yaml") >= 0,
           "the pipeline is read");
    (void)chengis_diagnostics_unref(diags);
    (void)chengis_store_unref(store);
}

static void check_all_final(void)
{
    for (int i = 0; i < build_count; i++) {
        chengis_status status = CHENGIS_STATUS_UNKNOWN;

        expect(chengis_build_status(&status, builds[i]) == 0 && chengis_status_is_final(status),
               "every build is final");
        (void)chengis_build_unref(builds[i]);
    }
}

static void remove_folder(const char *dir)
{
    char command[300];
    int rc;

    (void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
    rc = system(command);
    (void)rc;
}

int main(void)
{
    static void *(*const work[])(void *) = {submit,      submit,     wait_for_all, cancel,
                                            read_builds, follow_all, follow_one,   follow_one};
    char dir[] = "/tmp/chengis-thread-XXXXXX";
    pthread_t threads[sizeof(work) / sizeof(work[0])];

    if (mkdtemp(dir) == NULL)
        return 1;
    set_up(dir);
    for (size_t i = 0; i < sizeof(work) / sizeof(work[0]) && atomic_load(&failures) == 0; i++)
        expect(pthread_create(&threads[i], NULL, work[i], NULL) == 0, "a thread starts");
    for (size_t i = 0; i < sizeof(work) / sizeof(work[0]) && engine != NULL; i++)
        (void)pthread_join(threads[i], NULL);
    check_all_final();
    (void)chengis_pipeline_unref(pipeline);
    (void)chengis_engine_unref(engine);
    remove_folder(dir);
    return atomic_load(&failures) == 0 ? 0 : 1;
}
