/* SPDX-License-Identifier: MIT */
/* Conditions of stages and steps: deciding, copying and their canonical form. */
#include "model/pipeline.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/str.h"
#include "base/vec.h"

#include "base/banned.h"

#define DEFAULT_BRANCH "main"

void chg_condition_free(struct chg_condition *condition)
{
    if (condition == NULL)
        return;
    chg_free(condition->param);
    chg_strings_fini(&condition->values);
    for (size_t i = 0; i < condition->child_count; i++)
        chg_condition_free(condition->children[i]);
    chg_free(condition->children);
    chg_free(condition);
}

int chg_condition_new(struct chg_condition **out, enum chg_condition_type type)
{
    struct chg_condition *condition = chg_new(struct chg_condition);

    if (condition == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    condition->type = type;
    *out = condition;
    return 0;
}

int chg_condition_add_child(struct chg_condition *condition, struct chg_condition *child)
{
    struct chg_condition **grown = chg_reallocarray(condition->children, condition->child_count + 1,
                                                    sizeof(*condition->children));

    if (grown == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    condition->children = grown;
    condition->children[condition->child_count++] = child;
    return 0;
}

static int copy_parts(struct chg_condition *copy, const struct chg_condition *from)
{
    if (from->param != NULL) {
        copy->param = chg_strdup(from->param);
        if (copy->param == NULL)
            return CHENGIS_ERR_NO_MEMORY;
    }
    if (chg_strings_copy(&copy->values, &from->values) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < from->child_count; i++) {
        struct chg_condition *child = NULL;

        if (chg_condition_copy(&child, from->children[i]) < 0)
            return CHENGIS_ERR_NO_MEMORY;
        if (chg_condition_add_child(copy, child) < 0) {
            chg_condition_free(child);
            return CHENGIS_ERR_NO_MEMORY;
        }
    }
    return 0;
}

int chg_condition_copy(struct chg_condition **out, const struct chg_condition *from)
{
    struct chg_condition *copy = NULL;

    if (from == NULL) {
        *out = NULL;
        return 0;
    }
    if (chg_condition_new(&copy, from->type) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    if (copy_parts(copy, from) < 0) {
        chg_condition_free(copy);
        return CHENGIS_ERR_NO_MEMORY;
    }
    *out = copy;
    return 0;
}

/* A pattern that cannot be compiled was refused when the pipeline was read; here it only matches
 * itself. */
static bool branch_matches(const char *pattern, const char *branch)
{
    struct chg_glob *glob = NULL;
    bool matches;

    if (chg_streq(pattern, branch))
        return true;
    if (chg_glob_compile_text(&glob, pattern) < 0)
        return false;
    matches = chg_glob_match(glob, branch);
    chg_glob_free(glob);
    return matches;
}

static bool any_branch_matches(const struct chg_strings *patterns, const char *branch)
{
    for (size_t i = 0; i < patterns->len; i++) {
        if (branch_matches(patterns->items[i], branch))
            return true;
    }
    return false;
}

bool chg_condition_met(const struct chg_condition *condition, const char *branch,
                       const struct chg_kvlist *parameters)
{
    if (condition == NULL)
        return true;
    switch (condition->type) {
    case CHG_CONDITION_ALWAYS:
        return true;
    case CHG_CONDITION_BRANCH:
        return any_branch_matches(&condition->values, branch != NULL ? branch : DEFAULT_BRANCH);
    case CHG_CONDITION_PARAM: {
        const char *value =
            parameters != NULL ? chg_kvlist_get(parameters, condition->param) : NULL;

        return chg_streq(value, condition->values.len > 0 ? condition->values.items[0] : NULL);
    }
    case CHG_CONDITION_ALL:
        for (size_t i = 0; i < condition->child_count; i++) {
            if (!chg_condition_met(condition->children[i], branch, parameters))
                return false;
        }
        return true;
    }
    return false;
}
