/* SPDX-License-Identifier: MIT */
/*
 * The pipeline: plain values, made once by a reader or builder, immutable afterwards, shared by
 * reference count. It is what every format is read into, what the engine runs, and what is stored
 * (as canonical JSON). After container propagation and matrix expansion it is a plan: same type,
 * concrete stages.
 */
#ifndef CHG_MODEL_PIPELINE_H
#define CHG_MODEL_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <chengis/pipeline.h>

#include "base/json.h"
#include "base/map.h"
#include "base/ref.h"

#define CHG_PIPELINE_MAGIC   CHG_MAGIC('P', 'I', 'P', 'E')
#define CHG_MAX_STAGES       500
#define CHG_MAX_STEPS        5000
#define CHG_MAX_NAME         256
#define CHG_MAX_ARG          131071
#define CHG_MAX_COMBINATIONS 25

struct chg_strings { /* a list of owned strings */
    char **items;
    size_t len;
    size_t cap;
};
void chg_strings_fini(struct chg_strings *list);
int chg_strings_add(struct chg_strings *list, const char *text);
/* The strings as a NULL-terminated array of borrowed pointers: free the array with chg_free(). */
int chg_strings_argv(const struct chg_strings *list, const char ***out);
int chg_strings_copy(struct chg_strings *out,
                     const struct chg_strings *from); /* *out is overwritten */
bool chg_strings_has(const struct chg_strings *list, const char *text);

enum chg_condition_type {
    CHG_CONDITION_ALWAYS,
    CHG_CONDITION_BRANCH, /* the build's branch equals one of values, which may be globs */
    CHG_CONDITION_PARAM, /* parameter `param` equals values[0]; no value: the parameter is absent */
    CHG_CONDITION_ALL,   /* every one of children is met */
};
struct chg_condition {
    enum chg_condition_type type;
    char *param;
    struct chg_strings values;
    struct chg_condition **children;
    size_t child_count;
};

struct chg_container { /* of a pipeline, stage or step */
    char *image;
    struct chg_strings volumes;
    char *workdir;
    char *network;
    char *pull_policy; /* always | if-not-present | never */
    struct chg_strings docker_args;
};

struct chg_approval {
    char *message;
    char *role;
    int64_t timeout_minutes; /* -1: not given */
    struct chg_strings approver_group;
    int64_t min_approvals;
};

struct chg_step {
    char *name;
    char *type; /* shell, docker, docker-compose or a plugin's */
    char *command;
    struct chg_kvlist env;
    char *dir;
    int64_t timeout_ms;              /* 0: none */
    struct chg_condition *condition; /* NULL: always */
    struct chg_container container;  /* image etc. of docker steps; image NULL otherwise */
    char *service;
    char *compose_file;
};

struct chg_stage {
    char *name;
    bool parallel;
    struct chg_step *steps;
    size_t step_count;
    struct chg_condition *condition;
    struct chg_container *container;
    struct chg_approval *approval;
    struct chg_kvlist matrix_combination; /* dimension -> value; empty when not expanded */
    char *matrix_stage;                   /* name before expansion; NULL when not expanded */
};

struct chg_parameter {
    char *name;
    char *type; /* text | choice | boolean */
    struct chg_strings choices;
    char *default_value; /* NULL: none */
    char *description;
};

struct chg_matrix {
    struct chg_matrix_dimension {
        char *name;
        struct chg_strings values;
    } * dimensions; /* in declared order */
    size_t dimension_count;
    struct chg_kvlist *excludes;
    size_t exclude_count;
};

enum chg_post_group { CHG_POST_ALWAYS, CHG_POST_ON_SUCCESS, CHG_POST_ON_FAILURE, CHG_POST_GROUPS };
extern const char
    *const chg_post_group_names[CHG_POST_GROUPS]; /* "always", "on-success", "on-failure" */
struct chg_steps {
    struct chg_step *items;
    size_t len;
};

struct chg_notify {
    char *type;
    json_t *config; /* object with the entry's other keys */
};

struct chengis_pipeline {
    uint32_t magic;
    struct chg_ref ref;
    char *name; /* NULL when the file gives none */
    char *description;
    struct chg_stage *stages;
    size_t stage_count;
    struct chg_parameter *parameters;
    size_t parameter_count;
    json_t *triggers; /* as read; NULL when absent */
    json_t *source;   /* as read; NULL when absent */
    struct chg_container *container;
    struct chg_kvlist env;
    struct chg_steps post[CHG_POST_GROUPS];
    struct chg_strings artifacts;
    struct chg_notify *notify;
    size_t notify_count;
    struct chg_matrix *matrix;
    char *extends;
    char *on_interrupt; /* "abort" (NULL) or "rerun" */
    int64_t timeout_ms; /* 0: none */
};
typedef struct chengis_pipeline chg_pipeline;

/* An empty pipeline with one reference, to be filled by its maker before anyone else sees it. */
int chg_pipeline_new(chg_pipeline **out);
/* Deep copies, for the plan. */
int chg_pipeline_copy(chg_pipeline **out, const chg_pipeline *from);
int chg_stage_copy(struct chg_stage *out, const struct chg_stage *from);
int chg_step_copy(struct chg_step *out, const struct chg_step *from);
int chg_container_copy(struct chg_container *out, const struct chg_container *from);
void chg_stage_fini(struct chg_stage *stage);
void chg_step_fini(struct chg_step *step);
void chg_container_fini(struct chg_container *container);
void chg_condition_free(struct chg_condition *condition);
int chg_condition_new(struct chg_condition **out, enum chg_condition_type type);
int chg_condition_copy(struct chg_condition **out,
                       const struct chg_condition *from); /* NULL copies to NULL */
int chg_condition_add_child(struct chg_condition *condition,
                            struct chg_condition *child); /* takes child on success */
void chg_container_free(struct chg_container *container);
int chg_container_dup(struct chg_container **out,
                      const struct chg_container *from); /* NULL gives NULL */
void chg_approval_free(struct chg_approval *approval);
void chg_steps_fini(struct chg_steps *steps);
void chg_parameter_fini(struct chg_parameter *parameter);
void chg_matrix_free(struct chg_matrix *matrix);
void chg_notify_fini(struct chg_notify *notify);
bool chg_pipeline_equal(const chg_pipeline *a, const chg_pipeline *b); /* same canonical map */

/* The canonical map (key names and order of docs/pipelines.md). New reference or NULL. */
json_t *chg_pipeline_to_json(const chg_pipeline *pipeline);
json_t *chg_step_to_json(const struct chg_step *step);
json_t *chg_condition_to_json(const struct chg_condition *condition);

/* Decide a condition. NULL condition: met. branch NULL counts as "main". */
bool chg_condition_met(const struct chg_condition *condition, const char *branch,
                       const struct chg_kvlist *parameters);

static inline void chengis_pipeline_autoptr_(chg_pipeline **pipeline)
{
    (void)chengis_pipeline_unref(*pipeline);
}
#define chg_autopipeline __attribute__((cleanup(chengis_pipeline_autoptr_))) chg_pipeline *

#endif
