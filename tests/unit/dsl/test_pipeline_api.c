/* SPDX-License-Identifier: MIT */
#include <chengis/pipeline.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dsl_test.h"

#define GOOD_EDN "{:name \"e\" :stages [{:name \"A\" :steps [{:name \"s\" :run \"x\"}]}]}"

Test(dsl_pipeline_api, parses_text_and_reports_warnings)
{
    static const char text[] = "name: p\nbogus: 1\n" ONE_STAGE;
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;

    assert_ok(chengis_pipeline_parse(&pipeline, &diags, text, strlen(text), "yaml"));

    cr_expect_str_eq(chengis_pipeline_name(pipeline), "p");
    cr_expect_str_eq(chengis_pipeline_stage_name(pipeline, 0), "A");
    cr_assert_eq(chengis_diagnostics_count(diags), 1);
    cr_expect_eq(chengis_diagnostics_severity(diags, 0), CHENGIS_SEVERITY_WARNING);
    cr_expect_eq(chengis_diagnostics_line(diags, 0), 2);
    cr_expect_str_empty(chengis_diagnostics_file(diags, 0));
    (void)chengis_diagnostics_unref(diags);
    (void)chengis_pipeline_unref(pipeline);
}

Test(dsl_pipeline_api, a_bad_text_gives_all_errors_and_no_pipeline)
{
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;

    assert_err(chengis_pipeline_parse(&pipeline, &diags, "stages: [1, 2]", 14, "yaml"),
               CHENGIS_ERR_PIPELINE, "Stage 1: must be a map");

    cr_expect_null(pipeline);
    cr_expect_eq(chengis_diagnostics_count_of(diags, CHENGIS_SEVERITY_ERROR), 2);
    (void)chengis_diagnostics_unref(diags);
}

Test(dsl_pipeline_api, diagnostics_are_optional)
{
    chengis_pipeline *pipeline = NULL;

    assert_err(chengis_pipeline_parse(&pipeline, NULL, "[]", 2, "json"), CHENGIS_ERR_PIPELINE,
               "Pipeline must be a map");
}

Test(dsl_pipeline_api, without_a_format_the_first_character_decides)
{
    chengis_pipeline *pipeline = NULL;

    assert_ok(chengis_pipeline_parse(&pipeline, NULL, GOOD_EDN, strlen(GOOD_EDN), NULL));

    cr_expect_str_eq(chengis_pipeline_name(pipeline), "e");
    (void)chengis_pipeline_unref(pipeline);
}

Test(dsl_pipeline_api, wrong_arguments_give_an_empty_list)
{
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;

    assert_err(chengis_pipeline_parse(&pipeline, &diags, "", 0, "xml"), CHENGIS_ERR_INVALID, "xml");
    cr_assert_not_null(diags);
    cr_expect_eq(chengis_diagnostics_count(diags), 0);
    (void)chengis_diagnostics_unref(diags);
    assert_err(chengis_pipeline_parse(NULL, NULL, "", 0, "yaml"), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_pipeline_parse(&pipeline, NULL, NULL, 1, "yaml"), CHENGIS_ERR_INVALID,
               "text");
    assert_err(chengis_pipeline_parse(&pipeline, NULL, NULL, 0, "yaml"), CHENGIS_ERR_PIPELINE,
               "Workflow must be a map");
}

Test(dsl_pipeline_api, bytes_that_are_no_text_are_refused)
{
    static const char text[] = "stages: \xFF\xFE";
    chengis_pipeline *pipeline = NULL;

    assert_err(chengis_pipeline_parse(&pipeline, NULL, text, strlen(text), "yaml"),
               CHENGIS_ERR_PIPELINE, "1:9");
}

Test(dsl_pipeline_api, loads_by_the_name_of_the_file)
{
    TEMP_DIR(dir);
    const char *path = path_in(dir, "Chengisfile");
    chengis_pipeline *pipeline = NULL;

    write_file(path, GOOD_EDN);
    assert_ok(chengis_pipeline_load(&pipeline, NULL, path));

    cr_expect_str_eq(chengis_pipeline_name(pipeline), "e");
    (void)chengis_pipeline_unref(pipeline);
}

