/* SPDX-License-Identifier: MIT */
/* Wiping and comparing of secret values. */
#include "base/secret.h"

#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

void chg_wipe(void *ptr, size_t len)
{
    if (ptr != NULL)
        explicit_bzero(ptr, len);
}

char *chg_secret_dup(const char *value)
{
    return chg_strdup(value);
}

void chg_secret_free(char *value)
{
    if (value == NULL)
        return;
    chg_wipe(value, strlen(value));
    chg_free(value);
}

bool chg_secret_equal(const void *a, const void *b, size_t len)
{
    const volatile unsigned char *pa = a;
    const volatile unsigned char *pb = b;
    unsigned char difference = 0;

    for (size_t i = 0; i < len; i++)
        difference |= (unsigned char)(pa[i] ^ pb[i]);
    return difference == 0;
}
