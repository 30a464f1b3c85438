/* SPDX-License-Identifier: MIT */
/*
 * What a step prints, through the whole command: 200 MB of lines of 62 and of 2 bytes against
 * `sh -c 'CMD | cat > file'`, with and without secrets; the memory for a step that prints 1 GB; and
 * a thousand steps at once. Called with --print BYTES it is the program that prints.
 */
#include "bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define TOTAL    ((size_t)200000000)
#define LARGE    ((size_t)1000000000)
#define LINE     62
#define PARALLEL 1000

static const char *const secrets[][2] = {
    {"SECRET_A", "hunter2-secret"},        {"SECRET_B", "ghp_0123456789abcdef"},
    {"SECRET_C", "AKIAIOSFODNN7EXAMPLE"},  {"SECRET_D", "s3cr3t-token-value"},
    {"SECRET_E", "correct-horse-battery"},
};

static char chengis[PATH_MAX];
static char self[PATH_MAX];

/* Lines of 62 bytes, written 1000 at a time. */
static int print_lines(size_t bytes)
{
    static char block[LINE * 1000];

    for (size_t i = 0; i < sizeof block; i++)
        block[i] = i % LINE == LINE - 1 ? '\n' : (char)('a' + (i + i / LINE) % 26);
    while (bytes > 0) {
        ssize_t n = write(STDOUT_FILENO, block, bytes < sizeof block ? bytes : sizeof block);

        if (n <= 0)
            return 1;
        bytes -= (size_t)n;
    }
    return 0;
}

/* ---- one build of one step ---- */

struct work {
    char command[PATH_MAX + 64];
    const char *argv[16]; /* of chengis */
    size_t bytes;
};

/* Logs are removed between rounds, so that no round waits for the disk of another. */
static uint64_t remove_logs(void)
{
    char path[PATH_MAX];
    uint64_t bytes = 0;
    struct dirent *entry;
    struct stat st;
    DIR *dir = opendir("state/chengis/logs");

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "state/chengis/logs/%s", entry->d_name);
        bench_check(stat(path, &st) == 0 && unlink(path) == 0, "remove a log");
        bytes += (uint64_t)st.st_size;
    }
    if (dir != NULL)
        (void)closedir(dir);
    return bytes;
}

static void write_pipeline(const char *command)
{
    char text[2 * PATH_MAX];
    int len = snprintf(
        text, sizeof text,
        "stages:\n  - name: one\n    steps:\n      - name: print\n        run: |\n          %s\n",
        command);

    bench_write_file("project", "chengis.yml", text, (size_t)len);
}

static double through_chengis(void *userdata)
{
    const struct work *work = userdata;
    struct bench_usage usage;

    write_pipeline(work->command);
    usage = bench_run(work->argv, "project");
    bench_check(usage.exit_code == 0, "the build failed");
    bench_check(remove_logs() >= work->bytes, "the log is too short");
    return usage.seconds;
}

static double through_cat(void *userdata)
{
    const struct work *work = userdata;
    char command[3 * PATH_MAX];
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    struct bench_usage usage;

    (void)snprintf(command, sizeof command, "%s | cat > output", work->command);
    usage = bench_run(argv, NULL);
    bench_check(usage.exit_code == 0 && unlink("output") == 0, "the command failed");
    return usage.seconds;
}

static void use(struct work *work, const char *const *options, bool masked)
{
    size_t count = 0;

    work->argv[count++] = chengis;
    work->argv[count++] = "run";
    while (*options != NULL)
        work->argv[count++] = *options++;
    for (size_t i = 0; masked && i < sizeof secrets / sizeof *secrets; i++) {
        work->argv[count++] = "--secret";
        work->argv[count++] = secrets[i][0];
    }
    work->argv[count] = NULL;
}

static bool compare(struct work *work, const char *id, const char *what, double target,
                    size_t rounds)
{
    struct bench_ratio ratio = {.id = id, .what = what, .target = target};

    bench_rounds(&ratio, rounds, through_chengis, work, through_cat, work);
    return bench_report(&ratio);
}

