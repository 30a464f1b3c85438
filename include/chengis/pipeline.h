/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Pipeline definitions: reading them from any format, looking at them, printing them in another format, and the plan of
 * what would run. Stable within a major version.
 */
#ifndef CHENGIS_PIPELINE_H
#define CHENGIS_PIPELINE_H

#include <chengis/diagnostics.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/* format "edn" | "yaml" | "json"; diags: receives a new list also on failure (may be NULL: not wanted); never NULL-valued after the call */
CHENGIS_API int chengis_pipeline_parse(chengis_pipeline **out, chengis_diagnostics **diags, const char *text, size_t len, const char *format);
/* format by name: Chengisfile and .edn = edn, .yml/.yaml = yaml, .json = json; anything else by its first character */
CHENGIS_API int chengis_pipeline_load(chengis_pipeline **out, chengis_diagnostics **diags, const char *path);
/* detection order in a directory; *out is the path (chengis_free), returns 1 found, 0 none */
CHENGIS_API int chengis_pipeline_detect(char **out, const char *dir);
CHENGIS_API chengis_pipeline *chengis_pipeline_ref(chengis_pipeline *pipeline);
CHENGIS_API chengis_pipeline *chengis_pipeline_unref(chengis_pipeline *pipeline);

CHENGIS_API const char *chengis_pipeline_name(const chengis_pipeline *pipeline); /* "" when the file gives none */
CHENGIS_API const char *chengis_pipeline_description(const chengis_pipeline *pipeline);
CHENGIS_API size_t chengis_pipeline_stage_count(const chengis_pipeline *pipeline);
CHENGIS_API const char *chengis_pipeline_stage_name(const chengis_pipeline *pipeline, size_t index);

/* canonical map: format json | yaml | edn; text for chengis_free() */
CHENGIS_API int chengis_pipeline_format(char **out, const chengis_pipeline *pipeline, const char *format);

/** What decides a plan. All zero: no parameters, branch "main", the default limit. */
typedef struct chengis_plan_options {
    uint32_t struct_size;         /**< set by CHENGIS_PLAN_OPTIONS_INIT. */
    uint32_t max_combinations;    /**< limit of matrix combinations; 0 = 25. */
    const chengis_pair *parameters; /**< build parameters. */
    size_t parameter_count;
    const char *branch;           /**< NULL: the parameter "branch", else "main". */
    const char *const *secret_names; /**< names of secrets the build would have; shown as ***. */
    size_t secret_count;
    const char *workspace;        /**< directory the steps would run in; NULL: "." */
} chengis_plan_options;
#define CHENGIS_PLAN_OPTIONS_INIT { sizeof(chengis_plan_options), 0, 0, 0, 0, 0, 0, 0 }

/* JSON of what would run: {"pipeline-name", "stages": [...]} ; text for chengis_free() */
CHENGIS_API int chengis_pipeline_plan(char **out, const chengis_pipeline *pipeline, const chengis_plan_options *opts);

CHENGIS_END_DECLS

#endif
