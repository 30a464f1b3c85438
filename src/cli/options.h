/* SPDX-License-Identifier: MIT */
/* Command line options: tables of what a command takes, and one parser for all of them. */
#ifndef CHG_CLI_OPTIONS_H
#define CHG_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"

/* What the shell completes for an option's value or a command's words. */
enum chg_complete {
    CHG_COMPLETE_NOTHING,
    CHG_COMPLETE_FILE,
    CHG_COMPLETE_DIR,
};

/* One option. A table of them ends with an entry whose name is NULL. */
struct chg_option {
    const char *name;    /* long name without the dashes */
    char letter;         /* short name, 0: none */
    const char *arg;     /* name of the value in the help, NULL: takes none */
    const char *choices; /* "a|b|c": the values allowed, NULL: any */
    const char *help;    /* may hold line ends; the help indents them */
    enum chg_complete complete;
};

struct chg_option_use {
    const struct chg_option *option;
    const char *value; /* borrowed from argv; NULL for options that take none */
};

/* What a command line says. Borrows from argv. */
struct chg_args {
    CHG_VEC(struct chg_option_use) options;
    CHG_VEC(const char *) words;
    bool ended; /* "--" was seen: everything later is a word */
};
void chg_args_fini(struct chg_args *args);

/*
 * Read argv[*index], and its value where it takes one; *index moves past them. Options are looked
 * up in both tables (either may be NULL). 0, or CHENGIS_ERR_INVALID with a message that names the
 * nearest option.
 */
int chg_args_next(struct chg_args *args, const struct chg_option *own,
                  const struct chg_option *global, const char *const *argv, size_t *index);

bool chg_args_has(const struct chg_args *args, const char *name);
size_t chg_args_count(const struct chg_args *args, const char *name);
/* The last value given, or NULL. */
const char *chg_args_value(const struct chg_args *args, const char *name);

#endif
