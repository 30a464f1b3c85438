/* SPDX-License-Identifier: MIT */
/* Inside of chengis_registry: look-ups by name for the engine, and freezing. */
#ifndef CHG_PLUGIN_REGISTRY_H
#define CHG_PLUGIN_REGISTRY_H

#include <chengis/plugin.h>
#include <chengis/sys/artifact_handler.h>
#include <chengis/sys/notifier.h>
#include <chengis/sys/pipeline_format.h>
#include <chengis/sys/scm.h>
#include <chengis/sys/scm_status.h>
#include <chengis/sys/step_executor.h>

/* From here on nothing can be added: look-ups need no lock. */
void chg_registry_freeze(chengis_registry *registry);

/* Borrowed while the registry lives; NULL when there is none of that name. */
const chengis_step_executor *chg_registry_step_executor(const chengis_registry *registry,
                                                        const char *name);
const chengis_notifier *chg_registry_notifier(const chengis_registry *registry, const char *name);
const chengis_artifact_handler *chg_registry_artifact_handler(const chengis_registry *registry,
                                                              const char *name);
const chengis_scm_provider *chg_registry_scm_provider(const chengis_registry *registry,
                                                      const char *name);
/* By index in detection order (priority, then registration); NULL beyond the last. */
const chengis_pipeline_format_plugin *chg_registry_format_at(const chengis_registry *registry,
                                                             size_t index);
const chengis_status_reporter *chg_registry_status_reporter_for(const chengis_registry *registry,
                                                                const char *repo_url);
/* The nearest registered step type, for "did you mean"; may be NULL. */
const char *chg_registry_nearest_step_type(const chengis_registry *registry, const char *name);

#endif
