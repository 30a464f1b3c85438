/* SPDX-License-Identifier: MIT */
/* Completion scripts: their content here, bash's own opinion in the integration tests. */
#include "cli/completion.h"

#include <stdio.h>

#include "cli/command.h"
#include "support.h"

static void expect_all_named(const char *script)
{
    char option[64];

    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const struct chg_option *o = chg_commands[i]->options;

        cr_expect_not_null(strstr(script, chg_commands[i]->path), "%s", chg_commands[i]->path);
        for (; o != NULL && o->name != NULL; o++) {
            (void)snprintf(option, sizeof(option), "%s", o->name);
            cr_expect_not_null(strstr(script, option), "--%s", o->name);
        }
    }
}

Test(cli_completion, bash_and_zsh_know_every_command_and_option)
{
    struct chg_str out = CHG_STR_INIT;

    chg_completion_bash(&out);
    expect_all_named(out.ptr);
    chg_str_reset(&out);
    chg_completion_zsh(&out);
    cr_expect(chg_starts_with(out.ptr, "#compdef chengis\n"));
    expect_all_named(out.ptr);
    chg_str_fini(&out);
}

Test(cli_completion, fish_knows_options_and_words_of_a_path)
{
    struct chg_str out = CHG_STR_INIT;

    chg_completion_fish(&out);

    cr_expect_not_null(strstr(out.ptr, "'__chengis_path_is \"build\"' -a log"));
    cr_expect_not_null(strstr(out.ptr, "'__chengis_path_is \"build log\"' -l follow -s f"));
    cr_expect_not_null(strstr(out.ptr, "-l color -x -a 'auto always never'"));
    chg_str_fini(&out);
}
