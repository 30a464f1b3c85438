/* SPDX-License-Identifier: MIT */
/* The only door to the heap: every allocation of libchengis goes through these, so tests can make them fail. */
#ifndef CHG_BASE_ALLOC_H
#define CHG_BASE_ALLOC_H

#include <stddef.h>

/* All return NULL on failure and set CHENGIS_ERR_NO_MEMORY in the thread's error record. Sizes of 0 give 1 byte. */
void *chg_malloc(size_t size);
void *chg_calloc(size_t count, size_t size); /* zeroed; the product is checked for overflow */
void *chg_realloc(void *ptr, size_t size);   /* on failure ptr stays valid */
void *chg_reallocarray(void *ptr, size_t count, size_t size);
void chg_free(void *ptr);                    /* NULL is allowed; errno is kept */
char *chg_strdup(const char *text);          /* NULL gives NULL without an error */
char *chg_strndup(const char *text, size_t len);
void *chg_memdup(const void *ptr, size_t size);

#define chg_new(type) ((type *)chg_calloc(1, sizeof(type)))

#endif
