/* SPDX-License-Identifier: MIT */
/*
 * The event bus: publishes committed events to the subscriptions of this process, and wakes them
 * when another process commits. Subscriptions read what they missed from the store, so nothing is
 * lost and nobody is slowed down.
 */
#ifndef CHG_EVENTS_BUS_H
#define CHG_EVENTS_BUS_H

#include "store/rows.h"

#include <chengis/event.h>

struct chg_bus;

int chg_bus_new(struct chg_bus **out, chengis_store *store);
/* Stops the watcher; subscriptions that remain keep reading from the store. Called once, by the
 * engine. */
struct chg_bus *chg_bus_unref(struct chg_bus *bus);

/* Make the immutable event of a committed row. */
int chg_event_new(chengis_event **out, const struct chg_event_row *row);
/* Publish committed events of one transaction, in order. Never blocks, never fails (a full ring
 * falls back to the store). Cheap without subscriptions. */
void chg_bus_publish(struct chg_bus *bus, const struct chg_event_row *rows, size_t count,
                     const char *org_id);
bool chg_bus_wants_log_hints(struct chg_bus *bus, const char *build_id);
/* A live hint: bytes up to `offset` of the step's log are readable. Not stored. */
void chg_bus_publish_log_hint(struct chg_bus *bus, const char *build_id, const char *stage,
                              const char *step, uint64_t step_ordinal, uint64_t offset);

int chg_subscription_new(chengis_subscription **out, struct chg_bus *bus,
                         const chengis_subscription_options *opts);

/* The watcher also serves the engine: fn runs on the watcher thread after another process
 * committed, coalesced to one call per 10 ms. Starts the watcher. */
int chg_bus_on_foreign_commit(struct chg_bus *bus, void (*fn)(void *userdata), void *userdata);

#endif
