/* SPDX-License-Identifier: MIT */
/* The public handle of a build: of this engine while it runs, of another process, or of the past.
 * Immutable but for the store behind it. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/build_priv.h"

#include <string.h>

#include "base/banned.h"

#define OWNER_CHECK_MS 1000 /* how often a waiter looks whether a foreign owner still lives */

int chg_build_handle_new(chengis_build **out, chengis_engine *engine, struct chg_run *run,
                         const struct chg_build_row *row)
{
    const struct chg_build_row *from = run != NULL ? &run->row : row;
    chengis_build *build = chg_new(chengis_build);

    if (build == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    build->magic = BUILD_MAGIC;
    chg_ref_init(&build->ref);
    build->engine = chengis_engine_ref(engine);
    build->run = run != NULL ? chg_run_ref(run) : NULL;
    build->number = from->number;
    build->id = chg_strdup(from->id);
    build->org_id = chg_strdup(from->org_id);
    build->job = chg_strdup(from->job_name);
    build->log_path = chg_strdup(from->log_path != NULL ? from->log_path : "");
    if (build->id == NULL || build->org_id == NULL || build->job == NULL ||
        build->log_path == NULL) {
        (void)chengis_build_unref(build);
        return CHENGIS_ERR_NO_MEMORY;
    }
    *out = build;
    return 0;
}

void chg_build_handle_stored(chengis_build *build)
{
    build->number = build->run->row.number;
}

chengis_build *chengis_build_ref(chengis_build *build)
{
    if (CHG_IS(build, BUILD_MAGIC))
        chg_ref_get(&build->ref);
    return build;
}

chengis_build *chengis_build_unref(chengis_build *build)
{
    if (!CHG_IS(build, BUILD_MAGIC) || !chg_ref_put(&build->ref))
        return NULL;
    build->magic = 0;
    (void)chg_run_unref(build->run);
    (void)chengis_engine_unref(build->engine);
    chg_free(build->id);
    chg_free(build->org_id);
    chg_free(build->job);
    chg_free(build->log_path);
    chg_free(build);
    return NULL;
}

struct lookup {
    const char *ref;
    struct chg_scope scope;
    struct chg_build_row row;
};

static int look_up(struct chg_conn *conn, void *userdata)
{
    struct lookup *lookup = userdata;
    chg_autofree char *id = NULL;
    int rc = chg_build_resolve(conn, &lookup->scope, lookup->ref, &id);

    return rc < 0 ? rc : chg_build_get(conn, &lookup->scope, id, &lookup->row);
}

int chengis_build_get(chengis_build **out, chengis_engine *engine, const char *org, const char *ref)
{
    struct lookup lookup = {.ref = ref, .scope = {org != NULL ? org : CHG_DEFAULT_ORG}};
    struct chg_run *run;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(engine, ENGINE_MAGIC) && ref != NULL);
    rc = chg_store_read(engine->store, look_up, &lookup);
    if (rc < 0)
        return rc;
    run = chg_pool_find(engine, lookup.row.id);
    rc = chg_build_handle_new(out, engine, NULL, &lookup.row);
    if (rc == 0)
        (*out)->run = run;
    else
        (void)chg_run_unref(run);
    chg_build_row_fini(&lookup.row);
    return rc;
}

const char *chengis_build_id(const chengis_build *build)
{
    return CHG_IS(build, BUILD_MAGIC) ? build->id : "";
}

int64_t chengis_build_number(const chengis_build *build)
{
    return CHG_IS(build, BUILD_MAGIC) ? build->number : 0;
}

const char *chengis_build_job(const chengis_build *build)
{
    return CHG_IS(build, BUILD_MAGIC) ? build->job : "";
}

const char *chengis_build_log_path(const chengis_build *build)
{
    return CHG_IS(build, BUILD_MAGIC) ? build->log_path : "";
}

/* ---- reading ---- */

struct status_query {
    chengis_build *build;
    chengis_status status;
    int64_t owner_id;
};

static int read_status(struct chg_conn *conn, void *userdata)
{
    struct status_query *query = userdata;
    struct chg_scope scope = {query->build->org_id};
    struct chg_build_row row = {0};
    int rc = chg_build_get(conn, &scope, query->build->id, &row);

    query->status = row.status;
    query->owner_id = row.owner_id;
    chg_build_row_fini(&row);
    return rc;
}

int chengis_build_status(chengis_status *out, chengis_build *build)
{
    struct status_query query = {.build = build};
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(build, BUILD_MAGIC));
    if (chg_run_is_done(build->run)) {
        *out = build->run->final_status;
        return 0;
    }
    rc = chg_store_read(build->engine->store, read_status, &query);
    if (rc == 0)
        *out = query.status;
    return rc;
}

