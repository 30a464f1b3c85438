/* SPDX-License-Identifier: MIT */
/*
 * The writer ticket of a database file: a lock on DB.writer that goes round fairly between
 * processes, where the lock of SQLite alone starves the one that waits. The file also holds the
 * number of commits made, and changes with each: that is what watchers see.
 */
#ifndef CHG_STORE_TICKET_H
#define CHG_STORE_TICKET_H

#include <stdint.h>

struct chg_ticket {
    char *path;
    const char *database; /* for messages; borrowed */
    int fd;               /* -1: in memory, where every call is a success */
};

int chg_ticket_open(struct chg_ticket *ticket, const char *database);
void chg_ticket_close(struct chg_ticket *ticket);
/* Wait up to timeout_ms; then BUSY naming the database. Held until the release, or the death of the
 * process. */
int chg_ticket_acquire(struct chg_ticket *ticket, int timeout_ms);
void chg_ticket_release(struct chg_ticket *ticket);
/* Count a commit and wake the watchers; to be called after the commit, with the ticket held. */
void chg_ticket_announce(struct chg_ticket *ticket);
uint64_t
chg_ticket_commits(const struct chg_ticket *ticket); /* of all processes since the file was made */

#endif