Test(dsl_pipeline_api, loading_names_the_file_in_its_messages)
{
    TEMP_DIR(dir);
    const char *path = path_in(dir, "chengis.yml");
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;

    write_file(path, "stages: []\n");
    assert_err(chengis_pipeline_load(&pipeline, &diags, path), CHENGIS_ERR_PIPELINE,
               "chengis.yml:1:9: 'stages' must not be empty");

    cr_expect_str_eq(chengis_diagnostics_file(diags, 0), path);
    (void)chengis_diagnostics_unref(diags);
}

Test(dsl_pipeline_api, a_missing_file_is_not_found)
{
    TEMP_DIR(dir);
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;

    assert_err(chengis_pipeline_load(&pipeline, &diags, path_in(dir, "Chengisfile")),
               CHENGIS_ERR_NOT_FOUND, "Chengisfile");

    cr_assert_eq(chengis_diagnostics_count(diags), 1);
    cr_expect_str_eq(chengis_diagnostics_text(diags, 0), "File not found");
    (void)chengis_diagnostics_unref(diags);
}

Test(dsl_pipeline_api, a_large_file_is_refused_unread)
{
    TEMP_DIR(dir);
    const char *path = path_in(dir, "big.yaml");
    chengis_pipeline *pipeline = NULL;
    chg_autofree char *text = repeated("# 8 byte", ((size_t)1 << 17) + 1);

    write_file(path, text);

    assert_err(chengis_pipeline_load(&pipeline, NULL, path), CHENGIS_ERR_PIPELINE,
               "YAML workflow exceeds 1MB size limit");
}

Test(dsl_pipeline_api, a_directory_is_no_pipeline)
{
    TEMP_DIR(dir);
    chengis_pipeline *pipeline = NULL;

    cr_expect_lt(chengis_pipeline_load(&pipeline, NULL, dir), 0);
    cr_expect_null(pipeline);
}

Test(dsl_pipeline_api, detects_in_the_documented_order)
{
    static const char *const order[] = {"chengis.yaml", "chengis.yml", ".chengis/workflow.yaml",
                                        ".chengis/workflow.yml", "Chengisfile"};
    TEMP_DIR(dir);

    for (size_t i = 0; i < 5; i++) {
        chg_autofree char *path = NULL;

        write_file(path_in(dir, order[i]), "broken");
        cr_assert_eq(chengis_pipeline_detect(&path, dir), 1);
        cr_expect_str_eq(path, path_in(dir, order[i]));
    }
}

Test(dsl_pipeline_api, detects_nothing_where_nothing_is)
{
    TEMP_DIR(dir);
    char *path = NULL;

    cr_assert_eq(mkdir(path_in(dir, "Chengisfile"), 0700), 0);

    cr_expect_eq(chengis_pipeline_detect(&path, dir), 0);
    cr_expect_null(path);
    assert_err(chengis_pipeline_detect(&path, path_in(dir, "absent")), CHENGIS_ERR_NOT_FOUND,
               "absent");
}

Test(dsl_pipeline_api, formats_for_reading_again)
{
    chengis_pipeline *pipeline = NULL;
    chengis_pipeline *back = NULL;
    chg_autofree char *text = NULL;

    assert_ok(chengis_pipeline_parse(&pipeline, NULL, GOOD_EDN, strlen(GOOD_EDN), "edn"));
    assert_ok(chengis_pipeline_format(&text, pipeline, "yaml"));
    assert_ok(chengis_pipeline_parse(&back, NULL, text, strlen(text), "yaml"));

    cr_expect(chg_pipeline_equal(pipeline, back));
    assert_err(chengis_pipeline_format(&text, NULL, "yaml"), CHENGIS_ERR_INVALID, "pipeline");
    assert_err(chengis_pipeline_format(&text, pipeline, "xml"), CHENGIS_ERR_INVALID, "xml");
    (void)chengis_pipeline_unref(pipeline);
    (void)chengis_pipeline_unref(back);
}
