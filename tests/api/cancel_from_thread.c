/* SPDX-License-Identifier: MIT */
/* Any thread may cancel a build that another one waits for; the whole process tree of the step
 * goes. */
#include "api.h"

#include <pthread.h>

/* An orphan that nobody has reaped yet is gone as well: it is a zombie. */
static bool is_alive(long pid)
{
    char path[64];
    char state = 'X';
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose(file);
    return state != 'Z' && state != 'X';
}

static void *cancel_once_it_speaks(void *data)
{
    chengis_build *build = data;
    chengis_log_reader *log = NULL;
    char buffer[256];
    int64_t offset = 0;
    size_t len = 0;

    CHECK(chengis_log_reader_open(&log, build, -1) == 0);
    while (len == 0 && chengis_build_wait(build, 10) == 0)
        CHECK(chengis_log_reader_read(&len, log, &offset, buffer, sizeof(buffer)) == 0);
    chengis_log_reader_unref(log);
    CHECK(chengis_build_cancel(build, "not needed any more") == 0);
    return NULL;
}

int main(void)
{
    chengis_engine *engine = NULL;
    chengis_build *build;
    pthread_t thread;
    char *json = NULL;
    char *log;
    long pid;

    CHECK(chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
    build = submit(engine, "      - name: long\n"
                           "        run: |\n"
                           "          sleep 300 &\n"
                           "          echo \"child $!\"\n"
                           "          wait\n");
    CHECK(pthread_create(&thread, NULL, cancel_once_it_speaks, build) == 0);
    CHECK(chengis_build_wait(build, 30000) == 1);
    CHECK(pthread_join(thread, NULL) == 0);

    CHECK(status_of(build) == CHENGIS_STATUS_ABORTED);
    CHECK(chengis_build_json(&json, build) == 0);
    CHECK(strstr(json, "not needed any more") != NULL);
    log = log_of(build);
    pid = number_in(log, "child ");
    CHECK(pid > 1);
    CHECK(!is_alive(pid));
    CHECK(chengis_build_cancel(build, "again") == 0);
    CHECK(status_of(build) == CHENGIS_STATUS_ABORTED);

    free(log);
    chengis_free(json);
    chengis_build_unref(build);
    chengis_engine_unref(engine);
    return 0;
}
