/* SPDX-License-Identifier: MIT */
/* Cancel, timeouts and the end of an engine: everything a step started goes, post actions run,
 * nothing hangs. */
#include "engine_fixture.h"

#include "engine/run.h"

#include <chengis/sys/scm.h>
#include <chengis/sys/step_executor.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>

#define POST                                                                                       \
    "post:\n  always:\n  - {name: p, run: 'touch %s/always'}\n  on-failure:\n  - {name: q, run: "  \
    "'touch %s/failed'}\n"

static const char *with_dir(const struct fixture *f, const char *format)
{
    static char text[4096];
    char *at = text;

    for (const char *p = format; *p != '\0'; p++) {
        if (p[0] == '%' && p[1] == 's') {
            at += sprintf(at, "%s", f->dir);
            p++;
        } else {
            *at++ = *p;
        }
    }
    *at = '\0';
    return text;
}

static pid_t pid_in(const char *path)
{
    char *text;
    pid_t pid;

    await_file(path);
    text = read_file(path);
    pid = (pid_t)atol(text);
    free(text);
    return pid;
}

static bool is_gone(pid_t pid)
{
    for (int i = 0; i < 1000; i++) {
        if (kill(pid, 0) < 0 && errno == ESRCH)
            return true;
        usleep(2000);
    }
    return false;
}

Test(engine_cancel, aborts_a_running_build_and_runs_its_post_actions)
{
    FIXTURE(f);
    chengis_build *build = submit(
        &f,
        with_dir(
            &f,
            "stages:\n- name: A\n  steps:\n  - {name: s, run: 'touch %s/on; sleep 60'}\n"
            "  - {name: t, run: 'true'}\n- name: B\n  steps:\n  - {name: s, run: 'true'}\n" POST),
        NULL);
    json_t *object;

    await_file(path_in(f.dir, "on"));
    assert_ok(chengis_build_cancel(build, "not needed"));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "reason"), "cancelled");
    cr_assert_str_eq(text_of(object, "message"), "not needed");
    cr_assert_str_eq(text_of(step_of(object, 0, 0), "status"), "aborted");
    cr_assert_str_eq(text_of(step_of(object, 0, 1), "status"), "skipped");
    cr_assert_str_eq(text_of(stage_of(object, 0), "status"), "aborted");
    cr_assert_str_eq(text_of(stage_of(object, 1), "status"), "skipped");
    cr_assert_eq(access(path_in(f.dir, "always"), F_OK), 0);
    cr_assert_eq(access(path_in(f.dir, "failed"), F_OK), 0);
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, asks_first_and_kills_after_the_grace)
{
    FIXTURE(f);
    chengis_build *build =
        submit(&f,
               with_dir(&f, "stages:\n- name: A\n  steps:\n"
                            "  - {name: s, run: 'trap \": > %s/asked\" TERM; "
                            "touch %s/on; while :; do sleep 0.05 || :; done'}\n"),
               NULL);
    json_t *object;

    await_file(path_in(f.dir, "on"));
    assert_ok(chengis_build_cancel(build, NULL));
    object = finish(build);

    cr_assert_eq(access(path_in(f.dir, "asked"), F_OK), 0);
    cr_assert_eq(json_integer_value(json_object_get(step_of(object, 0, 0), "signal")), SIGKILL);
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, asks_23_cancel_reaches_children_in_sessions_of_their_own)
{
    FIXTURE(f);
    chengis_build *build = submit(&f,
                                  with_dir(&f, "stages:\n- name: A\n  steps:\n"
                                               "  - {name: s, run: 'setsid sh -c \"echo \\$\\$ > "
                                               "%s/pid; exec sleep 60\" & sleep 60'}\n"),
                                  NULL);
    pid_t pid;

    await_file(path_in(f.dir, "pid"));
    usleep(20000);
    pid = pid_in(path_in(f.dir, "pid"));
    assert_ok(chengis_build_cancel(build, NULL));
    json_decref(finish(build));

    cr_assert(is_gone(pid));
    (void)chengis_build_unref(build);
}

