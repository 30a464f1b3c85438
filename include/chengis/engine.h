/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The engine: runs builds in this process. Stable within a major version.
 *
 * An engine owns one thread per running build and one small watcher thread while builds run; it
 * installs no signal handler, prints nothing and changes no attribute of the process. See
 * docs/embedding.md for the whole contract.
 */
#ifndef CHENGIS_ENGINE_H
#define CHENGIS_ENGINE_H

#include <chengis/log.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** How an engine works. All zero: the defaults given with each field. */
typedef struct chengis_engine_options {
    uint32_t struct_size; /**< set by CHENGIS_ENGINE_OPTIONS_INIT. */
    uint32_t max_builds;  /**< builds that run at once; 0 = 4, at most 1,024. The rest wait as
                             `queued`. */
    uint32_t
        max_steps; /**< processes that run at once, over all builds; 0 = by the descriptor limit. */
    uint32_t grace_ms;         /**< from SIGTERM to SIGKILL on cancel and timeout; 0 = 5,000. */
    uint32_t max_combinations; /**< matrix combinations of a stage; 0 = 25. */
    bool adopt; /**< run queued builds whose owner died; for servers and long-running hosts. */
    const char *state_dir;  /**< logs, workspaces, artifacts; NULL = beside the store; in memory: a
                               temporary folder, removed at the end. */
    const char *helper_dir; /**< where step-reaper is; NULL = ${libexecdir}/chengis relative to the
                               library. */
    const chengis_pair *base_env; /**< environment every step starts from; NULL = PATH HOME USER
                                     LANG TZ TMPDIR with fixed values. */
    size_t base_env_count;
    uint64_t max_log_bytes;    /**< output kept per step; 0 = no limit. The rest is dropped, and the
                                  log says so. */
    uint32_t keep_builds;      /**< retention per job: builds kept; 0 = all. */
    uint32_t keep_days;        /**< retention: days a build is kept; 0 = for ever. */
    chengis_log_sink log;      /**< diagnostics of the engine. */
    const char *workspace_dir; /**< workspaces; NULL = "workspaces" in state_dir. */
    const char *artifact_dir;  /**< artifacts; NULL = "artifacts" in state_dir. */
} chengis_engine_options;
/* clang-format off */
#define CHENGIS_ENGINE_OPTIONS_INIT                                                                \
    { sizeof(chengis_engine_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0, 0, CHENGIS_LOG_DEBUG}, 0, 0 }
/* clang-format on */

/**
 * Make an engine over a store and a table of plugins.
 *
 * Reconciles first: builds in the store whose owner is dead are closed as `aborted` with reason
 * `interrupted` (or queued again where the pipeline says `on-interrupt: rerun`), and what is left
 * of their processes is killed.
 *
 * @param out       receives a new reference; release with chengis_engine_unref(). Untouched on
 * failure.
 * @param store     the engine keeps a reference; NULL: a store in memory.
 * @param registry  the engine keeps a reference; NULL: the builtin plugins.
 * @param opts      copied; NULL = defaults.
 * @return 0, or CHENGIS_ERR_STATE (the store has an engine that is not stopped: open the database
 * once more for a second one), CHENGIS_ERR_DATABASE, CHENGIS_ERR_IO (state_dir), or another
 * CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_engine_new(chengis_engine **out, chengis_store *store,
                                   chengis_registry *registry, const chengis_engine_options *opts);

/**
 * Take one more reference.
 *
 * @param engine  the engine.
 * @return engine.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_engine *chengis_engine_ref(chengis_engine *engine);

/**
 * Drop a reference. Dropping the last one of a running engine equals chengis_engine_stop(engine,
 * 0).
 *
 * @param engine  takes; NULL is allowed.
 * @return NULL.
 * @thread any, but not a thread of the library
 * @blocks until the running builds are stopped
 * @since 0.1
 */
CHENGIS_API chengis_engine *chengis_engine_unref(chengis_engine *engine);

/** Where the workspace of a build comes from. */
typedef enum chengis_source {
    CHENGIS_SOURCE_EMPTY = 0, /**< an empty folder. */
    CHENGIS_SOURCE_SNAPSHOT =
        1, /**< the files of source_dir as they are: tracked and untracked, not ignored. */
    CHENGIS_SOURCE_COMMITTED = 2, /**< the committed state of the git repository at source_dir. */
    CHENGIS_SOURCE_IN_PLACE = 3   /**< source_dir itself; never cleaned or removed. */
} chengis_source;

