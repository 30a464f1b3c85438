/* SPDX-License-Identifier: MIT */
/* Parser of command line options. Messages repeat the name of an option, never its value: that may
 * be a secret. */
#include "cli/options.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

void chg_args_fini(struct chg_args *args)
{
    chg_vec_fini(&args->options);
    chg_vec_fini(&args->words);
}

static const struct chg_option *find_long(const struct chg_option *table, const char *name,
                                          size_t len)
{
    for (; table != NULL && table->name != NULL; table++)
        if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
            return table;
    return NULL;
}

static const struct chg_option *find_letter(const struct chg_option *table, char letter)
{
    for (; table != NULL && table->name != NULL; table++)
        if (table->letter == letter)
            return table;
    return NULL;
}

static int unknown_long(const struct chg_option *own, const struct chg_option *global,
                        const char *name, size_t len)
{
    const struct chg_option *const tables[] = {own, global};
    CHG_VEC(const char *) names = {0};
    chg_autofree char *given = chg_strndup(name, len);
    const char *near;
    int rc = 0;

    for (size_t t = 0; t < 2; t++)
        for (const struct chg_option *o = tables[t]; rc == 0 && o != NULL && o->name != NULL; o++)
            rc = chg_vec_push(&names, o->name);
    near = given == NULL || rc < 0 ? NULL : chg_nearest(given, names.items, names.len);
    rc = near == NULL
             ? chg_error_set(CHENGIS_ERR_INVALID, "unknown option '--%s'",
                             given == NULL ? "" : given)
             : chg_error_set(CHENGIS_ERR_INVALID,
                             "unknown option '--%s'; the nearest one is '--%s'", given, near);
    chg_vec_fini(&names);
    return rc;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);

    for (const char *at = choices;; at++) {
        size_t span = strcspn(at, "|");

        if (span == len && memcmp(at, value, len) == 0)
            return true;
        at += span;
        if (*at == '\0')
            return false;
    }
}

static int keep(struct chg_args *args, const struct chg_option *option, const char *value)
{
    struct chg_option_use use = {.option = option, .value = value};

    if (value != NULL && option->choices != NULL && !is_choice(option->choices, value))
        return chg_error_set(CHENGIS_ERR_INVALID, "option '--%s': '%s' is not one of %s",
                             option->name, value, option->choices);
    return chg_vec_push(&args->options, use);
}

/* The value that follows as a word of its own. */
static int take_value(struct chg_args *args, const struct chg_option *option,
                      const char *const *argv, size_t *index)
{
    if (argv[*index] == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID, "option '--%s' needs a value: --%s %s",
                             option->name, option->name, option->arg);
    return keep(args, option, argv[(*index)++]);
}

static int next_long(struct chg_args *args, const struct chg_option *own,
                     const struct chg_option *global, const char *const *argv, size_t *index)
{
    const char *name = argv[(*index)++] + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const struct chg_option *option = find_long(own, name, len);

    if (option == NULL)
        option = find_long(global, name, len);
    if (option == NULL)
        return unknown_long(own, global, name, len);
    if (option->arg == NULL && equals != NULL)
        return chg_error_set(CHENGIS_ERR_INVALID, "option '--%s' takes no value", option->name);
    if (option->arg == NULL)
        return keep(args, option, NULL);
    if (equals != NULL)
        return keep(args, option, equals + 1);
    return take_value(args, option, argv, index);
}

static int next_letters(struct chg_args *args, const struct chg_option *own,
                        const struct chg_option *global, const char *const *argv, size_t *index)
{
    const char *at = argv[(*index)++] + 1;

    for (; *at != '\0'; at++) {
        const struct chg_option *option = find_letter(own, *at);
        int rc;

        if (option == NULL)
            option = find_letter(global, *at);
        if (option == NULL)
            return chg_error_set(CHENGIS_ERR_INVALID, "unknown option '-%c'", *at);
        if (option->arg != NULL)
            return at[1] != '\0' ? keep(args, option, at + 1)
                                 : take_value(args, option, argv, index);
        rc = keep(args, option, NULL);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int chg_args_next(struct chg_args *args, const struct chg_option *own,
                  const struct chg_option *global, const char *const *argv, size_t *index)
{
    const char *arg = argv[*index];

    if (args->ended || arg[0] != '-' || arg[1] == '\0') {
        (*index)++;
        return chg_vec_push(&args->words, arg);
    }
    if (chg_streq(arg, "--")) {
        (*index)++;
        args->ended = true;
        return 0;
    }
    if (arg[1] == '-')
        return next_long(args, own, global, argv, index);
    return next_letters(args, own, global, argv, index);
}

size_t chg_args_count(const struct chg_args *args, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < args->options.len; i++)
        if (chg_streq(args->options.items[i].option->name, name))
            count++;
    return count;
}

bool chg_args_has(const struct chg_args *args, const char *name)
{
    return chg_args_count(args, name) > 0;
}

const char *chg_args_value(const struct chg_args *args, const char *name)
{
    for (size_t i = args->options.len; i > 0; i--)
        if (chg_streq(args->options.items[i - 1].option->name, name))
            return args->options.items[i - 1].value;
    return NULL;
}
