/* SPDX-License-Identifier: MIT */
/* What all calls of plugins share: limits go in, and no result is believed unseen. */
#ifndef CHG_ENGINE_PLUGINS_H
#define CHG_ENGINE_PLUGINS_H

#include "engine/run.h"

/* Call a plugin of this kind ("notifier") and name. 0, or the failure with a message: a plugin that
 * sets none is named as CHENGIS_ERR_PLUGIN. */
#define CHG_PLUGIN_CALL(kind, name, call)                                                          \
    (chengis_error_clear(), chg_plugin_result((call), kind, name))
int chg_plugin_result(int rc, const char *kind, const char *name);

/* For a request's cancel_fd: readable when the build is cancelled from here on, or shall end at
 * once. -1: none to be had. */
int32_t chg_plugin_cancel_fd(struct chg_run *run);
/* For a request's timeout_ms: what is left of the build's time, at most `max` (0: any). A build
 * that has none left gets what post actions get. */
int32_t chg_plugin_timeout(const struct chg_run *run, int64_t max);
/* The build has been told to end: why its plugin failed does not matter. */
bool chg_plugin_was_stopped(const struct chg_run *run);

/* The build object with the status it will have a moment later, without stages and artifacts. Heap
 * or NULL. */
char *chg_plugin_build_json(const struct chg_run *run);

#define CHG_REPORT_TIMEOUT_MS 30000 /* of notifiers and status reporters */

#endif
