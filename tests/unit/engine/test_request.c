/* SPDX-License-Identifier: MIT */
/* What a build request may say, and what it is refused for. */
#include "engine_fixture.h"

#define TRIVIAL "name: t\nstages:\n- name: A\n  steps:\n  - {name: s, run: echo hello}\n"

Test(engine_request, refuses_requests_that_contradict_themselves)
{
    FIXTURE(f);
    chengis_build_request both = CHENGIS_BUILD_REQUEST_INIT, name = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    both.pipeline = parse_yaml(TRIVIAL);
    both.only_stage = both.from_stage = "A";
    name.pipeline = both.pipeline;
    name.job = "a\nb";

    assert_err(chengis_engine_submit(&build, f.engine, &both), CHENGIS_ERR_INVALID,
               "both only_stage and from_stage");
    assert_err(chengis_engine_submit(&build, f.engine, &name), CHENGIS_ERR_INVALID,
               "control character");
    (void)chengis_pipeline_unref(both.pipeline);
}

Test(engine_request, refuses_an_organisation_that_does_not_exist)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    request.pipeline = parse_yaml(TRIVIAL);
    request.org = "nobody";

    assert_err(chengis_engine_submit(&build, f.engine, &request), CHENGIS_ERR_NOT_FOUND,
               "organisation 'nobody' does not exist");
    (void)chengis_pipeline_unref(request.pipeline);
}

Test(engine_request, says_which_stage_a_matrix_does_not_have)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    json_t *build;

    request.only_stage = "T [os=beos]";
    build = run_with(&f,
                     "matrix: {os: [linux]}\nstages:\n- name: T\n  steps:\n"
                     "  - {name: s, run: 'true'}\n",
                     &request);

    cr_assert_str_eq(text_of(build, "reason"), "unknown-stage");
    cr_assert(strstr(text_of(build, "message"), "no stage 'T [os=beos]'") != NULL);
    json_decref(build);
}
