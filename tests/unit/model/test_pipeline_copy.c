/* SPDX-License-Identifier: MIT */
#include "model_test.h"

Test(model_pipeline_copy, a_copy_is_equal_and_apart)
{
    chg_autopipeline from = full_pipeline();
    chg_autopipeline copy = NULL;

    assert_ok(chg_pipeline_copy(&copy, from));

    cr_expect(chg_pipeline_equal(from, copy));
    copy->stages[0].name[0] = 'X';
    cr_expect_str_eq(from->stages[0].name, "Build [os=a]");
}

Test(model_pipeline_copy, a_copy_outlives_its_original)
{
    chg_pipeline *from = full_pipeline();
    chg_autopipeline expected = full_pipeline();
    chg_autopipeline copy = NULL;

    assert_ok(chg_pipeline_copy(&copy, from));
    (void)chengis_pipeline_unref(from);

    cr_expect(chg_pipeline_equal(expected, copy));
}

Test(model_pipeline_copy, absent_parts_stay_absent)
{
    struct chg_container *container = (void *)1;
    struct chg_condition *condition = (void *)1;

    assert_ok(chg_container_dup(&container, NULL));
    assert_ok(chg_condition_copy(&condition, NULL));

    cr_expect_null(container);
    cr_expect_null(condition);
}

Test(model_pipeline_copy, every_failing_allocation_leaves_nothing_behind)
{
    chg_autopipeline from = full_pipeline();
    unsigned failures = 0;

    for (bool reached = true; reached; failures++) {
        chg_pipeline *copy = NULL;
        int rc;

        fault_alloc(failures + 1);
        rc = chg_pipeline_copy(&copy, from);
        reached = fault_alloc_off();
        cr_expect_eq(rc, reached ? CHENGIS_ERR_NO_MEMORY : 0, "allocation %u", failures + 1);
        (void)chengis_pipeline_unref(copy);
    }
    cr_expect_gt(failures, 50);
}
