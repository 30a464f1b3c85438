/* SPDX-License-Identifier: MIT */
/* Threads: named, all signals blocked, joined by their owner. Nothing else in the library starts one. */
#ifndef CHG_BASE_THREAD_H
#define CHG_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct chg_thread {
    pthread_t id;
    bool started;
};
typedef void (*chg_thread_fn)(void *userdata);
int chg_thread_start(struct chg_thread *thread, const char *name, chg_thread_fn fn, void *userdata); /* name up to 15 bytes */
void chg_thread_join(struct chg_thread *thread); /* a thread that was not started is fine */
bool chg_thread_is_self(const struct chg_thread *thread);

/* Mutex and condition over the monotonic clock. Initialise with _init (cannot fail on Linux), release with _fini. */
struct chg_mutex {
    pthread_mutex_t m;
};
struct chg_cond {
    pthread_cond_t c;
};
void chg_mutex_init(struct chg_mutex *mutex);
void chg_mutex_fini(struct chg_mutex *mutex);
void chg_mutex_lock(struct chg_mutex *mutex);
void chg_mutex_unlock(struct chg_mutex *mutex);
void chg_cond_init(struct chg_cond *cond);
void chg_cond_fini(struct chg_cond *cond);
void chg_cond_signal(struct chg_cond *cond);
void chg_cond_broadcast(struct chg_cond *cond);
void chg_cond_wait(struct chg_cond *cond, struct chg_mutex *mutex);
bool chg_cond_wait_until(struct chg_cond *cond, struct chg_mutex *mutex, int64_t mono_ms); /* false: the time passed */

#endif
