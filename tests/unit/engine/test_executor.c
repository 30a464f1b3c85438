/* SPDX-License-Identifier: MIT */
/* A build from submit to its last event: order, statuses, rows, commits. */
#include "engine_fixture.h"

#include "store/store.h"

#define TRIVIAL "name: t\nstages:\n- name: A\n  steps:\n  - {name: s, run: echo hello}\n"

Test(engine_executor, runs_a_trivial_build)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, TRIVIAL);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_str_eq(text_of(build, "job"), "t");
    cr_assert_eq(json_integer_value(json_object_get(build, "number")), 1);
    cr_assert_str_eq(text_of(step_of(build, 0, 0), "status"), "success");
    cr_assert_eq(json_integer_value(json_object_get(step_of(build, 0, 0), "exit-code")), 0);
    json_decref(build);
}

Test(engine_executor, writes_every_event_in_order_without_a_hole)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, TRIVIAL);
    char *events = events_of(&f, text_of(build, "id"));

    cr_assert_str_eq(events,
                     "build-queued\nbuild-started\nstage-started A\nstep-started A/s\n"
                     "step-completed A/s\nstage-completed A\nnotification-sent\nbuild-completed\n");
    free(events);
    json_decref(build);
}

Test(engine_executor, commits_a_trivial_build_twice)
{
    FIXTURE(f);
    uint64_t before = chg_store_commits(f.store);
    json_t *build = run_yaml(&f, TRIVIAL);

    cr_assert_eq(chg_store_commits(f.store) - before, 2);
    json_decref(build);
}

Test(engine_executor, keeps_the_log_of_a_step)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, TRIVIAL);
    char *log = log_of(&f, text_of(build, "id"), 1);
    json_t *place = json_object_get(step_of(build, 0, 0), "log");

    cr_assert_str_eq(log, "hello\n");
    cr_assert_eq(json_integer_value(json_object_get(place, "bytes")), 6);
    cr_assert_eq(json_integer_value(json_object_get(place, "lines")), 1);
    free(log);
    json_decref(build);
}

Test(engine_executor, keeps_output_and_errors_in_the_order_they_were_printed)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - name: s\n    run: |\n"
                     "      for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(log,
                     "o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\no6\ne6\no7\ne7\no8\ne8\no9\ne9\n");
    free(log);
    json_decref(build);
}

Test(engine_executor, stores_running_before_submit_returns)
{
    FIXTURE(f);
    chengis_build *build =
        submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 20}\n", NULL);
    chengis_status status = CHENGIS_STATUS_UNKNOWN;

    assert_ok(chengis_build_status(&status, build));

    cr_assert_eq(status, CHENGIS_STATUS_RUNNING);
    assert_ok(chengis_build_cancel(build, NULL));
    json_decref(finish(build));
    (void)chengis_build_unref(build);
}

Test(engine_executor, stops_at_the_first_failing_step_and_records_the_rest)
{
    FIXTURE(f);
    json_t *build = run_yaml(
        &f, "stages:\n- name: A\n  steps:\n  - {name: a, run: exit 7}\n  - {name: b, run: 'true'}\n"
            "- name: B\n  steps:\n  - {name: c, run: 'true'}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "step-failed");
    cr_assert_str_eq(text_of(build, "message"), "stage 'A', step 'a' ended with exit status 7");
    cr_assert_eq(json_integer_value(json_object_get(step_of(build, 0, 0), "exit-code")), 7);
    cr_assert_str_eq(text_of(step_of(build, 0, 1), "status"), "skipped");
    cr_assert_str_eq(text_of(step_of(build, 0, 1), "reason"), "earlier-failure");
    cr_assert_str_eq(text_of(stage_of(build, 1), "stage-name"), "B");
    cr_assert_str_eq(text_of(stage_of(build, 1), "status"), "skipped");
    json_decref(build);
}

Test(engine_executor, stops_a_command_text_at_its_first_failing_command)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: a, run: \"false\\necho never\"}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_empty(log);
    free(log);
    json_decref(build);
}

Test(engine_executor, runs_every_step_of_a_parallel_stage_though_one_fails)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  parallel: true\n  steps:\n  - {name: a, run: exit 1}\n"
                     "  - {name: b, run: 'sleep 0.2; echo done'}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(step_of(build, 0, 0), "status"), "failure");
    cr_assert_str_eq(text_of(step_of(build, 0, 1), "status"), "success");
    json_decref(build);
}

Test(engine_executor, runs_parallel_steps_at_the_same_time)
{
    FIXTURE(f);
    /* each step waits for the other's file: one after the other neither could end */
    json_t *build = run_yaml(
        &f, "stages:\n- name: A\n  parallel: true\n  steps:\n"
            "  - {name: a, run: 'touch a; until [ -e b ]; do sleep 0.01; done', timeout: 20s}\n"
            "  - {name: b, run: 'touch b; until [ -e a ]; do sleep 0.01; done', timeout: 20s}\n");

    cr_assert_str_eq(text_of(build, "status"), "success");
    json_decref(build);
}

