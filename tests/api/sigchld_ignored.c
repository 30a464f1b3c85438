/* SPDX-License-Identifier: MIT */
/* A host that ignores SIGCHLD makes the kernel throw exit statuses away: the step fails and says
 * so, and nothing hangs. */
#include "api.h"

#include <signal.h>

int main(void)
{
    chengis_engine *engine = NULL;
    chengis_build *build;
    struct sigaction now;
    char *json = NULL;

    CHECK(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    CHECK(chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
    build = submit(engine, "      - {name: quick, run: echo ran}\n");

    CHECK(chengis_build_wait(build, 30000) == 1);
    CHECK(status_of(build) == CHENGIS_STATUS_FAILURE);
    CHECK(chengis_build_json(&json, build) == 0);
    CHECK(strstr(json, "\"reason\":\"process-lost\"") != NULL);
    CHECK(sigaction(SIGCHLD, NULL, &now) == 0 && now.sa_handler == SIG_IGN);

    chengis_free(json);
    chengis_build_unref(build);
    chengis_engine_unref(engine);
    return 0;
}
