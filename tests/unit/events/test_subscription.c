/* SPDX-License-Identifier: MIT */
/* Delivery: every matching event once and in order, and a descriptor that tells the truth. */
#include <pthread.h>

#include "events/events_priv.h"
#include "events_test.h"

static chengis_store *store;
static struct chg_bus *bus;
static chengis_subscription *sub;
static char *first;
static char *second;

static void set_up(void)
{
    store = open_store(NULL);
    first = make_build(store, 1);
    second = make_build(store, 2);
    assert_ok(chg_bus_new(&bus, store));
}

static void tear_down(void)
{
    (void)chengis_subscription_unref(sub);
    bus = chg_bus_unref(bus);
    (void)chengis_store_unref(store);
}

TestSuite(events_subscription, .init = set_up, .fini = tear_down, .timeout = 60);

static void publish_numbered(const char *build, int from, int to)
{
    for (int i = from; i <= to; i++)
        publish(store, bus, build, i % 2 == 0 ? "even" : "odd");
}

static void expect_numbered(int from, int to)
{
    char expected[8192] = "";
    size_t len = 0;

    for (int i = from; i <= to; i++)
        len += (size_t)snprintf(expected + len, sizeof(expected) - len, "%s.%d ",
                                i % 2 == 0 ? "even" : "odd", i);
    cr_assert_str_eq(drain(sub), expected);
}

Test(events_subscription, delivers_live_events_in_order)
{
    sub = subscribe(bus, (chengis_subscription_options){0});
    cr_assert_str_eq(drain(sub), "");

    publish(store, bus, first, "build-started");
    publish(store, bus, second, "build-started");
    publish(store, bus, first, "build-completed");

    cr_assert_str_eq(drain(sub), "build-started.1 build-started.1 build-completed.2 ");
}

Test(events_subscription, delivers_several_events_of_one_commit)
{
    struct batch batch = {
        .rows = {event_of(first, "a"), event_of(second, "b"), event_of(first, "c")}, .count = 3};

    sub = subscribe(bus, (chengis_subscription_options){0});
    assert_ok(chg_store_write(store, append_all, &batch));
    chg_bus_publish(bus, batch.rows, 3, CHG_DEFAULT_ORG);

    cr_assert_str_eq(drain(sub), "a.1 b.1 c.2 ");
}

Test(events_subscription, reads_one_build_from_its_first_event)
{
    publish_numbered(first, 1, 3);
    publish(store, bus, second, "other");
    sub = subscribe(bus, (chengis_subscription_options){.build_id = first});
    expect_numbered(1, 3);

    publish(store, bus, second, "other");
    publish_numbered(first, 4, 4);

    expect_numbered(4, 4);
}

Test(events_subscription, resumes_one_build_at_a_seq)
{
    publish_numbered(first, 1, 5);
    sub = subscribe(bus, (chengis_subscription_options){.build_id = first, .from_seq = 4});

    expect_numbered(4, 5);
}

Test(events_subscription, waits_for_a_seq_that_has_not_come)
{
    publish_numbered(first, 1, 2);
    sub = subscribe(bus, (chengis_subscription_options){.build_id = first, .from_seq = 5});
    publish_numbered(first, 3, 6);

    expect_numbered(5, 6);
}

Test(events_subscription, begins_with_now_for_all_builds)
{
    publish_numbered(first, 1, 2);
    sub = subscribe(bus, (chengis_subscription_options){0});
    cr_assert_str_eq(drain(sub), "");

    publish_numbered(first, 3, 3);

    expect_numbered(3, 3);
}

Test(events_subscription, begins_at_the_beginning_with_an_empty_cursor)
{
    publish_numbered(first, 1, 2);
    sub = subscribe(bus, (chengis_subscription_options){.cursor = ""});

    expect_numbered(1, 2);
}

Test(events_subscription, resumes_all_builds_behind_a_cursor)
{
    chengis_event *event = NULL;
    char cursor[32];

    publish_numbered(first, 1, 2);
    sub = subscribe(bus, (chengis_subscription_options){.cursor = ""});
    cr_assert_eq(chengis_subscription_next(&event, sub, 0), 1);
    (void)snprintf(cursor, sizeof(cursor), "%s", chengis_event_cursor(event));
    (void)chengis_event_unref(event);
    (void)chengis_subscription_unref(sub);
    publish_numbered(first, 3, 4);
    sub = subscribe(bus, (chengis_subscription_options){.cursor = cursor});

    expect_numbered(2, 4);
}

Test(events_subscription, loses_nothing_when_its_ring_overflows)
{
    sub = subscribe(bus, (chengis_subscription_options){.ring_size = 4});
    publish_numbered(first, 1, 300);

    expect_numbered(1, 300);
    publish_numbered(first, 301, 303);
    expect_numbered(301, 303);
}

