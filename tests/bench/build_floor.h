/* SPDX-License-Identifier: MIT */
/* The least a durable build can cost on this machine: a row committed before it starts, a folder,
 * `sh -c 'echo hello'` with its output captured, a log file, the row updated and committed. */
#ifndef BENCH_BUILD_FLOOR_H
#define BENCH_BUILD_FLOOR_H

#include <stddef.h>

/* Seconds for `builds` of them in `dir`, `alive` at once (up to 16); with more than one, the
 * changes of one turn share a commit. */
double build_floor(const char *dir, size_t builds, size_t alive);

#endif
