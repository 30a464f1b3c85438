/* SPDX-License-Identifier: MIT */
/* What the thread programs of store and events share: a directory, a build, events, copies of the
 * own program. */
#ifndef THREAD_STORE_LOAD_H
#define THREAD_STORE_LOAD_H

#include <chengis/error.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/uuid.h"
#include "store/rows.h"

static const struct chg_scope load_scope = {CHG_DEFAULT_ORG};

/* The program ends at the first thing that is not as promised. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: not so: %s (last error: %s)\n", __FILE__, __LINE__,      \
                          #condition, chengis_error_last()->message);                              \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static inline chengis_store *open_database(const char *path)
{
    chengis_store *store = NULL;

    CHECK(chengis_store_open(&store, path, NULL) == 0);
    return store;
}

/* A directory of this run and a database path in it. */
struct place {
    char dir[64];
    char database[96];
};
static inline struct place make_place(void)
{
    struct place place = {.dir = "/tmp/chengis-thread-XXXXXX"};

    CHECK(mkdtemp(place.dir) != NULL);
    (void)snprintf(place.database, sizeof(place.database), "%s/a.db", place.dir);
    return place;
}
static inline void remove_place(const struct place *place)
{
    CHECK(chg_fs_remove_tree(place->dir) == 0);
}

/* Make a build of job "load"; id has room for CHG_UUID_SIZE. */
static inline int make_build_fn(struct chg_conn *conn, void *userdata)
{
    char *job = NULL;
    char org[] = CHG_DEFAULT_ORG;
    struct chg_build_row row = {.id = userdata, .org_id = org, .status = CHENGIS_STATUS_RUNNING};
    int rc = chg_job_ensure(conn, &load_scope, "load", NULL, 1, &job);

    row.job_id = job;
    row.created_at = 1;
    if (rc >= 0)
        rc = chg_build_insert(conn, &row);
    chg_free(job);
    return rc;
}
static inline void make_build(chengis_store *store, char *id)
{
    CHECK(chg_uuid7(id) == 0);
    CHECK(chg_store_write(store, make_build_fn, id) == 0);
}

/* Append one event to a build; the row knows id and seq afterwards. */
struct appended {
    char *build;
    char type[32];
    struct chg_event_row row;
};
static inline int append_fn(struct chg_conn *conn, void *userdata)
{
    struct appended *one = userdata;

    one->row = (struct chg_event_row){.build_id = one->build, .type = one->type, .at = 1};
    return chg_event_append(conn, &one->row);
}
static inline int append(chengis_store *store, struct appended *one)
{
    return chg_store_write(store, append_fn, one);
}

/* The first column of the first row. */
struct number {
    const char *sql;
    int64_t value;
};
static inline int number_fn(struct chg_conn *conn, void *userdata)
{
    struct number *number = userdata;
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, number->sql);

    if (rc >= 0)
        rc = chg_stmt_step(&q);
    if (rc > 0)
        number->value = chg_stmt_i64(&q, 0);
    chg_stmt_fini(&q);
    return rc < 0 ? rc : 0;
}
static inline int64_t number_of(chengis_store *store, const char *sql)
{
    struct number number = {sql, -1};

    CHECK(chg_store_read(store, number_fn, &number) == 0);
    return number.value;
}

/* Start this program again with up to three arguments. */
static inline pid_t start_self(const char *role, const char *a, const char *b)
{
    extern char **environ;
    const char *args[] = {"self", role, a, b, NULL};
    char *argv[5];
    pid_t pid = -1;

    memcpy(argv, args, sizeof(argv));
    CHECK(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) == 0);
    return pid;
}
static inline int exit_code_of(pid_t pid)
{
    int status = 0;

    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
