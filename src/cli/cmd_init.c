/* SPDX-License-Identifier: MIT */
/* chengis init. */
#include "cli/cli.h"
#include "cli/context.h"

#include "base/banned.h"

static int run(struct chg_cli *cli)
{
    chengis_store *store;
    int64_t current, newest;
    const char *uri;
    bool is_default;

    if (chg_context_store(&store, cli, CHG_STORE_MAKE) < 0 ||
        chengis_store_version(&current, &newest, store) < 0 ||
        chg_context_database(&uri, &is_default, cli) < 0)
        return chg_cli_fail(cli);
    if (!cli->quiet) {
        chg_out_add(&cli->out, "Database ready: ");
        chg_cli_put_clean(cli, uri);
        chg_out_addf(&cli->out, " (version %lld)\n", (long long)current);
    }
    return CHG_EXIT_OK;
}

const struct chg_command chg_cmd_init = {
    .path = "init",
    .synopsis = "",
    .summary = "make the database, or bring it to the newest version",
    .details =
        "Makes the database and its folder (readable by you alone). 'chengis run' does the same\n"
        "when it is needed; this command is for scripts that want to do it beforehand. Doing it\n"
        "again changes nothing.\n",
    .examples = "chengis init\nchengis init --db /srv/ci/chengis.db",
    .run = run,
};
