/* SPDX-License-Identifier: MIT */
/* A pipeline inside a program: parse it, run it with everything in memory, print its log and its
 * status. */
#include <chengis/chengis.h>
#include <stdio.h>

static const char text[] = "name: hello\n"
                           "stages:\n"
                           "  - name: greet\n"
                           "    steps:\n"
                           "      - name: say\n"
                           "        run: echo \"hello from build $BUILD_NUMBER\"\n";

int main(void)
{
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_engine *engine = NULL;
    chengis_build *build = NULL;
    chengis_log_reader *log = NULL;
    chengis_status status = CHENGIS_STATUS_UNKNOWN;
    char buffer[4096];
    int64_t offset = 0;
    size_t len = 0;

    if (chengis_pipeline_parse(&request.pipeline, NULL, text, sizeof(text) - 1, "yaml") == 0 &&
        chengis_engine_new(&engine, NULL, NULL, NULL) == 0 &&
        chengis_engine_submit(&build, engine, &request) == 0 && chengis_build_wait(build, -1) > 0 &&
        chengis_log_reader_open(&log, build, -1) == 0) {
        while (chengis_log_reader_read(&len, log, &offset, buffer, sizeof(buffer)) == 0 && len > 0)
            fwrite(buffer, 1, len, stdout);
        if (chengis_build_status(&status, build) == 0)
            printf("%s\n", chengis_status_name(status));
    }
    if (chengis_error_last()->code != CHENGIS_OK)
        fprintf(stderr, "error: %s\n", chengis_error_last()->message);
    chengis_log_reader_unref(log);
    chengis_build_unref(build);
    chengis_engine_unref(engine);
    chengis_pipeline_unref(request.pipeline);
    return status == CHENGIS_STATUS_SUCCESS ? 0 : 1;
}
