/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Pipeline definitions: reading them from any format, looking at them, printing them in another
 * format, and the plan of what would run. A pipeline is immutable and may be shared by any number
 * of threads. Stable within a major version.
 */
#ifndef CHENGIS_PIPELINE_H
#define CHENGIS_PIPELINE_H

#include <chengis/diagnostics.h>
#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/**
 * Read a pipeline from text.
 *
 * All errors and warnings of the text are collected, each with its line and column. A text with
 * errors gives no pipeline; warnings alone (an unknown key, say) do. Nothing in the text is
 * evaluated. Limits: 1 MiB of text, 64 levels of nesting, 500 stages, 5,000 steps, names of 256
 * bytes, commands and variables of 131,071 bytes.
 *
 * @param out     receives a new reference; release with chengis_pipeline_unref(). Untouched on
 * failure.
 * @param diags   receives a new list, also on failure; release with chengis_diagnostics_unref().
 * NULL: not wanted.
 * @param text    the text, UTF-8; copied. Needs no terminating NUL.
 * @param len     its length in bytes.
 * @param format  "edn" (the Chengisfile), "yaml" or "json"; NULL decides by the first character.
 * @return 0, or CHENGIS_ERR_PIPELINE (the first error is in the record, all are in diags),
 * CHENGIS_ERR_INVALID (unknown format), CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_pipeline_parse(chengis_pipeline **out, chengis_diagnostics **diags,
                                       const char *text, size_t len, const char *format);

/**
 * Read a pipeline from a file.
 *
 * The name decides the format: `Chengisfile` and `*.edn` are EDN, `*.yml` and `*.yaml` YAML,
 * `*.json` JSON; any other name leaves it to the first character. Otherwise as
 * chengis_pipeline_parse().
 *
 * @param out    receives a new reference; release with chengis_pipeline_unref(). Untouched on
 * failure.
 * @param diags  receives a new list, also on failure; release with chengis_diagnostics_unref().
 * NULL: not wanted.
 * @param path   the file.
 * @return 0, or CHENGIS_ERR_PIPELINE, CHENGIS_ERR_NOT_FOUND (no such file), CHENGIS_ERR_PERMISSION,
 * CHENGIS_ERR_IO, CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_pipeline_load(chengis_pipeline **out, chengis_diagnostics **diags,
                                      const char *path);

/**
 * Find the pipeline file of a directory: the first that exists of `Chengisfile`,
 * `.chengis/workflow.yml`,
 * `.chengis/workflow.yaml`, `chengis.yml`, `chengis.yaml`.
 *
 * Only the name is looked at. A file that turns out to be broken is an error of the pipeline; the
 * next candidate is not tried in its place.
 *
 * @param out  receives the path for chengis_free() when 1 is returned; else untouched.
 * @param dir  the directory.
 * @return 1 found, 0 none there, or CHENGIS_ERR_NOT_FOUND (no such directory),
 * CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks disk
 * @since 0.1
 */
CHENGIS_API int chengis_pipeline_detect(char **out, const char *dir);

/**
 * Take another reference on a pipeline.
 *
 * @param pipeline  may be NULL.
 * @return pipeline as a new reference; NULL for NULL or a handle of another type.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_pipeline *chengis_pipeline_ref(chengis_pipeline *pipeline);

/**
 * Release a reference on a pipeline; the last one frees it.
 *
 * @param pipeline  takes; NULL is allowed.
 * @return NULL.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API chengis_pipeline *chengis_pipeline_unref(chengis_pipeline *pipeline);

/**
 * Return the name of a pipeline.
 *
 * @param pipeline  the pipeline.
 * @return borrowed (valid while the pipeline lives); "" when the definition gives none.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_pipeline_name(const chengis_pipeline *pipeline);

/**
 * Return the description of a pipeline.
 *
 * @param pipeline  the pipeline.
 * @return borrowed (valid while the pipeline lives); "" when the definition gives none.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_pipeline_description(const chengis_pipeline *pipeline);

/**
 * Count the stages of a pipeline as they are written, before the matrix is expanded.
 *
 * @param pipeline  the pipeline.
 * @return the number of stages.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API size_t chengis_pipeline_stage_count(const chengis_pipeline *pipeline);

/**
 * Return the name of a stage.
 *
 * @param pipeline  the pipeline.
 * @param index     from 0.
 * @return borrowed (valid while the pipeline lives); "" beyond the end.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_pipeline_stage_name(const chengis_pipeline *pipeline, size_t index);

/**
 * Print the canonical map of a pipeline in a format. Reading the result gives the same pipeline.
 *
 * @param out       receives text for chengis_free(). Untouched on failure.
 * @param pipeline  the pipeline.
 * @param format    "json", "yaml" or "edn".
 * @return 0, or CHENGIS_ERR_INVALID (unknown format), CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_pipeline_format(char **out, const chengis_pipeline *pipeline,
                                        const char *format);

/** What decides a plan. All zero: no parameters, branch "main", the default limit. */
typedef struct chengis_plan_options {
    uint32_t struct_size;            /**< set by CHENGIS_PLAN_OPTIONS_INIT. */
    uint32_t max_combinations;       /**< limit of matrix combinations; 0 = 25. */
    const chengis_pair *parameters;  /**< build parameters; defaults fill in for the others. */
    size_t parameter_count;          /**< number of parameters. */
    const char *branch;              /**< NULL: the parameter "branch", else "main". */
    const char *const *secret_names; /**< names of secrets the build would have; shown as ***. */
    size_t secret_count;             /**< number of secret_names. */
    const char *workspace;           /**< directory the steps would run in; NULL: "." */
} chengis_plan_options;
/** Initial value of chengis_plan_options. */
#define CHENGIS_PLAN_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(chengis_plan_options), 0, 0, 0, 0, 0, 0, 0                                          \
    }

/**
 * Describe what a build of a pipeline would run, as JSON: stages after container propagation and
 * matrix expansion, conditions decided, and for each step its argument list and environment.
 *
 * {"pipeline-name", "stages": [{"stage-name", "depends-on", "runs", "reason", "parallel?",
 * "matrix-combination", "steps": [{"step-name", "type", "runs", "reason", "argv", "command",
 * "image", "env", "dir", "timeout-ms"}]}], "post-actions": {GROUP: [steps]}}. "reason" is null for
 * what runs, else "condition-unmet". "argv" is empty for step types whose executor decides it;
 * these show "command" and "image". Variables that only a build can know (BUILD_ID, GIT_COMMIT) are
 * left out. Nothing is run and no file is read.
 *
 * @param out       receives text for chengis_free(). Untouched on failure.
 * @param pipeline  the pipeline.
 * @param opts      copied; NULL means all defaults.
 * @return 0, or CHENGIS_ERR_PIPELINE (the matrix exceeds a limit or leaves nothing),
 * CHENGIS_ERR_INVALID (a parameter is not among its choices), CHENGIS_ERR_NO_MEMORY.
 * @thread any
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_pipeline_plan(char **out, const chengis_pipeline *pipeline,
                                      const chengis_plan_options *opts);

CHENGIS_END_DECLS

#endif
