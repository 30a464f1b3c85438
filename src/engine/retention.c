/* SPDX-License-Identifier: MIT */
/* Retention: final builds beyond the rule go with everything they left on disk, files first, so
 * that nothing is orphaned by a crash. */
#include "engine/engine_priv.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/log.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

struct expired {
    chengis_engine *engine;
    CHG_VEC(char *) ids;
};

static int note(const struct chg_build_row *row, void *userdata)
{
    struct expired *expired = userdata;
    char *id = chg_strdup(row->id);

    if (id == NULL || chg_vec_push(&expired->ids, id) < 0) {
        chg_free(id);
        return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

static int list(struct chg_conn *conn, void *userdata)
{
    struct expired *expired = userdata;
    const chengis_engine_options *options = &expired->engine->options;
    int64_t before = options->keep_days > 0 ? chg_clock_wall_ms() - options->keep_days * DAY_MS : 0;

    return chg_build_list_expired(conn, options->keep_builds, before, note, expired);
}

static int delete_row(struct chg_conn *conn, void *userdata)
{
    return chg_build_delete(conn, userdata);
}

static int remove_build(chengis_engine *engine, char *id)
{
    chg_autofree char *log = chg_build_file(engine, "logs", id, ".log");
    chg_autofree char *workspace = chg_build_file(engine, "workspaces", id, "");
    chg_autofree char *artifacts = chg_build_file(engine, "artifacts", id, "");
    int rc;

    if (log == NULL || workspace == NULL || artifacts == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (unlink(log) < 0 && errno != ENOENT)
        return chg_error_sys(0, errno, "cannot remove '%s'", log);
    rc = chg_fs_remove_tree(workspace);
    if (rc == 0)
        rc = chg_fs_remove_tree(artifacts);
    return rc < 0 ? rc : chg_store_write(engine->store, delete_row, id);
}

int chengis_engine_clean(int64_t *removed, chengis_engine *engine)
{
    struct expired expired = {.engine = engine};
    int64_t count = 0;
    int rc = 0;

    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(engine, ENGINE_MAGIC));
    if (engine->options.keep_builds > 0 || engine->options.keep_days > 0)
        rc = chg_store_read(engine->store, list, &expired);
    for (size_t i = 0; i < expired.ids.len; i++) {
        if (rc == 0)
            rc = remove_build(engine, expired.ids.items[i]);
        count += rc == 0;
        chg_free(expired.ids.items[i]);
    }
    chg_vec_fini(&expired.ids);
    if (rc == 0)
        rc = chg_remove_orphans(engine);
    if (rc == 0 && removed != NULL)
        *removed = count;
    return rc;
}
