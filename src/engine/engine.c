/* SPDX-License-Identifier: MIT */
/* The engine's handle: making, options, folders, cancel requests of other processes, the end.
 * Locks: engine_priv.h. */
#include "engine/engine_priv.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/options.h"
#include "base/path.h"
#include "base/str.h"
#include "engine/run.h"

#include <dlfcn.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/banned.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define FDS_PER_STEP 4
#define FDS_RESERVED 64

/* ---- options ---- */

static int default_env(struct chg_kvlist *env)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    int rc = chg_kvlist_put(env, "PATH", DEFAULT_PATH);

    (void)getpwuid_r(geteuid(), &entry, buffer, sizeof(buffer), &found);
    if (rc == 0)
        rc = chg_kvlist_put(env, "HOME", found != NULL ? found->pw_dir : "/");
    if (rc == 0 && found != NULL)
        rc = chg_kvlist_put(env, "USER", found->pw_name);
    if (rc == 0)
        rc = chg_kvlist_put(env, "LANG", "C.UTF-8");
    if (rc == 0)
        rc = chg_kvlist_put(env, "TZ", "UTC");
    return rc < 0 ? rc : chg_kvlist_put(env, "TMPDIR", "/tmp");
}

static int take_env(chengis_engine *engine)
{
    if (engine->options.base_env == NULL)
        return default_env(&engine->base_env);
    for (size_t i = 0; i < engine->options.base_env_count; i++) {
        const chengis_pair *pair = &engine->options.base_env[i];
        int rc;

        CHG_REQUIRE(!chg_is_blank(pair->name) && pair->value != NULL);
        rc = chg_kvlist_put(&engine->base_env, pair->name, pair->value);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Processes that may run at once: each needs a pipe, a pidfd and its place in a process tree. */
static size_t step_limit(uint32_t wanted)
{
    struct rlimit limit = {1024, 1024};
    size_t possible;

    (void)getrlimit(RLIMIT_NOFILE, &limit);
    possible = limit.rlim_cur == RLIM_INFINITY ? 1u << 20 : (size_t)limit.rlim_cur;
    possible =
        possible > FDS_RESERVED + FDS_PER_STEP ? (possible - FDS_RESERVED) / FDS_PER_STEP : 1;
    return wanted != 0 && wanted < possible ? wanted : possible;
}

/* Where step-reaper is: as told, else beside the library's folder. NULL without an error: not
 * found. */
static int find_reaper(chengis_engine *engine)
{
    static const char *const places[] = {"../libexec/chengis", "../../libexec/chengis", "chengis"};
    chg_autofree char *dir = NULL;
    Dl_info info;

    if (engine->options.helper_dir != NULL) {
        engine->reaper_path = chg_path_join(engine->options.helper_dir, "step-reaper");
        return engine->reaper_path != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    }
    if (dladdr((void *)(uintptr_t)chengis_engine_new, &info) == 0 || info.dli_fname == NULL)
        return 0;
    dir = chg_path_dirname(info.dli_fname);
    if (dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        chg_autofree char *path = chg_asprintf("%s/%s/step-reaper", dir, places[i]);

        if (path == NULL)
            return CHENGIS_ERR_NO_MEMORY;
        if (access(path, X_OK) == 0)
            return chg_fs_realpath(&engine->reaper_path, path);
    }
    return 0;
}

/* ---- folders ---- */

static int temporary_state(chengis_engine *engine)
{
    char path[] = "/tmp/chengis-XXXXXX";

    if (mkdtemp(path) == NULL)
        return chg_error_sys(0, errno, "cannot make a state folder below /tmp");
    engine->state_dir = chg_strdup(path);
    if (engine->state_dir == NULL) {
        (void)rmdir(path);
        return CHENGIS_ERR_NO_MEMORY;
    }
    engine->state_dir_is_temporary = true;
    return 0;
}

/* Make a folder and keep its real path: `wanted`, else `name` in the state folder. */
static int make_folder(char **out, const chengis_engine *engine, const char *wanted,
                       const char *name)
{
    chg_autofree char *path =
        wanted != NULL ? chg_strdup(wanted) : chg_path_join(engine->state_dir, name);
    int rc = path != NULL ? chg_fs_mkdirs(path, 0700) : CHENGIS_ERR_NO_MEMORY;

    return rc == 0 && out != NULL ? chg_fs_realpath(out, path) : rc;
}

static int make_folders(chengis_engine *engine)
{
    const chengis_engine_options *options = &engine->options;
    const char *wanted =
        options->state_dir != NULL ? options->state_dir : chg_store_dir(engine->store);
    int rc = wanted != NULL ? chg_fs_mkdirs(wanted, 0700) : temporary_state(engine);

    if (rc == 0 && wanted != NULL)
        rc = chg_fs_realpath(&engine->state_dir, wanted);
    if (rc == 0)
        rc = make_folder(NULL, engine, NULL, "logs");
    if (rc == 0)
        rc = make_folder(&engine->workspace_dir, engine, options->workspace_dir, "workspaces");
    return rc == 0 ? make_folder(&engine->artifact_dir, engine, options->artifact_dir, "artifacts")
                   : rc;
}

char *chg_build_file(const chengis_engine *engine, const char *folder, const char *build_id,
                     const char *suffix)
{
    if (chg_streq(folder, "workspaces"))
        return chg_asprintf("%s/%s%s", engine->workspace_dir, build_id, suffix);
    if (chg_streq(folder, "artifacts"))
        return chg_asprintf("%s/%s%s", engine->artifact_dir, build_id, suffix);
    return chg_asprintf("%s/%s/%s%s", engine->state_dir, folder, build_id, suffix);
}

const char *chengis_engine_state_dir(const chengis_engine *engine)
{
    return CHG_IS(engine, ENGINE_MAGIC) ? engine->state_dir : "";
}

chengis_store *chengis_engine_store(chengis_engine *engine)
{
    return CHG_IS(engine, ENGINE_MAGIC) ? engine->store : NULL;
}

/* ---- making ---- */

static int take_parts(chengis_engine *engine, chengis_store *store, chengis_registry *registry)
{
    int rc = 0;

    engine->store = chengis_store_ref(store);
    engine->registry = chengis_registry_ref(registry);
    if (store == NULL)
        rc = chengis_store_open(&engine->store, NULL, NULL);
    if (rc == 0 && registry == NULL) {
        rc = chengis_registry_new(&engine->registry, NULL);
        if (rc == 0)
            rc = chengis_registry_add_builtins(engine->registry);
    }
    if (rc == 0)
        chg_registry_freeze(engine->registry);
    if (rc == 0 && !chg_store_engage(engine->store))
        return chg_error_set(CHENGIS_ERR_STATE, "the store has an engine already: open the "
                                                "database once more for another one");
    atomic_store(&engine->engaged, rc == 0);
    return rc;
}

static int make_workers_of_others(chengis_engine *engine)
{
    int rc = chg_owner_lock(engine);

    if (rc == 0)
        rc = find_reaper(engine);
    if (rc == 0) {
        engine->name = chg_asprintf("chengis-%llx", (unsigned long long)engine->owner_id);
        rc = engine->name != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    }
    if (rc == 0)
        rc = chg_tree_host_new(&engine->trees,
                               &(struct chg_tree_host_options){.name = engine->name,
                                                               .reaper_path = engine->reaper_path});
    return rc < 0 ? rc : chg_bus_new(&engine->bus, engine->store);
}

static int set_up(chengis_engine *engine, chengis_store *store, chengis_registry *registry)
{
    int rc = take_parts(engine, store, registry);

    if (rc == 0)
        rc = take_env(engine);
    if (rc == 0)
        rc = make_folders(engine);
    if (rc == 0)
        rc = make_workers_of_others(engine);
    /* texts were copied: the host may free its own */
    engine->options.base_env = NULL;
    engine->options.state_dir = engine->options.helper_dir = NULL;
    engine->options.workspace_dir = engine->options.artifact_dir = NULL;
    return rc < 0 ? rc : chg_recover(engine, engine->options.adopt);
}

void chg_engine_let_store_go(chengis_engine *engine)
{
    if (atomic_exchange(&engine->engaged, false))
        chg_store_disengage(engine->store);
}

static void tear_down(chengis_engine *engine)
{
    chg_pool_forget_ends(engine);
    chg_engine_let_store_go(engine);
    engine->bus = chg_bus_unref(engine->bus);
    chg_tree_host_free(engine->trees);
    if (engine->owner_fd >= 0)
        (void)close(engine->owner_fd);
    chg_owner_row_fini(&engine->owner_row);
    if (engine->state_dir_is_temporary)
        (void)chg_fs_remove_tree(engine->state_dir);
    (void)chengis_store_unref(engine->store);
    (void)chengis_registry_unref(engine->registry);
    chg_kvlist_fini(&engine->base_env);
    chg_vec_fini(&engine->active);
    chg_vec_fini(&engine->queue);
    chg_vec_fini(&engine->ready);
    chg_vec_fini(&engine->starved);
    chg_vec_fini(&engine->workers);
    chg_free(engine->state_dir);
    chg_free(engine->workspace_dir);
    chg_free(engine->artifact_dir);
    chg_free(engine->reaper_path);
    chg_free(engine->name);
    chg_cond_fini(&engine->changed);
    chg_mutex_fini(&engine->lock);
    if (engine->options.log.destroy != NULL)
        engine->options.log.destroy(engine->options.log.userdata);
    engine->magic = 0;
    chg_free(engine);
}

int chengis_engine_new(chengis_engine **out, chengis_store *store, chengis_registry *registry,
                       const chengis_engine_options *opts)
{
    chengis_engine *engine;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    engine = chg_new(chengis_engine);
    if (engine == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    engine->magic = ENGINE_MAGIC;
    engine->owner_fd = -1;
    chg_ref_init(&engine->ref);
    chg_mutex_init(&engine->lock);
    chg_cond_init(&engine->changed);
    rc = chg_options_import(&engine->options, sizeof(engine->options), sizeof(engine->options),
                            opts, "chengis_engine_options");
    if (rc == 0 && engine->options.max_builds > MAX_BUILDS)
        rc = chg_error_set(CHENGIS_ERR_LIMIT, "max_builds is more than %d", MAX_BUILDS);
    if (engine->options.max_builds == 0)
        engine->options.max_builds = DEFAULT_MAX_BUILDS;
    if (engine->options.grace_ms == 0)
        engine->options.grace_ms = DEFAULT_GRACE_MS;
    engine->free_steps = step_limit(engine->options.max_steps);
    if (rc == 0)
        rc = set_up(engine, store, registry);
    if (rc < 0) {
        engine->options.log.destroy = NULL; /* on failure the sink stays the host's */
        tear_down(engine);
        return rc;
    }
    *out = engine;
    return 0;
}

chengis_engine *chengis_engine_ref(chengis_engine *engine)
{
    if (CHG_IS(engine, ENGINE_MAGIC))
        chg_ref_get(&engine->ref);
    return engine;
}

chengis_engine *chengis_engine_unref(chengis_engine *engine)
{
    if (!CHG_IS(engine, ENGINE_MAGIC) || !chg_ref_put(&engine->ref))
        return NULL;
    chg_pool_stop(engine, 0);
    tear_down(engine);
    return NULL;
}

int chengis_engine_stop(chengis_engine *engine, int32_t grace_ms)
{
    chengis_error_clear();
    CHG_REQUIRE(CHG_IS(engine, ENGINE_MAGIC));
    chg_pool_stop(engine, grace_ms);
    return 0;
}

int chengis_engine_submit(chengis_build **out, chengis_engine *engine,
                          const chengis_build_request *req)
{
    chengis_build_request request;
    chengis_build *build = NULL;
    struct chg_run *run = NULL;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(engine, ENGINE_MAGIC) && req != NULL);
    rc = chg_options_import(&request, sizeof(request), sizeof(request), req,
                            "chengis_build_request");
    if (rc == 0)
        rc = chg_engine_begin_watching(engine);
    if (rc == 0)
        rc = chg_run_new(&run, engine, &request);
    if (rc < 0)
        return rc;
    rc = chg_build_handle_new(&build, engine, run, NULL); /* first: a build that runs is returned */
    if (rc == 0)
        rc = chg_pool_submit(engine, run);
    (void)chg_run_unref(run);
    if (rc < 0) {
        (void)chengis_build_unref(build);
        return rc;
    }
    chg_build_handle_stored(build);
    *out = build;
    return 0;
}

int chengis_subscription_new(chengis_subscription **out, chengis_engine *engine,
                             const chengis_subscription_options *opts)
{
    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(engine, ENGINE_MAGIC));
    return chg_subscription_new(out, engine->bus, opts);
}
