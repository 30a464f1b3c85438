/* SPDX-License-Identifier: MIT */
/* Run one short command of our own (git, say) to its end, with its output in memory. Never through
 * a shell. */
#ifndef CHG_PROC_COMMAND_H
#define CHG_PROC_COMMAND_H

#include "base/cancel.h"
#include "base/str.h"
#include "proc/spawn.h"

struct chg_command {
    const char *const *argv;
    const char *const *envp;
    const char *dir;
    const void *input; /* written to its stdin; may be NULL */
    size_t input_len;
    int64_t timeout_ms;          /* 0: 60 s */
    struct chg_cancel *cancel;   /* may be NULL */
    struct chg_tree_host *trees; /* may be NULL */
};

/* 0 when the command ran to its end (status in *result, also non-zero ones); TIMEOUT, CANCELLED,
 * LIMIT, or as chg_child_spawn(). out and err may be NULL (discarded); each holds at most its `max`
 * (default 16 MiB). More in out is LIMIT, so that nothing works on half an answer; more in err is
 * discarded. */
int chg_command_run(struct chg_exit *result, struct chg_str *out, struct chg_str *err,
                    const struct chg_command *command);

#endif
