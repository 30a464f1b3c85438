/* SPDX-License-Identifier: MIT */
/* Watching a build: events, logs and signals in one loop, shown by one or two views. */
#ifndef CHG_CLI_FOLLOW_H
#define CHG_CLI_FOLLOW_H

#include "cli/cli.h"
#include "cli/run_model.h"
#include "cli/run_view_plain.h"
#include "cli/run_view_tty.h"
#include "cli/signals.h"

struct chg_follow {
    struct chg_cli *cli;
    chengis_engine *engine;
    chengis_build *build;
    struct chg_run_model *model;
    struct chg_plain_view *plain; /* NULL: none */
    struct chg_tty_view *tty;     /* NULL: none */
    struct chg_signals *signals;  /* NULL: the build is not ours, signals end this process */
    struct chg_out *events;       /* gets every event as a line of JSON; NULL: not wanted */
    bool to_the_end;              /* wait for the end of the build; else only what is there now */
    unsigned cancelled;           /* how often we asked for the end */
};

/* 0 when the build is final (or everything there was shown), or CHENGIS_ERR_*. */
int chg_follow(struct chg_follow *follow);

#endif
