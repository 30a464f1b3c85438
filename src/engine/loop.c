/* SPDX-License-Identifier: MIT */
/* The build's wait: one epoll over the output and end of every running step, the cancel request and
 * a free process slot. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "proc/spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/banned.h"

#define MAX_EVENTS       64
#define HINT_INTERVAL_MS 40

/* What an epoll entry stands for: a running step's address with a tag in the low bits, or a tag
 * alone. */
enum tag { TAG_OUTPUT = 0, TAG_END = 1, TAG_CANCEL = 2, TAG_WAKE = 3, TAG_MASK = 3 };

static int watch(struct chg_run *run, int fd, struct chg_running *running, enum tag tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(uintptr_t)running | tag};

    if (epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        return chg_error_sys(0, errno, "cannot watch a descriptor");
    return 0;
}

int chg_loop_open(struct chg_run *run)
{
    int rc;

    if (run->epoll_fd >= 0)
        return 0;
    run->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (run->epoll_fd < 0)
        return chg_error_sys(0, errno, "cannot make an epoll descriptor");
    rc = watch(run, chg_cancel_fd(run->cancel), NULL, TAG_CANCEL);
    if (rc == 0)
        rc = watch(run, run->wake_fd, NULL, TAG_WAKE);
    return rc;
}

void chg_loop_close(struct chg_run *run)
{
    if (run->epoll_fd >= 0)
        (void)close(run->epoll_fd);
    run->epoll_fd = -1;
}

static int end_fd(const struct chg_running *running)
{
    return running->child != NULL ? chg_child_fd(running->child) : chg_worker_fd(running->worker);
}

int chg_loop_add(struct chg_run *run, struct chg_running *running)
{
    int rc = watch(run, running->output_fd, running, TAG_OUTPUT);

    return rc < 0 ? rc : watch(run, end_fd(running), running, TAG_END);
}

/* Descriptors leave the epoll set before they are closed: a vforked child may hold a copy for a
 * moment. */
void chg_loop_remove(struct chg_run *run, struct chg_running *running)
{
    if (running->output_fd >= 0)
        (void)epoll_ctl(run->epoll_fd, EPOLL_CTL_DEL, running->output_fd, NULL);
    if (running->child != NULL || running->worker != NULL)
        (void)epoll_ctl(run->epoll_fd, EPOLL_CTL_DEL, end_fd(running), NULL);
}

const char *chg_loop_stop_reason(const struct chg_run *run, const struct chg_limits *limits)
{
    if (chg_cancel_level(run->cancel) >= limits->cancel_level)
        return "cancelled";
    if (limits->deadline > 0 && chg_clock_mono_ms() >= limits->deadline)
        return limits->deadline_reason;
    return NULL;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Milliseconds until the next thing that must be done without being woken; -1: nothing. */
static int next_timeout(const struct chg_run *run, const struct chg_limits *limits)
{
    int64_t at = limits->deadline, now = chg_clock_mono_ms();

    for (const struct chg_running *r = run->running; r != NULL; r = r->next) {
        if (r->stop_reason == NULL)
            at = sooner(at, r->deadline);
        else if (!r->killed)
            at = sooner(at, r->kill_at);
        if (r->hint_due)
            at = sooner(at, r->hint_at + HINT_INTERVAL_MS);
    }
    if (at == 0)
        return -1;
    if (at <= now)
        return 0;
    return at - now > 3600 * 1000 ? 3600 * 1000 : (int)(at - now);
}

static void hint(struct chg_run *run, struct chg_running *running, int64_t now)
{
    struct chg_log_summary summary;

    if (!running->hint_due || now < running->hint_at + HINT_INTERVAL_MS)
        return;
    running->hint_due = false;
    running->hint_at = now;
    if (!chg_bus_wants_log_hints(run->engine->bus, run->row.id))
        return;
    chg_log_step_summary(running->step->log, &summary);
    chg_bus_publish_log_hint(run->engine->bus, run->row.id, running->stage->row.name,
                             running->step->row.name, (uint64_t)running->step->row.ordinal,
                             summary.bytes);
}

static void note_end(struct chg_running *running)
{
    int rc;

    if (running->child == NULL) {
        running->ended = true;
        return;
    }
    rc = chg_child_reap(running->child, &running->exit);
    if (rc < 0) {
        running->exit = (struct chg_exit){-1, 0};
        running->lost = "its exit status was taken by another part of the program";
    }
    running->ended = rc != 0;
}

/* A process that ended in time is not to be called late because its end was not looked at yet. */
static bool is_late(struct chg_running *running, int64_t now)
{
    if (running->deadline == 0 || now < running->deadline)
        return false;
    if (running->child != NULL)
        note_end(running);
    return !running->ended;
}

/* Limits, kills that are due and hints, for every running step. */
static void keep_time(struct chg_run *run, const struct chg_limits *limits)
{
    const char *reason = chg_loop_stop_reason(run, limits);
    bool at_once = chg_cancel_level(run->cancel) >= 2;
    int64_t now = chg_clock_mono_ms();

    for (struct chg_running *r = run->running; r != NULL; r = r->next) {
        if (r->ended)
            continue;
        if (reason != NULL)
            chg_step_stop(run, r, reason, at_once);
        else if (is_late(r, now))
            chg_step_stop(run, r, "timed-out", false);
        if (r->stop_reason != NULL && now >= r->kill_at)
            chg_step_stop(run, r, r->stop_reason, true);
        hint(run, r, now);
    }
}

static void drain(int fd)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof(count));

    (void)got; /* non-blocking: empty is fine */
}

static void dispatch(struct chg_run *run, const struct epoll_event *event)
{
    struct chg_running *running =
        (struct chg_running *)(uintptr_t)(event->data.u64 & ~(uint64_t)TAG_MASK);

    switch ((enum tag)(event->data.u64 & TAG_MASK)) {
    case TAG_CANCEL:
        chg_cancel_drain(run->cancel);
        break;
    case TAG_WAKE:
        drain(run->wake_fd);
        break;
    case TAG_OUTPUT:
        chg_step_read(run, running);
        break;
    case TAG_END:
        note_end(running);
        break;
    default:
        break;
    }
}

static int complete_ended(struct chg_run *run)
{
    struct chg_running *next;

    for (struct chg_running *r = run->running; r != NULL; r = next) {
        next = r->next;
        if (r->ended) {
            int rc = chg_step_complete(run, r);

            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

int chg_loop_turn(struct chg_run *run, const struct chg_limits *limits)
{
    struct epoll_event events[MAX_EVENTS];
    int count = epoll_wait(run->epoll_fd, events, MAX_EVENTS, next_timeout(run, limits));

    if (count < 0 && errno != EINTR)
        return chg_error_sys(0, errno, "epoll_wait");
    for (int i = 0; i < count; i++)
        dispatch(run, &events[i]);
    keep_time(run, limits);
    return complete_ended(run);
}
