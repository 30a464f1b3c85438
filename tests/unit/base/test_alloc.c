/* SPDX-License-Identifier: MIT */
/* The heap functions: sizes of nothing, failures and the record they leave. */
#include "base/alloc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "support.h"

Test(base_alloc, size_zero_gives_memory)
{
    void *a = chg_malloc(0);
    void *b = chg_calloc(0, 8);
    void *c = chg_realloc(NULL, 0);
    void *d = chg_memdup("", 0);

    cr_expect(a != NULL && b != NULL && c != NULL && d != NULL);
    chg_free(a);
    chg_free(b);
    chg_free(c);
    chg_free(d);
}

Test(base_alloc, an_overflowing_product_is_out_of_memory)
{
    assert_null_err(chg_reallocarray(NULL, SIZE_MAX / 2, 4), CHENGIS_ERR_NO_MEMORY,
                    "out of memory");
}

Test(base_alloc, a_failed_allocation_is_recorded)
{
    fault_alloc(1);
    assert_null_err(chg_malloc(8), CHENGIS_ERR_NO_MEMORY, "out of memory");
    fault_alloc(1);
    assert_null_err(chg_calloc(1, 8), CHENGIS_ERR_NO_MEMORY, "out of memory");
    fault_alloc(1);
    assert_null_err(chg_strdup("x"), CHENGIS_ERR_NO_MEMORY, "out of memory");
    fault_alloc(1);
    assert_null_err(chg_memdup("x", 1), CHENGIS_ERR_NO_MEMORY, "out of memory");
}

Test(base_alloc, a_failed_realloc_leaves_the_memory)
{
    char *p = chg_strdup("kept");

    fault_alloc(1);
    cr_expect_null(chg_realloc(p, 100));
    cr_expect_str_eq(p, "kept");
    chg_free(p);
}

Test(base_alloc, calloc_gives_zeros)
{
    static const char zeros[64];
    char *p = chg_calloc(8, 8);

    cr_expect_arr_eq(p, zeros, 64);
    chg_free(p);
}

Test(base_alloc, strdup_of_null_is_null_without_an_error)
{
    chengis_error_clear();

    cr_expect_null(chg_strdup(NULL));
    cr_expect_eq(chg_error_code(), CHENGIS_OK);
}

Test(base_alloc, strndup_stops_at_the_length_or_the_end)
{
    char *a = chg_strndup("abcdef", 3);
    char *b = chg_strndup("ab", 9);

    cr_expect_str_eq(a, "abc");
    cr_expect_str_eq(b, "ab");
    chg_free(a);
    chg_free(b);
}

Test(base_alloc, free_keeps_errno)
{
    errno = ENOENT;
    chg_free(chg_malloc(1));
    chg_free(NULL);

    cr_expect_eq(errno, ENOENT);
}
