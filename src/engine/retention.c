/* SPDX-License-Identifier: MIT */
/* Retention: final builds beyond the rule go with everything they left on disk, files first, so
 * that nothing is orphaned by a crash. */
#include "engine/engine_priv.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "engine/run.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* A build that goes, with the paths it was stored with: folders may have been set anew since. */
struct doomed {
    char *id;
    char *log;
    char *workspace;
};

struct expired {
    chengis_engine *engine;
    CHG_VEC(struct doomed) builds;
};

static void free_doomed(struct doomed *build)
{
    chg_free(build->id);
    chg_free(build->log);
    chg_free(build->workspace);
}

static void forget(struct expired *expired)
{
    for (size_t i = 0; i < expired->builds.len; i++)
        free_doomed(&expired->builds.items[i]);
    chg_vec_fini(&expired->builds);
}

/* The folder of a build bears its id; one it worked in place is the user's and stays. */
static bool is_own_workspace(const struct chg_build_row *row)
{
    return row->workspace != NULL && chg_streq(chg_path_basename(row->workspace), row->id);
}

static int note(const struct chg_build_row *row, void *userdata)
{
    struct expired *expired = userdata;
    struct doomed build = {.id = chg_strdup(row->id)};
    int rc = build.id != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;

    if (rc == 0)
        rc = chg_copy_text(&build.log, row->log_path);
    if (rc == 0 && is_own_workspace(row))
        rc = chg_copy_text(&build.workspace, row->workspace);
    if (rc == 0 && chg_vec_push(&expired->builds, build) < 0)
        rc = CHENGIS_ERR_NO_MEMORY;
    if (rc < 0)
        free_doomed(&build);
    return rc;
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

static int remove_build(chengis_engine *engine, const struct doomed *build)
{
    chg_autofree char *artifacts = chg_build_file(engine, "artifacts", build->id, "");
    int rc = 0;

    if (artifacts == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (build->log != NULL && unlink(build->log) < 0 && errno != ENOENT)
        return chg_error_sys(0, errno, "cannot remove '%s'", build->log);
    if (build->workspace != NULL)
        rc = chg_fs_remove_tree(build->workspace);
    if (rc == 0)
        rc = chg_fs_remove_tree(artifacts);
    return rc < 0 ? rc : chg_store_write(engine->store, delete_row, build->id);
}

/* They are listed in portions; the last one is empty. */
static int remove_expired(chengis_engine *engine, int64_t *count)
{
    size_t found;
    int rc;

    do {
        struct expired expired = {.engine = engine};

        rc = chg_store_read(engine->store, list, &expired);
        found = expired.builds.len;
        for (size_t i = 0; i < found && rc == 0; i++) {
            rc = remove_build(engine, &expired.builds.items[i]);
            *count += rc == 0;
        }
        forget(&expired);
    } while (rc == 0 && found > 0);
    return rc;
}

int chengis_engine_clean(int64_t *removed, chengis_engine *engine)
{
    int64_t count = 0;
    int rc = 0;

    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(engine, ENGINE_MAGIC));
    if (engine->options.keep_builds > 0 || engine->options.keep_days > 0)
        rc = remove_expired(engine, &count);
    if (removed != NULL)
        *removed = count; /* also when a later one could not be removed */
    return rc < 0 ? rc : chg_remove_orphans(engine);
}
