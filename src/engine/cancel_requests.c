/* SPDX-License-Identifier: MIT */
/* Cancel requests that other processes leave in the store for builds of this engine: followed on
 * the bus's watcher thread. */
#include "engine/run.h"

#include "base/error.h"

#include "base/banned.h"

struct request {
    char *build_id;
    int level;
    char *reason;
};
struct requests {
    chengis_engine *engine;
    CHG_VEC(struct request) list;
};

static int note_request(const char *id, int level, const char *reason, void *userdata)
{
    struct requests *requests = userdata;
    struct request request = {chg_strdup(id), level,
                              chg_strdup(reason != NULL ? reason : "cancelled")};

    if (request.build_id == NULL || request.reason == NULL ||
        chg_vec_push(&requests->list, request) < 0) {
        chg_free(request.build_id);
        chg_free(request.reason);
        return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

static int read_requests(struct chg_conn *conn, void *userdata)
{
    struct requests *requests = userdata;

    return chg_build_cancel_requests(conn, requests->engine->owner_id, note_request, requests);
}

static void on_foreign_commit(void *userdata)
{
    struct requests requests = {.engine = userdata};
    int rc = chg_store_read(requests.engine->store, read_requests, &requests);

    for (size_t i = 0; i < requests.list.len; i++) {
        struct request *request = &requests.list.items[i];
        struct chg_run *run = chg_pool_find(requests.engine, request->build_id);

        if (run != NULL && rc == 0)
            rc = chg_run_cancel(run, request->level, request->reason);
        (void)chg_run_unref(run);
        chg_free(request->build_id);
        chg_free(request->reason);
    }
    chg_vec_fini(&requests.list);
    if (rc < 0)
        chg_log(&requests.engine->options.log, CHENGIS_LOG_WARNING, "engine",
                "cancel requests could not be followed: %s", chg_error_message());
}

int chg_engine_begin_watching(chengis_engine *engine)
{
    bool begin;
    int rc;

    chg_mutex_lock(&engine->lock);
    begin = !engine->watching && engine->owner_id != 0;
    if (begin)
        engine->watching = true;
    chg_mutex_unlock(&engine->lock);
    if (!begin)
        return 0;
    rc = chg_bus_on_foreign_commit(engine->bus, on_foreign_commit, engine);
    if (rc < 0) {
        chg_mutex_lock(&engine->lock);
        engine->watching = false;
        chg_mutex_unlock(&engine->lock);
    }
    return rc;
}
