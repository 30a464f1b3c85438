/* SPDX-License-Identifier: MIT */
/* Configuration, database and engine of a command, each opened when it is first asked for. */
#ifndef CHG_CLI_CONTEXT_H
#define CHG_CLI_CONTEXT_H

#include "cli/cli.h"

/* How a command needs the database. */
enum chg_store_use {
    CHG_STORE_MAKE, /* made when missing, brought to the newest version */
    CHG_STORE_READ, /* an empty one when nothing is at the default place; else it must exist */
    CHG_STORE_RAW,  /* must exist, whatever its version */
    CHG_STORE_RAW_MAKE,
};

/* All give borrowed pointers that live as long as the command; 0 or CHENGIS_ERR_*. */
int chg_context_config(chengis_config **out, struct chg_cli *cli);
int chg_context_store(chengis_store **out, struct chg_cli *cli, enum chg_store_use use);
int chg_context_engine(chengis_engine **out, struct chg_cli *cli, enum chg_store_use use);
/* The database for reading, after the builds of dead processes in it were closed. */
int chg_context_settled_store(chengis_store **out, struct chg_cli *cli);
/* The build that word `index` of the command line names. New reference. */
int chg_context_build(chengis_build **out, struct chg_cli *cli, size_t index);
/* Where the database is: --db, else the configuration. */
int chg_context_database(const char **uri, bool *is_default, struct chg_cli *cli);
/* Where the workspace of a build of this engine is. Heap, NULL when memory runs out. */
char *chg_context_workspace(struct chg_cli *cli, const char *build_id);
/* The organisation of --org for the library: NULL for the default one. */
const char *chg_context_org(const struct chg_cli *cli);
void chg_context_fini(struct chg_cli *cli);

#endif
