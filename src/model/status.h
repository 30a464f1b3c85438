/* SPDX-License-Identifier: MIT */
/* The status words and the moves between them that are allowed. Every change of a stored status
 * goes through chg_status_move(). */
#ifndef CHG_MODEL_STATUS_H
#define CHG_MODEL_STATUS_H

#include <chengis/types.h>

/* 0, or CHENGIS_ERR_STATE naming both words. what is "build", "stage" or "step" for the message. */
int chg_status_move(chengis_status *status, chengis_status to, const char *what);
chengis_status chg_status_parse(const char *word); /* CHENGIS_STATUS_UNKNOWN for an unknown word */
/* behaviour of a stage from its steps' statuses, of a build from its stages': aborted > failure
 * (also timed-out steps) > all skipped > success */
chengis_status chg_status_combine(const chengis_status *parts, size_t count);

#endif
