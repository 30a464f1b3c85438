/* SPDX-License-Identifier: MIT */
/* The store refuses a commit at every kind of moment: builds end, processes and their slots are
 * given back, and the outcome is stored as soon as it can be. Triggers play the failing database.
 */
#include "engine_fixture.h"

#include "engine/journal.h"

#include <chengis/sys/step_executor.h>

#define REFUSE(what)                                                                               \
    "CREATE TRIGGER refuse BEFORE " what " BEGIN SELECT RAISE(ABORT, 'refused'); END"

static const char refuse_step_b[] =
    REFUSE("INSERT ON build_steps WHEN NEW.step_name = 'b' AND NEW.status = 'running'");
static const char refuse_success[] = REFUSE("UPDATE ON builds WHEN NEW.status = 'success'");
static const char refuse_builds[] = REFUSE("INSERT ON builds");
static const char allow[] = "DROP TRIGGER refuse";

static int run_sql(struct chg_conn *conn, void *userdata)
{
    return chg_conn_exec(conn, userdata);
}

static void sql(struct fixture *f, const char *text)
{
    assert_ok(chg_store_write(f->store, run_sql, (char *)(uintptr_t)text));
}

static void one_process(chengis_engine_options *options)
{
    options->max_steps = 1;
}

static const char quick[] = "stages:\n- name: Q\n  steps:\n  - {name: q, run: 'true'}\n";

Test(engine_store_failure, a_step_that_could_not_be_begun_ends_and_gives_its_slot_back)
{
    FIXTURE_WITH(f, one_process);
    json_t *build, *next;
    char *events;

    sql(&f, refuse_step_b);
    build = run_yaml(&f, "name: j\nstages:\n- name: A\n  steps:\n  - {name: a, run: 'true'}\n"
                         "  - {name: b, run: 'true'}\n  - {name: c, run: 'true'}\n"
                         "- name: B\n  steps:\n  - {name: d, run: 'true'}\n");
    events = events_of(&f, text_of(build, "id"));
    next = run_yaml(&f, quick);

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "stages");
    cr_assert(strstr(text_of(build, "message"), "refused") != NULL, "%s",
              text_of(build, "message"));
    cr_assert_str_eq(text_of(step_of(build, 0, 0), "status"), "success");
    cr_assert_str_eq(text_of(step_of(build, 0, 1), "status"), "aborted");
    cr_assert_str_eq(text_of(step_of(build, 0, 1), "reason"), "engine-failed");
    cr_assert_str_eq(text_of(step_of(build, 0, 2), "status"), "skipped");
    cr_assert_str_eq(text_of(stage_of(build, 0), "status"), "aborted");
    cr_assert_str_eq(text_of(stage_of(build, 1), "status"), "skipped");
    cr_assert(strstr(events, "step-completed A/b\n") != NULL, "%s", events);
    cr_assert_str_eq(text_of(next, "status"), "success");
    free(events);
    json_decref(build);
    json_decref(next);
}

static int flood(void *self, chengis_step_context *context, int32_t *exit_code)
{
    static const char text[4096];

    (void)self;
    *exit_code = 1;
    while (chengis_step_context_write(context, text, sizeof(text)) == 0)
        ;
    return 0;
}

static void open_with_flood(struct fixture *f)
{
    chengis_engine_options options = CHENGIS_ENGINE_OPTIONS_INIT;
    chengis_step_executor executor = {
        .struct_size = sizeof(executor), .name = "flood", .run = flood};
    chengis_registry *registry = NULL;

    options.max_steps = 2;
    f->dir = temp_dir();
    assert_ok(chengis_registry_new(&registry, NULL));
    assert_ok(chengis_registry_add_builtins(registry));
    assert_ok(chengis_registry_add_step_executor(registry, &executor));
    assert_ok(chengis_store_open(&f->store, path_in(f->dir, "state/chengis.db"), NULL));
    assert_ok(chengis_engine_new(&f->engine, f->store, registry, &options));
    (void)chengis_registry_unref(registry);
}

Test(engine_store_failure, a_plugin_that_writes_without_end_does_not_hang_the_build, .timeout = 60)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {0};
    json_t *build, *next;

    open_with_flood(&f);
    sql(&f, refuse_step_b);
    build = run_yaml(&f, "name: j\nstages:\n- name: A\n  parallel: true\n  steps:\n"
                         "  - {name: f, type: flood, run: x}\n  - {name: a, run: 'sleep 0.1'}\n"
                         "  - {name: b, run: 'true'}\n");
    next = run_yaml(&f, quick);

    cr_assert_str_eq(text_of(step_of(build, 0, 0), "status"), "aborted");
    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(next, "status"), "success");
    json_decref(build);
    json_decref(next);
}

Test(engine_store_failure, an_end_that_could_not_be_stored_is_stored_once_it_can)
{
    FIXTURE(f);
    chengis_status status = CHENGIS_STATUS_UNKNOWN;
    chengis_build *build;

    sql(&f, refuse_success);
    build = submit(&f, quick, NULL);
    assert_err(chengis_build_wait(build, 60000), CHENGIS_ERR_DATABASE, "refused");
    assert_ok(chengis_build_status(&status, build));
    cr_assert_eq(status, CHENGIS_STATUS_RUNNING);

    sql(&f, allow);
    for (int i = 0; i < 2000 && status != CHENGIS_STATUS_SUCCESS; i++) {
        usleep(5000);
        assert_ok(chengis_build_status(&status, build));
    }
    cr_assert_eq(status, CHENGIS_STATUS_SUCCESS);
    cr_assert_eq(chengis_build_wait(build, 0), 1);
    (void)chengis_build_unref(build);
}