Test(events_subscription, loses_nothing_with_a_ring_of_one)
{
    sub = subscribe(bus, (chengis_subscription_options){.build_id = first, .ring_size = 1});
    publish_numbered(first, 1, 20);

    expect_numbered(1, 20);
}

Test(events_subscription, goes_back_to_live_after_catching_up)
{
    sub = subscribe(bus, (chengis_subscription_options){.ring_size = 2});
    publish_numbered(first, 1, 10);
    expect_numbered(1, 10);
    publish_numbered(first, 11, 11);

    cr_assert_eq(sub->count, 1, "the event was taken from the publisher");
    cr_assert_not(sub->behind);
    expect_numbered(11, 11);
}

Test(events_subscription, puts_events_right_that_are_published_out_of_order)
{
    struct chg_event_row a;
    struct chg_event_row b;

    sub = subscribe(bus, (chengis_subscription_options){0});
    a = commit_event(store, first, "a");
    b = commit_event(store, first, "b");
    chg_bus_publish(bus, &b, 1, CHG_DEFAULT_ORG);
    cr_assert(is_readable(sub));
    chg_bus_publish(bus, &a, 1, CHG_DEFAULT_ORG);

    cr_assert_str_eq(drain(sub), "a.1 b.2 ");
}

Test(events_subscription, delivers_nothing_twice)
{
    struct chg_event_row a;

    sub = subscribe(bus, (chengis_subscription_options){.build_id = first});
    a = commit_event(store, first, "a");
    chg_bus_publish(bus, &a, 1, CHG_DEFAULT_ORG);
    chg_bus_publish(bus, &a, 1, CHG_DEFAULT_ORG);

    cr_assert_str_eq(drain(sub), "a.1 ");
}

Test(events_subscription, finds_what_was_committed_but_never_published)
{
    sub = subscribe(bus, (chengis_subscription_options){.build_id = first});
    (void)commit_event(store, first, "quiet");
    cr_assert_str_eq(drain(sub), "");
    publish(store, bus, first, "loud");

    cr_assert_str_eq(drain(sub), "quiet.1 loud.2 ");
}

#define TYPE(name) (UINT64_C(1) << CHENGIS_EVENT_##name)

Test(events_subscription, filters_by_type)
{
    sub = subscribe(bus, (chengis_subscription_options){.types = TYPE(BUILD_COMPLETED)});
    publish(store, bus, first, "build-started");
    cr_assert_not(is_readable(sub), "it has nothing for its reader");
    publish(store, bus, first, "build-completed");

    cr_assert_str_eq(drain(sub), "build-completed.2 ");
}

Test(events_subscription, filters_by_type_when_reading_the_store)
{
    for (int i = 0; i < 600; i++)
        (void)commit_event(store, first, "step-started");
    (void)commit_event(store, first, "build-completed");
    sub = subscribe(
        bus, (chengis_subscription_options){.build_id = first, .types = TYPE(BUILD_COMPLETED)});

    cr_assert_str_eq(drain(sub), "build-completed.601 ");
}

Test(events_subscription, passes_on_types_it_does_not_know)
{
    sub = subscribe(bus, (chengis_subscription_options){0});
    publish(store, bus, first, "moon-landed");

    cr_assert_str_eq(drain(sub), "moon-landed.1 ");
}

static void make_other_org(void)
{
    char sql[512];

    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO organizations (id, name, slug, created_at, updated_at) "
                   "VALUES ('other', 'O', 'o', 0, 0);"
                   "UPDATE builds SET org_id = 'other' WHERE id = '%s'",
                   second);
    assert_ok(run_script(store, sql));
}

Test(events_subscription, shows_nothing_of_other_organisations)
{
    struct chg_event_row theirs;

    make_other_org();
    sub = subscribe(bus, (chengis_subscription_options){0});
    theirs = commit_event(store, second, "secret");
    chg_bus_publish(bus, &theirs, 1, "other");
    cr_assert_str_eq(drain(sub), "");
    publish(store, bus, first, "ours");

    cr_assert_str_eq(drain(sub), "ours.1 ");
    cr_assert_not(sub->behind, "foreign events are no reason to read the store for ever");
}

Test(events_subscription, reads_past_events_of_other_organisations)
{
    make_other_org();
    for (int i = 0; i < 300; i++)
        (void)commit_event(store, second, "secret");
    (void)commit_event(store, first, "ours");
    (void)commit_event(store, second, "secret");
    sub = subscribe(bus, (chengis_subscription_options){.cursor = ""});
    cr_assert_str_eq(drain(sub), "ours.1 ");
    publish(store, bus, first, "live");

    cr_assert_eq(sub->count, 1);
    cr_assert_not(sub->behind);
    cr_assert_str_eq(drain(sub), "live.2 ");
}

