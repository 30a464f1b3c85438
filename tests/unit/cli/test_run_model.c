/* SPDX-License-Identifier: MIT */
/* What is known about a watched build. */
#include "cli/run_model.h"

#include "support.h"

static json_t *json_of(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);

    cr_assert_not_null(value, "%s", text);
    return value;
}

/* Take in an event; data is JSON text or NULL. */
static void happen(struct chg_run_model *model, chengis_event_type type, int64_t at,
                   const char *stage, const char *step, chengis_status status, const char *data)
{
    chg_autojson object = data == NULL ? NULL : json_of(data);
    struct chg_run_event event = {type, at, stage, step, status, object};

    assert_ok(chg_run_model_event(model, &event, NULL, NULL));
}

#define PLAN                                                                                       \
    "{\"stages\": [{\"stage-name\": \"build\", \"steps\": [{\"step-name\": \"compile\"}]},"        \
    "{\"stage-name\": \"test\", \"steps\": [{\"step-name\": \"unit\"}, {\"step-name\": "           \
    "\"lint\"}]}]}"

static void plan(struct chg_run_model *model)
{
    chg_autojson object = json_of(PLAN);

    assert_ok(chg_run_model_plan(model, object));
}

Test(cli_run_model, a_plan_says_what_will_come)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    plan(&model);

    cr_assert_eq(model.stages.len, 2);
    cr_expect_str_eq(model.stages.items[1]->name, "test");
    cr_assert_eq(model.stages.items[1]->steps.len, 2);
    cr_expect_str_eq(model.stages.items[1]->steps.items[1]->name, "lint");
    cr_expect_eq(model.stages.items[1]->steps.items[1]->status, CHENGIS_STATUS_QUEUED);
    chg_run_model_fini(&model);
}

Test(cli_run_model, events_move_steps_and_stages)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    struct chg_run_step *unit;

    plan(&model);
    happen(&model, CHENGIS_EVENT_STAGE_STARTED, 1000, "test", "", CHENGIS_STATUS_RUNNING, NULL);
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1000, "test", "unit", CHENGIS_STATUS_RUNNING,
           "{\"log\": 2}");
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1000, "test", "lint", CHENGIS_STATUS_RUNNING,
           "{\"log\": 3}");
    cr_expect_eq(model.running, 2);
    happen(&model, CHENGIS_EVENT_STEP_COMPLETED, 1500, "test", "unit", CHENGIS_STATUS_FAILURE,
           "{\"exit-code\": 3, \"reason\": \"exit-status\", \"log\": {\"step\": 2}}");

    unit = model.stages.items[1]->steps.items[0];
    cr_expect_eq(model.running, 1);
    cr_expect_eq(unit->status, CHENGIS_STATUS_FAILURE);
    cr_expect_eq(unit->log, 2);
    cr_expect_eq(unit->exit_code, 3);
    cr_expect_eq(unit->duration_ms, 500);
    cr_expect_str_eq(unit->reason, "exit-status");
    cr_expect_eq(model.stages.items[1]->status, CHENGIS_STATUS_RUNNING);
    chg_run_model_fini(&model);
}

Test(cli_run_model, events_without_a_plan_make_what_they_name)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    happen(&model, CHENGIS_EVENT_STEP_STARTED, 10, "a", "b", CHENGIS_STATUS_RUNNING, NULL);
    happen(&model, CHENGIS_EVENT_STAGE_SKIPPED, 20, "c", NULL, CHENGIS_STATUS_SKIPPED,
           "{\"reason\": \"condition-unmet\"}");

    cr_assert_eq(model.stages.len, 2);
    cr_expect_eq(model.stages.items[0]->steps.items[0]->status, CHENGIS_STATUS_RUNNING);
    cr_expect_eq(model.stages.items[1]->status, CHENGIS_STATUS_SKIPPED);
    cr_expect_str_eq(model.stages.items[1]->reason, "condition-unmet");
    chg_run_model_fini(&model);
}