struct json_query {
    chengis_build *build;
    json_t *object;
};

static int read_json(struct chg_conn *conn, void *userdata)
{
    struct json_query *query = userdata;
    struct chg_scope scope = {query->build->org_id};

    return chg_build_to_json(conn, &scope, query->build->id, &query->object);
}

int chengis_build_json(char **out, chengis_build *build)
{
    struct json_query query = {.build = build};
    char *text;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(build, BUILD_MAGIC));
    rc = chg_store_read(build->engine->store, read_json, &query);
    if (rc < 0)
        return rc;
    text = chg_json_dump(query.object);
    json_decref(query.object);
    if (text == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *out = text;
    return 0;
}

/* ---- waiting ---- */

static int wait_run(struct chg_run *run, int32_t timeout_ms)
{
    int64_t until = chg_clock_mono_ms() + timeout_ms;
    struct chg_error_saved error;
    bool done;

    chg_mutex_lock(&run->lock);
    while (!run->done && timeout_ms != 0) {
        if (timeout_ms < 0)
            chg_cond_wait(&run->changed, &run->lock);
        else if (!chg_cond_wait_until(&run->changed, &run->lock, until))
            break;
    }
    done = run->done;
    error = run->error;
    chg_mutex_unlock(&run->lock);
    if (done && error.code < 0)
        return chg_error_restore(&error);
    return done;
}

/* 1 final. A build whose owner died meanwhile is closed by whoever waits for it. */
static int look(chengis_build *build)
{
    struct status_query query = {.build = build};
    int rc = chg_store_read(build->engine->store, read_status, &query);

    if (rc < 0 || chengis_status_is_final(query.status))
        return rc < 0 ? rc : 1;
    rc = chg_recover(build->engine, false);
    if (rc == 0)
        rc = chg_store_read(build->engine->store, read_status, &query);
    return rc < 0 ? rc : chengis_status_is_final(query.status);
}

static int wait_foreign(chengis_build *build, int32_t timeout_ms)
{
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    int64_t until = chg_clock_mono_ms() + timeout_ms;
    chengis_subscription *sub = NULL;
    int rc = look(build);

    if (rc != 0 || timeout_ms == 0)
        return rc;
    options.build_id = build->id;
    options.org = build->org_id;
    options.types = (uint64_t)1 << CHENGIS_EVENT_BUILD_COMPLETED;
    rc = chg_subscription_new(&sub, build->engine->bus, &options);
    while (rc == 0) {
        int64_t left = timeout_ms < 0 ? OWNER_CHECK_MS : until - chg_clock_mono_ms();
        chengis_event *event = NULL;

        if (left <= 0)
            break;
        rc = chengis_subscription_next(&event, sub,
                                       (int32_t)(left < OWNER_CHECK_MS ? left : OWNER_CHECK_MS));
        (void)chengis_event_unref(event);
        if (rc == 0)
            rc = look(build);
    }
    (void)chengis_subscription_unref(sub);
    return rc;
}

int chengis_build_wait(chengis_build *build, int32_t timeout_ms)
{
    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(build, BUILD_MAGIC));
    return build->run != NULL ? wait_run(build->run, timeout_ms) : wait_foreign(build, timeout_ms);
}

/* ---- cancelling ---- */

struct cancel_query {
    chengis_build *build;
    int level;
    const char *reason;
};

static int write_request(struct chg_conn *conn, void *userdata)
{
    const struct cancel_query *query = userdata;
    struct chg_scope scope = {query->build->org_id};
    int rc = chg_build_request_cancel(conn, &scope, query->build->id, query->level, query->reason,
                                      chg_clock_wall_ms());

    return rc < 0 ? rc : 0;
}

static int request_end(chengis_build *build, int level, const char *reason)
{
    struct cancel_query query = {build, level, chg_is_blank(reason) ? "cancelled" : reason};
    int rc;

    if (build->run != NULL)
        return chg_run_cancel(build->run, level, query.reason);
    rc = chg_store_write(build->engine->store, write_request, &query);
    return rc < 0 ? rc : chg_recover_cancelled(build->engine, build->id, build->org_id);
}

int chengis_build_cancel(chengis_build *build, const char *reason)
{
    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(build, BUILD_MAGIC));
    return request_end(build, 1, reason);
}

int chengis_build_kill(chengis_build *build, const char *reason)
{
    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(build, BUILD_MAGIC));
    return request_end(build, 2, reason);
}
