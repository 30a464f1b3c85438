/* SPDX-License-Identifier: MIT */
/* A host that reaps every child takes exit statuses away from the library: steps may fail and say
 * why, but none hangs. */
#include "api.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 20

static atomic_bool over;

static void *reap_all(void *unused)
{
    const struct timespec pause = {.tv_nsec = 200000};

    (void)unused;
    while (!atomic_load(&over)) {
        if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
            nanosleep(&pause, NULL);
    }
    return NULL;
}

int main(void)
{
    chengis_engine *engine = NULL;
    pthread_t reaper;

    CHECK(chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
    CHECK(pthread_create(&reaper, NULL, reap_all, NULL) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        chengis_build *build = submit(engine, "      - {name: quick, run: 'true'}\n");
        char *json = NULL;

        CHECK(chengis_build_wait(build, 30000) == 1);
        if (status_of(build) != CHENGIS_STATUS_SUCCESS) {
            CHECK(chengis_build_json(&json, build) == 0);
            CHECK(strstr(json, "\"reason\":\"process-lost\"") != NULL);
            chengis_free(json);
        }
        chengis_build_unref(build);
    }
    atomic_store(&over, true);
    CHECK(pthread_join(reaper, NULL) == 0);
    chengis_engine_unref(engine);
    return 0;
}
