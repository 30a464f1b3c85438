/* SPDX-License-Identifier: MIT */
/*
 * What benchmarks share: a clock, rounds in which our way and a reference take turns, programs that
 * are started and measured, and one line a result. Absolute figures depend on the machine and its
 * neighbours; ratios of one run do so much less, so only those have targets.
 *
 *   PROGRAM [-r ROUNDS] [-d FOLDER FOR FILES] [-s PERCENT OF THE WORK]
 *
 * The exit status is 1 when a target was missed, 2 when the benchmark itself failed.
 */
#ifndef BENCH_H
#define BENCH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define BENCH_ROUNDS_MAX 99

struct bench_options {
    size_t rounds;   /* at least 7 for a figure to be quoted */
    const char *dir; /* where files are written: try a disk and a tmpfs */
    unsigned scale;  /* percent of the full size of the work */
};

struct bench_ratio {
    const char *id; /* of the target, such as "T5" */
    const char *what;
    double target; /* 0: for information */
    bool at_least; /* the target is a lower bound */
    size_t per;    /* operations in one round, to show the time of one; 0 = 1 */
    size_t count;
    double values[BENCH_ROUNDS_MAX];
    double ours[BENCH_ROUNDS_MAX]; /* seconds */
    double reference[BENCH_ROUNDS_MAX];
    double cpu[BENCH_ROUNDS_MAX]; /* ratios of processor time, children included */
};

/* Do the work once; the seconds it took. */
typedef double (*bench_fn)(void *userdata);

double bench_now(void);
/* Processor time of this program: for work that needs nothing else. */
double bench_cpu(void);

/* Stops the program when a benchmark itself fails. */
void bench_check(bool ok, const char *what);

/* The options; stops the program when they are wrong. */
struct bench_options bench_options(int argc, char **argv);

/* `count` scaled as asked, at least 1. */
size_t bench_scaled(const struct bench_options *options, size_t count);

/* Sorts the values. */
double bench_median(double *values, size_t count);

/* Ours against the reference, by turns, after one round that does not count. */
void bench_rounds(struct bench_ratio *ratio, size_t rounds, bench_fn ours, void *ours_data,
                  bench_fn reference, void *reference_data);

/* Add a value made otherwise: a ratio or a rate with a target. */
void bench_add(struct bench_ratio *ratio, double value);

/* "T5 lines of 62 B: ratio 1.12 [1.05..1.30] n=7 target <= 1.4: ok", and the times; false when the
 * target is missed. */
bool bench_report(struct bench_ratio *ratio);

/* A figure without a reference, such as a rate. */
void bench_show(const char *what, double *values, size_t count, const char *unit);

/* "T7 growth: 3.1 MiB target <= 8: ok" of a figure that is no ratio; false when it is missed. */
bool bench_limit(const char *id, const char *what, double value, const char *unit, double limit);

/* Make an empty folder below options.dir. */
void bench_make_folder(char path[PATH_MAX], const struct bench_options *options);
/* Remove a folder with everything in it. */
void bench_remove_folder(const char *path);
/* Write a file of a folder. */
void bench_write_file(const char *folder, const char *name, const char *text, size_t len);
/* Let programs started from here keep their state in the folder "state" of this one, and find no
 * configuration. */
void bench_isolate(const char *folder);
/* The program `name` that was built with this one. */
void bench_find_program(char path[PATH_MAX], const char *name);

/* What a program used, with the programs it waited for. */
struct bench_usage {
    double seconds;
    long peak_kib; /* of the largest process */
    int exit_code;
};

/* Start a program in a folder (NULL: here), its stdout going to `out` (-1: inherited), its stderr
 * to /dev/null. */
pid_t bench_start(const char *const *argv, const char *dir, int out);
/* Run a program to its end, with its output thrown away. */
struct bench_usage bench_run(const char *const *argv, const char *dir);

#endif
