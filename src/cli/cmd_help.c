/* SPDX-License-Identifier: MIT */
/* chengis help [COMMAND]. */
#include "base/error.h"
#include "cli/cli.h"
#include "cli/help.h"

#include "base/banned.h"

static int run(struct chg_cli *cli)
{
    const char *const *words = cli->args.words.items;
    size_t count = cli->args.words.len, used;
    const struct chg_command *command;
    chg_auto(str) text = CHG_STR_INIT;

    if (chg_command_find(&command, &used, words, count) < 0)
        return chg_cli_usage(cli, "%s", chg_error_message());
    if (command != NULL && used < count)
        return chg_cli_usage(cli, "'%s' has no command '%s'", command->path, words[used]);
    if (command != NULL)
        chg_help_command(&text, cli->out.look, command);
    else if (count > 0)
        chg_help_group(&text, cli->out.look, words, count);
    else
        chg_help_main(&text, cli->out.look);
    chg_out_add_len(&cli->out, text.ptr, text.len);
    return CHG_EXIT_OK;
}

const struct chg_command chg_cmd_help = {
    .path = "help",
    .synopsis = "[COMMAND...]",
    .summary = "show help about a command",
    .details = "Shows the help of a command, of a group of commands, or of the program.\n",
    .examples = "chengis help\nchengis help build log",
    .max_words = -1,
    .run = run,
};
