/* SPDX-License-Identifier: MIT */
/* The list of commands, the global options, and the search by words. */
#include "cli/command.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

const struct chg_command *const chg_commands[] = {
    &chg_cmd_run,
    &chg_cmd_pipeline_validate,
    &chg_cmd_pipeline_validate_edn,
    &chg_cmd_pipeline_show,
    &chg_cmd_pipeline_plan,
    &chg_cmd_build_list,
    &chg_cmd_build_show,
    &chg_cmd_build_log,
    &chg_cmd_build_events,
    &chg_cmd_build_cancel,
    &chg_cmd_status,
    &chg_cmd_init,
    &chg_cmd_migrate_up,
    &chg_cmd_migrate_down,
    &chg_cmd_migrate_status,
    &chg_cmd_completion,
    &chg_cmd_help,
    NULL,
};

const struct chg_option chg_global_options[] = {
    {.name = "help", .letter = 'h', .help = "show help"},
    {.name = "version", .help = "show the version"},
    {.name = "quiet", .letter = 'q', .help = "say less: no live output, only results and errors"},
    {.name = "verbose", .letter = 'v', .help = "say more; twice: everything"},
    {.name = "color",
     .arg = "WHEN",
     .choices = "auto|always|never",
     .help = "colours: auto, always or never (also: NO_COLOR, CLICOLOR_FORCE)"},
    {.name = "config",
     .arg = "FILE",
     .complete = CHG_COMPLETE_FILE,
     .help = "configuration file (default: ~/.config/chengis/chengis.yaml)"},
    {.name = "db",
     .arg = "URI",
     .complete = CHG_COMPLETE_FILE,
     .help = "database, a file (default: ~/.local/state/chengis/chengis.db)"},
    {.name = "org", .arg = "SLUG", .help = "organisation (default: default)"},
    {.name = NULL},
};

/* Do `count` words begin the path of the command? *whole: they are all of it. */
static bool begins(const char *path, const char *const *words, size_t count, bool *whole)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(words[i]);

        if (strncmp(path, words[i], len) != 0 || (path[len] != ' ' && path[len] != '\0'))
            return false;
        path += len;
        if (*path == ' ')
            path++;
        else if (i + 1 < count)
            return false;
    }
    *whole = *path == '\0';
    return true;
}

bool chg_command_is_group(const char *const *words, size_t count)
{
    bool whole;

    for (size_t i = 0; chg_commands[i] != NULL; i++)
        if (begins(chg_commands[i]->path, words, count, &whole) && !whole)
            return true;
    return false;
}

/* The word of a path at a depth, with its length. */
static const char *word_at(const char *path, size_t depth, size_t *len)
{
    while (depth-- > 0)
        path += strcspn(path, " ") + 1;
    *len = strcspn(path, " ");
    return path;
}

/* The whole path of a command whose last word this is; NULL: none. */
static const char *path_ending_with(const char *word)
{
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const char *last = strrchr(chg_commands[i]->path, ' ');

        if (last != NULL && chg_streq(last + 1, word))
            return chg_commands[i]->path;
    }
    return NULL;
}

/* The error for words[depth], with the nearest word a command has there. */
static int unknown_word(const char *const *words, size_t depth)
{
    CHG_VEC(char *) names = {0};
    const char *near;
    bool whole;
    int rc = 0;

    for (size_t i = 0; chg_commands[i] != NULL && rc == 0; i++) {
        const char *path = chg_commands[i]->path, *word;
        size_t len;

        if (!begins(path, words, depth, &whole) || whole)
            continue;
        word = word_at(path, depth, &len);
        rc = chg_vec_push(&names, chg_strndup(word, len));
    }
    near = depth == 0 ? path_ending_with(words[0]) : NULL;
    if (near == NULL)
        near = chg_nearest(words[depth], (const char *const *)names.items, names.len);
    rc = near == NULL
             ? chg_error_set(CHENGIS_ERR_INVALID, "unknown command '%s'", words[depth])
             : chg_error_set(CHENGIS_ERR_INVALID, "unknown command '%s'; the nearest one is '%s'",
                             words[depth], near);
    for (size_t i = 0; i < names.len; i++)
        chg_free(names.items[i]);
    chg_vec_fini(&names);
    return rc;
}

int chg_command_find(const struct chg_command **out, size_t *used, const char *const *words,
                     size_t count)
{
    size_t depth = count;
    bool whole;

    *out = NULL;
    /* The longest path that the words begin with. */
    for (; depth > 0; depth--)
        for (size_t i = 0; chg_commands[i] != NULL; i++)
            if (begins(chg_commands[i]->path, words, depth, &whole) && whole) {
                *out = chg_commands[i];
                *used = depth;
                return 1;
            }
    for (depth = 0; depth < count && chg_command_is_group(words, depth + 1); depth++)
        continue;
    if (depth < count)
        return unknown_word(words, depth);
    *used = count;
    return 0;
}
