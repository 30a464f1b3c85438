/* SPDX-License-Identifier: MIT */
/* What the tests of the pipeline language share: text in, a pipeline or its messages out. */
#ifndef DSL_TEST_H
#define DSL_TEST_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "dsl/dsl.h"
#include "support.h"

#define ONE_STAGE "stages: [{name: A, steps: [{name: s, run: x}]}]\n"

/* Read text of a format; *messages receives "LINE:COL: severity: text" lines, to be freed. */
static inline chg_pipeline *read_text(char **messages, const char *text, const char *format)
{
    struct chg_diagnostics *diags = NULL;
    chg_pipeline *pipeline = NULL;
    int rc;

    assert_ok(chg_diagnostics_new(&diags));
    rc = chg_pipeline_read(&pipeline, diags, "F", text, strlen(text), format);
    cr_assert((rc == 0) == (pipeline != NULL));
    *messages = chengis_diagnostics_format(diags);
    (void)chengis_diagnostics_unref(diags);
    return pipeline;
}

/* The pipeline of a text without errors. */
static inline chg_pipeline *read_good(const char *text, const char *format)
{
    chg_autofree char *messages = NULL;
    chg_pipeline *pipeline = read_text(&messages, text, format);

    cr_assert_not_null(pipeline, "%s", messages);
    return pipeline;
}

/* The text is refused, and one of the messages has this part. */
static inline void expect_refused(const char *text, const char *format, const char *part)
{
    chg_autofree char *messages = NULL;
    chg_autopipeline pipeline = read_text(&messages, text, format);

    cr_expect_null(pipeline);
    cr_expect_not_null(strstr(messages, part), "'%s' lacks '%s'", messages, part);
}

/* count copies of text. */
static inline char *repeated(const char *text, size_t count)
{
    struct chg_str out = CHG_STR_INIT;

    for (size_t i = 0; i < count; i++)
        chg_str_add(&out, text);
    return chg_str_take(&out);
}

#endif
