/* SPDX-License-Identifier: MIT */
/* Composition of a step's environment and of a build's parameters. */
#include "dsl/env.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "dsl/dsl.h"

#include "base/banned.h"

static char env_char(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
}

char *chg_env_name(const char *prefix, const char *name)
{
    struct chg_str variable = CHG_STR_INIT;

    chg_str_add(&variable, prefix);
    for (const char *c = name; *c != '\0'; c++)
        chg_str_add_char(&variable, env_char(*c));
    return chg_str_take(&variable);
}

bool chg_env_name_equal(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0' && env_char(*a) == env_char(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

static int merge(struct chg_kvlist *out, const struct chg_kvlist *from)
{
    return from != NULL ? chg_kvlist_merge(out, from) : 0;
}

static int put_parameters(struct chg_kvlist *out, const struct chg_kvlist *parameters)
{
    for (size_t i = 0; parameters != NULL && i < parameters->len; i++) {
        chg_autofree char *name = chg_env_name("PARAM_", parameters->items[i].name);

        if (name == NULL || chg_kvlist_put(out, name, parameters->items[i].value) < 0)
            return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

int chg_step_env(struct chg_kvlist *out, const struct chg_env_sources *src,
                 const struct chg_step *step)
{
    if (merge(out, src->base) < 0 || chg_kvlist_put(out, "CI", "true") < 0 ||
        chg_kvlist_put(out, "CHENGIS", "true") < 0 || merge(out, src->build) < 0 ||
        merge(out, src->git) < 0 || merge(out, src->pipeline) < 0 || merge(out, src->secrets) < 0 ||
        put_parameters(out, src->parameters) < 0 || merge(out, src->extra) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    return merge(out, &step->env);
}

static int check_value(const struct chg_parameter *parameter, const char *value)
{
    struct chg_str known = CHG_STR_INIT;
    int rc;

    if (chg_streq(parameter->type, "boolean")) {
        if (chg_streq(value, "true") || chg_streq(value, "false"))
            return 0;
        return chg_error_set(CHENGIS_ERR_INVALID, "parameter '%s' must be true or false",
                             parameter->name);
    }
    if (!chg_streq(parameter->type, "choice") || chg_strings_has(&parameter->choices, value))
        return 0;
    for (size_t i = 0; i < parameter->choices.len; i++)
        chg_str_addf(&known, "%s%s", i > 0 ? ", " : "", parameter->choices.items[i]);
    rc = chg_error_set(CHENGIS_ERR_INVALID, "parameter '%s' must be one of %s", parameter->name,
                       known.ptr);
    chg_str_fini(&known);
    return rc;
}

static int resolve(struct chg_kvlist *out, const chg_pipeline *pipeline,
                   const struct chg_kvlist *given)
{
    for (size_t i = 0; i < pipeline->parameter_count; i++) {
        const struct chg_parameter *parameter = &pipeline->parameters[i];
        const char *value = given != NULL ? chg_kvlist_get(given, parameter->name) : NULL;
        int rc = value != NULL ? check_value(parameter, value) : 0;

        if (value == NULL)
            value = parameter->default_value;
        if (rc == 0 && value != NULL)
            rc = chg_kvlist_put(out, parameter->name, value);
        if (rc < 0)
            return rc;
    }
    return merge(out, given);
}

int chg_parameters_resolve(struct chg_kvlist *out, const chg_pipeline *pipeline,
                           const struct chg_kvlist *given)
{
    struct chg_kvlist list = CHG_KVLIST_INIT;
    int rc = resolve(&list, pipeline, given);

    if (rc < 0) {
        chg_kvlist_fini(&list);
        return rc;
    }
    *out = list;
    return 0;
}
