/* SPDX-License-Identifier: MIT */
/*
 * One build being executed: its rows, its plan, its processes. Everything but the group under
 * `lock` belongs to the build's thread. A run is made from a request, or from the stored rows alone
 * (chg_run_load), and goes on from there.
 */
#ifndef CHG_ENGINE_RUN_H
#define CHG_ENGINE_RUN_H

#include "base/cancel.h"
#include "dsl/dsl.h"
#include "dsl/env.h"
#include "engine/engine_priv.h"
#include "logs/log_file.h"
#include "model/status.h"
#include "proc/spawn.h"

struct chg_journal;
struct chg_running;

#define CHG_READ_SIZE ((size_t)256 << 10) /* of chg_run.buffer: what is read from a pipe at once */

/* A step or stage of the plan beside its row. Arrays are in the order of the ordinals. */
struct chg_step_state {
    const struct chg_step *def; /* in the plan */
    struct chg_step_row row;    /* status UNKNOWN: not begun, no row stored */
    struct chg_log_step *log;   /* open while it runs */
    bool dirty;                 /* row differs from the store */
};
struct chg_stage_state {
    const struct chg_stage *def; /* NULL for a post group */
    struct chg_stage_row row;
    struct chg_step_state *steps; /* into run->steps */
    size_t step_count;
    bool dirty;
};

struct chg_run {
    struct chg_ref ref;
    chengis_engine *engine; /* not counted: the engine ends its runs before it goes */

    /* the build's thread */
    struct chg_scope scope;
    struct chg_build_row row;
    struct chg_journal *journal;
    chg_pipeline *given;            /* pipeline of the request; NULL: detect */
    chg_pipeline *plan;             /* what runs, once known */
    struct chg_stage_state *stages; /* plan's stages, then post groups */
    size_t stage_count;
    size_t post_begin; /* index of the first post group */
    struct chg_step_state *steps;
    size_t step_count;
    chengis_source source;
    char *source_dir;
    char *only_stage;
    char *from_stage;
    bool keep_workspace;
    bool resumed; /* the plan and rows come from the store */
    int64_t timeout_ms;
    int64_t deadline; /* monotonic ms; 0 none */
    struct chg_kvlist given_env;
    struct chg_kvlist given_parameters;
    struct chg_kvlist secrets; /* wiped */
    struct chg_kvlist build_env;
    struct chg_kvlist git_env;
    struct chg_kvlist parameters;
    char *branch; /* for conditions; NULL unknown */
    chengis_masker *masker;
    struct chg_log_writer *log;
    struct chg_cancel *cancel; /* of the build */
    chengis_status result;     /* SUCCESS until something says otherwise */
    char *reason;
    char *message;
    int wake_fd; /* eventfd: a process slot may be free; -1 until needed */
    int epoll_fd;
    struct chg_running *running; /* list of running steps */
    CHG_VEC(struct chg_tree *)
    leftovers;    /* background processes of ended steps, killed with the build */
    char *buffer; /* for reading pipes */

    struct chg_mutex lock;
    struct chg_cond changed;
    /* guarded by lock */
    bool stored;  /* the first commit was made, or failed (start_error) */
    bool done;    /* nothing more will happen */
    bool dropped; /* the engine stopped before it began: queued in the store */
    chengis_status final_status;
    struct chg_error_saved start_error; /* why there is no such build; code 0: there is */
    struct chg_error_saved error; /* why the end is not stored (yet); code 0: it is */

    struct chg_run *next_unstored; /* guarded by the engine's lock */
};

/* ---- run.c ---- */
int chg_run_new(struct chg_run **out, chengis_engine *engine, const chengis_build_request *req);
/* From the stored rows. to_close: it will only be ended, so what cannot be read or is gone
 * (secrets) does not matter. */
int chg_run_load(struct chg_run **out, chengis_engine *engine, const struct chg_scope *scope,
                 const char *build_id, bool to_close);
int chg_run_alloc(struct chg_run **out, chengis_engine *engine); /* empty, for the two above */
int chg_copy_text(char **out, const char *text);                 /* NULL leaves *out as it is */
struct chg_run *chg_run_ref(struct chg_run *run);
struct chg_run *chg_run_unref(struct chg_run *run);
/* Make the stage and step states of run->plan (post groups included). */
int chg_run_lay_out(struct chg_run *run);
/* The build will end as `status` with this reason, unless a cause is known already: the first one
 * stands. message may be NULL; masked. */
void chg_run_fail(struct chg_run *run, chengis_status status, const char *reason,
                  const char *message);
