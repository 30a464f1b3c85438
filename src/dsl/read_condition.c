/* SPDX-License-Identifier: MIT */
/* Reading of conditions: {branch: ...}, {param: ..., value: ...}, both, and the canonical {type:
 * ...}. */
#include "dsl/reader_priv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/str.h"

#include "base/banned.h"

static void check_pattern(struct chg_reader *r, const struct chg_use *use,
                          const struct chg_node *node, const char *pattern)
{
    struct chg_glob *glob = NULL;
    int rc = chg_is_blank(pattern) ? chg_error_set(CHENGIS_ERR_INVALID, "must not be empty")
                                   : chg_glob_compile_text(&glob, pattern);

    if (rc == CHENGIS_ERR_NO_MEMORY)
        chg_out_of_memory(r);
    else if (rc < 0)
        chg_report_error(r, node, "%s%s%s: %s", CHG_USE(r, use), chg_error_message());
    chg_glob_free(glob);
}

/* A name, a glob, or a list of them. */
static void fill_branch(struct chg_reader *r, struct chg_condition *condition,
                        const struct chg_use *use)
{
    if (use->value->kind == CHG_NODE_VECTOR && use->value->count == 0) {
        chg_report_error(r, use->value, "%s%s%s must not be empty", CHG_USE(r, use));
    } else if (use->value->kind == CHG_NODE_VECTOR) {
        chg_read_strings_into(r, use, &condition->values, 0);
    } else if (use->value->kind == CHG_NODE_STRING || r->dialect->lenient) {
        const char *branch = chg_text_of(r, use, NULL, use->value, 0);

        if (branch != NULL && chg_strings_add(&condition->values, branch) < 0)
            chg_out_of_memory(r);
    } else {
        chg_report_error(r, use->value, "%s%s%s must be a string or %s of them", CHG_USE(r, use),
                         r->dialect->list);
    }
    for (size_t i = 0; i < condition->values.len && r->failed == 0; i++)
        check_pattern(r, use, chg_item_node(use, &condition->values, i),
                      condition->values.items[i]);
}

static void fill_param(struct chg_reader *r, struct chg_condition *condition,
                       const struct chg_condition_uses *uses)
{
    const char *name = chg_text_of(r, &uses->param, NULL, uses->param.value, CHG_ACCEPT_WORDS);
    const char *value;

    if (name != NULL && chg_is_blank(name))
        chg_report_error(r, uses->param.value, "%s%s%s must not be empty",
                         CHG_USE(r, &uses->param));
    else if (name != NULL)
        chg_keep_text(r, &condition->param, name);
    if (uses->value.value == NULL)
        return;
    value = chg_text_of(r, &uses->value, NULL, uses->value.value, CHG_ACCEPT_SCALARS);
    if (value != NULL && chg_strings_add(&condition->values, value) < 0)
        chg_out_of_memory(r);
}

/* A new condition of a type, NULL when memory is out. */
static struct chg_condition *make(struct chg_reader *r, enum chg_condition_type type)
{
    struct chg_condition *condition = NULL;

    if (chg_condition_new(&condition, type) < 0)
        chg_out_of_memory(r);
    return condition;
}

static void add_child(struct chg_reader *r, struct chg_condition *all, struct chg_condition *child)
{
    if (child == NULL || chg_condition_add_child(all, child) == 0)
        return;
    chg_condition_free(child);
    chg_out_of_memory(r);
}

static struct chg_condition *make_branch(struct chg_reader *r, const struct chg_use *use)
{
    struct chg_condition *condition = make(r, CHG_CONDITION_BRANCH);

    if (condition != NULL)
        fill_branch(r, condition, use);
    return condition;
}

static struct chg_condition *make_param(struct chg_reader *r, const struct chg_condition_uses *uses)
{
    struct chg_condition *condition = make(r, CHG_CONDITION_PARAM);

    if (condition != NULL)
        fill_param(r, condition, uses);
    return condition;
}

static struct chg_condition *make_all(struct chg_reader *r, const struct chg_use *use)
{
    struct chg_condition *all = make(r, CHG_CONDITION_ALL);

    if (all == NULL || !chg_expect_list(r, use))
        return all;
    for (size_t i = 0; i < use->value->count && r->failed == 0; i++) {
        struct chg_use item = {use->key, use->name, use->value->items[i]};
        struct chg_condition *child = NULL;

        chg_read_condition(r, &item, &child);
        add_child(r, all, child);
    }
    return all;
}

/* {type: T, ...}: each type uses its own keys. */
static struct chg_condition *read_typed(struct chg_reader *r, const struct chg_node *map,
                                        struct chg_condition_uses *uses)
{
    const char *type = chg_text_of(r, &uses->type, NULL, uses->type.value, CHG_ACCEPT_WORDS);
    const struct chg_use *needed;

    if (type == NULL)
        return NULL;
    if (chg_streq(type, "always"))
        return make(r, CHG_CONDITION_ALWAYS);
    if (chg_streq(type, "branch"))
        needed = uses->branch.value != NULL ? &uses->branch : &uses->value;
    else if (chg_streq(type, "param"))
        needed = &uses->param;
    else if (chg_streq(type, "all"))
        needed = &uses->conditions;
    else {
        chg_report_error(r, uses->type.value,
                         "unknown condition type '%s'; known are always, branch, param and all",
                         chg_shown(uses->type.value));
        return NULL;
    }
    if (needed->value == NULL) {
        chg_report_error(r, map, "a condition of type %s needs %s%s%s", type,
                         CHG_KEY(r, needed == &uses->param        ? "param"
                                    : needed == &uses->conditions ? "conditions"
                                                                  : "value"));
        return NULL;
    }
    if (needed == &uses->param)
        return make_param(r, uses);
    return needed == &uses->conditions ? make_all(r, needed) : make_branch(r, needed);
}

/* {branch: B}, {param: P, value: V}, or both, which must then hold together. */
static struct chg_condition *read_plain(struct chg_reader *r, const struct chg_use *use,
                                        const struct chg_condition_uses *uses)
{
    struct chg_condition *all;

    if (uses->branch.value == NULL && uses->param.value == NULL) {
        chg_report_error(r, use->value, "%s%s%s must have %s%s%s or %s%s%s", CHG_USE(r, use),
                         CHG_KEY(r, "branch"), CHG_KEY(r, "param"));
        return NULL;
    }
    if (uses->value.value != NULL && uses->param.value == NULL)
        chg_report_error(r, uses->value.name, "%s%s%s: %s%s%s needs %s%s%s", CHG_USE(r, use),
                         CHG_KEY(r, "value"), CHG_KEY(r, "param"));
    if (uses->param.value == NULL)
        return make_branch(r, &uses->branch);
    if (uses->branch.value == NULL)
        return make_param(r, uses);
    all = make(r, CHG_CONDITION_ALL);
    if (all != NULL) {
        add_child(r, all, make_branch(r, &uses->branch));
        add_child(r, all, make_param(r, uses));
    }
    return all;
}

void chg_read_condition(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_condition **out = target;
    struct chg_condition_uses uses = {0};

    if (!chg_expect_map(r, use))
        return;
    chg_read_map(r, CHG_SCOPE_CONDITION, use->value, &uses);
    if (uses.type.value != NULL)
        *out = read_typed(r, use->value, &uses);
    else
        *out = read_plain(r, use, &uses);
}
