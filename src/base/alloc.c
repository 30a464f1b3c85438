/* SPDX-License-Identifier: MIT */
/* The heap: the only file that calls malloc and its kin. */
#include "base/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#include "base/banned.h"

static void *checked(void *ptr)
{
    if (ptr == NULL)
        (void)chg_error_no_memory();
    return ptr;
}

void *chg_malloc(size_t size)
{
    return checked(malloc(size > 0 ? size : 1));
}

void *chg_calloc(size_t count, size_t size)
{
    return checked(count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1));
}

void *chg_realloc(void *ptr, size_t size)
{
    return checked(realloc(ptr, size > 0 ? size : 1));
}

void *chg_reallocarray(void *ptr, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return checked(NULL);
    return chg_realloc(ptr, bytes);
}

void chg_free(void *ptr)
{
    int kept = errno;

    free(ptr);
    errno = kept;
}

char *chg_strdup(const char *text)
{
    return text != NULL ? chg_strndup(text, strlen(text)) : NULL;
}

char *chg_strndup(const char *text, size_t len)
{
    size_t n = strnlen(text, len);
    char *copy = chg_malloc(n + 1);

    if (copy != NULL) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

void *chg_memdup(const void *ptr, size_t size)
{
    void *copy = chg_malloc(size);

    if (copy != NULL && size > 0)
        memcpy(copy, ptr, size);
    return copy;
}
