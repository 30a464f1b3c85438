/* SPDX-License-Identifier: MIT */
/* chengis build cancel. */
#include "cli/cli.h"
#include "cli/context.h"

#include "base/banned.h"

static int run(struct chg_cli *cli)
{
    const char *reason = chg_cli_option(cli, "reason");
    bool kill = chg_cli_option(cli, "kill") != NULL;
    chg_autoptr(chengis_build) build = NULL;
    chengis_status status;

    if (chg_context_build(&build, cli, 0) < 0 || chengis_build_status(&status, build) < 0)
        return chg_cli_fail(cli);
    if (chengis_status_is_final(status)) {
        if (!cli->quiet)
            chg_out_addf(&cli->out, "The build is over already: %s\n", chengis_status_name(status));
        return CHG_EXIT_OK;
    }
    if ((kill ? chengis_build_kill(build, reason) : chengis_build_cancel(build, reason)) < 0)
        return chg_cli_fail(cli);
    if (!cli->quiet)
        chg_out_add(&cli->out, kill ? "Asked for the build to be killed\n"
                                    : "Asked the build to end; --kill does not wait for it\n");
    return CHG_EXIT_OK;
}

static const struct chg_option options[] = {
    {.name = "kill", .help = "end it at once: no time to clean up, no post actions"},
    {.name = "reason", .arg = "TEXT", .help = "kept with the build"},
    {.name = NULL},
};
const struct chg_command chg_cmd_build_cancel = {
    .path = "build cancel",
    .synopsis = "BUILD",
    .summary = "ask a running build to end",
    .details =
        "Asks a build to end, whichever process runs it: its steps get time to clean up, post\n"
        "actions run. With --kill it is ended at once. Does not wait for the end: 'chengis build\n"
        "events BUILD -f' does. BUILD is JOB#NUMBER, an id, or the beginning of an id.\n",
    .examples = "chengis build cancel demo#3 --reason 'wrong branch'",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
