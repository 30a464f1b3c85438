/* SPDX-License-Identifier: MIT */
/* What a build gets from the command line: parameters (-p), variables (--env) and secrets
 * (--secret). */
#ifndef CHG_CLI_INPUTS_H
#define CHG_CLI_INPUTS_H

#include "base/map.h"
#include "cli/cli.h"

struct chg_inputs {
    struct chg_kvlist parameters;
    struct chg_kvlist env;
    struct chg_kvlist secrets; /* wiped by _fini */
};
#define CHG_INPUTS_INIT                                                                            \
    {                                                                                              \
        .parameters = CHG_KVLIST_INIT                                                              \
    }
void chg_inputs_fini(struct chg_inputs *inputs);

/*
 * Read the options. Values of secrets come from the environment, a file or stdin, never from the
 * command line, which every user of the machine can read. with_values false: secrets are noted by
 * name only (for plans). 0, CHENGIS_ERR_INVALID, or what reading a file gives.
 */
int chg_inputs_read(struct chg_inputs *inputs, struct chg_cli *cli, bool with_values);

/* Warn of parameters that a pipeline with declared ones does not declare: conditions and steps may
 * still use them. 0 or CHENGIS_ERR_*. */
int chg_inputs_check(const struct chg_inputs *inputs, struct chg_cli *cli,
                     const chengis_pipeline *pipeline);

/* One "K=V" into the list. CHENGIS_ERR_INVALID when it is none. */
int chg_inputs_pair(struct chg_kvlist *list, const char *option, const char *text);

/* The list as the pairs the library takes: borrowed from list, the array for chg_free(). NULL for
 * an empty list. */
int chg_inputs_pairs(chengis_pair **out, const struct chg_kvlist *list);

#endif
