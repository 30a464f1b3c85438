/* SPDX-License-Identifier: MIT */
/* A host says where workspaces and artifacts lie; a state folder of the library's own goes with the
 * engine. */
#include "api.h"

#include <sys/stat.h>
#include <unistd.h>

static chengis_build *submit_artifact(chengis_engine *engine)
{
    static const char text[] = "name: folders\n"
                               "stages:\n"
                               "  - name: one\n"
                               "    steps:\n"
                               "      - {name: write, run: 'echo kept > kept.txt; pwd'}\n"
                               "artifacts: ['*.txt']\n";
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    CHECK(chengis_pipeline_parse(&request.pipeline, NULL, text, sizeof(text) - 1, "yaml") == 0);
    CHECK(chengis_engine_submit(&build, engine, &request) == 0);
    chengis_pipeline_unref(request.pipeline);
    CHECK(chengis_build_wait(build, 30000) == 1);
    CHECK(status_of(build) == CHENGIS_STATUS_SUCCESS);
    return build;
}

int main(void)
{
    char root[] = "/tmp/chengis-api-XXXXXX";
    char workspaces[64], artifacts[64], state[256];
    chengis_engine_options options = CHENGIS_ENGINE_OPTIONS_INIT;
    chengis_engine *engine = NULL;
    chengis_build *build;
    struct stat info;
    char *json = NULL;
    char *log;

    CHECK(mkdtemp(root) != NULL);
    snprintf(workspaces, sizeof(workspaces), "%s/w", root);
    snprintf(artifacts, sizeof(artifacts), "%s/a", root);
    options.workspace_dir = workspaces;
    options.artifact_dir = artifacts;
    CHECK(chengis_engine_new(&engine, NULL, NULL, &options) == 0);
    snprintf(state, sizeof(state), "%s", chengis_engine_state_dir(engine));
    build = submit_artifact(engine);

    log = log_of(build);
    CHECK(strncmp(log, workspaces, strlen(workspaces)) == 0);
    CHECK(chengis_build_json(&json, build) == 0);
    CHECK(strstr(json, artifacts) != NULL);
    CHECK(stat(artifacts, &info) == 0 && (info.st_mode & 0777) == 0700);

    free(log);
    chengis_free(json);
    chengis_build_unref(build);
    chengis_engine_unref(engine);
    CHECK(access(state, F_OK) != 0);
    CHECK(rmdir(workspaces) == 0);
    return 0;
}
