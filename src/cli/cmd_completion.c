/* SPDX-License-Identifier: MIT */
/* chengis completion SHELL. */
#include "cli/cli.h"
#include "cli/completion.h"

#include "base/banned.h"

static int run(struct chg_cli *cli)
{
    static const struct {
        const char *shell;
        void (*write)(struct chg_str *out);
    } shells[] = {
        {"bash", chg_completion_bash},
        {"zsh", chg_completion_zsh},
        {"fish", chg_completion_fish},
    };
    const char *given = chg_cli_word(cli, 0);
    chg_auto(str) text = CHG_STR_INIT;

    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
        if (chg_streq(given, shells[i].shell)) {
            shells[i].write(&text);
            chg_out_add_len(&cli->out, text.ptr, text.len);
            return CHG_EXIT_OK;
        }
    return chg_cli_usage(cli, "no completions for '%s': bash, zsh or fish", given);
}

const struct chg_command chg_cmd_completion = {
    .path = "completion",
    .synopsis = "SHELL",
    .summary = "print a completion script for bash, zsh or fish",
    .details = "Prints a script that lets a shell complete commands and options.\n",
    .examples = "source <(chengis completion bash)\n"
                "chengis completion fish | source\n"
                "chengis completion zsh > ~/.zfunc/_chengis",
    .min_words = 1,
    .max_words = 1,
    .word_choices = "bash|zsh|fish",
    .run = run,
};