Test(events_subscription, follows_no_build_of_another_organisation)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;

    opts.build_id = first;
    opts.org = "other";

    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_NOT_FOUND, "does not exist");
    cr_assert_null(sub);
}

Test(events_subscription, refuses_a_build_that_does_not_exist)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;

    opts.build_id = "none";

    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_NOT_FOUND, "build 'none'");
}

Test(events_subscription, refuses_options_that_mean_nothing)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;

    opts.types = UINT64_C(1) << 40;
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "types");
    opts.types = 0;
    opts.cursor = "7up";
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "cursor '7up'");
    opts.cursor = "-1";
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "cursor '-1'");
    opts.cursor = "1000";
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "cursor '1000'");
    opts.build_id = first;
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "from_seq");
    opts.cursor = NULL;
    opts.from_seq = -3;
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "from_seq is -3");
    opts.from_seq = 0;
    opts.ring_size = 1000000;
    assert_err(chg_subscription_new(&sub, bus, &opts), CHENGIS_ERR_INVALID, "ring_size");
}

Test(events_subscription, refuses_what_is_no_subscription)
{
    chengis_event *event = NULL;
    int32_t fd = -1;

    sub = subscribe(bus, (chengis_subscription_options){0});
    assert_err(chengis_subscription_next(&event, NULL, 0), CHENGIS_ERR_INVALID, "sub");
    assert_err(chengis_subscription_next(NULL, sub, 0), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_subscription_next(&event, sub, -2), CHENGIS_ERR_INVALID, "timeout");
    assert_err(chengis_subscription_fd(&fd, NULL), CHENGIS_ERR_INVALID, "sub");
    assert_err(chengis_subscription_fd(NULL, sub), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_subscription_interrupt(NULL), CHENGIS_ERR_INVALID, "sub");
    assert_err(chengis_subscription_set_wakeup(NULL, NULL, NULL), CHENGIS_ERR_INVALID, "sub");
    cr_assert_null(chengis_subscription_unref(NULL));
    cr_assert_null(chengis_subscription_ref(NULL));
}

Test(events_subscription, gives_up_after_its_time)
{
    chengis_event *event = NULL;
    int64_t before = chg_clock_mono_ms();

    sub = subscribe(bus, (chengis_subscription_options){0});

    cr_assert_eq(chengis_subscription_next(&event, sub, 30), 0);
    cr_assert_geq(chg_clock_mono_ms() - before, 29);
    cr_assert_null(event);
}

static void *publish_one(void *userdata)
{
    publish(store, bus, userdata, "late");
    return NULL;
}

Test(events_subscription, wakes_a_reader_that_waits)
{
    pthread_t publisher;
    chengis_event *event = NULL;

    sub = subscribe(bus, (chengis_subscription_options){0});
    cr_assert_eq(pthread_create(&publisher, NULL, publish_one, first), 0);

    cr_assert_eq(chengis_subscription_next(&event, sub, -1), 1);
    cr_assert_str_eq(chengis_event_name(event), "late");
    (void)chengis_event_unref(event);
    (void)pthread_join(publisher, NULL);
}

static void *interrupt(void *userdata)
{
    (void)chengis_subscription_interrupt(userdata);
    return NULL;
}

Test(events_subscription, is_interrupted_from_another_thread)
{
    pthread_t other;
    chengis_event *event = NULL;

    sub = subscribe(bus, (chengis_subscription_options){0});
    cr_assert_eq(pthread_create(&other, NULL, interrupt, sub), 0);

    assert_err(chengis_subscription_next(&event, sub, -1), CHENGIS_ERR_INTERRUPTED, "interrupted");
    (void)pthread_join(other, NULL);
}

Test(events_subscription, remembers_an_interrupt_for_the_next_reader)
{
    chengis_event *event = NULL;

    sub = subscribe(bus, (chengis_subscription_options){0});
    publish(store, bus, first, "kept");
    assert_ok(chengis_subscription_interrupt(sub));

    assert_err(chengis_subscription_next(&event, sub, 0), CHENGIS_ERR_INTERRUPTED, "interrupted");
    cr_assert_str_eq(drain(sub), "kept.1 ");
}

static void count_wake(void *userdata)
{
    ++*(int *)userdata;
}

Test(events_subscription, calls_the_wakeup_when_it_becomes_readable)
{
    int calls = 0;

    sub = subscribe(bus, (chengis_subscription_options){0});
    assert_ok(chengis_subscription_set_wakeup(sub, count_wake, &calls));
    cr_assert_eq(calls, 0);
    publish(store, bus, first, "a");
    publish(store, bus, first, "b");
    cr_assert_eq(calls, 1);
    (void)drain(sub);
    publish(store, bus, first, "c");

    cr_assert_eq(calls, 2);
}