/** What to build. All zero is not enough: give a pipeline or a source to detect one in. */
typedef struct chengis_build_request {
    uint32_t struct_size;   /**< set by CHENGIS_BUILD_REQUEST_INIT. */
    chengis_source source;  /**< where the workspace comes from. */
    const char *source_dir; /**< for all sources but EMPTY. */
    const char *job; /**< job name, made when new; NULL = the pipeline's name, else the folder's. */
    const char *org; /**< organisation id; NULL = the default one. */
    chengis_pipeline *pipeline;  /**< what to run; the engine keeps a reference. NULL = detected in
                                    the workspace. */
    const char *pipeline_source; /**< recorded with a given pipeline: "server", "file", ...; NULL =
                                    "server". */
    const char *trigger;         /**< "manual" (NULL), "scm", "cron", "retry". */
    const chengis_pair *parameters; /**< build parameters; unique names. */
    size_t parameter_count;         /**< at most 4,096, as all counts here. */
    const chengis_pair *env;        /**< variables added to every step. */
    size_t env_count;
    const chengis_pair
        *secrets; /**< variables added to every step and masked in every log; never stored. */
    size_t secret_count;
    int64_t timeout_ms;     /**< limit of the whole build; 0 = the pipeline's. */
    const char *only_stage; /**< run only this stage; NULL = all. */
    const char *from_stage; /**< run this stage and the later ones; NULL = all. */
    bool keep_workspace;    /**< do not remove the workspace at the end. */
} chengis_build_request;
#define CHENGIS_BUILD_REQUEST_INIT                                                                 \
    {                                                                                              \
        sizeof(chengis_build_request), CHENGIS_SOURCE_EMPTY, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   \
            0, 0, 0, 0                                                                             \
    }

/**
 * Submit a build.
 *
 * Returns when the build is stored: as `running` when a slot was free, else as `queued`. A pipeline
 * that turns out invalid later (detected in the workspace, too many matrix combinations) fails the
 * build, not this call.
 *
 * @param out     receives a new reference; release with chengis_build_unref(). Dropping it does not
 * stop the build. Untouched on failure.
 * @param engine  the engine.
 * @param req     copied; secrets are copied into wiped memory.
 * @return 0, or CHENGIS_ERR_INVALID (bad name, neither pipeline nor source, both only_stage and
 * from_stage), CHENGIS_ERR_NOT_FOUND (source_dir, organisation, a stage of only_stage or
 * from_stage), CHENGIS_ERR_STATE (engine stopped), CHENGIS_ERR_DATABASE, or another CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_engine_submit(chengis_build **out, chengis_engine *engine,
                                      const chengis_build_request *req);

/**
 * Stop the engine: accept nothing new, give running builds time to end, then cancel them. Queued
 * builds stay queued.
 *
 * @param engine    the engine; stopping twice is fine.
 * @param grace_ms  how long builds may go on before they are cancelled; 0 = cancel now; -1 = wait
 * for ever.
 * @return 0, or CHENGIS_ERR_*.
 * @thread any, but not a thread of the library
 * @blocks until GRACE and the processes are gone
 * @since 0.1
 */
CHENGIS_API int chengis_engine_stop(chengis_engine *engine, int32_t grace_ms);

/**
 * Return the engine's store.
 *
 * @param engine  the engine.
 * @return borrowed (valid while the engine lives).
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_store *chengis_engine_store(chengis_engine *engine);

/**
 * Return the folder that holds logs, workspaces and artifacts.
 *
 * @param engine  the engine.
 * @return borrowed (valid while the engine lives); an absolute path.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_engine_state_dir(const chengis_engine *engine);

/**
 * Remove final builds beyond the retention rule (keep_builds, keep_days) with their logs, artifacts
 * and workspaces.
 *
 * @param removed  receives the number of builds removed; may be NULL.
 * @param engine   the engine.
 * @return 0, or CHENGIS_ERR_*.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_engine_clean(int64_t *removed, chengis_engine *engine);

CHENGIS_END_DECLS

#endif
