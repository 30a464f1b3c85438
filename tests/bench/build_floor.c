/* SPDX-License-Identifier: MIT */
/* One loop over the pipes and pidfds of the running builds; see build_floor.h. */
#include "build_floor.h"

#include "bench.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define ALIVE_MAX 16

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "CREATE TABLE build(id INTEGER PRIMARY KEY, job TEXT, status TEXT, began REAL, ended REAL,"
    " code INT); CREATE INDEX build_job ON build(job, id)";

enum state { FREE, ENTERED, RUNNING };

struct slot {
    enum state state;
    int64_t id;
    int output; /* -1: closed */
    int child;  /* pidfd; -1: reaped */
    size_t len;
    char text[256];
};

struct floor {
    const char *dir;
    sqlite3 *db;
    sqlite3_stmt *insert;
    sqlite3_stmt *update;
    bool grouped;
    bool open; /* a transaction */
    int epoll;
    size_t alive;
    struct slot slots[ALIVE_MAX];
};

/* ---- database ---- */

static void exec_sql(struct floor *floor, const char *sql)
{
    bench_check(sqlite3_exec(floor->db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void open_database(struct floor *floor)
{
    char path[PATH_MAX + 32];

    (void)snprintf(path, sizeof path, "%s/floor.db", floor->dir);
    bench_check(sqlite3_open(path, &floor->db) == SQLITE_OK, "open a database");
    exec_sql(floor, schema);
    bench_check(sqlite3_prepare_v2(floor->db,
                                   "INSERT INTO build VALUES(?1,'job','running',?2,NULL,NULL)", -1,
                                   &floor->insert, NULL) == SQLITE_OK,
                "prepare");
    bench_check(sqlite3_prepare_v2(
                    floor->db, "UPDATE build SET status='success', ended=?2, code=0 WHERE id=?1",
                    -1, &floor->update, NULL) == SQLITE_OK,
                "prepare");
}

static void close_database(struct floor *floor)
{
    (void)sqlite3_finalize(floor->insert);
    (void)sqlite3_finalize(floor->update);
    bench_check(sqlite3_close(floor->db) == SQLITE_OK, "close the database");
}

static void change_row(struct floor *floor, sqlite3_stmt *statement, int64_t id)
{
    if (floor->grouped && !floor->open) {
        exec_sql(floor, "BEGIN IMMEDIATE");
        floor->open = true;
    }
    (void)sqlite3_bind_int64(statement, 1, id);
    (void)sqlite3_bind_double(statement, 2, bench_now());
    bench_check(sqlite3_step(statement) == SQLITE_DONE, "change a row");
    (void)sqlite3_reset(statement);
}

static void commit(struct floor *floor)
{
    if (floor->open)
        exec_sql(floor, "COMMIT");
    floor->open = false;
}

/* ---- one build ---- */

static void watch(struct floor *floor, int fd, size_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};

    bench_check(epoll_ctl(floor->epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll");
}

static void unwatch(struct floor *floor, int *fd)
{
    (void)epoll_ctl(floor->epoll, EPOLL_CTL_DEL, *fd, NULL);
    (void)close(*fd);
    *fd = -1;
}

static void start(struct floor *floor, size_t index)
{
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"echo hello"}, NULL};
    struct slot *slot = &floor->slots[index];
    char folder[PATH_MAX + 32];
    int ends[2];
    pid_t pid;

    (void)snprintf(folder, sizeof folder, "%s/work-%lld", floor->dir, (long long)slot->id);
    bench_check(mkdir(folder, 0700) == 0 && pipe2(ends, O_CLOEXEC) == 0, "prepare a build");
    pid = vfork();
    if (pid == 0) {
        (void)setpgid(0, 0);
        if (chdir(folder) == 0 && dup2(ends[1], 1) == 1 && dup2(ends[1], 2) == 2)
            (void)execve("/bin/sh", argv, environ);
        _exit(127);
    }
    bench_check(pid > 0, "vfork");
    (void)close(ends[1]);
    slot->state = RUNNING;
    slot->len = 0;
    slot->output = ends[0];
    slot->child = (int)syscall(SYS_pidfd_open, pid, 0);
    watch(floor, slot->output, index * 2);
    watch(floor, slot->child, index * 2 + 1);
}

static void keep_log(struct floor *floor, const struct slot *slot)
{
    char path[PATH_MAX + 32];
    int fd;

    (void)snprintf(path, sizeof path, "%s/log-%lld", floor->dir, (long long)slot->id);
    fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    bench_check(fd >= 0 && write(fd, slot->text, slot->len) == (ssize_t)slot->len, "write a log");
    (void)close(fd);
    (void)snprintf(path, sizeof path, "%s/work-%lld", floor->dir, (long long)slot->id);
    bench_check(rmdir(path) == 0, "remove a folder");
}

/* True when the build is over. */
static bool take_event(struct floor *floor, size_t tag)
{
    struct slot *slot = &floor->slots[tag / 2];
    siginfo_t info;
    ssize_t n;

    if (tag % 2 == 1) {
        bench_check(waitid(P_PIDFD, (id_t)slot->child, &info, WEXITED) == 0 && info.si_status == 0,
                    "the command failed");
        unwatch(floor, &slot->child);
    } else {
        n = read(slot->output, slot->text + slot->len, sizeof slot->text - slot->len);
        if (n > 0)
            slot->len += (size_t)n;
        else
            unwatch(floor, &slot->output);
    }
    return slot->child < 0 && slot->output < 0;
}

/* ---- all builds ---- */

/* Rows first, so that a build which started can be found after a crash. */
static void enter(struct floor *floor, int64_t *begun, int64_t builds)
{
    for (size_t i = 0; i < floor->alive && *begun < builds; i++) {
        if (floor->slots[i].state != FREE)
            continue;
        floor->slots[i].id = ++*begun;
        floor->slots[i].state = ENTERED;
        change_row(floor, floor->insert, floor->slots[i].id);
    }
    commit(floor);
    for (size_t i = 0; i < floor->alive; i++) {
        if (floor->slots[i].state == ENTERED)
            start(floor, i);
    }
}

static int64_t turn(struct floor *floor)
{
    struct epoll_event events[2 * ALIVE_MAX];
    int count = epoll_wait(floor->epoll, events, 2 * ALIVE_MAX, -1);
    int64_t over = 0;

    for (int i = 0; i < count; i++) {
        struct slot *slot = &floor->slots[events[i].data.u64 / 2];

        if (!take_event(floor, events[i].data.u64))
            continue;
        bench_check(slot->len == 6, "output is missing");
        keep_log(floor, slot);
        change_row(floor, floor->update, slot->id);
        slot->state = FREE;
        over++;
    }
    return over;
}

double build_floor(const char *dir, size_t builds, size_t alive)
{
    struct floor floor = {.dir = dir, .grouped = alive > 1, .alive = alive};
    int64_t begun = 0, over = 0;
    double began;

    bench_check(alive >= 1 && alive <= ALIVE_MAX, "too many builds at once");
    open_database(&floor);
    floor.epoll = epoll_create1(EPOLL_CLOEXEC);
    bench_check(floor.epoll >= 0, "epoll");
    began = bench_now();
    while (over < (int64_t)builds) {
        enter(&floor, &begun, (int64_t)builds);
        over += turn(&floor);
    }
    commit(&floor);
    began = bench_now() - began;
    (void)close(floor.epoll);
    close_database(&floor);
    return began;
}
