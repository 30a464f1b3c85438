/* SPDX-License-Identifier: MIT */
/*
 * After a crash: builds whose owner is dead are closed as aborted with reason "interrupted", what
 * is left of their processes is killed, and those whose pipeline says `on-interrupt: rerun` are
 * queued again as a new attempt. Whoever holds the dead owner's byte does it, so two processes
 * never do it at once.
 */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/uuid.h"
#include "engine/journal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define LOCK_WAIT_MS 1000
#define LOCK_NAP_MS  2

static const char GONE[] = "the process that ran the build is gone";

struct open_build {
    char *id;
    char *org_id;
    int64_t owner_id;
    chengis_status status;
};
struct open_builds {
    CHG_VEC(struct open_build) list;
};

static int note_open(const struct chg_build_row *row, void *userdata)
{
    struct open_builds *open = userdata;
    struct open_build build = {chg_strdup(row->id), chg_strdup(row->org_id), row->owner_id,
                               row->status};

    if (build.id == NULL || build.org_id == NULL || chg_vec_push(&open->list, build) < 0) {
        chg_free(build.id);
        chg_free(build.org_id);
        return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

static int read_open(struct chg_conn *conn, void *userdata)
{
    return chg_build_list_open(conn, note_open, userdata);
}

/* ---- what is left of the processes ---- */

struct owner_query {
    int64_t id;
    struct chg_owner_row row;
};

static int read_owner(struct chg_conn *conn, void *userdata)
{
    struct owner_query *query = userdata;

    return chg_owner_get(conn, query->id, &query->row);
}

/* Without a cgroup: the sessions noted in the log, as long as the machine has not been restarted
 * since. */
static void kill_noted(const struct chg_run *run)
{
    struct chg_log_reader *reader = NULL;
    struct chg_log_piece piece;
    uint64_t cursor = 0;

    if (run->row.log_path == NULL || chg_log_reader_open(&reader, run->row.log_path) < 0)
        return;
    while (chg_log_reader_next_process(reader, &cursor, &piece) == 1) {
        char text[64];
        char *space;
        int64_t pid, ticks;

        if (piece.len == 0 || piece.len >= sizeof(text))
            continue;
        memcpy(text, piece.data, piece.len);
        text[piece.len - (piece.data[piece.len - 1] == '\n')] = '\0';
        space = strchr(text, ' ');
        if (space == NULL)
            continue;
        *space = '\0';
        if (chg_parse_i64(&pid, text) == 0 && chg_parse_i64(&ticks, space + 1) == 0)
            (void)chg_tree_kill_session((pid_t)pid, (uint64_t)ticks);
    }
    chg_log_reader_close(reader);
}

static void kill_leftovers(chengis_engine *engine, const struct chg_run *run, int64_t owner_id)
{
    struct owner_query query = {.id = owner_id};
    char boot_id[37] = "";
    char name[32];
    int found = chg_store_read(engine->store, read_owner, &query);

    (void)chg_proc_boot_id(boot_id);
    if (found == 0 && !chg_streq(query.row.boot_id, boot_id)) {
        chg_owner_row_fini(&query.row);
        return; /* the machine was restarted: nothing lives */
    }
    chg_owner_row_fini(&query.row);
    (void)snprintf(name, sizeof(name), "chengis-%llx", (unsigned long long)owner_id);
    if (chg_tree_kill_named(name) != 1)
        kill_noted(run);
}

/* ---- closing ---- */

/* What the step had printed until its owner died. */
static void measure_logs(struct chg_run *run)
{
    struct chg_log_reader *reader = NULL;

    if (run->row.log_path == NULL || chg_log_reader_open(&reader, run->row.log_path) < 0)
        return;
    for (size_t i = 0; i < run->step_count; i++) {
        struct chg_step_row *row = &run->steps[i].row;
        uint64_t bytes, lines;

        if (row->status == CHENGIS_STATUS_RUNNING &&
            chg_log_reader_size(reader, (uint32_t)row->ordinal, &bytes, &lines) == 0) {
            row->log_bytes = (int64_t)bytes;
            row->log_lines = (int64_t)lines;
        }
    }
    chg_log_reader_close(reader);
}

/* Closed, and the same request once more, at once: a new build, whose parent is the interrupted
 * one. */
static int close_and_rerun(chengis_engine *engine, struct chg_run *run)
{
    struct chg_build_row row = run->row; /* borrows every text */
    chg_autofree char *log_path = NULL;
    char id[CHG_UUID_SIZE];
    int rc = chg_uuid7(id);

    if (rc < 0)
        return rc;
    log_path = chg_build_file(engine, "logs", id, ".log");
    if (log_path == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    row.id = id;
    row.parent_id = run->row.id;
    row.trigger = (char *)(uintptr_t) "retry";
    row.log_path = log_path;
    row.status = CHENGIS_STATUS_QUEUED;
    row.reason = row.message = row.plan = row.workspace = row.git = NULL;
    row.attempt++;
    row.owner_id = row.number = row.started_at = row.finished_at = 0;
    row.created_at = chg_clock_wall_ms();
    chg_journal_insert_also(run->journal, &row);
    return chg_run_close(run, "interrupted", GONE);
}

static int close_build(chengis_engine *engine, const struct open_build *build)
{
    struct chg_run *run = NULL;
    int rc = chg_run_load(&run, engine, &(struct chg_scope){build->org_id}, build->id, true);

    if (rc < 0)
        return rc;
    if (run->row.status == CHENGIS_STATUS_RUNNING && run->row.owner_id == build->owner_id) {
        kill_leftovers(engine, run, build->owner_id);
        measure_logs(run);
        chg_journal_event(run->journal, CHENGIS_EVENT_BUILD_INTERRUPTED, NULL, NULL,
                          CHENGIS_STATUS_UNKNOWN, NULL);
        rc = run->plan != NULL && chg_streq(run->plan->on_interrupt, "rerun")
                 ? close_and_rerun(engine, run)
                 : chg_run_close(run, "interrupted", GONE);
    }
    if (rc == 0 && chg_run_is_done(run))
        chg_log(&engine->options.log, CHENGIS_LOG_INFO, "engine",
                "build %s was interrupted and is closed", build->id);
    (void)chg_run_unref(run);
    return rc;
}

/* ---- queued builds ---- */

struct claim {
    chengis_engine *engine;
    const struct open_build *build;
    char *cancel_reason; /* NULL: nobody wants it cancelled */
};

static int note_cancel(const char *id, int level, const char *reason, void *userdata)
{
    struct claim *claim = userdata;

    (void)level;
    if (!chg_streq(id, claim->build->id))
        return 0;
    chg_free(claim->cancel_reason); /* the transaction may run twice */
    claim->cancel_reason = chg_strdup(reason != NULL ? reason : "cancelled");
    return claim->cancel_reason != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

/* Ours from this commit on, if it still belongs to whom it belonged when we looked. */
static int take_over(struct chg_conn *conn, void *userdata)
{
    struct claim *claim = userdata;
    int64_t own = claim->engine->owner_id;
    int rc = chg_owner_put(conn, &claim->engine->owner_row), claimed;

    if (rc < 0)
        return rc;
    claimed = chg_build_claim(conn, claim->build->id, claim->build->owner_id, own);
    if (claimed != 1)
        return claimed;
    rc = chg_build_cancel_requests(conn, own, note_cancel, claim);
    return rc < 0 ? rc : 1;
}

static int give_up(struct chg_conn *conn, void *userdata)
{
    const struct claim *claim = userdata;

    return chg_build_claim(conn, claim->build->id, claim->engine->owner_id, 0);
}

static int close_queued(chengis_engine *engine, const struct open_build *build, const char *reason,
                        const char *message)
{
    struct chg_run *run = NULL;
    int rc = chg_run_load(&run, engine, &(struct chg_scope){build->org_id}, build->id, true);

    if (rc == 0)
        rc = chg_run_close(run, reason, message);
    (void)chg_run_unref(run);
    return rc;
}

static int enqueue(chengis_engine *engine, const struct open_build *build)
{
    struct chg_run *run = NULL;
    int rc = chg_run_load(&run, engine, &(struct chg_scope){build->org_id}, build->id, false);

    if (rc == CHENGIS_ERR_STATE) { /* it needs secrets that nobody has any more */
        struct chg_error_saved error;

        chg_error_save(&error);
        return close_queued(engine, build, "interrupted", error.message);
    }
    if (rc == 0)
        rc = chg_engine_begin_watching(engine);
    if (rc == 0)
        rc = chg_pool_enqueue(engine, run);
    (void)chg_run_unref(run);
    return rc;
}

static int adopt(chengis_engine *engine, const struct open_build *build)
{
    struct claim claim = {engine, build, NULL};
    int rc = chg_store_write(engine->store, take_over, &claim);

    if (rc == 1) {
        struct chg_error_saved error;

        atomic_store(&engine->owner_stored, true);
        rc = claim.cancel_reason != NULL
                 ? close_queued(engine, build, "cancelled", claim.cancel_reason)
                 : enqueue(engine, build);
        if (rc < 0) { /* for somebody else to try */
            chg_error_save(&error);
            (void)chg_store_write(engine->store, give_up, &claim);
            (void)chg_error_restore(&error);
        }
    }
    chg_free(claim.cancel_reason);
    return rc;
}

/* ---- whose owner is dead ---- */

static bool process_is_gone(chengis_engine *engine, int64_t owner_id)
{
    const struct chg_owner_row *own = &engine->owner_row;
    struct owner_query query = {.id = owner_id};
    bool gone = chg_store_read(engine->store, read_owner, &query) == 0 &&
                chg_streq(query.row.boot_id, own->boot_id) &&
                chg_streq(query.row.host, own->host) &&
                (int64_t)chg_proc_start_ticks((pid_t)query.row.pid) != query.row.start_ticks;

    chg_owner_row_fini(&query.row);
    return gone;
}

/* A process killed while it started a step leaves a child that holds a copy of the lock until it
 * executes its program: soon, but not at once on a busy machine. */
static int seize(chengis_engine *engine, int64_t owner_id, int *fd)
{
    int rc = chg_owner_seize(engine, owner_id, fd);
    int64_t until = chg_clock_mono_ms() + LOCK_WAIT_MS;

    if (rc != 0 || !process_is_gone(engine, owner_id))
        return rc;
    while (rc == 0 && chg_clock_mono_ms() < until) {
        (void)chg_cancel_sleep(NULL, LOCK_NAP_MS);
        rc = chg_owner_seize(engine, owner_id, fd);
    }
    return rc;
}

static int visit(chengis_engine *engine, const struct open_build *build, bool may_adopt)
{
    int fd = -1;
    int rc = build->owner_id != 0 ? seize(engine, build->owner_id, &fd) : 1;

    if (rc != 1)
        return rc; /* its owner lives */
    rc = 0;
    if (build->status == CHENGIS_STATUS_RUNNING)
        rc = close_build(engine, build);
    else if (build->status == CHENGIS_STATUS_QUEUED && may_adopt)
        rc = adopt(engine, build);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* A build that cannot be put right now (full disk, a row nobody can read) must not keep everybody
 * from the others: the next engine tries again. */
static void visit_or_warn(chengis_engine *engine, const struct open_build *build, bool may_adopt)
{
    if (visit(engine, build, may_adopt) >= 0)
        return;
    chg_log(&engine->options.log, CHENGIS_LOG_WARNING, "engine",
            "build %s of a process that is gone stays open: %s", build->id, chg_error_message());
    chengis_error_clear();
}

struct one_query {
    const char *build_id;
    struct chg_scope scope;
    struct chg_build_row row;
};

static int read_one(struct chg_conn *conn, void *userdata)
{
    struct one_query *query = userdata;

    return chg_build_get(conn, &query->scope, query->build_id, &query->row);
}

/* A queued one is adopted for a moment: that closes what is to be cancelled. */
int chg_recover_cancelled(chengis_engine *engine, const char *build_id, const char *org_id)
{
    struct one_query query = {.build_id = build_id, .scope = {org_id}};
    int rc = 0;

    if (chg_store_path(engine->store) != NULL)
        rc = chg_store_read(engine->store, read_one, &query);
    if (rc == 0 && query.row.id != NULL && !chengis_status_is_final(query.row.status))
        rc = visit(engine,
                   &(struct open_build){query.row.id, query.row.org_id, query.row.owner_id,
                                        query.row.status},
                   true);
    chg_build_row_fini(&query.row);
    return rc < 0 ? rc : 0;
}

static int visit_all(chengis_engine *engine, bool may_adopt)
{
    struct open_builds open = {{0}};
    int rc;

    rc = chg_store_read(engine->store, read_open, &open);
    for (size_t i = 0; i < open.list.len; i++) {
        if (rc == 0)
            visit_or_warn(engine, &open.list.items[i], may_adopt);
        chg_free(open.list.items[i].id);
        chg_free(open.list.items[i].org_id);
    }
    chg_vec_fini(&open.list);
    return rc;
}

/* In two turns: closing a build may queue it once more. */
int chg_recover(chengis_engine *engine, bool may_adopt)
{
    int rc;

    if (chg_store_path(engine->store) == NULL)
        return 0;
    rc = visit_all(engine, false);
    return rc == 0 && may_adopt ? visit_all(engine, true) : rc;
}