int chg_run_say(struct chg_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* a line of the engine in the log */
/* The first commit was made, or failed. True: that was not known before. */
bool chg_run_set_stored(struct chg_run *run, const struct chg_error_saved *error);
/* error: why the end could not be stored; NULL: it was. */
void chg_run_set_done(struct chg_run *run, const struct chg_error_saved *error);
/* Ended, with its end stored: then its rows change no more and any thread may read them. NULL: not.
 */
bool chg_run_is_done(struct chg_run *run);
/* level 1: with grace; 2: at once. Any thread. */
int chg_run_cancel(struct chg_run *run, int level, const char *reason);
/* End a build that will not run (any more), on the calling thread: rows, events, final commit. */
int chg_run_close(struct chg_run *run, const char *reason, const char *message);
int chg_run_store_end(struct chg_run *run); /* once more, after it failed */

/* ---- executor.c ---- */
void chg_run_execute(struct chg_run *run); /* all phases; never fails: the outcome is in the rows */

/* A phase failed: so does the build, unless a cancel or its timeout broke the phase off. */
void chg_run_fail_phase(struct chg_run *run, const char *reason, const char *message);

/* ---- phases, one file each, in order. Negative: the build cannot go on (chg_run_fail() says why);
 * later ones that tidy up still run ---- */
int chg_phase_workspace(struct chg_run *run);
int chg_phase_checkout(struct chg_run *run);
int chg_phase_pipeline_source(struct chg_run *run);
int chg_phase_secrets(struct chg_run *run);
int chg_phase_container(struct chg_run *run);
int chg_phase_matrix(struct chg_run *run);
int chg_phase_stages(struct chg_run *run);
int chg_phase_post(struct chg_run *run);
int chg_phase_artifacts(struct chg_run *run);
int chg_phase_notify(struct chg_run *run);
int chg_phase_scm_report(struct chg_run *run);
int chg_phase_finalize(struct chg_run *run);

/* ---- post.c ---- */
/* Monotonic ms until which post actions may run; 0: no limit. */
int64_t chg_post_deadline(const struct chg_run *run, int64_t now);

/* ---- snapshot.c ---- */
int chg_snapshot(
    struct chg_run *run); /* fills the workspace from source_dir, git variables and row.git */

/* Limits that hold for everything a phase runs. */
struct chg_limits {
    int cancel_level; /* a cancel from this level on ends the steps */
    int64_t deadline; /* monotonic ms; 0 none */
    const char *deadline_reason;
};

/* ---- stages.c ---- */
/* Run one stage to its end, from wherever its rows say it is. */
int chg_stage_run(struct chg_run *run, struct chg_stage_state *stage,
                  const struct chg_limits *limits);
void chg_stage_close(struct chg_run *run, struct chg_stage_state *stage,
                     const char *reason); /* running: aborted; not begun: skipped */
/* The build ends because of chg_loop_stop_reason(). */
void chg_run_note_stop(struct chg_run *run, const char *stop_reason);
void chg_stage_skip(struct chg_run *run, struct chg_stage_state *stage, const char *reason);

/* ---- step.c: one running step ---- */
struct chg_running {
    struct chg_running *next;
    struct chg_stage_state *stage;
    struct chg_step_state *step;
    struct chg_child *child;   /* a process, or */
    struct chg_worker *worker; /* an in-process executor */
    struct chg_tree *tree;
    int output_fd; /* reading end; -1 after end of file */
    bool output_grown;
    bool ended;
    struct chg_exit exit;
    int64_t deadline; /* monotonic ms; 0 none */
    int64_t kill_at;  /* after TERM; 0 not asked to end */
    bool killed;
    const char *stop_reason; /* "timed-out", "cancelled", ...; NULL: it may run */
    int64_t hint_at;         /* when the last live hint was published */
    bool hint_due;           /* output came since */
    const char *lost;        /* why its end is not known; NULL: it is */
};
/* Mark as running (row, event); the process is started by chg_step_launch() after the commit. */
int chg_step_begin(struct chg_run *run, struct chg_stage_state *stage, struct chg_step_state *step);
int chg_step_launch(
    struct chg_run *run, struct chg_stage_state *stage,
    struct chg_step_state *step); /* a step that cannot be started is completed as failed: 0 */
void chg_step_stop(struct chg_run *run, struct chg_running *running, const char *reason,
                   bool at_once);
void chg_step_read(struct chg_run *run, struct chg_running *running); /* output is readable */
int chg_step_complete(
    struct chg_run *run,
    struct chg_running *running); /* has ended: row, event, release; unlinks and frees it */
int chg_step_record(struct chg_run *run, struct chg_stage_state *stage, struct chg_step_state *step,
                    chengis_status status, const char *reason,
                    const char *message); /* final without running, or after it */

/* ---- step_worker.c ---- */
struct chg_worker;
int chg_worker_start(struct chg_worker **out, struct chg_run *run,
                     const chengis_step_executor *executor, struct chg_step_state *step,
                     const char *dir, const struct chg_kvlist *env, int *output_fd);
int chg_worker_fd(const struct chg_worker *worker);
void chg_worker_cancel(struct chg_worker *worker);
int32_t chg_worker_join(struct chg_worker *worker,
                        struct chg_error_saved *error); /* exit code, or -1 with *error; frees it */

/* ---- loop.c ---- */
int chg_loop_open(struct chg_run *run);
void chg_loop_close(struct chg_run *run);
int chg_loop_add(struct chg_run *run, struct chg_running *running);
void chg_loop_remove(struct chg_run *run, struct chg_running *running);
/* Why nothing more may be started: "cancelled", the deadline's reason, or NULL. */
const char *chg_loop_stop_reason(const struct chg_run *run, const struct chg_limits *limits);
/* Wait for something to happen and act on it: output, ends of steps, limits, cancel. */
int chg_loop_turn(struct chg_run *run, const struct chg_limits *limits);

#endif
