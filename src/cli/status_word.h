/* SPDX-License-Identifier: MIT */
/* Status words back to their numbers. */
#ifndef CHG_CLI_STATUS_WORD_H
#define CHG_CLI_STATUS_WORD_H

#include <chengis/types.h>
#include <stddef.h>

#include "base/str.h"

#define CHG_STATUS_WORD_MATCH_(name, number, text)                                                 \
    if (chg_streq(word, text))                                                                     \
        return CHENGIS_STATUS_##name;

/* UNKNOWN for NULL and for words this version does not know. */
static inline chengis_status chg_status_of_word(const char *word)
{
    CHENGIS_STATUS_LIST(CHG_STATUS_WORD_MATCH_)
    return CHENGIS_STATUS_UNKNOWN;
}

#endif
