/* SPDX-License-Identifier: MIT */
/* A host may fork while a build runs: the child leaves without touching the library, the build goes
 * on. */
#include "api.h"

#include <sys/wait.h>
#include <unistd.h>

static void fork_once(int code)
{
    pid_t pid = fork();
    int status = 0;

    CHECK(pid >= 0);
    if (pid == 0)
        _exit(code);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == code);
}

int main(void)
{
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *subscription = NULL;
    chengis_engine *engine = NULL;
    chengis_event *event = NULL;
    chengis_build *build;
    int events = 0;

    CHECK(chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
    build = submit(engine, "      - {name: a, run: sleep 0.2}\n"
                           "      - {name: b, run: 'echo done'}\n");
    options.build_id = chengis_build_id(build);
    CHECK(chengis_subscription_new(&subscription, engine, &options) == 0);

    while (chengis_build_wait(build, 0) == 0) {
        fork_once(7);
        if (chengis_subscription_next(&event, subscription, 50) == 1) {
            event = chengis_event_unref(event);
            events++;
        }
    }

    CHECK(events > 0);
    CHECK(status_of(build) == CHENGIS_STATUS_SUCCESS);
    chengis_subscription_unref(subscription);
    chengis_build_unref(build);
    chengis_engine_unref(engine);
    return 0;
}
