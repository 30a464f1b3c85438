/* SPDX-License-Identifier: MIT */
/* Several threads may stop one engine at once: each returns when nothing runs any more. */
#include "api.h"

#include <pthread.h>

#define ROUNDS  20
#define CALLERS 4

static void *stop(void *userdata)
{
    CHECK(chengis_engine_stop(userdata, 0) == 0);
    return NULL;
}

int main(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        chengis_engine *engine = NULL;
        chengis_build *build;
        pthread_t threads[CALLERS];

        CHECK(chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
        build = submit(engine, "      - name: wait\n        run: sleep 60\n");
        for (int k = 0; k < CALLERS; k++)
            CHECK(pthread_create(&threads[k], NULL, stop, engine) == 0);
        for (int k = 0; k < CALLERS; k++)
            CHECK(pthread_join(threads[k], NULL) == 0);
        CHECK(chengis_build_wait(build, 0) == 1);
        CHECK(status_of(build) == CHENGIS_STATUS_ABORTED);
        chengis_build_unref(build);
        CHECK(chengis_engine_stop(engine, 0) == 0);
        chengis_engine_unref(engine);
    }
    return 0;
}
