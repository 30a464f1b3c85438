/* SPDX-License-Identifier: MIT */
/* The struct behind chengis_build, for build.c and build_log.c. */
#ifndef CHG_ENGINE_BUILD_PRIV_H
#define CHG_ENGINE_BUILD_PRIV_H

#include "engine/engine_priv.h"

struct chengis_build {
    uint32_t magic;
    struct chg_ref ref;
    chengis_engine *engine;
    struct chg_run *run; /* while this engine runs it, and after; NULL for others */
    char *id;
    char *org_id;
    char *job;
    char *log_path;
    int64_t number;
};

#endif
