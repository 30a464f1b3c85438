/* SPDX-License-Identifier: MIT */
/* Threads, their signal mask, and waiting with a limit. */
#include "base/thread.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "support.h"

struct seen {
    char name[16];
    int blocked;
    bool is_self;
    struct chg_thread thread;
    struct chg_mutex mutex;
};

static void look(void *userdata)
{
    struct seen *seen = userdata;
    sigset_t mask;

    chg_mutex_lock(&seen->mutex);
    (void)pthread_getname_np(pthread_self(), seen->name, sizeof(seen->name));
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    seen->blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGCHLD) == 1 &&
                    sigismember(&mask, SIGPIPE) == 1;
    seen->is_self = chg_thread_is_self(&seen->thread);
    chg_mutex_unlock(&seen->mutex);
}

static void run_look(struct seen *seen, const char *name)
{
    chg_mutex_init(&seen->mutex);
    chg_mutex_lock(&seen->mutex);
    assert_ok(chg_thread_start(&seen->thread, name, look, seen));
    chg_mutex_unlock(&seen->mutex);
    chg_thread_join(&seen->thread);
    chg_mutex_fini(&seen->mutex);
}

Test(base_thread, a_thread_has_its_name_and_blocks_signals)
{
    struct seen seen = {0};
    sigset_t mask;

    run_look(&seen, "chg-build");

    cr_expect_str_eq(seen.name, "chg-build");
    cr_expect(seen.blocked);
    cr_expect(seen.is_self);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    cr_expect_eq(sigismember(&mask, SIGTERM), 0);
}

Test(base_thread, a_long_name_is_cut)
{
    struct seen seen = {0};

    run_look(&seen, "a-name-of-many-bytes");

    cr_expect_str_eq(seen.name, "a-name-of-many-");
}

Test(base_thread, a_thread_that_was_not_started_can_be_joined)
{
    struct chg_thread thread = {0};

    chg_thread_join(&thread);
    cr_expect_not(chg_thread_is_self(&thread));
}

Test(base_thread, joining_twice_is_fine)
{
    struct seen seen = {0};

    run_look(&seen, "x");
    chg_thread_join(&seen.thread);
}

Test(base_thread, missing_memory_is_reported)
{
    struct chg_thread thread;

    fault_alloc(1);
    assert_err(chg_thread_start(&thread, "x", look, NULL), CHENGIS_ERR_NO_MEMORY, "out of memory");
    cr_expect_not(thread.started);
}

struct gate {
    struct chg_mutex mutex;
    struct chg_cond cond;
    int open;
    int passed;
};

static void pass(void *userdata)
{
    struct gate *gate = userdata;

    chg_mutex_lock(&gate->mutex);
    while (gate->open == 0)
        chg_cond_wait(&gate->cond, &gate->mutex);
    gate->passed++;
    chg_cond_signal(&gate->cond);
    chg_mutex_unlock(&gate->mutex);
}

Test(base_thread, a_broadcast_wakes_all_waiters)
{
    struct gate gate = {0};
    struct chg_thread threads[3];

    chg_mutex_init(&gate.mutex);
    chg_cond_init(&gate.cond);
    for (int i = 0; i < 3; i++)
        assert_ok(chg_thread_start(&threads[i], "waiter", pass, &gate));
    chg_mutex_lock(&gate.mutex);
    gate.open = 1;
    chg_cond_broadcast(&gate.cond);
    chg_mutex_unlock(&gate.mutex);
    for (int i = 0; i < 3; i++)
        chg_thread_join(&threads[i]);

    cr_expect_eq(gate.passed, 3);
    chg_cond_fini(&gate.cond);
    chg_mutex_fini(&gate.mutex);
}

Test(base_thread, a_wait_ends_at_its_time)
{
    struct gate gate = {0};
    int64_t until = chg_clock_mono_ms() + 20;
    bool signalled = true;

    chg_mutex_init(&gate.mutex);
    chg_cond_init(&gate.cond);
    chg_mutex_lock(&gate.mutex);
    while (signalled)
        signalled = chg_cond_wait_until(&gate.cond, &gate.mutex, until);
    chg_mutex_unlock(&gate.mutex);

    cr_expect_geq(chg_clock_mono_ms(), until);
}

Test(base_thread, a_wait_until_the_end_of_time_is_ended_by_a_signal, .timeout = 20)
{
    struct gate gate = {.open = 1};
    struct chg_thread thread;
    bool in_time = true;

    chg_mutex_init(&gate.mutex);
    chg_cond_init(&gate.cond);
    chg_mutex_lock(&gate.mutex);
    assert_ok(chg_thread_start(&thread, "signal", pass, &gate));
    while (gate.passed == 0 && in_time)
        in_time = chg_cond_wait_until(&gate.cond, &gate.mutex, INT64_MAX);
    chg_mutex_unlock(&gate.mutex);
    chg_thread_join(&thread);

    cr_expect(in_time);
    cr_expect_eq(gate.passed, 1);
}

Test(base_thread, a_time_gone_by_does_not_wait)
{
    struct gate gate = {0};

    chg_mutex_init(&gate.mutex);
    chg_cond_init(&gate.cond);
    chg_mutex_lock(&gate.mutex);
    cr_expect_not(chg_cond_wait_until(&gate.cond, &gate.mutex, -5));
    chg_mutex_unlock(&gate.mutex);
}