Test(engine_cancel, kills_at_once_and_leaves_out_post_actions_when_asked_to)
{
    FIXTURE(f);
    chengis_build *build =
        submit(&f,
               with_dir(&f, "stages:\n- name: A\n  steps:\n"
                            "  - {name: s, run: 'trap \"\" TERM; touch %s/on; sleep 60'}\n" POST),
               NULL);
    json_t *object;

    await_file(path_in(f.dir, "on"));
    assert_ok(chengis_build_cancel(build, NULL));
    assert_ok(chengis_build_kill(build, NULL));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_neq(access(path_in(f.dir, "always"), F_OK), 0);
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, aborts_between_stages)
{
    FIXTURE(f);
    /* the step ends well on TERM: the build is aborted all the same */
    chengis_build *build = submit(&f,
                                  with_dir(&f, "stages:\n- name: A\n  steps:\n"
                                               "  - {name: s, run: 'trap \"exit 0\" TERM; touch "
                                               "%s/on; while :; do sleep 0.05 || :; done'}\n"
                                               "- name: B\n  steps:\n  - {name: s, run: 'true'}\n"),
                                  NULL);
    json_t *object;

    await_file(path_in(f.dir, "on"));
    assert_ok(chengis_build_cancel(build, NULL));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, ends_a_step_at_its_timeout)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'echo partial; "
                                 "sleep 60', timeout: 200}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "step-timed-out");
    cr_assert_str_eq(text_of(step_of(build, 0, 0), "status"), "timed-out");
    cr_assert_str_eq(log, "partial\n");
    free(log);
    json_decref(build);
}

Test(engine_cancel, ends_a_build_at_its_own_timeout)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "timeout: 300ms\nstages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n"
                     "- name: B\n  steps:\n  - {name: s, run: 'true'}\n");

    cr_assert_str_eq(text_of(build, "status"), "timed-out");
    cr_assert_str_eq(text_of(build, "reason"), "timed-out");
    cr_assert_str_eq(text_of(stage_of(build, 1), "status"), "skipped");
    json_decref(build);
}

Test(engine_cancel, does_not_let_post_actions_change_the_status)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n"
                     "post:\n  always:\n  - {name: p, run: exit 1}\n  - {name: q, run: 'true'}\n"
                     "  on-success:\n  - {name: r, run: 'true'}\n");

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_str_eq(text_of(stage_of(build, 1), "stage-name"), "post:always");
    cr_assert_str_eq(text_of(stage_of(build, 1), "status"), "failure");
    cr_assert_str_eq(text_of(step_of(build, 1, 1), "status"), "skipped");
    cr_assert_str_eq(text_of(stage_of(build, 2), "status"), "success");
    json_decref(build);
}

Test(engine_cancel, lets_a_background_process_live_until_the_build_ends)
{
    FIXTURE(f);
    json_t *build = run_yaml(
        &f, with_dir(&f, "stages:\n- name: A\n  steps:\n"
                         "  - {name: start, run: 'sleep 60 >/dev/null 2>&1 & echo $! > %s/pid'}\n"
                         "  - {name: use, run: 'kill -0 $(cat %s/pid)'}\n"));

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert(is_gone(pid_in(path_in(f.dir, "pid"))));
    json_decref(build);
}

/* Now, without waiting. A zombie lives no more: whoever adopted it has not looked yet. */
static bool lives(pid_t pid)
{
    char path[64], state = 'X';
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    (void)fclose(file);
    return state != 'Z' && state != 'X';
}

/* A process that outlived the event would outlive a crash as well: nobody looks after final
 * builds. */
Test(engine_cancel, tells_the_end_of_a_build_when_no_process_of_it_lives)
{
    FIXTURE(f);
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *sub = NULL;
    chengis_event *event = NULL;
    chengis_build *build =
        submit(&f,
               with_dir(&f, "stages:\n- name: A\n  steps:\n"
                            "  - {name: s, run: 'sleep 60 >/dev/null 2>&1 & echo $! > %s/pid'}\n"),
               NULL);

    options.build_id = chengis_build_id(build);
    options.types = (uint64_t)1 << CHENGIS_EVENT_BUILD_COMPLETED;
    assert_ok(chengis_subscription_new(&sub, f.engine, &options));
    cr_assert_eq(chengis_subscription_next(&event, sub, 20000), 1);

    cr_assert_not(lives(pid_in(path_in(f.dir, "pid"))));
    (void)chengis_event_unref(event);
    (void)chengis_subscription_unref(sub);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, does_not_wait_for_a_background_process_that_holds_the_output)
{
    FIXTURE(f);
    json_t *build = run_yaml(
        &f,
        "timeout: 20s\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'sleep 60 & echo done'}\n");

    cr_assert_str_eq(text_of(build, "status"), "success");
    json_decref(build);
}

static void one_at_a_time(chengis_engine_options *options)
{
    options->max_builds = 1;
}

