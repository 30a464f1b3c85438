/* SPDX-License-Identifier: MIT */
/* Events of other processes: here another handle of the same database, which is the same to the
 * watcher. */
#include <stdatomic.h>

#include "events_test.h"

static char *dir;
static chengis_store *store;
static chengis_store *other;
static struct chg_bus *bus;
static char *build;

static void set_up(void)
{
    dir = temp_dir();
    store = open_store(path_in(dir, "a.db"));
    other = open_store(path_in(dir, "a.db"));
    build = make_build(store, 1);
    assert_ok(chg_bus_new(&bus, store));
}

static void tear_down(void)
{
    bus = chg_bus_unref(bus);
    (void)chengis_store_unref(other);
    (void)chengis_store_unref(store);
    temp_dir_remove(dir);
}

TestSuite(events_watcher, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_next(chengis_subscription *sub, const char *type, int64_t seq)
{
    chengis_event *event = NULL;

    assert_ok(chengis_subscription_next(&event, sub, 30000));
    cr_assert_not_null(event, "%s did not come", type);
    cr_assert_str_eq(chengis_event_name(event), type);
    cr_assert_eq(chengis_event_seq(event), seq);
    (void)chengis_event_unref(event);
}

Test(events_watcher, delivers_what_another_process_commits)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.build_id = build});

    (void)commit_event(other, build, "build-started");
    expect_next(sub, "build-started", 1);
    (void)commit_event(other, build, "build-completed");

    expect_next(sub, "build-completed", 2);
    (void)chengis_subscription_unref(sub);
}

Test(events_watcher, mixes_foreign_and_own_events_in_order)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){0});

    for (int i = 1; i <= 50; i++) {
        if (i % 3 == 0)
            (void)commit_event(other, build, "x");
        else
            publish(store, bus, build, "x");
    }

    for (int i = 1; i <= 50; i++)
        expect_next(sub, "x", i);
    cr_assert_str_eq(drain(sub), "");
    (void)chengis_subscription_unref(sub);
}

Test(events_watcher, does_not_wake_who_wants_other_events)
{
    chengis_subscription_options opts = {.types = UINT64_C(1) << CHENGIS_EVENT_BUILD_COMPLETED};
    chengis_subscription *picky = subscribe(bus, opts);
    chengis_subscription *all = subscribe(bus, (chengis_subscription_options){0});

    (void)commit_event(other, build, "step-started");
    expect_next(all, "step-started", 1);
    cr_assert_str_eq(drain(picky), "");
    (void)commit_event(other, build, "build-completed");

    expect_next(picky, "build-completed", 2);
    (void)chengis_subscription_unref(picky);
    (void)chengis_subscription_unref(all);
}

struct told {
    atomic_int calls;
    chengis_subscription *interrupt;
};

static void tell(void *userdata)
{
    struct told *told = userdata;

    (void)atomic_fetch_add(&told->calls, 1);
    (void)chengis_subscription_interrupt(told->interrupt);
}

Test(events_watcher, tells_the_engine_of_commits_without_events)
{
    chengis_subscription *waiter = subscribe(bus, (chengis_subscription_options){0});
    struct told told = {.interrupt = waiter};
    chengis_event *event = NULL;

    assert_ok(chg_bus_on_foreign_commit(bus, tell, &told));
    assert_ok(run_script(other, "UPDATE builds SET cancel_level = 1"));

    cr_assert_eq(chengis_subscription_next(&event, waiter, 30000), CHENGIS_ERR_INTERRUPTED);
    cr_assert_geq(atomic_load(&told.calls), 1);
    bus = chg_bus_unref(bus);
    (void)chengis_subscription_unref(waiter);
    assert_ok(chg_bus_new(&bus, store));
}

Test(events_watcher, tells_the_engine_nothing_of_its_own_commits)
{
    chengis_subscription *waiter = subscribe(bus, (chengis_subscription_options){0});
    struct told told = {.interrupt = waiter};
    chengis_event *event = NULL;

    assert_ok(chg_bus_on_foreign_commit(bus, tell, &told));
    for (int i = 0; i < 20; i++)
        (void)commit_event(store, build, "own");
    (void)commit_event(other, build, "foreign");
    while (chengis_subscription_next(&event, waiter, 30000) != CHENGIS_ERR_INTERRUPTED)
        event = chengis_event_unref(event);
    bus = chg_bus_unref(bus);

    cr_assert_eq(atomic_load(&told.calls), 1);
    (void)chengis_subscription_unref(waiter);
    assert_ok(chg_bus_new(&bus, store));
}

Test(events_watcher, stops_with_the_bus)
{
    chengis_subscription *sub = subscribe(bus, (chengis_subscription_options){.build_id = build});

    bus = chg_bus_unref(bus);
    (void)commit_event(other, build, "later");

    expect_next(sub, "later", 1);
    (void)chengis_subscription_unref(sub);
    assert_ok(chg_bus_new(&bus, store));
}
