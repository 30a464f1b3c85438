/* SPDX-License-Identifier: MIT */
/*
 * What the command costs as a fresh process: `chengis run --json` of one `true` step against this
 * program called with --reference DATABASE, which opens a database, commits, runs the step and
 * commits; `chengis --version` against /bin/true; and files of 1 MiB, planned and refused.
 */
#include "bench.h"

#include <spawn.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define RUNS   20
#define STARTS 50
#define STAGES 500
#define STEPS  10 /* of a stage */

/* ---- the reference ---- */

static void exec_sql(sqlite3 *db, const char *sql)
{
    bench_check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void run_true(void)
{
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"true"}, NULL};
    int status = -1;
    pid_t pid;

    bench_check(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) == 0, "spawn");
    bench_check(waitpid(pid, &status, 0) == pid && status == 0, "the step failed");
}

static int reference(const char *path)
{
    sqlite3 *db = NULL;

    bench_check(sqlite3_open(path, &db) == SQLITE_OK, "open a database");
    exec_sql(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                 "CREATE TABLE IF NOT EXISTS build(id INTEGER PRIMARY KEY, status TEXT)");
    exec_sql(db, "INSERT INTO build(status) VALUES('running')");
    run_true();
    exec_sql(db, "UPDATE build SET status='success' WHERE id=(SELECT MAX(id) FROM build)");
    bench_check(sqlite3_close(db) == SQLITE_OK, "close the database");
    return 0;
}

/* ---- programs by turns ---- */

struct work {
    const char *const *argv;
    const char *dir;
    size_t runs;
    bool fresh; /* every run finds no database; else a round begins with one that was used once */
};

static void empty_state(void)
{
    bench_remove_folder("state");
    bench_check(mkdir("state", 0700) == 0, "make a folder");
}

static double run_once(const struct work *work)
{
    struct bench_usage usage = bench_run(work->argv, work->dir);

    bench_check(usage.exit_code == 0, work->argv[0]);
    return usage.seconds;
}

static double run_all(void *userdata)
{
    const struct work *work = userdata;
    double seconds = 0;

    empty_state();
    if (!work->fresh)
        (void)run_once(work);
    for (size_t i = 0; i < work->runs; i++) {
        seconds += run_once(work);
        if (work->fresh)
            empty_state();
    }
    return seconds;
}

static bool compare(struct bench_ratio *ratio, size_t rounds, struct work *ours, struct work *other)
{
    ratio->per = ours->runs;
    bench_rounds(ratio, rounds, run_all, ours, run_all, other);
    return bench_report(ratio);
}

/* ---- files of 1 MiB ---- */

static void add_yaml(FILE *out, int stage)
{
    (void)fprintf(out, "  - name: stage %d\n    steps:\n", stage);
    for (int i = 0; i < STEPS; i++)
        (void)fprintf(out, "    - name: step %d\n      run: echo %0150d\n", i, i);
}

static void add_edn(FILE *out, int stage)
{
    (void)fprintf(out, "{:stage-name \"stage %d\" :steps [\n", stage);
    for (int i = 0; i < STEPS; i++)
        (void)fprintf(out, "{:step-name \"step %d\" :run \"echo %0150d\"}\n", i, i);
    (void)fputs("]}\n", out);
}

/* As many stages and steps as are allowed, with commands that fill the file; broken: a last stage
 * that is none. */
static char *large_file(bool yaml, bool broken, size_t *len)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, len);

    bench_check(out != NULL, "out of memory");
    (void)fputs(yaml ? "name: large\nstages:\n" : "{:pipeline-name \"large\" :stages [\n", out);
    for (int i = 0; i < STAGES; i++) {
        if (yaml)
            add_yaml(out, i);
        else
            add_edn(out, i);
    }
    if (broken)
        (void)fputs(yaml ? "  - 7\n" : "7\n", out);
    if (!yaml)
        (void)fputs("]}\n", out);
    bench_check(fclose(out) == 0, "out of memory");
    return text;
}

static void show_large(const char *chengis, const char *dir, size_t rounds, bool yaml, bool broken)
{
    const char *name = yaml ? "large.yml" : "Chengisfile";
    const char *const argv[] = {chengis, "pipeline", "plan", name, NULL};
    double times[BENCH_ROUNDS_MAX];
    char what[96];
    long peak = 0;
    size_t len;
    char *text = large_file(yaml, broken, &len);

    bench_write_file(dir, name, text, len);
    free(text);
    for (size_t i = 0; i < rounds; i++) {
        struct bench_usage usage = bench_run(argv, dir);

        bench_check(usage.exit_code == (broken ? 3 : 0), "plan a large file");
        times[i] = usage.seconds * 1e3;
        peak = usage.peak_kib > peak ? usage.peak_kib : peak;
    }
    (void)snprintf(what, sizeof what, "%zu KiB of %s %s, peak %ld MiB", len / 1024,
                   yaml ? "YAML" : "EDN", broken ? "refused" : "planned", peak / 1024);
    bench_show(what, times, rounds, "ms");
}

int main(int argc, char **argv)
{
    char self[PATH_MAX], chengis[PATH_MAX], dir[PATH_MAX];
    const char *const run[] = {chengis, "run", "--json", NULL};
    const char *const floor[] = {self, "--reference", "state/reference.db", NULL};
    const char *const version[] = {chengis, "--version", NULL};
    const char *const nothing[] = {"/bin/true", NULL};
    static const char pipeline[] =
        "stages:\n  - name: one\n    steps:\n      - {name: a, run: 'true'}\n";
    bool met;

    if (argc == 3 && strcmp(argv[1], "--reference") == 0)
        return reference(argv[2]);

    struct bench_options options = bench_options(argc, argv);
    size_t runs = bench_scaled(&options, RUNS), starts = bench_scaled(&options, STARTS);
    struct bench_ratio warm = {.id = "T4", .what = "run of one step", .target = 2};
    struct bench_ratio cold = {.id = "T4", .what = "run of one step, with a new database"};
    struct bench_ratio start = {.id = "T4", .what = "start", .target = 3};

    bench_find_program(self, "bench_cli");
    bench_find_program(chengis, "chengis");
    bench_make_folder(dir, &options);
    bench_check(chdir(dir) == 0 && mkdir("state", 0700) == 0 && mkdir("project", 0700) == 0,
                "make folders");
    bench_isolate(dir);
    bench_write_file("project", "chengis.yml", pipeline, sizeof pipeline - 1);
    met = compare(&warm, options.rounds, &(struct work){run, "project", runs, false},
                  &(struct work){floor, NULL, runs, false});
    met = compare(&start, options.rounds, &(struct work){version, "project", starts, false},
                  &(struct work){nothing, NULL, starts, false}) &&
          met;
    met = compare(&cold, options.rounds, &(struct work){run, "project", runs, true},
                  &(struct work){floor, NULL, runs, true}) &&
          met;
    for (int i = 0; i < 4; i++)
        show_large(chengis, "project", options.rounds, i < 2, i % 2 == 1);
    bench_remove_folder(dir);
    return met ? 0 : 1;
}
