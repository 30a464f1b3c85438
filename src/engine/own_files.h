/* SPDX-License-Identifier: MIT */
/* The engine's own files, where they lie in a folder that builds read. */
#ifndef CHG_ENGINE_OWN_FILES_H
#define CHG_ENGINE_OWN_FILES_H

#include "engine/engine_priv.h"

/*
 * Is `relative`, below `root`, a file of the database or in the folders of logs, workspaces or
 * artifacts? Such a file must not be opened to be read: closing it would drop the locks that SQLite
 * holds in this process, and with them the database. root: a real path. A folder that holds root
 * itself does not count. True also when it cannot be told for want of memory.
 */
bool chg_is_own_file(const chengis_engine *engine, const char *root, const char *relative);

#endif
