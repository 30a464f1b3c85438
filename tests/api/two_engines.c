/* SPDX-License-Identifier: MIT */
/* Two engines in one process share nothing: ids, numbers, logs and ends are their own. */
#include "api.h"

int main(void)
{
    static const char steps[] = "      - name: say\n        run: echo \"I am $BUILD_ID\"\n";
    chengis_engine *engines[2] = {NULL, NULL};
    chengis_build *builds[2];
    chengis_build *found = NULL;
    chengis_engine *third = NULL;

    for (int i = 0; i < 2; i++)
        CHECK(chengis_engine_new(&engines[i], NULL, NULL, NULL) == 0);
    CHECK(strcmp(chengis_engine_state_dir(engines[0]), chengis_engine_state_dir(engines[1])) != 0);
    for (int i = 0; i < 2; i++)
        builds[i] = submit(engines[i], steps);
    for (int i = 0; i < 2; i++) {
        char *log;

        CHECK(chengis_build_wait(builds[i], 30000) == 1);
        CHECK(status_of(builds[i]) == CHENGIS_STATUS_SUCCESS);
        CHECK(chengis_build_number(builds[i]) == 1);
        log = log_of(builds[i]);
        CHECK(strstr(log, chengis_build_id(builds[i])) != NULL);
        CHECK(strstr(log, chengis_build_id(builds[1 - i])) == NULL);
        free(log);
    }

    CHECK(chengis_build_get(&found, engines[0], NULL, chengis_build_id(builds[1])) ==
          CHENGIS_ERR_NOT_FOUND);
    CHECK(chengis_engine_stop(engines[0], 0) == 0);
    chengis_build_unref(builds[1]);
    builds[1] = submit(engines[1], steps);
    CHECK(chengis_build_wait(builds[1], 30000) == 1);
    CHECK(chengis_build_number(builds[1]) == 2);

    /* one store handle is for one engine at a time */
    CHECK(chengis_engine_new(&third, chengis_engine_store(engines[1]), NULL, NULL) ==
          CHENGIS_ERR_STATE);
    CHECK(third == NULL);
    CHECK(chengis_engine_new(&third, chengis_engine_store(engines[0]), NULL, NULL) == 0);
    chengis_engine_unref(third);

    for (int i = 0; i < 2; i++) {
        chengis_engine_unref(engines[i]); /* parents may go before their children */
        chengis_build_unref(builds[i]);
    }
    return 0;
}
