/* SPDX-License-Identifier: MIT */
/*
 * The inside of chengis_store, for the files of store/ alone.
 *
 * Lock: `lock` guards the queue, the writer's flag and the pool of readers. It is never held over a
 * call of the database; the writer connection belongs to whoever set `writer_busy`, a reader to
 * whoever took it from the pool.
 */
#ifndef CHG_STORE_STORE_PRIV_H
#define CHG_STORE_STORE_PRIV_H

#include "base/error.h"
#include "base/ref.h"
#include "base/thread.h"
#include "store/db_priv.h"
#include "store/store.h"
#include "store/ticket.h"

#define CHG_STORE_MAGIC       CHG_MAGIC('S', 'T', 'O', 'R')
#define CHG_STORE_READERS_MAX 8 /* readers at once; more wait */

/* One caller of chg_store_write(), on that caller's stack. */
struct chg_write_call {
    chg_store_fn fn;
    void *userdata;
    struct chg_write_call *next;
    struct chg_cond wake;
    bool done;
    int rc;
    struct chg_error_saved error;
};

struct chengis_store {
    uint32_t magic;
    struct chg_ref ref;

    /* constant after the opening */
    char *path; /* NULL: in memory */
    char *dir;
    int busy_timeout_ms;
    chengis_log_sink log;

    atomic_bool engaged; /* an engine uses it */

    /* used by the thread that set writer_busy */
    struct chg_conn *writer;
    struct chg_ticket ticket;
    atomic_uint_least64_t commits;

    struct chg_mutex lock;
    bool writer_busy;
    struct chg_cond writer_free; /* for those who want the writer alone */
    struct chg_write_call *queue;
    struct chg_write_call **queue_end;
    struct chg_conn *idle[CHG_STORE_READERS_MAX];
    size_t idle_count;
    size_t readers; /* idle and busy */
    struct chg_cond reader_free;
};

/* Make the database file with all tables unless it is there. The ticket is open, no connection is.
 */
int chg_store_create(chengis_store *store);
/* Have the writer connection alone, without the ticket. */
void chg_store_take_writer(chengis_store *store);
void chg_store_give_writer(chengis_store *store);

/* Report a public function's argument that is not a store. */
#define CHG_REQUIRE_STORE(store) CHG_REQUIRE(CHG_IS(store, CHG_STORE_MAGIC))

#endif