Test(engine_store_failure, an_end_that_could_not_be_stored_is_stored_at_stop)
{
    FIXTURE(f);
    chengis_build *build;
    json_t *object;

    sql(&f, refuse_success);
    build = submit(&f, quick, NULL);
    assert_err(chengis_build_wait(build, 60000), CHENGIS_ERR_DATABASE, "refused");
    sql(&f, allow);
    assert_ok(chengis_engine_stop(f.engine, 0));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "success");
    json_decref(object);
    (void)chengis_build_unref(build);
}

Test(engine_store_failure, an_end_that_can_never_be_stored_leaves_the_build_to_recovery)
{
    FIXTURE(f);
    chengis_build *build, *found = NULL;
    chengis_status status;
    char *id;

    sql(&f, refuse_success);
    build = submit(&f, quick, NULL);
    assert_err(chengis_build_wait(build, 60000), CHENGIS_ERR_DATABASE, "refused");
    id = strdup(chengis_build_id(build));
    (void)chengis_build_unref(build);
    fixture_close(&f);
    fixture_open(&f, NULL);
    assert_ok(chengis_build_get(&found, f.engine, NULL, id));
    assert_ok(chengis_build_status(&status, found));

    cr_assert_eq(status, CHENGIS_STATUS_ABORTED);
    free(id);
    (void)chengis_build_unref(found);
}

Test(engine_store_failure, submit_fails_when_the_build_cannot_be_stored)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    request.pipeline = parse_yaml(quick);
    sql(&f, refuse_builds);
    assert_err(chengis_engine_submit(&build, f.engine, &request), CHENGIS_ERR_DATABASE, "refused");
    cr_assert_null(build);

    sql(&f, allow);
    json_decref(run_yaml(&f, quick));
    (void)chengis_pipeline_unref(request.pipeline);
}

static void one_build(chengis_engine_options *options)
{
    options->max_builds = 1;
}

Test(engine_store_failure, a_cancel_that_could_not_be_stored_is_stored_once_it_can)
{
    static const char refuse_aborted[] = REFUSE("UPDATE ON builds WHEN NEW.status = 'aborted'");
    FIXTURE_WITH(f, one_build);
    chengis_build *first =
        submit(&f, "name: x\nstages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *second = submit(&f, quick, NULL);
    json_t *object;

    sql(&f, refuse_aborted);
    assert_err(chengis_build_cancel(second, "enough"), CHENGIS_ERR_DATABASE, "refused");
    assert_err(chengis_build_wait(second, 0), CHENGIS_ERR_DATABASE, "refused");
    sql(&f, allow);
    assert_ok(chengis_engine_stop(f.engine, 0));
    object = finish(second);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "message"), "enough");
    json_decref(object);
    (void)chengis_build_unref(first);
    (void)chengis_build_unref(second);
}

Test(engine_store_failure, the_outcome_is_stored_though_memory_ran_out_for_the_rest)
{
    static const char queued[] = "UPDATE builds SET status = 'queued', finished_at = NULL";
    FIXTURE(f);
    const struct chg_scope scope = {CHG_DEFAULT_ORG};
    json_t *build = run_yaml(&f, quick);
    chengis_build *found = NULL;
    struct chg_run *run = NULL;
    chengis_status status;

    sql(&f, queued);
    assert_ok(chg_run_load(&run, f.engine, &scope, text_of(build, "id"), true));
    fault_alloc(1);
    chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_INTERRUPTED, NULL, NULL,
                      CHENGIS_STATUS_UNKNOWN, NULL);
    cr_assert(fault_alloc_off());
    assert_ok(chg_run_close(run, "interrupted", "gone"));
    (void)chg_run_unref(run);
    assert_ok(chengis_build_get(&found, f.engine, NULL, text_of(build, "id")));
    assert_ok(chengis_build_status(&status, found));

    cr_assert_eq(status, CHENGIS_STATUS_ABORTED);
    json_decref(build);
    (void)chengis_build_unref(found);
}

/* ---- logs that cannot be kept ---- */

static void small_logs(chengis_engine_options *options)
{
    options->max_log_bytes = 1000;
}

Test(engine_store_failure, a_step_that_prints_more_than_the_limit_goes_on)
{
    FIXTURE_WITH(f, small_logs);
    json_t *build = run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'head -c 100000 "
                                 "/dev/zero | tr \"\\\\0\" x; echo; echo end'}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert(strlen(log) >= 1000 && strlen(log) < 1500, "%zu bytes", strlen(log));
    cr_assert_null(strstr(log, "end\n"));
    free(log);
    json_decref(build);
}

Test(engine_store_failure, a_step_whose_output_cannot_be_kept_fails)
{
    FIXTURE(f);
    char yaml[1024];
    json_t *build;

    snprintf(yaml, sizeof(yaml),
             "stages:\n- name: A\n  steps:\n  - {name: s, run: 'rm -rf %s/state/logs; echo lost; "
             "sleep 60'}\n",
             f.dir);
    build = run_yaml(&f, yaml);

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "log-failed");
    cr_assert_str_eq(text_of(step_of(build, 0, 0), "reason"), "log-failed");
    json_decref(build);
}
