/* SPDX-License-Identifier: MIT */
/* The plugins libchengis ships: one file each, one table that lists them. They use the same door as
 * foreign ones. */
#ifndef CHG_BUILTIN_BUILTIN_H
#define CHG_BUILTIN_BUILTIN_H

#include <chengis/plugin.h>

int chg_builtin_shell_add(chengis_registry *registry);
int chg_builtin_formats_add(chengis_registry *registry);
int chg_builtin_console_add(chengis_registry *registry);
int chg_builtin_local_artifacts_add(chengis_registry *registry);

#endif
