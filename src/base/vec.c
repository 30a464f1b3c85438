/* SPDX-License-Identifier: MIT */
/* Growth of typed arrays. */
#include "base/vec.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

#include "base/banned.h"

int chg_vec_grow_(void *items_address, size_t *cap, size_t need, size_t item_size)
{
    size_t grown = *cap < 8 ? 8 : *cap + *cap / 2;
    void *items;
    void *moved;

    if (grown < need)
        grown = need;
    /* The member has some object pointer type; only its bytes are touched here. */
    memcpy(&items, items_address, sizeof(items));
    moved = chg_reallocarray(items, grown, item_size);
    if (moved == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    memcpy(items_address, &moved, sizeof(moved));
    *cap = grown;
    return 0;
}
