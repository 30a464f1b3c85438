/* SPDX-License-Identifier: MIT */
/* Children come and go while their parent is cancelled, its descriptor made and its level read. */
#include <poll.h>
#include <stdio.h>

#include "base/cancel.h"
#include "base/error.h"
#include "base/thread.h"

#define THREADS 4
#define ROUNDS  200

static int failures;

static void expect(int ok, const char *what)
{
    if (!ok) {
        (void)printf("failed: %s\n", what);
        failures++;
    }
}

struct worker {
    struct chg_cancel *parent;
    struct chg_thread thread;
    int missed; /* children that were not cancelled in the end */
};

/* Make children until the parent is cancelled; the last ones must have heard of it. */
static void make_children(void *userdata)
{
    struct worker *worker = userdata;
    int level;

    do {
        struct chg_cancel *child = NULL;
        struct chg_cancel *grandchild = NULL;
        struct pollfd poll_fd = {.events = POLLIN};

        level = chg_cancel_level(worker->parent);
        if (chg_cancel_new(&child, worker->parent) < 0 || chg_cancel_new(&grandchild, child) < 0) {
            worker->missed++;
            return;
        }
        poll_fd.fd = chg_cancel_fd(grandchild);
        if (level > 0 && (chg_cancel_check(grandchild) != CHENGIS_ERR_CANCELLED ||
                          chg_cancel_reason(grandchild)[0] != 's' || poll(&poll_fd, 1, 0) != 1))
            worker->missed++;
        (void)chg_cancel_unref(child);
        (void)chg_cancel_unref(grandchild);
    } while (level == 0);
}

static void round_of_children(void)
{
    struct worker workers[THREADS] = {{0}};
    struct chg_cancel *parent = NULL;

    expect(chg_cancel_new(&parent, NULL) == 0, "parent is made");
    for (int i = 0; i < THREADS; i++) {
        workers[i].parent = chg_cancel_ref(parent);
        expect(chg_thread_start(&workers[i].thread, "children", make_children, &workers[i]) == 0,
               "thread starts");
    }
    chg_cancel_request(parent, 1, "stop");
    chg_cancel_request(parent, 2, "stop again");
    for (int i = 0; i < THREADS; i++) {
        chg_thread_join(&workers[i].thread);
        expect(workers[i].missed == 0, "no child missed the request");
        (void)chg_cancel_unref(workers[i].parent);
    }
    (void)chg_cancel_unref(parent);
}

static void sleep_long(void *userdata)
{
    struct worker *worker = userdata;

    worker->missed = chg_cancel_sleep(worker->parent, 3600000) != CHENGIS_ERR_CANCELLED;
}

static void round_of_sleepers(void)
{
    struct worker workers[THREADS] = {{0}};
    struct chg_cancel *parent = NULL;

    expect(chg_cancel_new(&parent, NULL) == 0, "parent is made");
    for (int i = 0; i < THREADS; i++) {
        expect(chg_cancel_new(&workers[i].parent, parent) == 0, "child is made");
        expect(chg_thread_start(&workers[i].thread, "sleeper", sleep_long, &workers[i]) == 0,
               "thread starts");
    }
    chg_cancel_request(parent, 2, "stop");
    for (int i = 0; i < THREADS; i++) {
        chg_thread_join(&workers[i].thread);
        expect(workers[i].missed == 0, "the sleeper was woken");
        (void)chg_cancel_unref(workers[i].parent);
    }
    (void)chg_cancel_unref(parent);
}

int main(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        round_of_children();
        round_of_sleepers();
    }
    return failures == 0 ? 0 : 1;
}
