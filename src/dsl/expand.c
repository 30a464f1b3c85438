/* SPDX-License-Identifier: MIT */
/* From a pipeline to a plan: container propagation and matrix expansion. Everything is counted
 * before it is built. */
#include "dsl/dsl.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "dsl/env.h"

#include "base/banned.h"

#define SHELL  "shell"
#define DOCKER "docker"
/* Combinations that excludes may be tried on. */
#define MAX_CANDIDATES 1000000

static int replace_text(char **to, const char *from)
{
    char *copy;

    if (from == NULL)
        return 0;
    copy = chg_strdup(from);
    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_free(*to);
    *to = copy;
    return 0;
}

static int replace_strings(struct chg_strings *to, const struct chg_strings *from)
{
    struct chg_strings copy;

    if (from->len == 0)
        return 0;
    if (chg_strings_copy(&copy, from) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    chg_strings_fini(to);
    *to = copy;
    return 0;
}

/* What the container says wins over the step's own. */
static int containerize(struct chg_step *step, const struct chg_container *container)
{
    struct chg_container *own = &step->container;

    if (!chg_streq(step->type, SHELL))
        return 0;
    if (replace_text(&own->image, container->image) < 0 ||
        replace_strings(&own->volumes, &container->volumes) < 0 ||
        replace_text(&own->workdir, container->workdir) < 0 ||
        replace_text(&own->network, container->network) < 0 ||
        replace_text(&own->pull_policy, container->pull_policy) < 0 ||
        replace_strings(&own->docker_args, &container->docker_args) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return replace_text(&step->type, DOCKER);
}

int chg_plan_propagate_container(chg_pipeline *plan)
{
    for (size_t i = 0; i < plan->stage_count; i++) {
        struct chg_stage *stage = &plan->stages[i];

        if (stage->container == NULL && chg_container_dup(&stage->container, plan->container) < 0)
            return CHENGIS_ERR_NO_MEMORY;
        for (size_t k = 0; stage->container != NULL && k < stage->step_count; k++) {
            if (containerize(&stage->steps[k], stage->container) < 0)
                return CHENGIS_ERR_NO_MEMORY;
        }
    }
    return 0;
}

/* One combination as an index into each dimension's values; dimensions are few. */
struct odometer {
    const struct chg_matrix *matrix;
    size_t *at;
};

static const char *value_at(const struct odometer *o, size_t dimension)
{
    return o->matrix->dimensions[dimension].values.items[o->at[dimension]];
}

/* The next combination, last dimension fastest; false after the last. */
static bool advance(struct odometer *o)
{
    for (size_t i = o->matrix->dimension_count; i-- > 0;) {
        if (++o->at[i] < o->matrix->dimensions[i].values.len)
            return true;
        o->at[i] = 0;
    }
    return false;
}

static bool rule_matches(const struct odometer *o, const struct chg_kvlist *rule)
{
    for (size_t i = 0; i < o->matrix->dimension_count; i++) {
        const char *wanted = chg_kvlist_get(rule, o->matrix->dimensions[i].name);

        if (wanted != NULL && !chg_streq(wanted, value_at(o, i)))
            return false;
    }
    return true;
}

static bool is_excluded(const struct odometer *o)
{
    for (size_t i = 0; i < o->matrix->exclude_count; i++) {
        if (rule_matches(o, &o->matrix->excludes[i]))
            return true;
    }
    return false;
}

/* False when the product does not fit; *out is then as far as it went. */
static bool count_product(size_t *out, const struct chg_matrix *matrix)
{
    *out = 1;
    for (size_t i = 0; i < matrix->dimension_count; i++) {
        size_t product;

        if (__builtin_mul_overflow(*out, matrix->dimensions[i].values.len, &product))
            return false;
        *out = product;
    }
    return true;
}

static int refuse_count(size_t count, bool more, size_t max)
{
    return chg_error_set(CHENGIS_ERR_PIPELINE,
                         "Matrix produces %s%zu combinations, exceeding limit of %zu",
                         more ? "more than " : "", count, max);
}

static int count_combinations(size_t *out, struct odometer *o, size_t max)
{
    size_t product;
    bool fits = count_product(&product, o->matrix);

    if (!fits || (o->matrix->exclude_count > 0 && product > MAX_CANDIDATES && product > max))
        return refuse_count(product, !fits, max);
    *out = product;
    if (o->matrix->exclude_count > 0 && product > 0) {
        *out = 0;
        do {
            *out += is_excluded(o) ? 0 : 1;
        } while (advance(o));
    }
    if (*out > max)
        return refuse_count(*out, false, max);
    if (*out == 0)
        return chg_error_set(CHENGIS_ERR_PIPELINE, "Matrix excludes leave no combination");
    return 0;
}

static int check_totals(const chg_pipeline *plan, size_t combinations)
{
    size_t steps = 0;

    for (size_t i = 0; i < plan->stage_count; i++)
        steps += plan->stages[i].step_count;
    if (plan->stage_count > CHG_MAX_STAGES / combinations)
        return chg_error_set(
            CHENGIS_ERR_PIPELINE,
            "Pipeline has %zu stages after matrix expansion, exceeding limit of %d",
            plan->stage_count * combinations, CHG_MAX_STAGES);
    if (steps > CHG_MAX_STEPS / combinations)
        return chg_error_set(CHENGIS_ERR_PIPELINE,
                             "Pipeline has %zu steps after matrix expansion, exceeding limit of %d",
                             steps * combinations, CHG_MAX_STEPS);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct chg_kv *)a)->name, ((const struct chg_kv *)b)->name);
}