Test(events_subscription, calls_a_wakeup_at_once_that_comes_late)
{
    int calls = 0;

    sub = subscribe(bus, (chengis_subscription_options){0});
    publish(store, bus, first, "a");
    assert_ok(chengis_subscription_set_wakeup(sub, count_wake, &calls));

    cr_assert_eq(calls, 1);
}

Test(events_subscription, forgets_a_wakeup_that_was_taken_back)
{
    int calls = 0;

    sub = subscribe(bus, (chengis_subscription_options){0});
    assert_ok(chengis_subscription_set_wakeup(sub, count_wake, &calls));
    assert_ok(chengis_subscription_set_wakeup(sub, NULL, NULL));
    publish(store, bus, first, "a");

    cr_assert_eq(calls, 0);
}

Test(events_subscription, stays_readable_without_its_bus)
{
    chengis_event *event = NULL;

    sub = subscribe(bus, (chengis_subscription_options){.build_id = first, .ring_size = 2});
    publish_numbered(first, 1, 5);
    bus = chg_bus_unref(bus);
    expect_numbered(1, 5);

    assert_err(chengis_subscription_next(&event, sub, -1), CHENGIS_ERR_STATE, "has stopped");
    assert_err(chengis_subscription_next(&event, sub, 60000), CHENGIS_ERR_STATE, "has stopped");
    (void)commit_event(store, first, "even");
    cr_assert_eq(chengis_subscription_next(&event, sub, -1), 1);
    (void)chengis_event_unref(event);
    assert_ok(chg_bus_new(&bus, store));
}

static void *wait_for_ever(void *userdata)
{
    chengis_event *event = NULL;

    *(int *)userdata = chengis_subscription_next(&event, sub, -1);
    return NULL;
}

Test(events_subscription, ends_the_wait_when_the_bus_goes)
{
    pthread_t waiter;
    int rc = 0;

    sub = subscribe(bus, (chengis_subscription_options){0});
    cr_assert_eq(pthread_create(&waiter, NULL, wait_for_ever, &rc), 0);
    bus = chg_bus_unref(bus);
    (void)pthread_join(waiter, NULL);

    cr_assert_eq(rc, CHENGIS_ERR_STATE);
    assert_ok(chg_bus_new(&bus, store));
}

Test(events_subscription, keeps_the_store_alive)
{
    sub = subscribe(bus, (chengis_subscription_options){.build_id = first});
    publish_numbered(first, 1, 2);
    bus = chg_bus_unref(bus);
    (void)chengis_store_unref(store);

    expect_numbered(1, 2);
    sub = chengis_subscription_unref(sub);
    store = open_store(NULL);
    assert_ok(chg_bus_new(&bus, store));
}

Test(events_subscription, reports_a_store_that_cannot_be_read)
{
    chengis_event *event = NULL;

    sub = subscribe(bus, (chengis_subscription_options){.build_id = first});
    publish_numbered(first, 1, 1);
    assert_ok(run_script(store, "ALTER TABLE build_events RENAME TO hidden"));
    expect_numbered(1, 1);
    chg_subscription_note_foreign(sub);
    chg_subscription_settle(sub);
    cr_assert(is_readable(sub), "its reader has something to learn");
    assert_err(chengis_subscription_next(&event, sub, 0), CHENGIS_ERR_DATABASE, "build_events");
    assert_ok(run_script(store, "ALTER TABLE hidden RENAME TO build_events"));
    publish_numbered(first, 2, 2);

    expect_numbered(2, 2);
}

Test(events_subscription, survives_each_failing_allocation_of_its_making)
{
    bool reached = true;

    publish_numbered(first, 1, 3);
    for (unsigned nth = 1; reached; nth++) {
        chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
        int rc;

        opts.build_id = first;
        fault_alloc(nth);
        rc = chg_subscription_new(&sub, bus, &opts);
        reached = fault_alloc_off();
        cr_assert(rc == 0 || (rc == CHENGIS_ERR_NO_MEMORY && sub == NULL), "allocation %u: %d", nth,
                  rc);
        if (sub != NULL)
            expect_numbered(1, 3);
        sub = chengis_subscription_unref(sub);
    }
}

Test(events_subscription, loses_nothing_when_a_publisher_is_out_of_memory)
{
    struct chg_event_row row;

    sub = subscribe(bus, (chengis_subscription_options){.build_id = first});
    for (unsigned nth = 1; nth <= 12; nth++) {
        row = commit_event(store, first, nth % 2 == 0 ? "even" : "odd");
        fault_alloc(nth);
        chg_bus_publish(bus, &row, 1, CHG_DEFAULT_ORG);
        (void)fault_alloc_off();
    }
    publish_numbered(first, 13, 13);

    while (sub->broken) {
        chengis_event *event = NULL;

        (void)chengis_subscription_next(&event, sub, 0);
        cr_assert_null(event);
    }
    expect_numbered(1, 13);
}
