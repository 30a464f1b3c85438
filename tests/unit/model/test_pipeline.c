/* SPDX-License-Identifier: MIT */
#include "model_test.h"

Test(model_pipeline, getters_answer_for_an_empty_one)
{
    chg_autopipeline pipeline = NULL;

    assert_ok(chg_pipeline_new(&pipeline));

    cr_expect_str_empty(chengis_pipeline_name(pipeline));
    cr_expect_str_empty(chengis_pipeline_description(pipeline));
    cr_expect_eq(chengis_pipeline_stage_count(pipeline), 0);
    cr_expect_str_empty(chengis_pipeline_stage_name(pipeline, 0));
}

Test(model_pipeline, getters_answer_for_a_full_one)
{
    chg_autopipeline pipeline = full_pipeline();

    cr_expect_str_eq(chengis_pipeline_name(pipeline), "app");
    cr_expect_str_eq(chengis_pipeline_description(pipeline), "an app");
    cr_expect_eq(chengis_pipeline_stage_count(pipeline), 1);
    cr_expect_str_eq(chengis_pipeline_stage_name(pipeline, 0), "Build [os=a]");
    cr_expect_str_empty(chengis_pipeline_stage_name(pipeline, 1));
}

Test(model_pipeline, getters_tolerate_null_and_other_handles)
{
    struct {
        uint32_t magic;
        char room[sizeof(chg_pipeline)];
    } other = {.magic = 1};
    chengis_pipeline *wrong = (chengis_pipeline *)(void *)&other;

    cr_expect_str_empty(chengis_pipeline_name(NULL));
    cr_expect_str_empty(chengis_pipeline_description(wrong));
    cr_expect_eq(chengis_pipeline_stage_count(wrong), 0);
    cr_expect_null(chengis_pipeline_ref(wrong));
    cr_expect_null(chengis_pipeline_ref(NULL));
    cr_expect_null(chengis_pipeline_unref(wrong));
    cr_expect_null(chengis_pipeline_unref(NULL));
}

Test(model_pipeline, lives_until_the_last_reference_goes)
{
    chg_pipeline *pipeline = full_pipeline();

    cr_assert_eq(chengis_pipeline_ref(pipeline), pipeline);
    cr_expect_null(chengis_pipeline_unref(pipeline));
    cr_expect_str_eq(chengis_pipeline_name(pipeline), "app");
    cr_expect_null(chengis_pipeline_unref(pipeline));
}

Test(model_pipeline, equality_sees_a_change_anywhere)
{
    chg_autopipeline a = full_pipeline();
    chg_autopipeline b = full_pipeline();

    cr_assert(chg_pipeline_equal(a, b));
    b->stages[0].steps[1].env.items[0].value[0] = '2';
    cr_expect_not(chg_pipeline_equal(a, b));
}
