/* SPDX-License-Identifier: MIT */
/* Pipeline files named on the command line: a file, "-" for stdin, or a folder to look in. */
#ifndef CHG_CLI_PIPELINE_FILE_H
#define CHG_CLI_PIPELINE_FILE_H

#include "cli/cli.h"

/* Where a pipeline given on the command line is. */
struct chg_pipeline_place {
    char *file; /* what to read */
    char *
        source_dir; /* what a build of it gets as its workspace: the git work tree, or the folder */
    bool detected;  /* found in a folder by the detection order */
};
#define CHG_PIPELINE_PLACE_INIT                                                                    \
    {                                                                                              \
        0                                                                                          \
    }
void chg_pipeline_place_fini(struct chg_pipeline_place *place);
/* given: NULL is ".". 0, NOT_FOUND (no such file, no pipeline file in the folder), or another
 * CHENGIS_ERR_*. */
int chg_pipeline_place_find(struct chg_pipeline_place *place, const char *given);

/*
 * The branch that a build of `source_dir` is on: *out is "" for a detached head, NULL where there
 * is no git work tree. Heap. 0, CHENGIS_ERR_IO or CHENGIS_ERR_NO_MEMORY.
 */
int chg_pipeline_branch(char **out, const char *source_dir);

/* Read the pipeline; its diagnostics go to `out`. 0, CHENGIS_ERR_PIPELINE, or another
 * CHENGIS_ERR_*. */
int chg_pipeline_file_load(chengis_pipeline **pipeline, struct chg_out *out, const char *file);

#endif
