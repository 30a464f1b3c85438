/* SPDX-License-Identifier: MIT */
/*
 * A typed growing array: CHG_VEC(int) v = {0}; chg_vec_push(&v, 3); v.items[i]; chg_vec_fini(&v).
 * chg_vec_push() gives 0 or CHENGIS_ERR_NO_MEMORY. Elements that own something are released by the caller.
 */
#ifndef CHG_BASE_VEC_H
#define CHG_BASE_VEC_H

#include <stddef.h>

#include "base/alloc.h"
#include "base/error.h"

#define CHG_VEC(type)                                                                              \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t len;                                                                                \
        size_t cap;                                                                                \
    }

int chg_vec_grow_(void *items_address, size_t *cap, size_t need, size_t item_size);

#define chg_vec_reserve(v, n)                                                                      \
    ((n) <= (v)->cap ? 0 : chg_vec_grow_(&(v)->items, &(v)->cap, (n), sizeof(*(v)->items)))
#define chg_vec_push(v, value)                                                                     \
    (chg_vec_reserve(v, (v)->len + 1) < 0 ? CHENGIS_ERR_NO_MEMORY                                  \
                                          : ((v)->items[(v)->len++] = (value), 0))
#define chg_vec_fini(v) (chg_free((v)->items), (v)->items = NULL, (v)->len = (v)->cap = 0)

#endif