Test(engine_executor, records_the_signal_that_killed_a_step)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: a, run: 'kill -9 $$'}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_eq(json_integer_value(json_object_get(step_of(build, 0, 0), "signal")), 9);
    cr_assert_str_eq(text_of(step_of(build, 0, 0), "reason"), "killed-by-signal");
    json_decref(build);
}

Test(engine_executor, numbers_the_builds_of_a_job_from_one_without_gaps)
{
    FIXTURE(f);
    json_t *first = run_yaml(&f, TRIVIAL), *second = run_yaml(&f, TRIVIAL);

    cr_assert_eq(json_integer_value(json_object_get(first, "number")), 1);
    cr_assert_eq(json_integer_value(json_object_get(second, "number")), 2);
    json_decref(first);
    json_decref(second);
}

Test(engine_executor, skips_what_its_condition_excludes)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair parameters[] = {{"branch", "feature/x"}, {"env", "test"}};
    json_t *build;

    request.parameters = parameters;
    request.parameter_count = 2;
    build = run_with(
        &f,
        "stages:\n- name: A\n  when: {branch: main}\n  steps:\n  - {name: s, run: exit 1}\n"
        "- name: B\n  when: {branch: 'feature/*'}\n  steps:\n  - {name: s, run: 'true'}\n"
        "- name: C\n  when: {param: env, value: prod}\n  steps:\n  - {name: s, run: exit 1}\n"
        "- name: D\n  steps:\n  - {name: s, run: exit 1, when: {param: env, value: prod}}\n",
        &request);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_str_eq(text_of(stage_of(build, 0), "status"), "skipped");
    cr_assert_str_eq(text_of(stage_of(build, 0), "reason"), "condition-unmet");
    cr_assert_str_eq(text_of(stage_of(build, 1), "status"), "success");
    cr_assert_str_eq(text_of(stage_of(build, 2), "status"), "skipped");
    cr_assert_str_eq(text_of(stage_of(build, 3), "status"), "skipped");
    json_decref(build);
}

Test(engine_executor, expands_a_matrix_into_stages_with_their_variables)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "matrix: {os: [linux, macos], v: [1.10, '2']}\nstages:\n- name: T\n  steps:\n"
                     "  - {name: s, run: 'echo $MATRIX_OS $MATRIX_V'}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_eq(json_array_size(json_object_get(build, "stages")), 4);
    cr_assert_str_eq(text_of(stage_of(build, 0), "stage-name"), "T [os=linux, v=1.10]");
    cr_assert_str_eq(log, "linux 1.10\n");
    free(log);
    json_decref(build);
}

Test(engine_executor, fails_a_matrix_beyond_its_limit_before_any_step)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "matrix: {a: [1,2,3,4,5,6], b: [1,2,3,4,5]}\nstages:\n- name: T\n  steps:\n"
                     "  - {name: s, run: 'true'}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "invalid-pipeline");
    cr_assert(strstr(text_of(build, "message"),
                     "Matrix produces 30 combinations, exceeding limit of 25") != NULL);
    cr_assert_eq(json_array_size(json_object_get(build, "stages")), 0);
    json_decref(build);
}

Test(engine_executor, refuses_an_unknown_step_type_before_any_step)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: a, run: 'touch ran'}\n"
                                 "  - {name: b, type: shel, run: 'true'}\n");
    char *events = events_of(&f, text_of(build, "id"));

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "unknown-step-type");
    cr_assert(strstr(text_of(build, "message"), "did you mean 'shell'") != NULL, "%s",
              text_of(build, "message"));
    cr_assert(strstr(events, "step-started") == NULL);
    free(events);
    json_decref(build);
}

Test(engine_executor, never_runs_a_container_step_on_the_host)
{
    FIXTURE(f);
    json_t *build = run_yaml(
        &f,
        "container: {image: alpine}\nstages:\n- name: A\n  steps:\n  - {name: a, run: 'true'}\n");

    cr_assert_str_eq(text_of(build, "reason"), "unknown-step-type");
    cr_assert(strstr(text_of(build, "message"), "docker") != NULL);
    json_decref(build);
}

Test(engine_executor, closes_a_gate_that_nobody_can_answer)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: Deploy\n  approval: {message: ship it}\n  steps:\n"
                     "  - {name: a, run: 'touch ran'}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "approval-unavailable");
    cr_assert_str_eq(text_of(stage_of(build, 0), "status"), "skipped");
    json_decref(build);
}

