/* SPDX-License-Identifier: MIT */
/* Allocations that fail on request. The linker sends malloc and its kin of the objects of a test
 * program here. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *ptr, size_t size);
__attribute__((visibility("default"))) void *__wrap_malloc(size_t size);
__attribute__((visibility("default"))) void *__wrap_calloc(size_t count, size_t size);
__attribute__((visibility("default"))) void *__wrap_realloc(void *ptr, size_t size);

/* Allocations until the one that fails; 0 when none does. */
static _Thread_local unsigned countdown;
static _Thread_local bool reached;

void fault_alloc(unsigned nth)
{
    countdown = nth;
    reached = false;
}

bool fault_alloc_off(void)
{
    countdown = 0;
    return reached;
}

static bool fails(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    reached = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
    return fails() ? NULL : __real_realloc(ptr, size);
}
