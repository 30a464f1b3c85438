/* SPDX-License-Identifier: MIT */
/* Eight threads write at once, two read: all is committed, in fewer commits than writes, each build
 * without a gap. */
#include <stdatomic.h>

#include "base/thread.h"
#include "store_load.h"

#define WRITERS 8
#define WRITES  150

static chengis_store *store;
static atomic_int writing;

static int append_then_fail(struct chg_conn *conn, void *userdata)
{
    int rc = append_fn(conn, userdata);

    return rc < 0 ? rc : chengis_error_set(CHENGIS_ERR_STATE, "on purpose");
}

static void write_events(void *userdata)
{
    struct appended one = {.build = userdata, .type = "load"};
    int64_t last = 0;

    for (int i = 0; i < WRITES; i++) {
        if (i % 10 == 9) {
            CHECK(chg_store_write(store, append_then_fail, &one) == CHENGIS_ERR_STATE);
            CHECK(strcmp(chengis_error_last()->message, "on purpose") == 0);
        }
        CHECK(append(store, &one) == 0);
        CHECK(one.row.seq == ++last);
    }
    (void)atomic_fetch_sub(&writing, 1);
}

static void read_counts(void *userdata)
{
    int64_t before = 0;

    (void)userdata;
    while (atomic_load(&writing) > 0) {
        int64_t now = number_of(store, "SELECT COUNT(*) FROM build_events");

        CHECK(now >= before);
        before = now;
    }
}

static void run(const char *path)
{
    char builds[WRITERS][CHG_UUID_SIZE];
    struct chg_thread writers[WRITERS];
    struct chg_thread readers[2];
    uint64_t commits;

    store = open_database(path);
    for (int i = 0; i < WRITERS; i++)
        make_build(store, builds[i]);
    commits = chg_store_commits(store);
    atomic_store(&writing, WRITERS);
    for (int i = 0; i < WRITERS; i++)
        CHECK(chg_thread_start(&writers[i], "writer", write_events, builds[i]) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(chg_thread_start(&readers[i], "reader", read_counts, NULL) == 0);
    for (int i = 0; i < WRITERS; i++)
        chg_thread_join(&writers[i]);
    for (int i = 0; i < 2; i++)
        chg_thread_join(&readers[i]);
    commits = chg_store_commits(store) - commits;
    CHECK(number_of(store, "SELECT COUNT(*) FROM build_events") == WRITERS * WRITES);
    CHECK(number_of(store, "SELECT COUNT(*) FROM build_events WHERE seq > 150") == 0);
    CHECK(path == NULL || commits < WRITERS * WRITES); /* memory is too fast for groups */
    (void)chengis_store_unref(store);
    (void)printf("%d writes in %llu commits\n", WRITERS * WRITES, (unsigned long long)commits);
}

int main(void)
{
    struct place place = make_place();

    run(place.database);
    run(NULL);
    remove_place(&place);
    return 0;
}