Test(cli_run_model, steps_of_one_name_are_told_apart_by_their_log)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1, "a", "x", CHENGIS_STATUS_RUNNING, "{\"log\": 1}");
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 2, "a", "x", CHENGIS_STATUS_RUNNING, "{\"log\": 2}");
    happen(&model, CHENGIS_EVENT_STEP_COMPLETED, 3, "a", "x", CHENGIS_STATUS_SUCCESS,
           "{\"log\": {\"step\": 2}}");

    cr_assert_eq(model.stages.items[0]->steps.len, 2);
    cr_expect_eq(model.stages.items[0]->steps.items[0]->status, CHENGIS_STATUS_RUNNING);
    cr_expect_eq(model.stages.items[0]->steps.items[1]->status, CHENGIS_STATUS_SUCCESS);
    chg_run_model_fini(&model);
}

Test(cli_run_model, the_build_object_fills_in_everything)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    chg_autojson build = json_of(
        "{\"id\": \"1\", \"job\": \"demo\", \"number\": 4, \"status\": \"failure\","
        " \"reason\": \"step-failed\", \"message\": \"m\", \"duration-ms\": 90,"
        " \"started-at\": \"2026-01-31T12:00:00.123Z\", \"stages\": [{\"stage-name\": \"s\","
        " \"status\": \"failure\", \"duration-ms\": 80, \"steps\": [{\"step-name\": \"t\","
        " \"status\": \"failure\", \"exit-code\": null, \"signal\": 9, \"duration-ms\": 70,"
        " \"log\": {\"step\": 5, \"bytes\": 1}}]}]}");
    struct chg_run_stage *stage;
    struct chg_run_step *step;

    assert_ok(chg_run_model_build(&model, build));
    step = chg_run_model_failed(&model, &stage);

    cr_expect_str_eq(model.job, "demo");
    cr_expect_eq(model.number, 4);
    cr_expect_eq(model.status, CHENGIS_STATUS_FAILURE);
    cr_expect(model.started_at > 0);
    cr_assert_not_null(step);
    cr_expect_str_eq(stage->name, "s");
    cr_expect_eq(step->log, 5);
    cr_expect_eq(step->signal, 9);
    cr_expect_eq(step->exit_code, -1);
    chg_run_model_fini(&model);
}

Test(cli_run_model, a_failure_that_its_stage_survives_failed_nothing)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    struct chg_run_stage *stage;

    happen(&model, CHENGIS_EVENT_STEP_COMPLETED, 1, "a", "flaky", CHENGIS_STATUS_FAILURE, NULL);
    happen(&model, CHENGIS_EVENT_STAGE_COMPLETED, 2, "a", "", CHENGIS_STATUS_SUCCESS, NULL);
    happen(&model, CHENGIS_EVENT_STEP_COMPLETED, 3, "post:always", "mail", CHENGIS_STATUS_FAILURE,
           NULL);

    cr_expect_null(chg_run_model_failed(&model, &stage));
    chg_run_model_fini(&model);
}

Test(cli_run_model, what_it_does_not_understand_is_left_out)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    chg_autojson build = json_of("{\"stages\": [{}, {\"stage-name\": 7}, {\"stage-name\": \"s\","
                                 " \"status\": \"strange\", \"steps\": [{}]}], \"number\": \"x\"}");

    assert_ok(chg_run_model_build(&model, build));
    happen(&model, CHENGIS_EVENT_UNKNOWN, 1, "s", "", CHENGIS_STATUS_UNKNOWN, NULL);

    cr_expect_eq(model.stages.len, 1);
    cr_expect_eq(model.stages.items[0]->status, CHENGIS_STATUS_QUEUED);
    chg_run_model_fini(&model);
}

Test(cli_run_model, a_step_name_is_unique_or_not)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    plan(&model);
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1, "other", "unit", CHENGIS_STATUS_RUNNING, NULL);

    cr_expect(chg_run_model_is_unique(&model, "lint"));
    cr_expect_not(chg_run_model_is_unique(&model, "unit"));
    chg_run_model_fini(&model);
}

Test(cli_run_model, running_out_of_memory_is_reported)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    chg_autojson object = json_of(PLAN);

    fault_alloc(2);
    assert_err(chg_run_model_plan(&model, object), CHENGIS_ERR_NO_MEMORY, "out of memory");

    cr_expect(fault_alloc_off());
    chg_run_model_fini(&model);
}
