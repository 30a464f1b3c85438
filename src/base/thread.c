/* SPDX-License-Identifier: MIT */
/* Threads, mutexes and conditions of pthreads, with the rules of this library. */
#include "base/thread.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"

#include "base/banned.h"

/* A thousand years: for ever, without overflow. */
#define FAR_FUTURE_MS INT64_C(31556952000000)

struct start {
    chg_thread_fn fn;
    void *userdata;
    char name[16];
};

static void *thread_main(void *arg)
{
    struct start start = *(struct start *)arg;

    chg_free(arg);
    (void)pthread_setname_np(pthread_self(), start.name);
    start.fn(start.userdata);
    return NULL;
}

int chg_thread_start(struct chg_thread *thread, const char *name, chg_thread_fn fn, void *userdata)
{
    struct start *start = chg_new(struct start);
    sigset_t all;
    sigset_t before;
    int err;

    thread->started = false;
    if (start == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    start->fn = fn;
    start->userdata = userdata;
    (void)snprintf(start->name, sizeof(start->name), "%s", name);

    /* A thread inherits the mask, so signals of the host never arrive in one of ours. */
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&thread->id, NULL, thread_main, start);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (err != 0) {
        chg_free(start);
        return chg_error_sys(CHENGIS_ERR_LIMIT, err, "thread '%s' cannot be started", name);
    }
    thread->started = true;
    return 0;
}

void chg_thread_join(struct chg_thread *thread)
{
    if (!thread->started)
        return;
    (void)pthread_join(thread->id, NULL);
    thread->started = false;
}

bool chg_thread_is_self(const struct chg_thread *thread)
{
    return thread->started && pthread_equal(thread->id, pthread_self()) != 0;
}

void chg_mutex_init(struct chg_mutex *mutex)
{
    (void)pthread_mutex_init(&mutex->m, NULL);
}

void chg_mutex_fini(struct chg_mutex *mutex)
{
    (void)pthread_mutex_destroy(&mutex->m);
}

void chg_mutex_lock(struct chg_mutex *mutex)
{
    int err = pthread_mutex_lock(&mutex->m);

    (void)err;
    chg_assert(err == 0);
}

void chg_mutex_unlock(struct chg_mutex *mutex)
{
    int err = pthread_mutex_unlock(&mutex->m);

    (void)err;
    chg_assert(err == 0);
}

void chg_cond_init(struct chg_cond *cond)
{
    pthread_condattr_t attr;

    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&cond->c, &attr);
    (void)pthread_condattr_destroy(&attr);
}

void chg_cond_fini(struct chg_cond *cond)
{
    (void)pthread_cond_destroy(&cond->c);
}

void chg_cond_signal(struct chg_cond *cond)
{
    (void)pthread_cond_signal(&cond->c);
}

void chg_cond_broadcast(struct chg_cond *cond)
{
    (void)pthread_cond_broadcast(&cond->c);
}

void chg_cond_wait(struct chg_cond *cond, struct chg_mutex *mutex)
{
    (void)pthread_cond_wait(&cond->c, &mutex->m);
}

bool chg_cond_wait_until(struct chg_cond *cond, struct chg_mutex *mutex, int64_t mono_ms)
{
    struct timespec until;
    int64_t left_us;

    /* mono_ms is on the clock of base/clock.h, which a test may have replaced. */
    if (mono_ms > FAR_FUTURE_MS)
        mono_ms = FAR_FUTURE_MS;
    left_us = mono_ms * 1000 - chg_clock_mono_us();
    if (left_us < 0)
        left_us = 0;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    left_us += until.tv_nsec / 1000;
    until.tv_sec += (time_t)(left_us / 1000000);
    until.tv_nsec = (long)(left_us % 1000000) * 1000;
    return pthread_cond_timedwait(&cond->c, &mutex->m, &until) == 0;
}
