/* SPDX-License-Identifier: MIT */
/*
 * Finds quickly where no form can begin, so that text without secrets never reaches the automaton.
 * `window` is at most the length of the shortest form. The four bytes at the end of a window of
 * text are looked up in a bit set of all four-byte groups within the first `window` bytes of the
 * forms; when they are not in it, no form begins in the first `stride` (window - 3) bytes of the
 * window, and the window moves on by that.
 */
#ifndef CHG_LOGS_MASK_FILTER_H
#define CHG_LOGS_MASK_FILTER_H

#include "logs/mask_forms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CHG_MASK_FILTER_BITS                                                                       \
    17 /* two sets of 16 KiB: what a first-level cache holds beside the text */

struct chg_mask_filter {
    size_t window;
    size_t stride;
    uint64_t *groups;   /* bit set of the groups at every place within the window */
    uint64_t *prefixes; /* bit set of the first four bytes of the forms */
};

int chg_mask_filter_init(struct chg_mask_filter *filter, const struct chg_mask_forms *forms);
void chg_mask_filter_fini(struct chg_mask_filter *filter);

/* Where a group is noted: two bits of one word, so that a look costs one load and is seldom wrong.
 */
static inline size_t chg_mask_filter_place(const unsigned char *bytes, uint64_t *bits)
{
    uint32_t hash;

    memcpy(&hash, bytes, sizeof hash);
    hash *= 0x9E3779B1U;
    *bits = (uint64_t)1 << (hash >> (32 - CHG_MASK_FILTER_BITS) & 63) |
            (uint64_t)1 << (hash >> (26 - CHG_MASK_FILTER_BITS) & 63);
    return hash >> (38 - CHG_MASK_FILTER_BITS);
}

static inline bool chg_mask_filter_has(const uint64_t *set, const unsigned char *bytes)
{
    uint64_t bits;
    size_t word = chg_mask_filter_place(bytes, &bits);

    return (set[word] & bits) == bits;
}

/*
 * The first place from `at` on where a form may begin: everything before it begins none. Where less
 * than a window is left, that place is returned unexamined.
 */
static inline size_t chg_mask_filter_skip(const struct chg_mask_filter *filter,
                                          const unsigned char *text, size_t at, size_t len)
{
    const size_t window = filter->window;
    const size_t stride = filter->stride;
    const uint64_t *groups = filter->groups;

    while (len - at >= window) {
        size_t stop = at + stride;

        if (!chg_mask_filter_has(groups, text + at + window - 4)) {
            at = stop;
            continue;
        }
        for (; at < stop; at++)
            if (chg_mask_filter_has(filter->prefixes, text + at))
                return at;
    }
    return at;
}

#endif
