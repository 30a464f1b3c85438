/* SPDX-License-Identifier: MIT */
/* The bus: many subscriptions, live hints, who may see them. */
#include "events/bus.h"

#include "events_test.h"

static chengis_store *store;
static struct chg_bus *bus;
static char *first;
static char *second;

#define HINTS (UINT64_C(1) << CHENGIS_EVENT_LOG_LINE)

static void set_up(void)
{
    store = open_store(NULL);
    first = make_build(store, 1);
    second = make_build(store, 2);
    assert_ok(chg_bus_new(&bus, store));
}

static void tear_down(void)
{
    bus = chg_bus_unref(bus);
    (void)chengis_store_unref(store);
}

TestSuite(events_bus, .init = set_up, .fini = tear_down, .timeout = 60);

static void hint(const char *build, uint64_t step, uint64_t offset)
{
    chg_bus_publish_log_hint(bus, build, "Build", "make", step, offset);
}

static const char *next_data(chengis_subscription *sub)
{
    static char data[128];
    chengis_event *event = NULL;

    data[0] = '\0';
    if (chengis_subscription_next(&event, sub, 0) == 1)
        (void)snprintf(data, sizeof(data), "%s %s", chengis_event_name(event),
                       chengis_event_data(event));
    (void)chengis_event_unref(event);
    return data;
}

Test(events_bus, reaches_every_subscription)
{
    chengis_subscription *subs[20];

    for (size_t i = 0; i < 20; i++)
        subs[i] = subscribe(bus, (chengis_subscription_options){0});
    publish(store, bus, first, "a");
    for (size_t i = 0; i < 20; i += 2)
        (void)chengis_subscription_unref(subs[i]);
    publish(store, bus, first, "b");

    for (size_t i = 1; i < 20; i += 2) {
        cr_assert_str_eq(drain(subs[i]), "a.1 b.2 ");
        (void)chengis_subscription_unref(subs[i]);
    }
}

Test(events_bus, needs_no_subscription)
{
    publish(store, bus, first, "a");
    hint(first, 1, 10);

    cr_assert_not(chg_bus_wants_log_hints(bus, first));
    cr_assert_null(chg_bus_unref(NULL));
}

Test(events_bus, lets_a_subscription_outlive_it)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.build_id = first});

    bus = chg_bus_unref(bus);
    cr_assert_null(chengis_subscription_unref(sub));
    assert_ok(chg_bus_new(&bus, store));
}

Test(events_bus, knows_whether_hints_are_wanted)
{
    chengis_subscription *plain = subscribe(bus, (chengis_subscription_options){0});
    chengis_subscription *one;
    chengis_subscription *all;

    cr_assert_not(chg_bus_wants_log_hints(bus, first));
    one = subscribe(bus, (chengis_subscription_options){.build_id = first, .types = HINTS});
    cr_assert(chg_bus_wants_log_hints(bus, first));
    cr_assert_not(chg_bus_wants_log_hints(bus, second));
    all = subscribe(bus, (chengis_subscription_options){.types = HINTS});
    cr_assert(chg_bus_wants_log_hints(bus, second));
    (void)chengis_subscription_unref(all);
    (void)chengis_subscription_unref(one);

    cr_assert_not(chg_bus_wants_log_hints(bus, first));
    (void)chengis_subscription_unref(plain);
}

Test(events_bus, gives_hints_only_to_who_asked)
{
    chengis_subscription *plain = subscribe(bus, (chengis_subscription_options){0});
    chengis_subscription *asked = subscribe(
        bus, (chengis_subscription_options){.build_id = first, .types = HINTS | UINT64_C(1)});

    hint(first, 3, 100);

    cr_assert_not(is_readable(plain));
    cr_assert(is_readable(asked));
    cr_assert_str_eq(next_data(asked), "log-line {\"step\":3,\"offset\":100}");
    cr_assert_not(is_readable(asked));
    (void)chengis_subscription_unref(plain);
    (void)chengis_subscription_unref(asked);
}

Test(events_bus, describes_a_hint)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.types = HINTS});
    chengis_event *event = NULL;

    hint(first, 3, 100);
    cr_assert_eq(chengis_subscription_next(&event, sub, 0), 1);

    cr_assert_eq(chengis_event_get_type(event), CHENGIS_EVENT_LOG_LINE);
    cr_assert_eq(chengis_event_seq(event), 0);
    cr_assert_str_eq(chengis_event_cursor(event), "");
    cr_assert_str_eq(chengis_event_build_id(event), first);
    cr_assert_str_eq(chengis_event_stage(event), "Build");
    cr_assert_str_eq(chengis_event_step(event), "make");
    (void)chengis_event_unref(event);
    (void)chengis_subscription_unref(sub);
}

Test(events_bus, keeps_only_the_newest_hint_of_a_step)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.types = HINTS});

    hint(first, 1, 10);
    hint(first, 2, 5);
    hint(first, 1, 20);
    hint(second, 1, 7);
    hint(first, 1, 30);

    cr_assert_str_eq(next_data(sub), "log-line {\"step\":1,\"offset\":30}");
    cr_assert_str_eq(next_data(sub), "log-line {\"step\":2,\"offset\":5}");
    cr_assert_str_eq(next_data(sub), "log-line {\"step\":1,\"offset\":7}");
    cr_assert_str_eq(next_data(sub), "");
    (void)chengis_subscription_unref(sub);
}

Test(events_bus, drops_hints_beyond_a_bound)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.types = HINTS});
    int count = 0;

    for (uint64_t i = 1; i <= 5000; i++)
        hint(first, i, 1);
    while (next_data(sub)[0] != '\0')
        count++;

    cr_assert_eq(count, 1024);
    (void)chengis_subscription_unref(sub);
}

Test(events_bus, says_nothing_more_after_the_end_of_the_one_build)
{
    chengis_subscription *sub = subscribe(
        bus, (chengis_subscription_options){.build_id = first, .types = ~UINT64_C(0) >> 39});

    hint(first, 1, 10);
    publish(store, bus, first, "build-completed");
    cr_assert_str_eq(drain(sub), "build-completed.1 ");
    hint(first, 1, 20);

    cr_assert_str_eq(drain(sub), "");
    (void)chengis_subscription_unref(sub);
}

Test(events_bus, gives_no_hint_to_another_organisation)
{
    chengis_subscription *theirs =
        subscribe(bus, (chengis_subscription_options){.types = HINTS, .org = "other"});
    chengis_subscription *ours = subscribe(bus, (chengis_subscription_options){.types = HINTS});

    hint(first, 1, 10);
    hint("no such build", 1, 10);

    cr_assert_not(is_readable(theirs));
    cr_assert_str_eq(drain(ours), "log-line.0 ");
    (void)chengis_subscription_unref(theirs);
    (void)chengis_subscription_unref(ours);
}

Test(events_bus, survives_each_failing_allocation_of_a_hint)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.types = HINTS});
    bool reached = true;

    for (unsigned nth = 1; reached; nth++) {
        fault_alloc(nth);
        hint(first, nth, 1);
        reached = fault_alloc_off();
    }

    cr_assert(is_readable(sub));
    (void)chengis_subscription_unref(sub);
}
