/* SPDX-License-Identifier: MIT */
/*
 * The rows the engine writes and everybody reads: jobs, builds, stages, steps, events, log index,
 * artifacts, notifications, owners. Structs with owned strings (chg_free) are released by their
 * _fini. Functions that take a connection run inside chg_store_write() or chg_store_read().
 */
#ifndef CHG_STORE_ROWS_H
#define CHG_STORE_ROWS_H

#include "base/json.h"
#include "store/store.h"

#include <chengis/types.h>

/* ---- jobs ---- */
struct chg_job_row {
    char *id;
    char *org_id;
    char *name;
    char *pipeline; /* canonical JSON, or NULL for jobs that live in their repository */
    int64_t created_at;
    int64_t updated_at;
};
void chg_job_row_fini(struct chg_job_row *row);
/* Find by name or make it; row->id is filled. */
int chg_job_ensure(struct chg_conn *conn, const struct chg_scope *scope, const char *name,
                   const char *pipeline, int64_t now, char **id);
int chg_job_get(struct chg_conn *conn, const struct chg_scope *scope, const char *id_or_name,
                struct chg_job_row *out);

/* ---- builds ---- */
struct chg_build_row {
    char *id; /* UUIDv7 */
    char *org_id;
    char *job_id;
    char *job_name; /* read through the join; ignored by put */
    int64_t number; /* 0 before the insert, which fills it: gapless per job */
    chengis_status status;
    char *reason;     /* stable code, NULL when there is nothing to say */
    char *message;    /* for people */
    char *trigger;    /* manual, scm, cron, retry */
    char *parameters; /* JSON object */
    char *plan;       /* canonical JSON of the expanded pipeline: what runs, also after a restart */
    char *pipeline_source; /* server, chengisfile, yaml, file */
    char *request; /* JSON of what resuming needs: source directory, options, names of secrets */
    char *workspace;
    char *git; /* JSON object of branch, commit, ... or NULL; also stored in the git_* columns */
    char *log_path; /* relative to the store's directory, or absolute */
    char *parent_id;
    int64_t owner_id; /* 0: none */
    int64_t attempt;  /* 1, 2 after on-interrupt: rerun */
    int64_t created_at;
    int64_t started_at;
    int64_t finished_at;
};
void chg_build_row_fini(struct chg_build_row *row);
int chg_build_insert(struct chg_conn *conn, struct chg_build_row *row); /* fills number */
/*
 * Store everything but id, org_id, job_id, number, trigger, parent_id and created_at. request, plan
 * and pipeline_source keep their stored value where the row has NULL, so a row of a list can be
 * updated.
 */
int chg_build_update(struct chg_conn *conn, const struct chg_build_row *row);
int chg_build_require(struct chg_conn *conn, const struct chg_scope *scope,
                      const char *id);                         /* 0 or NOT_FOUND */
int chg_build_is_known(struct chg_conn *conn, const char *id); /* in any organisation: 1 or 0 */
int chg_build_get(struct chg_conn *conn, const struct chg_scope *scope, const char *id,
                  struct chg_build_row *out);
/* A full id, a unique prefix of at least 4 characters, or JOB#N; *id is heap. NOT_FOUND, or INVALID
 * when ambiguous. */
int chg_build_resolve(struct chg_conn *conn, const struct chg_scope *scope, const char *ref,
                      char **id);

struct chg_build_filter {
    const char *job;       /* name; NULL: all */
    chengis_status status; /* 0: all */
    const char *before_id; /* cursor: builds older than this id; NULL: from the newest */
    size_t limit;
};
/* Calls each() with rows newest first (by id), request and plan left NULL. In all lists, each() !=
 * 0 ends the list and is returned. */
int chg_build_list(struct chg_conn *conn, const struct chg_scope *scope,
                   const struct chg_build_filter *filter,
                   int (*each)(const struct chg_build_row *row, void *userdata), void *userdata);
/* Builds that are not final, of every organisation: for recovery and the queue. */
int chg_build_list_open(struct chg_conn *conn,
                        int (*each)(const struct chg_build_row *row, void *userdata),
                        void *userdata);
/* Take over a queued build that still belongs to `from` (0: to nobody). 1 it is ours, 0 somebody was
 * faster. */
int chg_build_claim(struct chg_conn *conn, const char *id, int64_t from, int64_t to);
/* Ask the owner to cancel (any process). 1 asked, 0 already final or asked at that level.
 * NOT_FOUND. */
int chg_build_request_cancel(struct chg_conn *conn, const struct chg_scope *scope, const char *id,
                             int level, const char *reason, int64_t now);
/* Requests for open builds of this owner: each(build id, level, reason). A request is given until
 * its build is final: acting twice must do no harm. */
int chg_build_cancel_requests(struct chg_conn *conn, int64_t owner_id,
                              int (*each)(const char *id, int level, const char *reason,
                                          void *userdata),
                              void *userdata);

