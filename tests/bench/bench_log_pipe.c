/* SPDX-License-Identifier: MIT */
/*
 * A program's output through a pipe into a log, with its index and counted lines, against `sh -c
 * 'CMD | cat > file'`. Called with --print BYTES it is such a program: lines of 62 bytes.
 */
#include "base/alloc.h"
#include "bench.h"
#include "logs/log_file.h"

#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define READ_SIZE (256 * 1024)
#define PIPE_SIZE (1024 * 1024)

static size_t total = 200000000;
static char path[PATH_MAX];

static int print_lines(size_t bytes)
{
    static char block[62 * 1024];

    for (size_t i = 0; i < sizeof block; i++)
        block[i] = i % 62 == 61 ? '\n' : (char)('a' + (i + i / 62) % 26);
    while (bytes > 0) {
        ssize_t n = write(STDOUT_FILENO, block, bytes < sizeof block ? bytes : sizeof block);

        if (n <= 0)
            return 1;
        bytes -= (size_t)n;
    }
    return 0;
}

struct work {
    char command[PATH_MAX + 64];
    chengis_masker *masker;
};

static pid_t start(char *command, int out)
{
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, command, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;

    bench_check(posix_spawn_file_actions_init(&actions) == 0, "spawn");
    if (out >= 0)
        bench_check(posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) == 0, "spawn");
    bench_check(posix_spawn(&pid, "/bin/sh", &actions, NULL, argv, environ) == 0, "spawn");
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void finish(pid_t pid)
{
    int status;

    bench_check(waitpid(pid, &status, 0) == pid && status == 0, "the command failed");
}

static void pump(int in, struct chg_log_step *step)
{
    static char buffer[READ_SIZE];
    ssize_t n;

    while ((n = read(in, buffer, sizeof buffer)) > 0)
        bench_check(chg_log_step_write(step, CHG_LOG_STDOUT, buffer, (size_t)n) == 0, "write");
    bench_check(n == 0, "read");
    bench_check(chg_log_step_finish(step) == 0, "finish");
}

static void check_log(const struct chg_log_step *step)
{
    struct chg_log_summary summary;
    void *blob;
    size_t len;

    chg_log_step_summary(step, &summary);
    bench_check(summary.bytes == total && summary.lines >= total / 62, "bytes are missing");
    bench_check(chg_log_step_index(step, &blob, &len) == 0, "index");
    chg_free(blob);
}

static double through_log(void *userdata)
{
    struct work *work = userdata;
    struct chg_log_writer *writer = NULL;
    struct chg_log_step *step = NULL;
    double begin = bench_now();
    double seconds;
    int ends[2];
    pid_t pid;

    bench_check(pipe2(ends, O_CLOEXEC) == 0, "pipe");
    (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
    pid = start(work->command, ends[1]);
    (void)close(ends[1]);
    bench_check(chg_log_writer_open(&writer, path, work->masker) == 0, "open");
    bench_check(chg_log_step_open(&step, writer, 1, 0) == 0, "open");
    pump(ends[0], step);
    (void)close(ends[0]);
    finish(pid);
    check_log(step);
    seconds = bench_now() - begin;
    chg_log_step_close(step);
    chg_log_writer_close(writer);
    (void)unlink(path);
    return seconds;
}

static double through_cat(void *userdata)
{
    const struct work *work = userdata;
    char command[3 * PATH_MAX];
    double begin = bench_now();
    double seconds;

    (void)snprintf(command, sizeof command, "%s | cat > '%s'", work->command, path);
    finish(start(command, -1));
    seconds = bench_now() - begin;
    (void)unlink(path);
    return seconds;
}

static chengis_masker *five_secrets(void)
{
    static const char *const values[] = {"hunter2-secret", "ghp_0123456789abcdef",
                                         "AKIAIOSFODNN7EXAMPLE", "s3cr3t-token-value",
                                         "correct-horse-battery"};
    chengis_masker *masker = NULL;

    bench_check(chengis_masker_new(&masker) == 0, "make a masker");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        bench_check(chengis_masker_add(masker, values[i], strlen(values[i])) == 0, "add a secret");
    return masker;
}

static bool compare(struct work *work, const char *id, const char *what, double target,
                    size_t rounds)
{
    struct bench_ratio ratio = {.id = id, .what = what, .target = target};

    bench_rounds(&ratio, rounds, through_log, work, through_cat, work);
    return bench_report(&ratio);
}

static long peak_kib(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
    bool print = argc == 3 && strcmp(argv[1], "--print") == 0;
    struct bench_options options = {0};
    struct work lines = {0};
    struct work yes = {0};
    char self[PATH_MAX] = "";
    long before = peak_kib();
    bool met;

    if (print)
        return print_lines(strtoul(argv[2], NULL, 10));
    options = bench_options(argc, argv);
    total = total / 100 * options.scale;
    (void)snprintf(path, sizeof path, "%s/bench_log_pipe.%ld", options.dir, (long)getpid());
    bench_check(readlink("/proc/self/exe", self, sizeof self - 1) > 0, "/proc/self/exe");
    (void)snprintf(lines.command, sizeof lines.command, "'%s' --print %zu", self, total);
    (void)snprintf(yes.command, sizeof yes.command, "yes | head -c %zu", total);
    met = compare(&lines, "T5", "lines of 62 B", 1.4, options.rounds);
    met = compare(&yes, "T6", "lines of 2 B", 2.5, options.rounds) && met;
    lines.masker = yes.masker = five_secrets();
    met = compare(&lines, "T5", "lines of 62 B, 5 secrets", 2, options.rounds) && met;
    met = compare(&yes, "T6", "lines of 2 B, 5 secrets", 2.5, options.rounds) && met;
    (void)chengis_masker_unref(lines.masker);
    printf("T7 growth of our memory: %.1f MiB target <= 8\n", (double)(peak_kib() - before) / 1024);
    return met && peak_kib() - before <= 8 * 1024 ? 0 : 1;
}
