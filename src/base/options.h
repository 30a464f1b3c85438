/* SPDX-License-Identifier: MIT */
/* Import of public option structs, whose first member is uint32_t struct_size. */
#ifndef CHG_BASE_OPTIONS_H
#define CHG_BASE_OPTIONS_H

#include <stddef.h>

/*
 * Copy min(user's size, known) bytes of `user` over the zeroed `out` of `known` bytes. NULL user gives all zeros.
 * CHENGIS_ERR_INVALID for a size below `first` (the size of version 1) or non-zero bytes beyond `known`.
 */
int chg_options_import(void *out, size_t known, size_t first, const void *user, const char *name);

#endif
