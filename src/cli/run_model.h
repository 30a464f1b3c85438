/* SPDX-License-Identifier: MIT */
/*
 * What is known about a build while it is watched: its stages and steps with their states, from the
 * plan (what will come), the events (what happens) and the build object (what happened). The views
 * draw it; nothing here prints.
 */
#ifndef CHG_CLI_RUN_MODEL_H
#define CHG_CLI_RUN_MODEL_H

#include <chengis/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/vec.h"

struct chg_run_step {
    char *name;
    chengis_status status;
    char *reason;        /* NULL: nothing to say */
    char *message;       /* of the engine, for people; NULL: none */
    int64_t log;         /* number of its log, 0: not known yet */
    int64_t exit_code;   /* -1: none */
    int64_t signal;      /* 0: none */
    int64_t attempt;     /* 0: not known */
    int64_t started_at;  /* 0: not yet */
    int64_t duration_ms; /* -1: not finished */
    char *tail; /* last lines of its output, made harmless; NULL: none. Kept by the tree view */
};

struct chg_run_stage {
    char *name;
    chengis_status status;
    char *reason;
    int64_t started_at;
    int64_t duration_ms;
    CHG_VEC(struct chg_run_step *) steps;
};

struct chg_run_model {
    char *id;
    char *job;
    int64_t number;
    chengis_status status;
    char *reason;
    char *message;
    int64_t started_at;
    int64_t duration_ms; /* -1: not finished */
    CHG_VEC(struct chg_run_stage *) stages;
    size_t running; /* steps that run now */
};
#define CHG_RUN_MODEL_INIT                                                                         \
    {                                                                                              \
        .duration_ms = -1                                                                          \
    }
void chg_run_model_fini(struct chg_run_model *model);

/* One event as the model needs it; texts are borrowed, "" or NULL when the event has none. */
struct chg_run_event {
    chengis_event_type type;
    int64_t at;
    const char *stage;
    const char *step;
    chengis_status status;
    const json_t *data;
};

/* All give 0 or CHENGIS_ERR_NO_MEMORY; what they do not understand they leave out. */
int chg_run_model_plan(struct chg_run_model *model, const json_t *plan);
int chg_run_model_build(struct chg_run_model *model, const json_t *build);
/* *step receives the step the event is about, or NULL; stage likewise. Both may be NULL. */
int chg_run_model_event(struct chg_run_model *model, const struct chg_run_event *event,
                        struct chg_run_stage **stage, struct chg_run_step **step);

/* The first step that failed the build (not one whose failure is allowed), with its stage; NULL:
 * none. */
struct chg_run_step *chg_run_model_failed(const struct chg_run_model *model,
                                          struct chg_run_stage **stage);
/* The one after `index` others, with its stage; NULL: there are no more. */
struct chg_run_step *chg_run_model_failed_at(const struct chg_run_model *model, size_t index,
                                             struct chg_run_stage **stage);
/* True when no other stage has a step of this name: then the name alone tells which one is meant.
 */
bool chg_run_model_is_unique(const struct chg_run_model *model, const char *step);

#endif
