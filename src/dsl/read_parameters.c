/* SPDX-License-Identifier: MIT */
/* Reading of parameter definitions, in both shapes: a list of maps with names, and a map from name
 * to definition. */
#include "dsl/reader_priv.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "dsl/dsl.h"

#include "base/banned.h"

#define MAX_PARAMETERS 1000
#define PART_SIZE      (CHG_MAX_NAME + 32)

static void check_choices(struct chg_reader *r, const struct chg_node *node,
                          const struct chg_parameter *parameter)
{
    bool choice = chg_streq(parameter->type, "choice");

    if (choice && parameter->choices.len == 0)
        chg_report_error(r, node, "a parameter of type choice needs %s%s%s", CHG_KEY(r, "choices"));
    else if (!choice && parameter->choices.len > 0)
        chg_report_error(r, node, "%s%s%s needs the type choice", CHG_KEY(r, "choices"));
    else if (choice && parameter->default_value != NULL &&
             !chg_strings_has(&parameter->choices, parameter->default_value))
        chg_report_error(r, node, "%s%s%s is not among the choices", CHG_KEY(r, "default"));
    if (chg_streq(parameter->type, "boolean") && parameter->default_value != NULL &&
        !chg_streq(parameter->default_value, "true") &&
        !chg_streq(parameter->default_value, "false"))
        chg_report_error(r, node, "%s%s%s of a boolean parameter must be true or false",
                         CHG_KEY(r, "default"));
}

/* Two names that become one variable would hide each other. */
static void check_variable(struct chg_reader *r, const struct chg_node *node, size_t index)
{
    const struct chg_parameter *list = r->pipeline->parameters;

    if (!chg_is_variable_source(list[index].name)) {
        chg_report_error(r, node,
                         "the name of a parameter must consist of letters, digits, - and _");
        return;
    }
    for (size_t i = 0; i < index; i++) {
        if (list[i].name != NULL && chg_env_name_equal(list[i].name, list[index].name))
            chg_report_error(r, node, "'%s' and '%s' would become the same variable", list[i].name,
                             list[index].name);
    }
}

/* One definition; null is one with all defaults. name is the key of the map shape, else NULL. */
static void read_parameter(struct chg_reader *r, const struct chg_node *node,
                           const struct chg_node *name)
{
    size_t index = r->pipeline->parameter_count++;
    struct chg_parameter *parameter = &r->pipeline->parameters[index];
    char part[PART_SIZE];
    size_t errors;

    (void)snprintf(part, sizeof(part), "Parameter %zu%s%s%s", index + 1, name != NULL ? " (" : "",
                   name != NULL ? chg_shown(name) : "", name != NULL ? ")" : "");
    r->subject.part = part;
    errors = r->diags->errors;
    if (node->kind == CHG_NODE_MAP)
        chg_read_map(r, CHG_SCOPE_PARAMETER, node, parameter);
    else if (node->kind != CHG_NODE_NULL || parameter->name == NULL)
        chg_report_error(r, node, "must be a map");
    if (parameter->name == NULL && r->diags->errors == errors)
        chg_report_missing(r, node, chg_key_find(CHG_SCOPE_PARAMETER, "name"));
    if (parameter->type == NULL)
        chg_keep_text(r, &parameter->type, chg_parameter_types[0]);
    if (r->diags->errors == errors && r->failed == 0) {
        check_choices(r, node, parameter);
        check_variable(r, node, index);
    }
    r->subject.part = NULL;
}

/* Gives a map from name to definition the shape of the list: the name is set before the definition
 * is read. */
static void read_named(struct chg_reader *r, const struct chg_use *use, const struct chg_node *name,
                       const struct chg_node *node)
{
    struct chg_parameter *parameter = &r->pipeline->parameters[r->pipeline->parameter_count];
    const char *text = chg_text_of(r, use, "name", name, CHG_ACCEPT_WORDS | CHG_ACCEPT_SCALARS);

    if (text == NULL || !chg_check_name(r, use, name, text))
        return;
    chg_keep_text(r, &parameter->name, text);
    read_parameter(r, node, name);
}

void chg_read_parameters(struct chg_reader *r, const struct chg_use *use, void *target)
{
    const struct chg_node *list = use->value;
    bool named = list->kind == CHG_NODE_MAP;

    (void)target;
    if (!named && list->kind != CHG_NODE_VECTOR) {
        chg_report_error(r, list, "%s%s%s must be %s or a map", CHG_USE(r, use), r->dialect->list);
        return;
    }
    if (list->count > MAX_PARAMETERS) {
        chg_report_error(r, list, "%s%s%s has %zu entries, the limit is %d", CHG_USE(r, use),
                         list->count, MAX_PARAMETERS);
        return;
    }
    r->pipeline->parameters = chg_calloc(list->count, sizeof(*r->pipeline->parameters));
    if (r->pipeline->parameters == NULL) {
        chg_out_of_memory(r);
        return;
    }
    for (size_t i = 0; i < list->count && r->failed == 0; i++) {
        if (named)
            read_named(r, use, chg_node_key(list, i), chg_node_value(list, i));
        else
            read_parameter(r, list->items[i], NULL);
    }
}
