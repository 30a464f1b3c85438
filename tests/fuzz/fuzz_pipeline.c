/* SPDX-License-Identifier: MIT */
/* Pipelines: a first byte chooses the format; what can be read must survive printing in every
 * format, and planning. */
#include <chengis/pipeline.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/str.h"
#include "dsl/dsl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static chg_pipeline *read_pipeline(const char *text, size_t len, const char *format)
{
    struct chg_diagnostics *diags = NULL;
    chg_pipeline *pipeline = NULL;
    int rc;

    if (chg_diagnostics_new(&diags) < 0)
        abort();
    rc = chg_pipeline_read(&pipeline, diags, "fuzz", text, len, format);
    if ((rc == 0) != (pipeline != NULL) || (rc == 0) != (diags->errors == 0))
        abort();
    (void)chengis_diagnostics_unref(diags);
    return pipeline;
}

static void check_print(const chg_pipeline *pipeline, const char *format)
{
    struct chg_str text = CHG_STR_INIT;
    chg_pipeline *back;

    if (chg_pipeline_print(&text, pipeline, format) < 0)
        abort();
    back = read_pipeline(text.ptr, text.len, format);
    if (text.len < ((size_t)1 << 20) && (back == NULL || !chg_pipeline_equal(back, pipeline)))
        abort();
    (void)chengis_pipeline_unref(back);
    chg_str_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"edn", "json", "yaml"};
    chg_pipeline *pipeline;
    char *plan = NULL;

    if (size == 0)
        return 0;
    pipeline = read_pipeline((const char *)data + 1, size - 1, formats[data[0] % 3]);
    if (pipeline == NULL)
        return 0;
    for (size_t i = 0; i < 3; i++)
        check_print(pipeline, formats[i]);
    (void)chengis_pipeline_plan(&plan, pipeline, NULL);
    chg_free(plan);
    (void)chengis_pipeline_unref(pipeline);
    return 0;
}
