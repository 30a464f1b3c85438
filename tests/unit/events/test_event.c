/* SPDX-License-Identifier: MIT */
/* Events: what they hold and how they print. */
#include "events_test.h"

TestSuite(events_event);

static chengis_event *full_event(void)
{
    struct chg_event_row row = {.id = 42,
                                .seq = 7,
                                .build_id = text("b-1"),
                                .type = text("step-completed"),
                                .at = 1700000000123,
                                .stage_name = text("Build"),
                                .step_name = text("say \"hi\""),
                                .status = CHENGIS_STATUS_TIMED_OUT,
                                .data = text("{\"exit-code\":124}")};
    chengis_event *event = NULL;

    assert_ok(chg_event_new(&event, &row));
    return event;
}

static chengis_event *bare_event(const char *type)
{
    struct chg_event_row row = {.build_id = text("b-1"), .type = text(type), .at = 1};
    chengis_event *event = NULL;

    assert_ok(chg_event_new(&event, &row));
    return event;
}

Test(events_event, holds_what_happened)
{
    chengis_event *event = full_event();

    cr_assert_eq(chengis_event_get_type(event), CHENGIS_EVENT_STEP_COMPLETED);
    cr_assert_str_eq(chengis_event_name(event), "step-completed");
    cr_assert_eq(chengis_event_seq(event), 7);
    cr_assert_str_eq(chengis_event_cursor(event), "42");
    cr_assert_eq(chengis_event_at(event), 1700000000123);
    cr_assert_str_eq(chengis_event_build_id(event), "b-1");
    cr_assert_str_eq(chengis_event_stage(event), "Build");
    cr_assert_str_eq(chengis_event_step(event), "say \"hi\"");
    cr_assert_eq(chengis_event_status(event), CHENGIS_STATUS_TIMED_OUT);
    cr_assert_str_eq(chengis_event_data(event), "{\"exit-code\":124}");
    (void)chengis_event_unref(event);
}

Test(events_event, has_empty_texts_where_there_is_nothing)
{
    chengis_event *event = bare_event("build-queued");

    cr_assert_str_eq(chengis_event_stage(event), "");
    cr_assert_str_eq(chengis_event_step(event), "");
    cr_assert_str_eq(chengis_event_data(event), "{}");
    cr_assert_str_eq(chengis_event_cursor(event), "");
    cr_assert_eq(chengis_event_status(event), CHENGIS_STATUS_UNKNOWN);
    (void)chengis_event_unref(event);
}

Test(events_event, prints_as_one_line_of_json)
{
    chengis_event *event = full_event();

    cr_assert_str_eq(
        chengis_event_json(event),
        "{\"seq\":7,\"type\":\"step-completed\",\"at\":\"2023-11-14T22:13:20.123Z\","
        "\"build-id\":\"b-1\",\"stage-name\":\"Build\",\"step-name\":\"say \\\"hi\\\"\","
        "\"status\":\"timed-out\",\"data\":{\"exit-code\":124}}");
    cr_assert_eq(chengis_event_json(event), chengis_event_json(event));
    (void)chengis_event_unref(event);
}

Test(events_event, prints_null_for_what_it_is_not_about)
{
    chengis_event *event = bare_event("build-queued");

    cr_assert_str_eq(chengis_event_json(event),
                     "{\"seq\":0,\"type\":\"build-queued\",\"at\":\"1970-01-01T00:00:00.001Z\","
                     "\"build-id\":\"b-1\",\"stage-name\":null,\"step-name\":null,"
                     "\"status\":null,\"data\":{}}");
    (void)chengis_event_unref(event);
}

Test(events_event, keeps_the_name_of_a_type_it_does_not_know)
{
    chengis_event *event = bare_event("moon-landed");

    cr_assert_eq(chengis_event_get_type(event), CHENGIS_EVENT_UNKNOWN);
    cr_assert_str_eq(chengis_event_name(event), "moon-landed");
    (void)chengis_event_unref(event);
}

Test(events_event, names_every_type_once)
{
    for (int a = 1; a <= CHENGIS_EVENT_LOG_LINE; a++) {
        const char *name = chengis_event_type_name((chengis_event_type)a);

        cr_assert_str_neq(name, "unknown", "type %d has no name", a);
        for (int b = 1; b < a; b++)
            cr_assert_str_neq(chengis_event_type_name((chengis_event_type)b), name);
    }
    cr_assert_str_eq(chengis_event_type_name(CHENGIS_EVENT_UNKNOWN), "unknown");
    cr_assert_str_eq(chengis_event_type_name((chengis_event_type)999), "unknown");
}

Test(events_event, lives_until_the_last_reference)
{
    chengis_event *event = bare_event("build-queued");

    cr_assert_eq(chengis_event_ref(event), event);
    cr_assert_null(chengis_event_unref(event));
    cr_assert_str_eq(chengis_event_name(event), "build-queued");
    cr_assert_null(chengis_event_unref(event));
    cr_assert_null(chengis_event_unref(NULL));
    cr_assert_null(chengis_event_ref(NULL));
}

Test(events_event, gives_no_json_when_memory_is_out)
{
    chengis_event *event = full_event();
    bool reached = true;

    for (unsigned nth = 1; reached; nth++) {
        chengis_event *fresh = full_event();
        const char *json;

        fault_alloc(nth);
        json = chengis_event_json(fresh);
        reached = fault_alloc_off();
        cr_assert(json == NULL || strcmp(json, chengis_event_json(event)) == 0 || reached);
        (void)chengis_event_unref(fresh);
    }
    (void)chengis_event_unref(event);
}
