/* SPDX-License-Identifier: MIT */
/* Helpers of the proc tests. */
#include "proc_test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc/tree_priv.h"

#define LONG_WAIT_MS 20000

const char *const test_env[] = {"PATH=/usr/bin:/bin", NULL};

struct chg_spawn request_of(const char *const *argv)
{
    return (struct chg_spawn){
        .argv = argv,
        .envp = test_env,
        .stdin_fd = -1,
        .stdout_fd = -1,
        .stderr_fd = -1,
    };
}

int wait_child(struct chg_child *child, struct chg_exit *out)
{
    struct pollfd poll_fd = {.fd = chg_child_fd(child), .events = POLLIN};
    int rc;

    do
        rc = poll(&poll_fd, 1, LONG_WAIT_MS);
    while (rc < 0 && errno == EINTR);
    cr_assert(rc == 1, "the child has not ended in time");
    return chg_child_reap(child, out);
}

static void read_all(int fd, char *out, size_t size)
{
    size_t len = 0;
    ssize_t n;

    while (len < size - 1 && (n = read(fd, out + len, size - 1 - len)) > 0)
        len += (size_t)n;
    out[len] = '\0';
}

int run_request(struct ran *ran, struct chg_spawn request)
{
    struct chg_child *child = NULL;
    int ends[2];
    int rc;

    *ran = (struct ran){.exit = {.code = -99}};
    cr_assert(pipe2(ends, O_CLOEXEC) == 0);
    request.stdout_fd = ends[1];
    request.stderr_fd = ends[1];
    rc = chg_child_spawn(&child, &request);
    (void)close(ends[1]);
    if (rc == 0) {
        read_all(ends[0], ran->out, sizeof(ran->out));
        rc = wait_child(child, &ran->exit);
    }
    (void)close(ends[0]);
    chg_child_free(child);
    return rc;
}

int run_argv(struct ran *ran, const char *const *argv)
{
    return run_request(ran, request_of(argv));
}

struct chg_tree_host *make_host(enum chg_tree_method method)
{
    static unsigned made;
    struct chg_tree_host *host = NULL;
    char name[64];

    (void)snprintf(name, sizeof(name), "chengis-test-%d-%u", (int)getpid(), made++);
    assert_ok(chg_tree_host_new(&host, &(struct chg_tree_host_options){
                                           .name = name,
                                           .reaper_path = REAPER_PATH,
                                           .method = method,
                                       }));
    (void)chg_tree_host_method(host);
    if (host->ops == NULL) {
        chg_tree_host_free(host);
        cr_skip_test("this method cannot be had here");
    }
    return host;
}

pid_t start_ready(struct chg_child **out, const char *script, struct chg_tree *tree)
{
    struct chg_spawn request = request_of(SH(script));
    char line[64] = "";
    int ends[2];

    cr_assert(pipe2(ends, O_CLOEXEC) == 0);
    request.stdout_fd = ends[1];
    request.tree = tree;
    assert_ok(chg_child_spawn(out, &request));
    (void)close(ends[1]);
    cr_assert(read(ends[0], line, sizeof(line) - 1) > 0, "'%s' wrote no line", script);
    (void)close(ends[0]);
    return (pid_t)strtoll(line, NULL, 10);
}

bool is_alive(pid_t pid)
{
    struct chg_proc_stat stat;

    return chg_proc_stat_read(&stat, pid) && stat.state != 'Z' && stat.state != 'X';
}

bool gone_within_10s(pid_t pid)
{
    int i;

    for (i = 0; i < 1000 && is_alive(pid); i++)
        (void)poll(NULL, 0, 10);
    return !is_alive(pid);
}

size_t count_open_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;

    while (readdir(dir) != NULL)
        count++;
    (void)closedir(dir);
    return count;
}
