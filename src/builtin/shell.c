/* SPDX-License-Identifier: MIT */
/* Step type "shell": the command text as one argument of /bin/sh, which stops at the first failing
 * command (-e). */
#include "builtin/builtin.h"

#include <chengis/sys/step_executor.h>
#include <stddef.h>

#include "base/banned.h"

static int describe(void *self, const chengis_step_context *context, chengis_step_process *process)
{
    const char *const argv[] = {"/bin/sh", "-e", "-c", chengis_step_context_command(context)};

    (void)self;
    for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++) {
        int rc = chengis_step_process_add_argument(process, argv[i]);

        if (rc < 0)
            return rc;
    }
    return 0;
}

int chg_builtin_shell_add(chengis_registry *registry)
{
    return chengis_registry_add_step_executor(
        registry, &(chengis_step_executor){.struct_size = sizeof(chengis_step_executor),
                                           .name = "shell",
                                           .describe = describe});
}
