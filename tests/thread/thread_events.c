/* SPDX-License-Identifier: MIT */
/*
 * Publishers, readers, subscriptions that come and go, interrupts and wakeups at once; then the
 * same events followed from another process, which sleeps in between.
 */
#include <poll.h>
#include <stdatomic.h>

#include "base/thread.h"
#include "events/bus.h"
#include "store_load.h"

#define PUBLISHERS 3
#define EVENTS     200

static chengis_store *store;
static struct chg_bus *bus;
static char builds[PUBLISHERS][CHG_UUID_SIZE];
static atomic_int publishing;
static atomic_int wakeups;

static void publish_events(void *userdata)
{
    struct appended one = {.build = userdata, .type = "step-started"};

    for (int i = 1; i <= EVENTS; i++) {
        if (i == EVENTS)
            (void)strcpy(one.type, "build-completed");
        CHECK(append(store, &one) == 0);
        chg_bus_publish(bus, &one.row, 1, CHG_DEFAULT_ORG);
        chg_bus_publish_log_hint(bus, userdata, "Build", "make", 1, (uint64_t)i);
    }
    (void)atomic_fetch_sub(&publishing, 1);
}

static void count_wakeup(void *userdata)
{
    (void)userdata;
    (void)atomic_fetch_add(&wakeups, 1);
}

/* All stored events of one build, by poll, in order. */
static void read_one_build(void *userdata)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *sub = NULL;
    struct pollfd fd = {.events = POLLIN};
    int64_t last = 0;

    opts.build_id = userdata;
    opts.ring_size = 8;
    opts.types = (UINT64_C(1) << (CHENGIS_EVENT_LOG_LINE + 1)) - 1;
    CHECK(chg_subscription_new(&sub, bus, &opts) == 0);
    CHECK(chengis_subscription_set_wakeup(sub, count_wakeup, NULL) == 0);
    CHECK(chengis_subscription_fd(&fd.fd, sub) == 0);
    while (last < EVENTS) {
        chengis_event *event = NULL;

        CHECK(poll(&fd, 1, 60000) == 1);
        CHECK(chengis_subscription_next(&event, sub, 0) == 1);
        if (chengis_event_seq(event) != 0)
            CHECK(chengis_event_seq(event) == ++last);
        CHECK(chengis_event_json(event) != NULL);
        (void)chengis_event_unref(event);
    }
    (void)chengis_subscription_unref(sub);
}

/* All events of all builds; two threads share the subscription. */
static chengis_subscription *shared;
static atomic_int shared_count;

static void read_shared(void *userdata)
{
    (void)userdata;
    for (;;) {
        chengis_event *event = NULL;
        int rc = chengis_subscription_next(&event, shared, -1);

        if (rc == CHENGIS_ERR_INTERRUPTED)
            return;
        CHECK(rc == 1);
        (void)chengis_event_unref(event);
        if (atomic_fetch_add(&shared_count, 1) + 1 == PUBLISHERS * EVENTS) {
            CHECK(chengis_subscription_interrupt(shared) == 0); /* the other one, or this */
            return;
        }
    }
}

static void come_and_go(void *userdata)
{
    (void)userdata;
    while (atomic_load(&publishing) > 0) {
        chengis_subscription *sub = NULL;
        chengis_event *event = NULL;

        CHECK(chg_subscription_new(&sub, bus, NULL) == 0);
        CHECK(chengis_subscription_set_wakeup(sub, count_wakeup, NULL) == 0);
        CHECK(chengis_subscription_next(&event, sub, 1) >= 0);
        (void)chengis_event_unref(event);
        (void)chengis_subscription_unref(sub);
    }
}

static void run_threads(const char *path)
{
    struct chg_thread publishers[PUBLISHERS];
    struct chg_thread readers[PUBLISHERS];
    struct chg_thread others[3];

    store = open_database(path);
    CHECK(chg_bus_new(&bus, store) == 0);
    atomic_store(&publishing, PUBLISHERS);
    atomic_store(&shared_count, 0);
    CHECK(chg_subscription_new(&shared, bus, NULL) == 0);
    for (int i = 0; i < PUBLISHERS; i++)
        make_build(store, builds[i]);
    CHECK(chg_thread_start(&others[0], "shared", read_shared, NULL) == 0);
    CHECK(chg_thread_start(&others[1], "shared", read_shared, NULL) == 0);
    CHECK(chg_thread_start(&others[2], "visitor", come_and_go, NULL) == 0);
    for (int i = 0; i < PUBLISHERS; i++) {
        CHECK(chg_thread_start(&publishers[i], "publisher", publish_events, builds[i]) == 0);
        CHECK(chg_thread_start(&readers[i], "reader", read_one_build, builds[i]) == 0);
    }
    for (int i = 0; i < PUBLISHERS; i++) {
        chg_thread_join(&publishers[i]);
        chg_thread_join(&readers[i]);
    }
    for (int i = 0; i < 3; i++)
        chg_thread_join(&others[i]);
    CHECK(atomic_load(&shared_count) == PUBLISHERS * EVENTS);
    (void)chg_bus_unref(bus);
    (void)chengis_subscription_unref(shared); /* after its bus */
    (void)chengis_store_unref(store);
}

/* The other process: follow a build to its end, waiting without a limit. */
static int follow(const char *path, const char *build)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *sub = NULL;
    int64_t last = 0;
    bool over = false;

    store = open_database(path);
    CHECK(chg_bus_new(&bus, store) == 0);
    opts.build_id = build;
    CHECK(chg_subscription_new(&sub, bus, &opts) == 0);
    while (!over) {
        chengis_event *event = NULL;

        CHECK(chengis_subscription_next(&event, sub, -1) == 1);
        CHECK(chengis_event_seq(event) == ++last);
        over = chengis_event_get_type(event) == CHENGIS_EVENT_BUILD_COMPLETED;
        (void)chengis_event_unref(event);
    }
    (void)chg_bus_unref(bus);
    (void)chengis_subscription_unref(sub);
    (void)chengis_store_unref(store);
    return last == EVENTS ? 0 : 1;
}

static void run_processes(const char *path)
{
    struct appended one = {.build = builds[0], .type = "step-started"};
    pid_t pid;

    store = open_database(path);
    make_build(store, builds[0]);
    CHECK(append(store, &one) == 0);
    pid = start_self("follow", path, builds[0]);
    for (int i = 2; i <= EVENTS; i++) {
        if (i == EVENTS)
            (void)strcpy(one.type, "build-completed");
        CHECK(append(store, &one) == 0);
    }
    CHECK(exit_code_of(pid) == 0);
    (void)chengis_store_unref(store);
}

int main(int argc, char **argv)
{
    struct place place;

    if (argc >= 4)
        return follow(argv[2], argv[3]);
    place = make_place();
    run_threads(place.database);
    run_threads(NULL);
    run_processes(place.database);
    remove_place(&place);
    return 0;
}
