/* SPDX-License-Identifier: MIT */
/* What the tests of proc share: run a program with its output in memory, make trees, look at
 * processes. */
#ifndef PROC_TEST_H
#define PROC_TEST_H

#include "support.h"

#include "proc/spawn.h"
#include "proc/tree.h"

#include <sys/types.h>

#define REAPER_PATH TEST_BIN_DIR "/../libexec/chengis/step-reaper"
#define ARGV(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
/* What a shell sees that lists its own descriptors: 3 is the listing itself. */
#define STANDARD_FDS "0\n1\n2\n3\n"
#define SH(script)   ARGV("sh", "-c", script)

extern const char *const test_env[]; /* PATH only */

struct ran {
    struct chg_exit exit;
    char out[16384]; /* stdout and stderr */
};
/* Spawn with stdout and stderr captured, read to end of file, reap. request->argv and envp must be
 * set. */
int run_request(struct ran *ran, struct chg_spawn request);
int run_argv(struct ran *ran, const char *const *argv);
/* Wait for the end and reap. */
int wait_child(struct chg_child *child, struct chg_exit *exit);

/* A request with /dev/null everywhere. */
struct chg_spawn request_of(const char *const *argv);

/* A host whose name is unique; the test is skipped where the method cannot be had. */
struct chg_tree_host *make_host(enum chg_tree_method method);

/* Start a script that writes one line when ready; the line (a pid, say) is returned as a number. */
pid_t start_ready(struct chg_child **out, const char *script, struct chg_tree *tree);

bool is_alive(pid_t pid);        /* exists and is no zombie */
bool gone_within_10s(pid_t pid); /* polls */
size_t count_open_fds(void);

#endif
