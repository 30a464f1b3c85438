/* SPDX-License-Identifier: MIT */
/* Import of versioned option structs. */
#include "base/options.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"

#include "base/banned.h"

/* No options struct comes near this; a larger size is a struct nobody initialised. */
#define PLAUSIBLE_SIZE 4096

int chg_options_import(void *out, size_t known, size_t first, const void *user, const char *name)
{
    const unsigned char *bytes = user;
    uint32_t size;

    memset(out, 0, known);
    if (user == NULL)
        return 0;
    memcpy(&size, user, sizeof(size));
    if (size < first || size > PLAUSIBLE_SIZE)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "%s: struct_size is %lu, expected at least %zu: initialise the struct "
                             "with its _INIT macro",
                             name, (unsigned long)size, first);
    for (size_t i = known; i < size; i++) {
        if (bytes[i] != 0)
            return chg_error_set(CHENGIS_ERR_INVALID,
                                 "%s: uses options that this version of libchengis does not know",
                                 name);
    }
    memcpy(out, user, size < known ? size : known);
    return 0;
}
