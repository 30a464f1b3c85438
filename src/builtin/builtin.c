/* SPDX-License-Identifier: MIT */
/* The table of builtin plugins. */
#include "builtin/builtin.h"

#include "base/error.h"

#include <stddef.h>

#include "base/banned.h"

static int (*const builtins[])(chengis_registry *registry) = {
    chg_builtin_shell_add,
    chg_builtin_formats_add,
    chg_builtin_console_add,
    chg_builtin_local_artifacts_add,
};

int chengis_registry_add_builtins(chengis_registry *registry)
{
    chengis_error_clear();
    CHG_REQUIRE(registry != NULL);
    for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
        int rc = builtins[i](registry);

        if (rc < 0)
            return rc;
    }
    return 0;
}
