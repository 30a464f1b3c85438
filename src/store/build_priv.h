/* SPDX-License-Identifier: MIT */
/* Columns of builds, shared by the files of store/ that read builds. */
#ifndef CHG_STORE_BUILD_PRIV_H
#define CHG_STORE_BUILD_PRIV_H

#include "store/rows_priv.h"

/* In the order of chg_build_fields; the last two, request and plan, may be long and are read only
 * where needed. */
#define CHG_BUILD_COLUMNS                                                                          \
    "b.id, b.org_id, b.job_id, j.name, b.build_number, b.status, b.reason, b.message, "            \
    "b.trigger_type, b.parameters, b.pipeline_source, b.workspace, b.git, b.log_path, "            \
    "b.parent_build_id, b.owner_id, b.attempt, b.created_at, b.started_at, b.finished_at"
#define CHG_BUILD_FIELD_COUNT 22
#define CHG_BUILD_SHORT_COUNT 20
extern const struct chg_field chg_build_fields[CHG_BUILD_FIELD_COUNT];

#endif
