/* SPDX-License-Identifier: MIT */
/* What every command works with: its arguments, the output streams, and the database once it is
 * needed. */
#ifndef CHG_CLI_CLI_H
#define CHG_CLI_CLI_H

#include <chengis/chengis.h>
#include <chengis/sys/config.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"

CHG_DEFINE_AUTOPTR(chengis_build, chengis_build_unref);
CHG_DEFINE_AUTOPTR(chengis_config, chengis_config_unref);
CHG_DEFINE_AUTOPTR(chengis_diagnostics, chengis_diagnostics_unref);
CHG_DEFINE_AUTOPTR(chengis_event, chengis_event_unref);
CHG_DEFINE_AUTOPTR(chengis_log_reader, chengis_log_reader_unref);
CHG_DEFINE_AUTOPTR(chengis_pipeline, chengis_pipeline_unref);
CHG_DEFINE_AUTOPTR(chengis_store, chengis_store_unref);
CHG_DEFINE_AUTOPTR(chengis_subscription, chengis_subscription_unref);

struct chg_notes;

struct chg_cli {
    const struct chg_command *command; /* NULL until it is known */
    struct chg_args args;
    struct chg_out out; /* data */
    struct chg_out err; /* everything else */
    bool json;
    bool quiet;
    bool dumb; /* the terminal cannot move its cursor: nothing is drawn in place */
    size_t verbose;
    /* made on first use by context.c */
    chengis_config *config;
    chengis_store *store;
    chengis_engine *engine;
    char *state_dir;
    struct chg_notes *notes;
};

/* Borrowed argument `index`, or NULL. */
const char *chg_cli_word(const struct chg_cli *cli, size_t index);
const char *chg_cli_option(const struct chg_cli *cli, const char *name);

/* Report this thread's last error; gives its exit code. */
int chg_cli_fail(struct chg_cli *cli);
/* Report wrong usage; gives CHG_EXIT_USAGE. */
int chg_cli_usage(struct chg_cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "chengis: warning: ..." on stderr. */
void chg_cli_warn(struct chg_cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Print diagnostics, one line each, and flush. */
void chg_cli_diagnostics(struct chg_out *out, const chengis_diagnostics *diags);
/* An option that is a whole number within limits; `absent` when it is not given. 0 or
 * CHENGIS_ERR_INVALID. */
int chg_cli_number(int64_t *out, struct chg_cli *cli, const char *name, int64_t absent, int64_t min,
                   int64_t max);
/* Write JSON text as it is and a line end to stdout. */
void chg_cli_put_json(struct chg_cli *cli, const char *text);
/* Text of foreign origin, made harmless for a terminal, to stdout. */
void chg_cli_put_clean(struct chg_cli *cli, const char *text);

#endif
