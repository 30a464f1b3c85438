/* SPDX-License-Identifier: MIT */
/* chengis build events. */
#include "base/clock.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/term_text.h"

#include "base/banned.h"

#define WAIT_MS 500 /* how often the end is looked for while nothing comes */

/* SEQ TIME TYPE STAGE / STEP STATUS */
static void print_text(struct chg_cli *cli, const chengis_event *event)
{
    chg_auto(str) line = CHG_STR_INIT;
    chengis_status status = chengis_event_status(event);
    char at[32];

    chg_str_addf(&line, "%4lld  %s  ", (long long)chengis_event_seq(event),
                 chg_time_format(at, sizeof(at), chengis_event_at(event)));
    chg_text_clean(&line, chengis_event_name(event));
    if (chengis_event_stage(event)[0] != '\0') {
        chg_str_add(&line, "  ");
        chg_text_clean(&line, chengis_event_stage(event));
    }
    if (chengis_event_step(event)[0] != '\0') {
        chg_str_add(&line, " / ");
        chg_text_clean(&line, chengis_event_step(event));
    }
    if (status != CHENGIS_STATUS_UNKNOWN) {
        chg_str_add(&line, "  ");
        chg_paint(&line, cli->out.look, chg_style_of_status(status), chengis_status_name(status));
    }
    chg_str_add_char(&line, '\n');
    chg_out_add_len(&cli->out, line.ptr, line.len);
}

/* Print what there is. 0, or CHENGIS_ERR_*. */
static int print_events(struct chg_cli *cli, chengis_subscription *sub, int32_t timeout_ms)
{
    int rc;

    for (;;) {
        chg_autoptr(chengis_event) event = NULL;

        rc = chengis_subscription_next(&event, sub, timeout_ms);
        if (rc <= 0)
            return rc;
        if (cli->json)
            chg_out_addf(&cli->out, "%s\n", chengis_event_json(event));
        else
            print_text(cli, event);
        timeout_ms = 0;
    }
}

/* Until the build is final and its last event printed, or nobody reads any more. */
static int follow(struct chg_cli *cli, chengis_build *build, chengis_subscription *sub)
{
    int final = 0, rc = 0;

    while (rc == 0 && final == 0) {
        final = chengis_build_wait(build, 0);
        rc = final < 0 ? final : print_events(cli, sub, final == 1 ? 0 : WAIT_MS);
        if (!chg_out_flush(&cli->out))
            break;
    }
    return rc;
}

static int run(struct chg_cli *cli)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chg_autoptr(chengis_build) build = NULL;
    chg_autoptr(chengis_subscription) sub = NULL;
    int rc = chg_cli_number(&opts.from_seq, cli, "from", 0, 0, INT64_MAX);

    if (rc == 0)
        rc = chg_context_build(&build, cli, 0);
    if (rc < 0)
        return chg_cli_fail(cli);
    opts.build_id = chengis_build_id(build);
    rc = chengis_subscription_new(&sub, cli->engine, &opts);
    if (rc == 0)
        rc = chg_args_has(&cli->args, "follow") ? follow(cli, build, sub)
                                                : print_events(cli, sub, 0);
    return rc < 0 ? chg_cli_fail(cli) : CHG_EXIT_OK;
}

static const struct chg_option options[] = {
    {.name = "follow", .letter = 'f', .help = "go on until the build ends"},
    {.name = "from", .arg = "SEQ", .help = "begin with this number (default: the first)"},
    {.name = "json", .help = "print one JSON object a line"},
    {.name = NULL},
};
const struct chg_command chg_cmd_build_events = {
    .path = "build events",
    .synopsis = "BUILD",
    .summary = "print what happened to a build, or follow it",
    .details =
        "Prints the events of a build, numbered from 1 without gaps. An interrupted reader goes\n"
        "on with --from. BUILD is JOB#NUMBER, an id, or the beginning of an id. Exits with 0\n"
        "whatever the result of the build was.\n",
    .examples = "chengis build events demo#3\n"
                "chengis build events demo#3 -f --json | jq -r .type",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
