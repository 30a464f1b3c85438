/* SPDX-License-Identifier: MIT */
/*
 * Signals of the command while it watches a build of its own. Handlers only write a byte into a
 * pipe that the loop polls; a signal also interrupts a write that blocks, so ^C works when nobody
 * reads the output.
 */
#ifndef CHG_CLI_SIGNALS_H
#define CHG_CLI_SIGNALS_H

#include <stdbool.h>

struct chg_signals {
    int fd;   /* poll for readability; -1 before _install */
    int last; /* the last of SIGINT, SIGTERM, SIGHUP that came, 0: none */
};

/* Once in the life of the process. Signals that are ignored stay ignored. 0 or CHENGIS_ERR_IO. */
int chg_signals_install(struct chg_signals *signals);
/* How many requests to end came since the last call. Sizes of the terminal that changed are only
 * drained. */
unsigned chg_signals_take(struct chg_signals *signals);

#endif
