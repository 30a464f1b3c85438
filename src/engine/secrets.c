/* SPDX-License-Identifier: MIT */
/* Phase: the secrets of the build. Here they are given by the caller, and masked from the first
 * line of the log on. */
#include "engine/run.h"

#include "base/error.h"

#include <string.h>

#include "base/banned.h"

int chg_phase_secrets(struct chg_run *run)
{
    for (size_t i = 0; i < run->secrets.len; i++) {
        const struct chg_kv *secret = &run->secrets.items[i];

        if (strlen(secret->value) < CHENGIS_MASK_MIN_LENGTH &&
            chg_run_say(run, "warning: secret '%s' is shorter than %d bytes and is not masked",
                        secret->name, CHENGIS_MASK_MIN_LENGTH) < 0)
            return chg_error_code();
    }
    return 0;
}
