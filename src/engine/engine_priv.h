/* SPDX-License-Identifier: MIT */
/*
 * Inside of the engine, for its own folder.
 *
 * engine.lock guards the fields in their group below. Order: engine.lock, then run.lock; neither is
 * held over a store, plugin, process or log call.
 */
#ifndef CHG_ENGINE_ENGINE_PRIV_H
#define CHG_ENGINE_ENGINE_PRIV_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "base/map.h"
#include "base/ref.h"
#include "base/thread.h"
#include "base/vec.h"
#include "events/bus.h"
#include "plugin/registry.h"
#include "proc/tree.h"

#include <chengis/build.h>
#include <chengis/engine.h>
#include <stdatomic.h>

#define ENGINE_MAGIC CHG_MAGIC('E', 'N', 'G', 'N')
#define BUILD_MAGIC  CHG_MAGIC('B', 'L', 'D', ' ')

#define DEFAULT_MAX_BUILDS 4
#define MAX_BUILDS         1024
#define DEFAULT_GRACE_MS   5000
#define POST_GRACE_MS      60000 /* post actions of an aborted build */

struct chg_run;

struct chengis_engine {
    uint32_t magic;
    struct chg_ref ref;

    /* immutable after chengis_engine_new() */
    chengis_store *store;
    chengis_registry *registry;
    chengis_engine_options options; /* numbers only: texts are copied below */
    struct chg_kvlist base_env;
    char *state_dir;
    bool state_dir_is_temporary;
    char *workspace_dir;
    char *artifact_dir;
    char *reaper_path;
    char *name; /* "chengis-<owner id in hex>" */
    int64_t owner_id;
    int owner_fd; /* holds the lock on our byte of DB.owners; -1 in memory */
    struct chg_owner_row owner_row;
    struct chg_tree_host *trees;
    struct chg_bus *bus;
    atomic_bool engaged;      /* the store is ours alone, until the stop */
    atomic_bool owner_stored; /* our row is in the table of owners */

    struct chg_mutex lock;
    struct chg_cond changed; /* a run was queued or ended, stopping began */
    /* guarded by lock */
    CHG_VEC(struct chg_run *) active; /* runs with a slot; each holds a reference */
    CHG_VEC(struct chg_run *) queue;  /* stored as queued, in order; each holds a reference */
    CHG_VEC(struct chg_run *)
    ready; /* given a slot, not yet taken by a worker; borrowed from active */
    CHG_VEC(struct chg_thread) workers;
    size_t idle_workers;
    CHG_VEC(struct chg_run *) starved; /* wait for a process slot; borrowed from active */
    size_t free_steps;                 /* processes that may still be started */
    struct chg_run *unstored;          /* list of runs that ended, but whose end could not be
                                          stored yet; each holds a reference */
    bool watching;                     /* for cancel requests of other processes */
    bool joining;                      /* a caller of stop joins the workers */
    bool stopping;
    bool shut_down; /* workers are told to end */
};

/* ---- engine.c ---- */
void chg_engine_let_store_go(chengis_engine *engine); /* once stopped: another engine may use it */

/* ---- cancel_requests.c ---- */
int chg_engine_begin_watching(chengis_engine *engine); /* once; before the first run */

/* ---- pool.c: slots and worker threads ---- */
int chg_pool_submit(chengis_engine *engine,
                    struct chg_run *run); /* takes a reference; returns when the build is stored */
int chg_pool_enqueue(chengis_engine *engine,
                     struct chg_run *run); /* one that is stored as queued already */
void chg_pool_stop(chengis_engine *engine, int32_t grace_ms);
/* The end of the run could not be stored: try again later. Takes a reference. */
void chg_pool_keep_end(chengis_engine *engine, struct chg_run *run);
void chg_pool_store_ends(chengis_engine *engine); /* try now */
void chg_pool_forget_ends(chengis_engine *engine);
struct chg_run *chg_pool_find(chengis_engine *engine,
                              const char *build_id); /* new reference or NULL */
bool chg_pool_unqueue(chengis_engine *engine,
                      struct chg_run *run); /* true: it was queued and is ours now */
bool chg_pool_take_step(
    chengis_engine *engine,
    struct chg_run *run); /* a process slot; false: run is woken when one is free */
void chg_pool_give_step(chengis_engine *engine);

/* ---- owner.c ---- */
int chg_owner_lock(chengis_engine *engine);
/* Lock the byte of another owner: 1 it was dead and is ours until close(*fd), 0 it lives. */
int chg_owner_seize(chengis_engine *engine, int64_t owner_id, int *fd);

/* ---- recovery.c ---- */
/* Close what dead owners left running; may_adopt: run what they left queued. */
int chg_recover(chengis_engine *engine, bool may_adopt);
/* After a cancel request for a build of somebody else: when its owner is dead, close it. */
int chg_recover_cancelled(chengis_engine *engine, const char *build_id, const char *org_id);

/* ---- orphans.c ---- */
int chg_remove_orphans(chengis_engine *engine);

/* ---- build.c ---- */
int chg_build_handle_new(chengis_build **out, chengis_engine *engine, struct chg_run *run,
                         const struct chg_build_row *row);
void chg_build_handle_stored(chengis_build *build); /* its run has a number now */
char *chg_build_file(const chengis_engine *engine, const char *folder, const char *build_id,
                     const char *suffix); /* heap or NULL */

#endif