Test(engine_cancel, aborts_a_queued_build_without_running_it)
{
    FIXTURE_WITH(f, one_at_a_time);
    chengis_build *first =
        submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *second =
        submit(&f, "name: q\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n", NULL);
    chengis_status status;
    json_t *object;

    assert_ok(chengis_build_status(&status, second));
    cr_assert_eq(status, CHENGIS_STATUS_QUEUED);
    assert_ok(chengis_build_cancel(second, NULL));
    object = finish(second);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    assert_ok(chengis_build_cancel(first, NULL));
    json_decref(finish(first));
    json_decref(object);
    (void)chengis_build_unref(first);
    (void)chengis_build_unref(second);
}

Test(engine_cancel, runs_queued_builds_in_order_as_slots_come_free)
{
    FIXTURE_WITH(f, one_at_a_time);
    const char *yaml = with_dir(&f, "name: j\nstages:\n- name: A\n  steps:\n  - {name: s, run: "
                                    "'echo $BUILD_NUMBER >> %s/order'}\n");
    chengis_build *builds[5];
    char *order;

    for (int i = 0; i < 5; i++)
        builds[i] = submit(&f, yaml, NULL);
    for (int i = 0; i < 5; i++) {
        json_decref(finish(builds[i]));
        (void)chengis_build_unref(builds[i]);
    }
    order = read_file(path_in(f.dir, "order"));

    cr_assert_str_eq(order, "1\n2\n3\n4\n5\n");
    free(order);
}

Test(engine_cancel, stops_running_builds_with_the_engine)
{
    FIXTURE(f);
    chengis_build *build =
        submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    json_t *object;

    assert_ok(chengis_engine_stop(f.engine, 0));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, refuses_builds_once_stopped)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    request.pipeline = parse_yaml("stages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n");
    assert_ok(chengis_engine_stop(f.engine, 0));

    assert_err(chengis_engine_submit(&build, f.engine, &request), CHENGIS_ERR_STATE, "stopped");
    (void)chengis_pipeline_unref(request.pipeline);
}

static void two_processes(chengis_engine_options *options)
{
    options->max_steps = 2;
}

Test(engine_cancel, makes_steps_wait_for_a_free_process_slot)
{
    FIXTURE_WITH(f, two_processes);
    json_t *build =
        run_yaml(&f, with_dir(&f, "stages:\n- name: A\n  parallel: true\n  steps:\n"
                                  "  - {name: a, run: 'ls %s | grep -c ^r > n1 || true; touch "
                                  "%s/r1; sleep 0.1; rm %s/r1'}\n"
                                  "  - {name: b, run: 'touch %s/r2; sleep 0.1; rm %s/r2'}\n"
                                  "  - {name: c, run: 'test $(ls %s | grep -c ^r) -lt 2'}\n"
                                  "  - {name: d, run: 'true'}\n"));

    cr_assert_str_eq(text_of(build, "status"), "success");
    json_decref(build);
}

Test(engine_cancel, takes_a_second_cancel_as_the_first)
{
    FIXTURE(f);
    chengis_build *build =
        submit(&f,
               with_dir(&f, "stages:\n- name: A\n  steps:\n"
                            "  - {name: s, run: 'touch %s/on; sleep 60'}\n" POST),
               NULL);
    json_t *object;

    await_file(path_in(f.dir, "on"));
    assert_ok(chengis_build_cancel(build, "first"));
    assert_ok(chengis_build_cancel(build, "second"));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "message"), "first");
    cr_assert_eq(access(path_in(f.dir, "always"), F_OK), 0);
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, ends_post_actions_of_a_build_that_succeeded_and_leaves_its_status)
{
    FIXTURE(f);
    chengis_build *build =
        submit(&f,
               with_dir(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n"
                            "post:\n  always:\n  - {name: p, run: 'touch %s/post; sleep 60'}\n"),
               NULL);
    json_t *object;

    await_file(path_in(f.dir, "post"));
    assert_ok(chengis_build_cancel(build, NULL));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "success");
    cr_assert_str_eq(text_of(step_of(object, 1, 0), "status"), "aborted");
    cr_assert_str_eq(text_of(step_of(object, 1, 0), "reason"), "cancelled");
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, gives_post_actions_the_rest_of_the_time_and_at_least_a_minute)
{
    struct chg_run run = {.result = CHENGIS_STATUS_SUCCESS};

    cr_assert_eq(chg_post_deadline(&run, 1000), 0);
    run.deadline = 1000 + 90000;
    cr_assert_eq(chg_post_deadline(&run, 1000), 91000);
    run.deadline = 2000;
    cr_assert_eq(chg_post_deadline(&run, 1000), 61000);
    run.deadline = 0;
    run.result = CHENGIS_STATUS_ABORTED;
    cr_assert_eq(chg_post_deadline(&run, 1000), 61000);
    run.deadline = 1;
    run.result = CHENGIS_STATUS_TIMED_OUT;
    cr_assert_eq(chg_post_deadline(&run, 1000), 61000);
}

