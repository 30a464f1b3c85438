/* SPDX-License-Identifier: MIT */
/* The chengis command: reads the command line, finds the command in the table and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/help.h"

#include "base/banned.h"

/* Descriptors 0-2 that the caller closed must not become a database or a log by accident. */
static bool open_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
            return false;
    return true;
}

static void decide_looks(struct chg_cli *cli)
{
    bool unicode = chg_unicode_wanted(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"));
    struct chg_out *const outs[] = {&cli->out, &cli->err};
    struct chg_colour_inputs inputs = {
        .flag = chg_cli_option(cli, "color"),
        .no_color = getenv("NO_COLOR"),
        .clicolor_force = getenv("CLICOLOR_FORCE"),
        .term = getenv("TERM"),
    };

    cli->dumb = inputs.term == NULL || inputs.term[0] == '\0' || chg_streq(inputs.term, "dumb");
    for (size_t i = 0; i < 2; i++) {
        inputs.tty = outs[i]->tty;
        outs[i]->look.colour = chg_colour_wanted(&inputs);
        outs[i]->look.unicode = unicode;
    }
}

/*
 * Words up to the whole path of a command, then its arguments. Until the command is known only
 * global options can be told apart. On failure the options read so far are in args, so that --json
 * and --color already count.
 */
static int parse(struct chg_cli *cli, const char *const *argv)
{
    size_t index = 1, used = 0;
    int rc = 0;

    while (argv[index] != NULL && rc >= 0) {
        size_t words = cli->args.words.len;

        rc = chg_args_next(&cli->args, cli->command == NULL ? NULL : cli->command->options,
                           chg_global_options, argv, &index);
        if (rc < 0 || cli->command != NULL || cli->args.words.len == words)
            continue;
        rc = chg_command_find(&cli->command, &used, cli->args.words.items, cli->args.words.len);
        if (cli->command != NULL)
            cli->args.words.len -= used;
    }
    return rc;
}

static int check_words(struct chg_cli *cli)
{
    const struct chg_command *command = cli->command;
    size_t count = cli->args.words.len;

    if (count < (size_t)command->min_words)
        return chg_cli_usage(cli, "'%s' needs %s", command->path, command->synopsis);
    if (command->max_words >= 0 && count > (size_t)command->max_words)
        return chg_cli_usage(cli, "'%s' takes no argument '%s'", command->path,
                             chg_cli_word(cli, (size_t)command->max_words));
    return CHG_EXIT_OK;
}

static int print_help(struct chg_cli *cli)
{
    chg_auto(str) text = CHG_STR_INIT;

    if (cli->command != NULL)
        chg_help_command(&text, cli->out.look, cli->command);
    else if (cli->args.words.len > 0)
        chg_help_group(&text, cli->out.look, cli->args.words.items, cli->args.words.len);
    else
        chg_help_main(&text, cli->out.look);
    chg_out_add_len(&cli->out, text.ptr, text.len);
    return CHG_EXIT_OK;
}

/* No command: what was typed is the beginning of one, or nothing. */
static int without_command(struct chg_cli *cli)
{
    chg_auto(str) text = CHG_STR_INIT;

    if (cli->args.words.len > 0)
        chg_help_group(&text, cli->err.look, cli->args.words.items, cli->args.words.len);
    else
        chg_help_main(&text, cli->err.look);
    chg_out_add_len(&cli->err, text.ptr, text.len);
    return CHG_EXIT_USAGE;
}

static int run(struct chg_cli *cli, const char *const *argv)
{
    int parsed = parse(cli, argv), exit_code;

    cli->json = chg_args_has(&cli->args, "json");
    cli->quiet = chg_args_has(&cli->args, "quiet");
    cli->verbose = chg_args_count(&cli->args, "verbose");
    decide_looks(cli);
    if (parsed < 0)
        return chg_cli_usage(cli, "%s", chg_error_message());
    if (chg_args_has(&cli->args, "help"))
        return print_help(cli);
    if (chg_args_has(&cli->args, "version")) {
        chg_out_addf(&cli->out, "chengis %s\n", chengis_version());
        return CHG_EXIT_OK;
    }
    if (cli->command == NULL)
        return without_command(cli);
    exit_code = check_words(cli);
    return exit_code == CHG_EXIT_OK ? cli->command->run(cli) : exit_code;
}

/* What could not be written is lost data: never report success then. */
static int finish(struct chg_cli *cli, int exit_code)
{
    (void)chg_out_flush(&cli->out);
    if (cli->out.failed == 0)
        return exit_code;
    (void)chg_error_sys(CHENGIS_ERR_IO, cli->out.failed, "cannot write to stdout");
    (void)chg_cli_fail(cli);
    return exit_code == CHG_EXIT_OK ? CHG_EXIT_INFRASTRUCTURE : exit_code;
}

int main(int argc, char **argv)
{
    struct chg_cli cli = {0};
    int exit_code;

    if (argc < 1 || !open_standard_descriptors())
        return CHG_EXIT_INFRASTRUCTURE;
    (void)signal(SIGPIPE, SIG_IGN);
    chg_out_init(&cli.out, 1);
    chg_out_init(&cli.err, 2);
    exit_code = finish(&cli, run(&cli, (const char *const *)argv));
    chg_context_fini(&cli);
    chg_args_fini(&cli.args);
    chg_out_fini(&cli.out);
    chg_out_fini(&cli.err);
    return exit_code;
}
