/* SPDX-License-Identifier: MIT */
/* Reference counts and magic words of handles. First members of every handle struct: uint32_t magic; struct chg_ref ref; */
#ifndef CHG_BASE_REF_H
#define CHG_BASE_REF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct chg_ref {
    atomic_uint_least32_t count;
};
static inline void chg_ref_init(struct chg_ref *ref)
{
    atomic_init(&ref->count, 1);
}
static inline void chg_ref_get(struct chg_ref *ref)
{
    (void)atomic_fetch_add_explicit(&ref->count, 1, memory_order_relaxed);
}
/* True when the last reference went. */
static inline bool chg_ref_put(struct chg_ref *ref)
{
    return atomic_fetch_sub_explicit(&ref->count, 1, memory_order_acq_rel) == 1;
}

/* Magic words tell a handle of another type, or a freed one, from the right one. */
#define CHG_MAGIC(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define CHG_IS(handle, magic_word) ((handle) != NULL && (handle)->magic == (magic_word))

#endif