Test(engine_executor, runs_only_the_stages_asked_for)
{
    FIXTURE(f);
    const char *yaml =
        "stages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n- name: B\n  steps:\n"
        "  - {name: s, run: 'true'}\n- name: C\n  steps:\n  - {name: s, run: 'true'}\n";
    chengis_build_request only = CHENGIS_BUILD_REQUEST_INIT, from = CHENGIS_BUILD_REQUEST_INIT;
    json_t *first, *second;

    only.only_stage = "B";
    from.from_stage = "B";
    first = run_with(&f, yaml, &only);
    second = run_with(&f, yaml, &from);

    cr_assert_str_eq(text_of(stage_of(first, 0), "reason"), "not-selected");
    cr_assert_str_eq(text_of(stage_of(first, 1), "status"), "success");
    cr_assert_str_eq(text_of(stage_of(first, 2), "reason"), "not-selected");
    cr_assert_str_eq(text_of(stage_of(second, 0), "reason"), "not-selected");
    cr_assert_str_eq(text_of(stage_of(second, 2), "status"), "success");
    json_decref(first);
    json_decref(second);
}

Test(engine_executor, refuses_a_stage_that_is_not_there)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    request.pipeline = parse_yaml(TRIVIAL);
    request.only_stage = "Nope";

    assert_err(chengis_engine_submit(&build, f.engine, &request), CHENGIS_ERR_NOT_FOUND,
               "no stage 'Nope'");
    (void)chengis_pipeline_unref(request.pipeline);
}

Test(engine_executor, refuses_a_request_without_pipeline_and_source)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    assert_err(chengis_engine_submit(&build, f.engine, &request), CHENGIS_ERR_INVALID,
               "neither a pipeline nor a source");
}

Test(engine_executor, works_in_a_dir_of_the_workspace)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: a, run: 'mkdir -p x/y'}\n"
                     "  - {name: b, dir: x/y, run: 'basename $(pwd)'}\n");
    char *log = log_of(&f, text_of(build, "id"), 2);

    cr_assert_str_eq(log, "y\n");
    free(log);
    json_decref(build);
}

Test(engine_executor, fails_a_step_whose_dir_is_missing)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: b, dir: x, run: 'true'}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(step_of(build, 0, 0), "reason"), "start-failed");
    cr_assert(strstr(log, "dir 'x' is not a folder of the workspace") != NULL);
    free(log);
    json_decref(build);
}

Test(engine_executor, removes_the_workspace_unless_told_to_keep_it)
{
    FIXTURE(f);
    chengis_build_request keep = CHENGIS_BUILD_REQUEST_INIT;
    json_t *first = run_yaml(&f, TRIVIAL), *second;
    char gone[512], kept[512];

    keep.keep_workspace = true;
    second = run_with(&f, TRIVIAL, &keep);
    snprintf(gone, sizeof(gone), "%s/workspaces/%s", chengis_engine_state_dir(f.engine),
             text_of(first, "id"));
    snprintf(kept, sizeof(kept), "%s/workspaces/%s", chengis_engine_state_dir(f.engine),
             text_of(second, "id"));

    cr_assert_neq(access(gone, F_OK), 0);
    cr_assert_eq(access(kept, F_OK), 0);
    json_decref(first);
    json_decref(second);
}

Test(engine_executor, fails_a_workspace_that_cannot_be_made)
{
    FIXTURE(f);
    char command[600];
    json_t *build;

    snprintf(command, sizeof(command), "rmdir '%s/workspaces' && touch '%s/workspaces'",
             chengis_engine_state_dir(f.engine), chengis_engine_state_dir(f.engine));
    cr_assert_eq(system(command), 0);
    build = run_yaml(&f, TRIVIAL);

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "workspace");
    cr_assert(strstr(text_of(build, "message"), "workspaces") != NULL);
    json_decref(build);
}

Test(engine_executor, gives_the_whole_log_in_parts_that_any_reader_can_go_on_from)
{
    FIXTURE(f);
    json_t *object = run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: a, run: 'echo first'}\n"
                                  "  - {name: b, run: 'echo second'}\n");
    chengis_build *build = NULL;
    char text[256] = "", part[4];
    int64_t offset = 0;
    size_t len = 1, total = 0;

    assert_ok(chengis_build_get(&build, f.engine, NULL, text_of(object, "id")));
    while (len > 0) {
        chengis_log_reader *log = NULL;

        assert_ok(chengis_log_reader_open(&log, build, -1));
        assert_ok(chengis_log_reader_read(&len, log, &offset, part, sizeof(part)));
        memcpy(text + total, part, len);
        total += len;
        (void)chengis_log_reader_unref(log);
    }

    cr_assert(strncmp(text, "first\nsecond\nBuild #1", 20) == 0, "%s", text);
    (void)chengis_build_unref(build);
    json_decref(object);
}
