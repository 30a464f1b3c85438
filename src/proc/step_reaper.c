/* SPDX-License-Identifier: MIT */
/*
 * step-reaper FD PATH -- ARGV0 ARGS...: runs one program and adopts whatever it leaves behind.
 *
 * It is the sub-reaper of the program, so no descendant can get out of its sight: not by a double
 * fork, not by setsid(). When the socket FD reaches end of file (its starter asks for it, or died)
 * it kills all of them. It ends when none is left. A program of its own: it shares only the message
 * format with libchengis.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/reaper_protocol.h"

#include "base/banned.h"

#define STAT_MAX         1024
#define KILL_WAIT_MS     5   /* between two rounds of killing, */
#define KILL_WAIT_MAX_MS 500 /* growing to this for what the kernel holds */

extern char **environ;

struct process {
    pid_t pid;
    pid_t parent;
    pid_t group;
    bool ours;
};

static struct {
    struct process *items;
    size_t len;
    size_t cap;
} table;

static int control = -1;
static int child_events = -1;
static pid_t step;

static void report(int type, int a, int b)
{
    struct chg_reaper_message message = {.type = type, .a = a, .b = b};

    (void)send(control, &message, sizeof(message), MSG_NOSIGNAL);
}

/* "PID (NAME) STATE PARENT GROUP ...": the name may hold anything. */
static bool read_process(struct process *out, int proc_fd, const char *pid)
{
    char text[STAT_MAX];
    char path[32];
    const char *at;
    ssize_t n;
    int fd;

    if (snprintf(path, sizeof(path), "%s/stat", pid) >= (int)sizeof(path))
        return false;
    fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, sizeof(text) - 1);
    (void)close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    at = strrchr(text, ')');
    *out = (struct process){0};
    return at != NULL && sscanf(text, "%d", &out->pid) == 1 &&
           sscanf(at + 1, " %*c %d %d", &out->parent, &out->group) == 2;
}

static bool table_add(const struct process *process)
{
    if (table.len == table.cap) {
        size_t cap = table.cap > 0 ? table.cap * 2 : 512;
        struct process *items = realloc(table.items, cap * sizeof(*items));

        if (items == NULL)
            return false;
        table.items = items;
        table.cap = cap;
    }
    table.items[table.len++] = *process;
    return true;
}

static void read_table(void)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    struct process process;

    table.len = 0;
    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]) &&
            read_process(&process, dirfd(dir), entry->d_name) && !table_add(&process))
            break;
    }
    (void)closedir(dir);
}

static bool is_ours(pid_t pid)
{
    size_t i;

    if (pid == getpid())
        return true;
    for (i = 0; i < table.len; i++) {
        if (table.items[i].pid == pid)
            return table.items[i].ours;
    }
    return false;
}

/* A child has mostly a larger number than its parent, so that one or two passes find all. */
static void mark_descendants(void)
{
    bool found = true;
    size_t i;

    while (found) {
        found = false;
        for (i = 0; i < table.len; i++) {
            struct process *process = &table.items[i];

            if (!process->ours && process->parent > 1 && is_ours(process->parent)) {
                process->ours = true;
                found = true;
            }
        }
    }
}

/*
 * A group is killed in one step of the kernel, which no fork can outrun. The groups of our
 * descendants hold only descendants, because the first of them began a session of its own.
 */
static void signal_descendants(int sig)
{
    size_t i;

    read_table();
    mark_descendants();
    for (i = 0; i < table.len; i++) {
        if (!table.items[i].ours)
            continue;
        if (sig == SIGKILL && table.items[i].group > 1 && table.items[i].group != getpgrp())
            (void)kill(-table.items[i].group, sig);
        (void)kill(table.items[i].pid, sig);
    }
}

/* True once no child, and so no descendant, is left. */
static bool reap(void)
{
    struct signalfd_siginfo drained;
    int status;
    pid_t pid;

    while (read(child_events, &drained, sizeof(drained)) > 0)
        continue;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != step)
            continue;
        if (WIFSIGNALED(status))
            report(CHG_REAPER_EXITED, -1, WTERMSIG(status));
        else
            report(CHG_REAPER_EXITED, WEXITSTATUS(status), 0);
        step = 0;
    }
    return pid < 0 && errno == ECHILD;
}

static void kill_all(void)
{
    struct pollfd poll_fd = {.fd = child_events, .events = POLLIN};
    int wait_ms = KILL_WAIT_MS;

    if (step > 0)
        (void)kill(-step, SIGKILL);
    while (!reap()) {
        signal_descendants(SIGKILL);
        (void)poll(&poll_fd, 1, wait_ms);
        if (wait_ms < KILL_WAIT_MAX_MS)
            wait_ms *= 2;
    }
}

/* False at the end of file. */
static bool obey(void)
{
    struct chg_reaper_message message;
    ssize_t n = recv(control, &message, sizeof(message), MSG_DONTWAIT);

    if (n == (ssize_t)sizeof(message) && message.type == CHG_REAPER_SIGNAL)
        signal_descendants(message.a);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void run_until_empty(void)
{
    struct pollfd fds[2] = {
        {.fd = control, .events = POLLIN},
        {.fd = child_events, .events = POLLIN},
    };

    while (!reap()) {
        (void)poll(fds, 2, -1);
        if (fds[0].revents != 0 && !obey()) {
            kill_all();
            return;
        }
    }
}

/* In a session of its own, with every signal at its default and none blocked. */
static int start(const char *path, char **argv)
{
    posix_spawnattr_t attr;
    sigset_t set;
    int err = posix_spawnattr_init(&attr);

    if (err != 0)
        return err;
    /* All of them: sigfillset() leaves out two of libc, which posix_spawn() would then have
     * ignored. */
    memset(&set, 0xff, sizeof(set));
    (void)posix_spawnattr_setsigdefault(&attr, &set);
    (void)sigemptyset(&set);
    (void)posix_spawnattr_setsigmask(&attr, &set);
    (void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK);
    err = posix_spawn(&step, path, NULL, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    return err;
}

/* The step's pipes, its input and its directory are not ours to hold. */
static void let_go(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)dup2(fd, STDIN_FILENO);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    (void)!chdir("/");
}

static int prepare(const char *fd)
{
    sigset_t all;
    sigset_t child;

    control = fd[0] - '0';
    (void)fcntl(control, F_SETFD, FD_CLOEXEC);
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    child_events = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    return child_events < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0 ? errno : 0;
}

int main(int argc, char **argv)
{
    int err;

    if (argc < 5 || !isdigit((unsigned char)argv[1][0]) || argv[1][1] != '\0' ||
        strcmp(argv[3], "--") != 0) {
        (void)dprintf(STDERR_FILENO, "step-reaper is started by chengis, not by hand\n"
                                     "usage: step-reaper FD PATH -- ARGV0 [ARGUMENT]...\n");
        return 2;
    }
    err = prepare(argv[1]);
    if (err == 0)
        err = start(argv[2], argv + 4);
    if (err != 0) {
        report(CHG_REAPER_FAILED, err, 0);
        return 1;
    }
    report(CHG_REAPER_STARTED, (int)step, 0);
    let_go();
    run_until_empty();
    return 0;
}