Test(engine_cancel, closes_a_queued_build_whose_engine_was_stopped)
{
    FIXTURE_WITH(f, one_at_a_time);
    chengis_build *first =
        submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *second =
        submit(&f, "name: q\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n", NULL);
    json_t *object;

    assert_ok(chengis_engine_stop(f.engine, 0));
    assert_err(chengis_build_wait(second, 0), CHENGIS_ERR_STATE, "stopped");
    assert_ok(chengis_build_cancel(second, "enough"));
    object = finish(second);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "message"), "enough");
    json_decref(object);
    (void)chengis_build_unref(first);
    (void)chengis_build_unref(second);
}

/* ---- before the first stage ---- */

static char marker[512];

/* A checkout that takes until it is told to end, or until its time is up. */
static int check_out_slowly(void *self, const chengis_scm_request *request, char **info_json)
{
    struct pollfd p = {.fd = request->cancel_fd, .events = POLLIN};
    FILE *file = fopen(marker, "w");

    (void)self;
    (void)info_json;
    cr_assert(file != NULL);
    fclose(file);
    (void)poll(&p, 1, request->timeout_ms > 0 ? request->timeout_ms : 30000);
    return chengis_error_set(CHENGIS_ERR_PLUGIN, "broken off");
}

static void open_with_slow_checkout(struct fixture *f)
{
    chengis_scm_provider provider = {
        .struct_size = sizeof(provider), .name = "slow", .checkout = check_out_slowly};
    chengis_registry *registry = NULL;

    f->dir = temp_dir();
    (void)snprintf(marker, sizeof(marker), "%s/checking-out", f->dir);
    assert_ok(chengis_registry_new(&registry, NULL));
    assert_ok(chengis_registry_add_builtins(registry));
    assert_ok(chengis_registry_add_scm_provider(registry, &provider));
    assert_ok(chengis_store_open(&f->store, path_in(f->dir, "state/chengis.db"), NULL));
    assert_ok(chengis_engine_new(&f->engine, f->store, registry, NULL));
    (void)chengis_registry_unref(registry);
}

#define SLOW "source: {type: slow}\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n"

Test(engine_cancel, aborts_a_build_during_its_checkout)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {0};
    chengis_build *build;
    json_t *object;
    char *events;

    open_with_slow_checkout(&f);
    build = submit(&f, SLOW, NULL);
    await_file(marker);
    assert_ok(chengis_build_cancel(build, "not now"));
    object = finish(build);
    events = events_of(&f, chengis_build_id(build));

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "reason"), "cancelled");
    cr_assert_str_eq(text_of(object, "message"), "not now");
    cr_assert(strstr(events, "build-cancelled\n") != NULL, "%s", events);
    free(events);
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_cancel, ends_a_checkout_at_the_timeout_of_the_build)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {0};
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    json_t *object;

    open_with_slow_checkout(&f);
    request.timeout_ms = 200;
    object = run_with(&f, SLOW, &request);

    cr_assert_str_eq(text_of(object, "status"), "timed-out");
    cr_assert_str_eq(text_of(object, "reason"), "timed-out");
    json_decref(object);
}

/* ---- what the engine is slow to notice ---- */

/* Keeps the build's thread from looking at other steps. */
static int describe_slowly(void *self, const chengis_step_context *context,
                           chengis_step_process *process)
{
    (void)self;
    (void)context;
    usleep(400000);
    return chengis_step_process_add_argument(process, "/bin/true");
}

Test(engine_cancel, a_step_that_ended_in_time_is_not_timed_out_because_nobody_looked)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {.dir = temp_dir()};
    chengis_step_executor executor = {
        .struct_size = sizeof(executor), .name = "slow", .describe = describe_slowly};
    chengis_registry *registry = NULL;
    json_t *object;

    assert_ok(chengis_registry_new(&registry, NULL));
    assert_ok(chengis_registry_add_builtins(registry));
    assert_ok(chengis_registry_add_step_executor(registry, &executor));
    assert_ok(chengis_store_open(&f.store, path_in(f.dir, "state/chengis.db"), NULL));
    assert_ok(chengis_engine_new(&f.engine, f.store, registry, NULL));
    (void)chengis_registry_unref(registry);
    object = run_yaml(&f, "stages:\n- name: A\n  parallel: true\n  steps:\n"
                          "  - {name: a, run: 'true', timeout: 200}\n"
                          "  - {name: b, type: slow, run: x}\n");

    cr_assert_str_eq(text_of(step_of(object, 0, 0), "status"), "success");
    json_decref(object);
}
