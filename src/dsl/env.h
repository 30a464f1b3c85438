/* SPDX-License-Identifier: MIT */
/* The environment of a step and the parameters of a build: one place, so that the plan and the
 * engine agree. */
#ifndef CHG_DSL_ENV_H
#define CHG_DSL_ENV_H

#include "base/map.h"
#include "model/pipeline.h"

/* Where variables come from; later members override earlier ones, and the step's own env overrides
 * all. Each may be NULL. */
struct chg_env_sources {
    const struct chg_kvlist *base; /* PATH HOME ... and what the caller lets through */
    const struct chg_kvlist
        *build; /* BUILD_ID BUILD_NUMBER JOB_NAME WORKSPACE; above CI=true CHENGIS=true */
    const struct chg_kvlist *git;        /* GIT_BRANCH GIT_COMMIT ... */
    const struct chg_kvlist *pipeline;   /* the pipeline's env */
    const struct chg_kvlist *secrets;    /* name -> value */
    const struct chg_kvlist *parameters; /* name -> value, becomes PARAM_NAME */
    const struct chg_kvlist *extra;      /* given with the build request */
};

/* Put the composed environment into *out (empty before). step->env already holds MATRIX_* after
 * expansion. */
int chg_step_env(struct chg_kvlist *out, const struct chg_env_sources *src,
                 const struct chg_step *step);

/*
 * The parameters a build runs with: `given` plus the defaults of the declared ones that are not
 * given. Undeclared names are kept. CHENGIS_ERR_INVALID names a parameter whose value is not among
 * its choices or not true/false.
 */
int chg_parameters_resolve(struct chg_kvlist *out, const chg_pipeline *pipeline,
                           const struct chg_kvlist *given);

#endif