static bool compare_all(const struct bench_options *options)
{
    static const char *const quiet[] = {"-q", "--json", NULL};
    static const char *const live[] = {NULL};
    struct work lines = {.bytes = bench_scaled(options, TOTAL)};
    struct work yes = {.bytes = lines.bytes};
    bool met;

    (void)snprintf(lines.command, sizeof lines.command, "'%s' --print %zu", self, lines.bytes);
    (void)snprintf(yes.command, sizeof yes.command, "yes | head -c %zu", yes.bytes);
    use(&lines, quiet, false);
    met = compare(&lines, "T5", "lines of 62 B", 1.4, options->rounds);
    use(&lines, quiet, true);
    met = compare(&lines, "T5", "lines of 62 B, 5 secrets", 2, options->rounds) && met;
    use(&yes, quiet, false);
    met = compare(&yes, "T6", "lines of 2 B", 2.5, options->rounds) && met;
    use(&lines, live, false);
    (void)compare(&lines, "T5", "lines of 62 B, shown live", 0, options->rounds);
    return met;
}

/* ---- memory ---- */

static long peak_of(const char *const *argv, const char *command)
{
    struct bench_usage usage;

    write_pipeline(command);
    usage = bench_run(argv, "project");
    bench_check(usage.exit_code == 0, "the build failed");
    (void)remove_logs();
    return usage.peak_kib;
}

static bool show_memory(const struct bench_options *options)
{
    const char *const argv[][4] = {{chengis, "run", NULL}, {chengis, "run", "--json", NULL}};
    static const char *const what[] = {"memory for 1 GB, shown live", "memory for 1 GB, --json"};
    size_t bytes = bench_scaled(options, LARGE);
    char command[PATH_MAX + 64];
    bool met = true;

    (void)snprintf(command, sizeof command, "'%s' --print %zu", self, bytes);
    for (int i = 0; i < 2; i++) {
        long idle = peak_of(argv[i], "echo hello");
        long peak = peak_of(argv[i], command);

        printf("   peak of a build that prints 6 B: %.1f MiB, %zu MB: %.1f MiB\n",
               (double)idle / 1024, bytes / 1000000, (double)peak / 1024);
        met = bench_limit("T7", what[i], (double)(peak - idle) / 1024, "MiB more", 8) && met;
    }
    return met;
}

/* ---- many steps at once ---- */

static size_t count_descriptors(pid_t pid)
{
    char path[64];
    size_t count = 0;
    DIR *dir;

    (void)snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    dir = opendir(path);
    while (dir != NULL && readdir(dir) != NULL)
        count++;
    if (dir != NULL)
        (void)closedir(dir);
    return count > 2 ? count - 2 : 0; /* without . and .. */
}

/* Descriptors are counted by looking now and then. */
static struct bench_usage watch(const char *const *argv, size_t *descriptors)
{
    struct bench_usage usage = {.seconds = bench_now()};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    pid_t pid = bench_start(argv, "project", nowhere);
    struct rusage used;
    int status;

    while (wait4(pid, &status, WNOHANG, &used) == 0) {
        size_t now = count_descriptors(pid);

        *descriptors = now > *descriptors ? now : *descriptors;
        (void)usleep(50000);
    }
    (void)close(nowhere);
    usage.seconds = bench_now() - usage.seconds;
    usage.peak_kib = used.ru_maxrss;
    usage.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return usage;
}

static void show_parallel(const struct bench_options *options)
{
    const char *const argv[] = {chengis, "run", "-q", "--json", NULL};
    size_t count = bench_scaled(options, PARALLEL), descriptors = 0, len = 0;
    struct bench_usage usage;
    char *text = NULL;
    FILE *out = open_memstream(&text, &len);

    bench_check(out != NULL, "out of memory");
    (void)fputs("stages:\n  - name: many\n    parallel: true\n    steps:\n", out);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "      - {name: s%zu, run: sleep 1}\n", i);
    bench_check(fclose(out) == 0, "out of memory");
    bench_write_file("project", "chengis.yml", text, len);
    free(text);
    usage = watch(argv, &descriptors);
    bench_check(usage.exit_code == 0, "the build failed");
    printf("%zu parallel steps 'sleep 1': %.2f s, peak %.1f MiB, %zu descriptors\n", count,
           usage.seconds, (double)usage.peak_kib / 1024, descriptors);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    char dir[PATH_MAX];
    bool met;

    if (argc == 3 && strcmp(argv[1], "--print") == 0)
        return print_lines(strtoul(argv[2], NULL, 10));
    options = bench_options(argc, argv);
    bench_find_program(self, "bench_log");
    bench_find_program(chengis, "chengis");
    bench_make_folder(dir, &options);
    bench_check(chdir(dir) == 0 && mkdir("project", 0700) == 0, "make a folder");
    bench_isolate(dir);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        bench_check(setenv(secrets[i][0], secrets[i][1], 1) == 0, "set a secret");
    met = compare_all(&options);
    met = show_memory(&options) && met;
    show_parallel(&options);
    bench_remove_folder(dir);
    return met ? 0 : 1;
}
