/* SPDX-License-Identifier: MIT */
/* What benchmarks share: see bench.h. */
#include "bench.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double bench_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_cpu(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

void bench_check(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "benchmark failed: %s\n", what);
    exit(2);
}

struct bench_options bench_options(int argc, char **argv)
{
    struct bench_options options = {.rounds = 7, .dir = "/tmp", .scale = 100};
    int c;

    while ((c = getopt(argc, argv, "r:d:s:")) != -1) {
        if (c == 'r')
            options.rounds = strtoul(optarg, NULL, 10);
        else if (c == 'd')
            options.dir = optarg;
        else if (c == 's')
            options.scale = (unsigned)strtoul(optarg, NULL, 10);
        else
            exit(2);
    }
    bench_check(options.rounds >= 1 && options.rounds <= BENCH_ROUNDS_MAX && options.scale >= 1,
                "ROUNDS is 1 to 99, PERCENT at least 1");
    return options;
}

size_t bench_scaled(const struct bench_options *options, size_t count)
{
    size_t scaled = count * options->scale / 100;

    return scaled > 0 ? scaled : 1;
}

/* ---- results ---- */

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Of this process and of the children it has waited for. */
static double cpu_seconds(void)
{
    static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    double seconds = 0;

    for (int i = 0; i < 2; i++) {
        struct rusage used;

        (void)getrusage(who[i], &used);
        seconds += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
    }
    return seconds;
}

static double once(bench_fn fn, void *userdata, double *cpu)
{
    double before = cpu_seconds();
    double seconds = fn(userdata);

    *cpu = cpu_seconds() - before;
    return seconds;
}

void bench_rounds(struct bench_ratio *ratio, size_t rounds, bench_fn ours, void *ours_data,
                  bench_fn reference, void *reference_data)
{
    double base_cpu = 0, cpu;

    bench_check(rounds <= BENCH_ROUNDS_MAX, "too many rounds");
    (void)reference(reference_data);
    (void)ours(ours_data);
    for (size_t i = 0; i < rounds; i++) {
        double base = i % 2 == 0 ? once(reference, reference_data, &base_cpu) : 0;
        double mine = once(ours, ours_data, &cpu);

        if (i % 2 != 0)
            base = once(reference, reference_data, &base_cpu);
        ratio->ours[i] = mine;
        ratio->reference[i] = base;
        ratio->values[i] = mine / base;
        ratio->cpu[i] = base_cpu > 0 ? cpu / base_cpu : 0;
    }
    ratio->count = rounds;
}

void bench_add(struct bench_ratio *ratio, double value)
{
    bench_check(ratio->count < BENCH_ROUNDS_MAX, "too many rounds");
    ratio->values[ratio->count++] = value;
}

static void show_time(const char *what, double *seconds, const struct bench_ratio *ratio)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}};
    double median = bench_median(seconds, ratio->count);
    double per = ratio->per > 0 ? (double)ratio->per : 1;
    size_t u = 0;
    double unit;

    while (u < 2 && median / per < units[u].seconds)
        u++;
    unit = units[u].seconds * per;
    printf("   %s: %.4g [%.4g..%.4g] %s\n", what, median / unit, seconds[0] / unit,
           seconds[ratio->count - 1] / unit, units[u].name);
}

bool bench_report(struct bench_ratio *ratio)
{
    double median = bench_median(ratio->values, ratio->count);
    bool met = ratio->at_least ? median >= ratio->target : median <= ratio->target;
    bool timed = ratio->reference[0] > 0;

    printf("%s %s: %s%.2f [%.2f..%.2f] n=%zu", ratio->id, ratio->what, timed ? "ratio " : "",
           median, ratio->values[0], ratio->values[ratio->count - 1], ratio->count);
    if (ratio->target > 0)
        printf(" target %s %g: %s", ratio->at_least ? ">=" : "<=", ratio->target,
               met ? "ok" : "MISSED");
    printf("\n");
    if (timed) {
        show_time("ours", ratio->ours, ratio);
        show_time("reference", ratio->reference, ratio);
        bench_show("processor time, ours to reference", ratio->cpu, ratio->count, "");
    }
    (void)fflush(stdout);
    return met || ratio->target <= 0;
}

void bench_show(const char *what, double *values, size_t count, const char *unit)
{
    double median = bench_median(values, count);

    printf("   %s: %.3g [%.3g..%.3g]%s%s\n", what, median, values[0], values[count - 1],
           *unit != '\0' ? " " : "", unit);
    (void)fflush(stdout);
}

bool bench_limit(const char *id, const char *what, double value, const char *unit, double limit)
{
    printf("%s %s: %.4g %s target <= %g: %s\n", id, what, value, unit, limit,
           value <= limit ? "ok" : "MISSED");
    (void)fflush(stdout);
    return value <= limit;
}

/* ---- files ---- */

void bench_make_folder(char path[PATH_MAX], const struct bench_options *options)
{
    bench_check(snprintf(path, PATH_MAX, "%s/chengis-bench-XXXXXX", options->dir) < PATH_MAX,
                "the folder's name is too long");
    bench_check(mkdtemp(path) != NULL, "make a folder");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void bench_remove_folder(const char *path)
{
    bench_check(nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) == 0, "remove a folder");
}

void bench_write_file(const char *folder, const char *name, const char *text, size_t len)
{
    char path[2 * PATH_MAX];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "we");
    bench_check(file != NULL && fwrite(text, 1, len, file) == len && fclose(file) == 0,
                "write a file");
}

void bench_isolate(const char *folder)
{
    char state[PATH_MAX + 8];

    (void)snprintf(state, sizeof state, "%s/state", folder);
    bench_check(setenv("HOME", folder, 1) == 0 && setenv("XDG_STATE_HOME", state, 1) == 0 &&
                    unsetenv("XDG_CONFIG_HOME") == 0,
                "set the environment");
}

void bench_find_program(char path[PATH_MAX], const char *name)
{
    char self[PATH_MAX] = "";
    char *slash;

    bench_check(readlink("/proc/self/exe", self, sizeof self - 1) > 0, "/proc/self/exe");
    slash = strrchr(self, '/');
    bench_check(snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - self), self, name) < PATH_MAX,
                "the program's name is too long");
    bench_check(access(path, X_OK) == 0, path);
}

/* ---- programs ---- */

pid_t bench_start(const char *const *argv, const char *dir, int out)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc == 0 && dir != NULL)
        rc = posix_spawn_file_actions_addchdir_np(&actions, dir);
    if (rc == 0 && out >= 0)
        rc = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    bench_check(rc == 0, argv[0]);
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

struct bench_usage bench_run(const char *const *argv, const char *dir)
{
    struct bench_usage usage = {.seconds = bench_now()};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct rusage used;
    int status;
    pid_t pid = bench_start(argv, dir, nowhere);

    bench_check(wait4(pid, &status, 0, &used) == pid, "wait");
    usage.seconds = bench_now() - usage.seconds;
    usage.peak_kib = used.ru_maxrss;
    usage.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    (void)close(nowhere);
    return usage;
}
