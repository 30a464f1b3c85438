/* SPDX-License-Identifier: MIT */
/* Diagnostics as SARIF 2.1.0, which code hosts show beside the lines of a file. */
#ifndef CHG_CLI_SARIF_H
#define CHG_CLI_SARIF_H

#include <chengis/diagnostics.h>

#include "base/json.h"

/* A log with one run and no results yet. New reference, or NULL when out of memory. */
json_t *chg_sarif_new(void);
/* Append the diagnostics of one file. 0 or CHENGIS_ERR_NO_MEMORY. */
int chg_sarif_add(json_t *sarif, const chengis_diagnostics *diags);

#endif
