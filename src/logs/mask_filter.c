/* SPDX-License-Identifier: MIT */
/* Chooses the window of the filter and fills its bit sets. */
#include "logs/mask_filter.h"

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/secret.h"

#include "base/banned.h"

#define SET_BYTES ((size_t)1 << (CHG_MASK_FILTER_BITS - 3))
/* Longer strides gain nothing: by then memory is the limit. */
#define STRIDE_MAX 8
/* At most one bit of so many may be set, or too much text would be looked at twice. */
#define SPARSENESS 20

static void add(uint64_t *set, const unsigned char *bytes)
{
    uint64_t bits;
    size_t word = chg_mask_filter_place(bytes, &bits);

    set[word] |= bits;
}

static size_t choose_stride(const struct chg_mask_forms *forms)
{
    size_t stride = STRIDE_MAX;

    for (size_t i = 0; i < forms->len; i++)
        if (forms->items[i].len - 3 < stride)
            stride = forms->items[i].len - 3;
    while (stride > 1 && forms->len * stride * SPARSENESS > (size_t)1 << CHG_MASK_FILTER_BITS)
        stride--;
    return stride;
}

int chg_mask_filter_init(struct chg_mask_filter *filter, const struct chg_mask_forms *forms)
{
    filter->stride = choose_stride(forms);
    filter->window = filter->stride + 3;
    filter->groups = chg_calloc(1, SET_BYTES);
    filter->prefixes = chg_calloc(1, SET_BYTES);
    if (filter->groups == NULL || filter->prefixes == NULL) {
        chg_mask_filter_fini(filter);
        return CHENGIS_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < forms->len; i++) {
        add(filter->prefixes, forms->items[i].ptr);
        for (size_t at = 0; at < filter->stride; at++)
            add(filter->groups, forms->items[i].ptr + at);
    }
    return 0;
}

void chg_mask_filter_fini(struct chg_mask_filter *filter)
{
    if (filter->groups != NULL)
        chg_wipe(filter->groups, SET_BYTES);
    if (filter->prefixes != NULL)
        chg_wipe(filter->prefixes, SET_BYTES);
    chg_free(filter->groups);
    chg_free(filter->prefixes);
    filter->groups = NULL;
    filter->prefixes = NULL;
}
