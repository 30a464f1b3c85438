/* SPDX-License-Identifier: MIT */
/* What mask streams see of a masker. */
#ifndef CHG_LOGS_MASKER_PRIV_H
#define CHG_LOGS_MASKER_PRIV_H

#include "logs/mask_automaton.h"
#include "logs/masker.h"

/* The automaton, built by the first call; NULL when there is nothing to search. From then on
 * nothing can be added. */
int chg_masker_compile(const struct chg_mask_automaton **out, chengis_masker *masker);

#endif
