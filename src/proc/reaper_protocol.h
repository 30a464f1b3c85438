/* SPDX-License-Identifier: MIT */
/*
 * What libchengis and step-reaper say to each other over a SOCK_SEQPACKET pair. End of file tells
 * the reaper to kill its tree; the reaper closes its end (by ending) exactly when no process of the
 * tree is left.
 */
#ifndef CHG_PROC_REAPER_PROTOCOL_H
#define CHG_PROC_REAPER_PROTOCOL_H

#include <stdint.h>

enum chg_reaper_message_type {
    CHG_REAPER_STARTED = 1, /* reaper: a = pid of the step */
    CHG_REAPER_FAILED = 2,  /* reaper: a = errno of exec */
    CHG_REAPER_EXITED = 3,  /* reaper: a = exit code or -1, b = signal or 0 */
    CHG_REAPER_SIGNAL = 4,  /* to the reaper: a = signal for every process of the tree */
};

struct chg_reaper_message {
    int32_t type;
    int32_t a;
    int32_t b;
};

#endif
