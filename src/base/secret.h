/* SPDX-License-Identifier: MIT */
/* Heap buffers for secret values: wiped before they are freed. */
#ifndef CHG_BASE_SECRET_H
#define CHG_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

void chg_wipe(void *ptr, size_t len); /* not removed by the optimiser */
char *chg_secret_dup(const char *value);
void chg_secret_free(char *value); /* wipes strlen(value) bytes; NULL is fine */
bool chg_secret_equal(const void *a, const void *b, size_t len); /* constant time */

#endif
