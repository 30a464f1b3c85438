/* SPDX-License-Identifier: MIT */
/*
 * Inside of chengis_store: connections, the write turn, readers, change notification.
 *
 * Writing: chg_store_write() runs fn inside a transaction and returns after the commit. Callers
 * that arrive while a commit is under way are put together into the next transaction (group
 * commit): one of them leads, runs all their functions (each in its savepoint when there are
 * several) and commits once. fn may run on another caller's thread and may run twice; it must not
 * block, call back or touch anything but its userdata and the connection. Between processes a
 * ticket (lock on DB.writer) is taken before BEGIN IMMEDIATE.
 */
#ifndef CHG_STORE_STORE_H
#define CHG_STORE_STORE_H

#include "store/db.h"

#include <chengis/store.h>
#include <stdbool.h>
#include <stdint.h>

typedef int (*chg_store_fn)(struct chg_conn *conn, void *userdata);

int chg_store_write(chengis_store *store, chg_store_fn fn, void *userdata);
int chg_store_read(chengis_store *store, chg_store_fn fn,
                   void *userdata); /* one reader connection, a consistent snapshot */
const char *
chg_store_dir(const chengis_store *store); /* directory of the database: logs, artifacts, workspaces
                                              live beside it; NULL for in-memory */
const char *
chg_store_path(const chengis_store *store); /* file of the database; NULL for in-memory */
/* An engine begins to use the handle: false when another one does. Two on one handle would be deaf
 * to each other, since its own commits wake nobody. */
bool chg_store_engage(chengis_store *store);
void chg_store_disengage(chengis_store *store);
uint64_t chg_store_commits(const chengis_store *store); /* commits made through this handle */

/*
 * Noticing commits of other handles and processes. chg_store_watch_drain() tells whether there was
 * one since the last call, or since the watch was made. Once started, the watch has a descriptor
 * that becomes readable after each commit (inotify on DB.writer), which drain() empties; the caller
 * polls. It is -1 before, and in memory. One watch per watcher.
 */
struct chg_store_watch;
int chg_store_watch_new(struct chg_store_watch **out, chengis_store *store);
int chg_store_watch_start(struct chg_store_watch *watch);
int chg_store_watch_fd(const struct chg_store_watch *watch);
bool chg_store_watch_drain(struct chg_store_watch *watch);
void chg_store_watch_free(struct chg_store_watch *watch);

/* The organisation a caller acts for. Every function on tenant data takes one. */
struct chg_scope {
    const char *org_id;
};
#define CHG_DEFAULT_ORG "default-org"

#endif
