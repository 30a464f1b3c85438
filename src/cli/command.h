/* SPDX-License-Identifier: MIT */
/* The table of commands: one entry each, from which dispatch, help and completions are made. */
#ifndef CHG_CLI_COMMAND_H
#define CHG_CLI_COMMAND_H

#include "cli/options.h"

struct chg_cli;

struct chg_command {
    const char *path;     /* its words, such as "build log" */
    const char *synopsis; /* what follows the path, such as "REF"; "" when nothing does */
    const char *summary;  /* one line for lists of commands */
    const char *details;  /* for its --help; lines up to 79 columns */
    const char *examples; /* for its --help: lines as typed, each with a '#' remark or not */
    const struct chg_option *options; /* NULL: only the global ones */
    int min_words;
    int max_words;                   /* -1: any number */
    enum chg_complete complete;      /* what its words are */
    const char *word_choices;        /* "a|b": the words allowed, NULL: any */
    const char *alias_of;            /* path of the command it stands for: left out of lists */
    int (*run)(struct chg_cli *cli); /* gives the exit code */
};

extern const struct chg_command chg_cmd_run;
extern const struct chg_command chg_cmd_pipeline_validate;
extern const struct chg_command chg_cmd_pipeline_validate_edn;
extern const struct chg_command chg_cmd_pipeline_show;
extern const struct chg_command chg_cmd_pipeline_plan;
extern const struct chg_command chg_cmd_init;
extern const struct chg_command chg_cmd_migrate_up;
extern const struct chg_command chg_cmd_migrate_down;
extern const struct chg_command chg_cmd_migrate_status;
extern const struct chg_command chg_cmd_build_list;
extern const struct chg_command chg_cmd_build_show;
extern const struct chg_command chg_cmd_build_log;
extern const struct chg_command chg_cmd_build_events;
extern const struct chg_command chg_cmd_build_cancel;
extern const struct chg_command chg_cmd_status;
extern const struct chg_command chg_cmd_completion;
extern const struct chg_command chg_cmd_help;

/* All commands, in the order of the help; ends with NULL. */
extern const struct chg_command *const chg_commands[];
/* Options every command takes; ends with a NULL name. */
extern const struct chg_option chg_global_options[];

/*
 * What `count` words name: *out is the command (or NULL), *used how many words are its path. 1 a
 * command, 0 a group
 * ("build") or nothing at all, CHENGIS_ERR_INVALID for a word no command has.
 */
int chg_command_find(const struct chg_command **out, size_t *used, const char *const *words,
                     size_t count);
/* True when the words are the beginning of a command's path and not a whole one. */
bool chg_command_is_group(const char *const *words, size_t count);

#endif