/* ---- stages and steps ---- */
struct chg_stage_row {
    char *build_id;
    int64_t ordinal; /* from 1, declaration order; post groups follow */
    char *name;
    chengis_status status;
    char *reason;
    int64_t started_at;
    int64_t finished_at;
};
struct chg_step_row {
    char *build_id;
    int64_t ordinal; /* from 1 within the build: also the step number of the log */
    int64_t stage_ordinal;
    char *stage_name;
    char *name;
    chengis_status status;
    char *reason;
    char *message;
    int64_t exit_code; /* -1: none */
    int64_t signal;    /* 0: none */
    int64_t attempt;
    int64_t started_at;
    int64_t finished_at;
    int64_t log_bytes;
    int64_t log_lines;
};
void chg_stage_row_fini(struct chg_stage_row *row);
void chg_step_row_fini(struct chg_step_row *row);
int chg_stage_put(struct chg_conn *conn,
                  const struct chg_stage_row *row); /* insert or replace by (build, ordinal) */
int chg_step_put(struct chg_conn *conn, const struct chg_step_row *row);
int chg_stage_list(struct chg_conn *conn, const char *build_id,
                   int (*each)(const struct chg_stage_row *row, void *userdata), void *userdata);
int chg_step_list(struct chg_conn *conn, const char *build_id,
                  int (*each)(const struct chg_step_row *row, void *userdata), void *userdata);

/* ---- events ---- */
struct chg_event_row {
    int64_t id;  /* store-wide, grows with commits; the cursor */
    int64_t seq; /* gapless from 1 per build */
    char *build_id;
    char *type;
    int64_t at;
    char *stage_name;
    char *step_name;
    chengis_status status; /* 0: none */
    char *data;            /* JSON object or NULL */
};
void chg_event_row_fini(struct chg_event_row *row);
int chg_event_append(struct chg_conn *conn, struct chg_event_row *row); /* fills seq and id */
/* Events of one build, in this order; fills seq and id of each. */
int chg_event_append_all(struct chg_conn *conn, struct chg_event_row *rows, size_t count);
/* build_id NULL: all builds of the scope (NULL scope: every organisation), by id > after; else by
 * seq > after. */
int chg_event_list(struct chg_conn *conn, const struct chg_scope *scope, const char *build_id,
                   int64_t after, size_t limit,
                   int (*each)(const struct chg_event_row *row, void *userdata), void *userdata);
int chg_event_last_id(struct chg_conn *conn, int64_t *id);

/* ---- log index ---- */
int chg_log_index_put(struct chg_conn *conn, const char *build_id, int64_t step, int64_t bytes,
                      int64_t lines, const void *blob, size_t len);
int chg_log_index_get(struct chg_conn *conn, const char *build_id, int64_t step, void **blob,
                      size_t *len); /* NOT_FOUND */

/* ---- artifacts, notifications ---- */
struct chg_artifact_row {
    char *id;
    char *build_id;
    char *filename;      /* unique within the build */
    char *original_path; /* below the workspace */
    char *path;          /* where it is stored */
    int64_t size_bytes;
    char *sha256;
    char *content_type;
    int64_t created_at;
};
void chg_artifact_row_fini(struct chg_artifact_row *row);
int chg_artifact_insert(struct chg_conn *conn, const struct chg_artifact_row *row);
int chg_artifact_list(struct chg_conn *conn, const char *build_id,
                      int (*each)(const struct chg_artifact_row *row, void *userdata),
                      void *userdata);
struct chg_notification_row {
    char *id;
    char *build_id;
    char *type;
    char *status; /* pending, sent, failed */
    char *details;
    int64_t sent_at;
    int64_t created_at;
};
int chg_notification_put(struct chg_conn *conn, const struct chg_notification_row *row);

/* ---- owners ---- */
struct chg_owner_row {
    int64_t
        id; /* random, positive; also the byte of DB.owners that the living owner keeps locked */
    char *host;
    char *boot_id;
    int64_t pid;
    int64_t start_ticks;
    int64_t started_at;
};
void chg_owner_row_fini(struct chg_owner_row *row);
int chg_owner_put(struct chg_conn *conn, const struct chg_owner_row *row);
int chg_owner_get(struct chg_conn *conn, int64_t id, struct chg_owner_row *out);
/* Owners without an open build, alive or not, 500 a call. */
int chg_owner_list_idle(struct chg_conn *conn,
                        int (*each)(const struct chg_owner_row *row, void *userdata),
                        void *userdata);
int chg_owner_delete(struct chg_conn *conn, int64_t id);

/* ---- the build as JSON (design: build object), from its rows. New reference. ---- */
int chg_build_to_json(struct chg_conn *conn, const struct chg_scope *scope, const char *id,
                      json_t **out);
json_t *chg_build_row_to_json(const struct chg_build_row *row); /* without stages: for lists */
/* Counts by status of a scope: {"jobs": n, "builds": {"total": n, "success": n, ...}}. */
int chg_store_counts(struct chg_conn *conn, const struct chg_scope *scope, json_t **out);

/* Retention: final builds beyond the newest `keep` of their job (0: no such limit) or finished
 * before before_at, oldest first, 500 a call; each() may delete. */
int chg_build_list_expired(struct chg_conn *conn, int64_t keep, int64_t before_at,
                           int (*each)(const struct chg_build_row *row, void *userdata),
                           void *userdata);
int chg_build_delete(struct chg_conn *conn, const char *id); /* with all its rows */

#endif
