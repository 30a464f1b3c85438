/* SPDX-License-Identifier: MIT */
/* The table of commands, and its search. */
#include "cli/command.h"

#include "cli/help.h"
#include "support.h"

static int find(const struct chg_command **command, size_t *used, const char *a, const char *b,
                const char *c)
{
    const char *words[] = {a, b, c};
    size_t count = c != NULL ? 3 : b != NULL ? 2 : a != NULL ? 1 : 0;

    return chg_command_find(command, used, words, count);
}

Test(cli_command, finds_a_command_by_its_words)
{
    const struct chg_command *command;
    size_t used;

    cr_assert_eq(find(&command, &used, "build", "log", "demo#3"), 1);
    cr_expect_eq(command, &chg_cmd_build_log);
    cr_expect_eq(used, 2);
    cr_assert_eq(find(&command, &used, "run", NULL, NULL), 1);
    cr_expect_eq(command, &chg_cmd_run);
    cr_assert_eq(find(&command, &used, "run", "build", NULL), 1);
    cr_expect_eq(command, &chg_cmd_run);
    cr_expect_eq(used, 1);
}

Test(cli_command, a_group_is_no_command_yet)
{
    const struct chg_command *command;
    size_t used;

    cr_expect_eq(find(&command, &used, "build", NULL, NULL), 0);
    cr_expect_null(command);
    cr_expect_eq(find(&command, &used, NULL, NULL, NULL), 0);
    cr_expect(chg_command_is_group((const char *[]){"migrate"}, 1));
    cr_expect_not(chg_command_is_group((const char *[]){"run"}, 1));
    cr_expect_not(chg_command_is_group((const char *[]){"bui"}, 1));
}

Test(cli_command, an_unknown_word_is_refused_with_the_nearest_one)
{
    const struct chg_command *command;
    size_t used;

    assert_err(find(&command, &used, "biuld", NULL, NULL), CHENGIS_ERR_INVALID,
               "unknown command 'biuld'; the nearest one is 'build'");
    assert_err(find(&command, &used, "build", "lgo", NULL), CHENGIS_ERR_INVALID,
               "unknown command 'lgo'; the nearest one is 'log'");
    assert_err(find(&command, &used, "zzzzzzzz", NULL, NULL), CHENGIS_ERR_INVALID,
               "unknown command 'zzzzzzzz'");
}

static void check_options(const struct chg_command *command, const struct chg_option *options)
{
    for (size_t i = 0; options != NULL && options[i].name != NULL; i++) {
        cr_expect_not_null(options[i].help, "%s --%s has no help", command->path, options[i].name);
        for (size_t k = 0; chg_global_options[k].name != NULL; k++) {
            cr_expect_str_neq(options[i].name, chg_global_options[k].name);
            cr_expect(options[i].letter == 0 || options[i].letter != chg_global_options[k].letter,
                      "%s -%c is global", command->path, options[i].letter);
        }
        for (size_t k = 0; k < i; k++) {
            cr_expect_str_neq(options[i].name, options[k].name);
            cr_expect(options[i].letter == 0 || options[i].letter != options[k].letter);
        }
    }
}

Test(cli_command, every_command_is_complete_and_unique)
{
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const struct chg_command *command = chg_commands[i];

        cr_expect_not_null(command->run, "%s", command->path);
        cr_expect(strlen(command->summary) > 0 && strlen(command->details) > 0);
        cr_expect(chg_starts_with(command->examples, "chengis ") ||
                      strstr(command->examples, "chengis") != NULL,
                  "%s has no example", command->path);
        check_options(command, command->options);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(command->path, chg_commands[k]->path);
    }
}

Test(cli_command, help_names_every_command_option_and_exit_code)
{
    struct chg_str text = CHG_STR_INIT;
    struct chg_look plain = {0};

    chg_help_main(&text, plain);
    for (size_t i = 0; chg_commands[i] != NULL; i++)
        cr_expect((strstr(text.ptr, chg_commands[i]->summary) != NULL) ==
                      (chg_commands[i]->alias_of == NULL),
                  "%s", chg_commands[i]->path);
    cr_expect_not_null(strstr(text.ptr, "  130"));
    chg_str_reset(&text);
    chg_help_command(&text, plain, &chg_cmd_run);
    for (size_t i = 0; chg_cmd_run.options[i].name != NULL; i++)
        cr_expect_not_null(strstr(text.ptr, chg_cmd_run.options[i].name));
    cr_expect_not_null(strstr(text.ptr, "Examples"));
    cr_expect_null(strchr(text.ptr, '\033'));
    chg_str_fini(&text);
}

Test(cli_command, help_fits_a_hundred_columns)
{
    struct chg_str text = CHG_STR_INIT;
    struct chg_look plain = {0};

    chg_help_main(&text, plain);
    for (size_t i = 0; chg_commands[i] != NULL; i++)
        chg_help_command(&text, plain, chg_commands[i]);

    for (const char *line = text.ptr; *line != '\0'; line += strcspn(line, "\n") + 1)
        cr_expect(strcspn(line, "\n") <= 100, "%.*s", (int)strcspn(line, "\n"), line);
    chg_str_fini(&text);
}

Test(cli_command, group_help_lists_its_commands_only)
{
    struct chg_str text = CHG_STR_INIT;
    const char *words[] = {"migrate"};

    chg_help_group(&text, (struct chg_look){0}, words, 1);

    cr_expect_not_null(strstr(text.ptr, "migrate up"));
    cr_expect_not_null(strstr(text.ptr, "migrate status"));
    cr_expect_null(strstr(text.ptr, "build"));
    chg_str_fini(&text);
}