/* "Build [jdk=11, os=linux]": names in order. The pairs are borrowed from the combination. */
static char *expanded_name(const char *stage, const struct chg_kvlist *combination)
{
    struct chg_kv *sorted =
        chg_memdup(combination->items, combination->len * sizeof(*combination->items));
    struct chg_str name = CHG_STR_INIT;

    if (sorted == NULL)
        return NULL;
    qsort(sorted, combination->len, sizeof(*sorted), by_name);
    chg_str_add(&name, stage);
    for (size_t i = 0; i < combination->len; i++)
        chg_str_addf(&name, "%s%s=%s", i == 0 ? " [" : ", ", sorted[i].name, sorted[i].value);
    chg_str_add(&name, "]");
    chg_free(sorted);
    return chg_str_take(&name);
}

/* MATRIX_* first, so that what the step says wins. */
static int add_matrix_env(struct chg_step *step, const struct chg_kvlist *combination)
{
    struct chg_kvlist env = CHG_KVLIST_INIT;
    int rc = 0;

    for (size_t i = 0; i < combination->len && rc == 0; i++) {
        chg_autofree char *name = chg_env_name("MATRIX_", combination->items[i].name);

        rc = name == NULL ? CHENGIS_ERR_NO_MEMORY
                          : chg_kvlist_put(&env, name, combination->items[i].value);
    }
    if (rc == 0)
        rc = chg_kvlist_merge(&env, &step->env);
    if (rc < 0) {
        chg_kvlist_fini(&env);
        return rc;
    }
    chg_kvlist_fini(&step->env);
    step->env = env;
    return 0;
}

static int fill_stage(struct chg_stage *stage, const struct odometer *o)
{
    for (size_t i = 0; i < o->matrix->dimension_count; i++) {
        if (chg_kvlist_put(&stage->matrix_combination, o->matrix->dimensions[i].name,
                           value_at(o, i)) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    }
    chg_free(stage->matrix_stage);
    stage->matrix_stage = stage->name;
    stage->name = expanded_name(stage->matrix_stage, &stage->matrix_combination);
    if (stage->name == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < stage->step_count; i++) {
        if (add_matrix_env(&stage->steps[i], &stage->matrix_combination) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

/* All copies of one stage, appended to stages. */
static int add_copies(struct chg_stage *stages, size_t *count, const struct chg_stage *from,
                      struct odometer *o)
{
    memset(o->at, 0, o->matrix->dimension_count * sizeof(*o->at));
    do {
        if (is_excluded(o))
            continue;
        if (chg_stage_copy(&stages[*count], from) < 0)
            return CHENGIS_ERR_NO_MEMORY;
        if (fill_stage(&stages[(*count)++], o) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    } while (advance(o));
    return 0;
}

static void free_stages(struct chg_stage *stages, size_t count)
{
    for (size_t i = 0; i < count; i++)
        chg_stage_fini(&stages[i]);
    chg_free(stages);
}

static int expand(chg_pipeline *plan, struct odometer *o, size_t max)
{
    size_t combinations = 0;
    size_t count = 0;
    struct chg_stage *stages;
    int rc = count_combinations(&combinations, o, max);

    if (rc == 0)
        rc = check_totals(plan, combinations);
    if (rc < 0)
        return rc;
    stages = chg_calloc(plan->stage_count * combinations, sizeof(*stages));
    if (stages == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < plan->stage_count && rc == 0; i++)
        rc = add_copies(stages, &count, &plan->stages[i], o);
    if (rc < 0) {
        free_stages(stages, count);
        return rc;
    }
    free_stages(plan->stages, plan->stage_count);
    plan->stages = stages;
    plan->stage_count = count;
    return 0;
}

int chg_plan_expand_matrix(chg_pipeline *plan, size_t max)
{
    struct odometer o = {.matrix = plan->matrix};
    int rc;

    if (plan->matrix == NULL || plan->matrix->dimension_count == 0)
        return 0;
    o.at = chg_calloc(plan->matrix->dimension_count, sizeof(*o.at));
    if (o.at == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = expand(plan, &o, max > 0 ? max : CHG_MAX_COMBINATIONS);
    chg_free(o.at);
    if (rc == 0) { /* what is expanded must not be expanded again */
        chg_matrix_free(plan->matrix);
        plan->matrix = NULL;
    }
    return rc;
}
