/* SPDX-License-Identifier: MIT */
/* The descriptor of a subscription tells the truth: readable exactly while an event is there, and
 * events have no gaps. */
#include "api.h"

#include <poll.h>

static bool readable(int32_t fd, int timeout_ms)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};

    return poll(&entry, 1, timeout_ms) == 1;
}

int main(void)
{
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *subscription = NULL;
    chengis_engine *engine = NULL;
    chengis_event *event = NULL;
    chengis_event_type last = CHENGIS_EVENT_UNKNOWN;
    chengis_build *build;
    int64_t seq = 0;
    int32_t fd = -1;

    CHECK(chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
    build = submit(engine, "      - {name: a, run: echo a}\n      - {name: b, run: echo b}\n");
    options.build_id = chengis_build_id(build);
    CHECK(chengis_subscription_new(&subscription, engine, &options) == 0);
    CHECK(chengis_subscription_fd(&fd, subscription) == 0);

    while (last != CHENGIS_EVENT_BUILD_COMPLETED) {
        CHECK(readable(fd, 30000));
        CHECK(chengis_subscription_next(&event, subscription, 0) == 1);
        CHECK(chengis_event_seq(event) == ++seq);
        CHECK(strcmp(chengis_event_build_id(event), chengis_build_id(build)) == 0);
        last = chengis_event_get_type(event);
        event = chengis_event_unref(event);
    }

    CHECK(!readable(fd, 0));
    CHECK(chengis_subscription_next(&event, subscription, 0) == 0);
    CHECK(event == NULL);
    CHECK(chengis_subscription_interrupt(subscription) == 0);
    CHECK(chengis_subscription_next(&event, subscription, -1) == CHENGIS_ERR_INTERRUPTED);

    chengis_subscription_unref(subscription);
    chengis_build_unref(build);
    chengis_engine_unref(engine);
    return 0;
}
