/* SPDX-License-Identifier: MIT */
/* What a trivial build costs through the library, in time and in counts, against the least it can
 * cost (build_floor.h): one after the other, and many queued for four workers. */
#include "bench.h"
#include "build_floor.h"

#include <chengis/chengis.h>
#include <fcntl.h>

#define BUILDS  300
#define QUEUED  200
#define WORKERS 4

static const char text[] = "name: hello\n"
                           "stages:\n"
                           "  - name: greet\n"
                           "    steps:\n"
                           "      - name: say\n"
                           "        run: echo hello\n";

struct work {
    const struct bench_options *options;
    size_t builds;
    double commits; /* per build, of the last round */
};

struct host {
    char dir[PATH_MAX];
    chengis_engine *engine;
    chengis_build_request request;
};

static void must(int rc)
{
    if (rc < 0)
        bench_check(false, chengis_error_last()->message);
}

static void open_host(struct host *host, const struct work *work)
{
    chengis_engine_options options = CHENGIS_ENGINE_OPTIONS_INIT;
    chengis_store *store = NULL;
    char uri[PATH_MAX + 32];

    *host = (struct host){.request = CHENGIS_BUILD_REQUEST_INIT};
    bench_make_folder(host->dir, work->options);
    (void)snprintf(uri, sizeof uri, "sqlite:%s/chengis.db", host->dir);
    options.max_builds = WORKERS;
    must(chengis_store_open(&store, uri, NULL));
    must(chengis_engine_new(&host->engine, store, NULL, &options));
    (void)chengis_store_unref(store);
    must(chengis_pipeline_parse(&host->request.pipeline, NULL, text, sizeof text - 1, "yaml"));
}

static void close_host(struct host *host)
{
    (void)chengis_engine_unref(host->engine);
    (void)chengis_pipeline_unref(host->request.pipeline);
    bench_remove_folder(host->dir);
}

/* The commits of a database since it was made: the number its ticket file begins with. */
static uint64_t commits(const struct host *host)
{
    char path[PATH_MAX + 32];
    uint64_t count = 0;
    int fd;

    (void)snprintf(path, sizeof path, "%s/chengis.db.writer", host->dir);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    bench_check(fd >= 0 && read(fd, &count, sizeof count) == sizeof count, "read the commits");
    (void)close(fd);
    return count;
}

/* The end is committed and the log can be read. */
static void check_build(chengis_build *build)
{
    chengis_status status = CHENGIS_STATUS_UNKNOWN;
    chengis_log_reader *log = NULL;
    char output[16];
    int64_t offset = 0;
    size_t len = 0;

    bench_check(chengis_build_wait(build, -1) == 1, "wait for a build");
    must(chengis_build_status(&status, build));
    must(chengis_log_reader_open(&log, build, 1));
    must(chengis_log_reader_read(&len, log, &offset, output, sizeof output));
    bench_check(status == CHENGIS_STATUS_SUCCESS && len == 6 && memcmp(output, "hello\n", 6) == 0,
                "the build did not print hello");
    (void)chengis_log_reader_unref(log);
}

static double run_one_by_one(void *userdata)
{
    struct work *work = userdata;
    struct host host;
    uint64_t before;
    double began;

    open_host(&host, work);
    before = commits(&host);
    began = bench_now();
    for (size_t i = 0; i < work->builds; i++) {
        chengis_build *build = NULL;

        must(chengis_engine_submit(&build, host.engine, &host.request));
        check_build(build);
        (void)chengis_build_unref(build);
    }
    began = bench_now() - began;
    work->commits = (double)(commits(&host) - before) / (double)work->builds;
    close_host(&host);
    return began;
}

static double run_queued(void *userdata)
{
    static chengis_build *builds[QUEUED];
    struct work *work = userdata;
    struct host host;
    uint64_t before;
    double began;

    open_host(&host, work);
    before = commits(&host);
    began = bench_now();
    for (size_t i = 0; i < work->builds; i++)
        must(chengis_engine_submit(&builds[i], host.engine, &host.request));
    for (size_t i = 0; i < work->builds; i++)
        bench_check(chengis_build_wait(builds[i], -1) == 1, "wait for a build");
    began = bench_now() - began;
    for (size_t i = 0; i < work->builds; i++) {
        check_build(builds[i]);
        (void)chengis_build_unref(builds[i]);
    }
    work->commits = (double)(commits(&host) - before) / (double)work->builds;
    close_host(&host);
    return began;
}

static double floor_of(const struct work *work, size_t alive)
{
    char dir[PATH_MAX];
    double seconds;

    bench_make_folder(dir, work->options);
    seconds = build_floor(dir, work->builds, alive);
    bench_remove_folder(dir);
    return seconds;
}

static double floor_one_by_one(void *userdata)
{
    return floor_of(userdata, 1);
}

static double floor_queued(void *userdata)
{
    return floor_of(userdata, WORKERS);
}

int main(int argc, char **argv)
{
    struct bench_options options = bench_options(argc, argv);
    struct work one = {.options = &options, .builds = bench_scaled(&options, BUILDS)};
    struct work queue = {.options = &options, .builds = bench_scaled(&options, QUEUED)};
    struct bench_ratio single = {
        .id = "T1", .what = "a build, one at a time", .target = 1.3, .per = one.builds};
    struct bench_ratio queued = {
        .id = "T2", .what = "a build, queued for 4 workers", .per = queue.builds};
    bool met;

    bench_check(queue.builds <= QUEUED, "PERCENT is too large");
    bench_rounds(&single, options.rounds, run_one_by_one, &one, floor_one_by_one, &one);
    met = bench_report(&single);
    met = bench_limit("T15", "commits of a build, one at a time", one.commits, "commits", 2) && met;
    bench_rounds(&queued, options.rounds, run_queued, &queue, floor_queued, &queue);
    met = bench_report(&queued) && met;
    printf("   %.3g commits a build\n", queue.commits);
    return met ? 0 : 1;
}
