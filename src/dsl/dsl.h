/* SPDX-License-Identifier: MIT */
/*
 * Documents to pipelines: format detection, the validator, the converter, container propagation,
 * matrix expansion and the plan. Everything here is a pure function of its input.
 */
#ifndef CHG_DSL_DSL_H
#define CHG_DSL_DSL_H

#include "base/str.h"
#include "document/diagnostics.h"
#include "model/pipeline.h"

/* Candidate files of a directory in detection order, with their format; ends with a NULL path. */
struct chg_pipeline_file {
    const char *path;   /* relative: "Chengisfile", ".chengis/workflow.yml", ... */
    const char *format; /* "edn", "yaml" */
    const char *source; /* recorded pipeline-source: "chengisfile", "yaml" */
};
extern const struct chg_pipeline_file chg_pipeline_files[];
/* Format of a file by name, else by its first significant character; never NULL. */
const char *chg_pipeline_format_of(const char *path, const char *text, size_t len);

/* Read, validate, convert. CHENGIS_ERR_PIPELINE when diags holds errors; warnings alone are
 * success. */
int chg_pipeline_read(chg_pipeline **out, struct chg_diagnostics *diags, const char *file,
                      const char *text, size_t len, const char *format);
/* Print the canonical map; format "json" | "yaml" | "edn". */
int chg_pipeline_print(struct chg_str *out, const chg_pipeline *pipeline, const char *format);

/* Plan steps, in this order; each changes the plan in place. */
int chg_plan_propagate_container(
    chg_pipeline *plan); /* pipeline -> stages -> shell steps become docker steps */
/* CHENGIS_ERR_PIPELINE: "Matrix produces N combinations, exceeding limit of M" (counted before
 * anything is built), or nothing left after the excludes, or too many stages or steps. max 0 =
 * CHG_MAX_COMBINATIONS. */
int chg_plan_expand_matrix(chg_pipeline *plan, size_t max);
/* Name of an environment variable made of a parameter or dimension: PREFIX + upper-cased name, '-'
 * as '_'. Heap. */
char *chg_env_name(const char *prefix, const char *name);
/* Would two names become the same variable? */
bool chg_env_name_equal(const char *a, const char *b);

#endif
