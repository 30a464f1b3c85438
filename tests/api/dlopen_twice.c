/* SPDX-License-Identifier: MIT */
/* Loading, using and unloading the library leaves no thread, descriptor or child behind, so a
 * plugin may do it again. */
#include <chengis/chengis.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* The function of the library, with the type that the header gives it. */
#define LOAD(library, name)                                                                        \
    __typeof__(name) *load_##name = (__typeof__(name) *)symbol(library, #name)

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);

    CHECK(found != NULL);
    return found;
}

static int count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;

    CHECK(dir != NULL);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static void use_library(const char *path)
{
    static const char text[] =
        "name: twice\nstages:\n  - name: a\n    steps:\n      - {name: b, run: echo loaded}\n";
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_engine *engine = NULL;
    chengis_build *build = NULL;
    chengis_status status = CHENGIS_STATUS_UNKNOWN;

    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    LOAD(library, chengis_pipeline_parse);
    LOAD(library, chengis_pipeline_unref);
    LOAD(library, chengis_engine_new);
    LOAD(library, chengis_engine_submit);
    LOAD(library, chengis_engine_unref);
    LOAD(library, chengis_build_wait);
    LOAD(library, chengis_build_status);
    LOAD(library, chengis_build_unref);

    CHECK(load_chengis_pipeline_parse(&request.pipeline, NULL, text, strlen(text), "yaml") == 0);
    CHECK(load_chengis_engine_new(&engine, NULL, NULL, NULL) == 0);
    CHECK(load_chengis_engine_submit(&build, engine, &request) == 0);
    CHECK(load_chengis_build_wait(build, 30000) == 1);
    CHECK(load_chengis_build_status(&status, build) == 0 && status == CHENGIS_STATUS_SUCCESS);
    load_chengis_build_unref(build);
    load_chengis_engine_unref(engine);
    load_chengis_pipeline_unref(request.pipeline);
    CHECK(dlclose(library) == 0);
    CHECK(dlopen(path, RTLD_NOW | RTLD_NOLOAD) == NULL);
}

static void *nothing(void *unused)
{
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t first;
    int threads;
    int descriptors;

    CHECK(argc == 2);
    /* ThreadSanitizer starts a thread of its own with the first one of the program. */
    CHECK(pthread_create(&first, NULL, nothing, NULL) == 0 && pthread_join(first, NULL) == 0);
    threads = count_entries("/proc/self/task");
    descriptors = count_entries("/proc/self/fd");
    for (int round = 0; round < 2; round++) {
        use_library(argv[1]);
        CHECK(count_entries("/proc/self/task") == threads);
        CHECK(count_entries("/proc/self/fd") == descriptors);
        CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    }
    return 0;
}
