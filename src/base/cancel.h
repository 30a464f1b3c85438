/* SPDX-License-Identifier: MIT */
/*
 * A cancellation request, passed down every long operation: test it, wait on it, or poll its
 * descriptor. Cancelling a parent cancels its children. Reference-counted; any thread may cancel,
 * once or often.
 */
#ifndef CHG_BASE_CANCEL_H
#define CHG_BASE_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

struct chg_cancel;

int chg_cancel_new(
    struct chg_cancel **out,
    struct chg_cancel *parent); /* parent may be NULL; the child holds a reference on it */
struct chg_cancel *chg_cancel_ref(struct chg_cancel *cancel);
struct chg_cancel *chg_cancel_unref(struct chg_cancel *cancel); /* NULL is fine; returns NULL */
/* level 1: with grace; 2: kill at once. A later call can only raise the level. reason is copied
 * from the first call; may be NULL. */
void chg_cancel_request(struct chg_cancel *cancel, int level, const char *reason);
int chg_cancel_level(const struct chg_cancel *cancel); /* 0 not cancelled; NULL cancel gives 0 */
const char *chg_cancel_reason(const struct chg_cancel *cancel); /* borrowed, "" when none */
int chg_cancel_fd(struct chg_cancel *
                      cancel); /* eventfd, readable once cancelled (and again at each raise after
                                  chg_cancel_drain); -1 when it cannot be made. Made on first use */
void chg_cancel_drain(struct chg_cancel *cancel);
/* From here on the descriptor is readable from this level on only: what was asked for below it is
 * known, and a raise that comes meanwhile is not lost. */
void chg_cancel_rearm(struct chg_cancel *cancel, int level);
int chg_cancel_check(
    const struct chg_cancel *cancel); /* 0 or CHENGIS_ERR_CANCELLED with the reason set */
int chg_cancel_sleep(struct chg_cancel *cancel,
                     int64_t ms); /* 0 after ms, CANCELLED when cancelled before; NULL sleeps */

#endif
