/* SPDX-License-Identifier: MIT */
#include "base/cleanup.h"
#include "model_test.h"

#define CONTAINER                                                                                  \
    "{\"image\":\"alpine\",\"volumes\":[\"a:b\"],\"workdir\":\"/w\",\"network\":\"host\","         \
    "\"pull-policy\":\"never\",\"docker-args\":[\"--rm\"]}"
#define STEP(name)                                                                                 \
    "{\"step-name\":\"" name "\",\"type\":\"docker-compose\",\"image\":\"alpine\",\"service\":"    \
    "\"web\",\"compose-file\":\"c.yml\",\"command\":\"make\",\"env\":{\"A\":\"1\"},\"dir\":"       \
    "\"sub\",\"timeout\":5,\"condition\":{\"type\":\"param\",\"param\":\"p\"},\"volumes\":"        \
    "[\"a:b\"],\"workdir\":\"/w\",\"network\":\"host\",\"pull-policy\":\"never\",\"docker-args\":" \
    "[\"--rm\"]}"

Test(model_pipeline_json, keys_stand_in_the_documented_order)
{
    /* clang-format off */
    static const char expected[] =
        "{\"pipeline-name\":\"app\",\"description\":\"an app\",\"stages\":["
        "{\"stage-name\":\"Build [os=a]\",\"parallel?\":true,"
        "\"condition\":{\"type\":\"all\",\"conditions\":[{\"type\":\"branch\",\"value\":\"main\"},"
        "{\"type\":\"param\",\"param\":\"p\",\"value\":\"v\"}]},"
        "\"container\":" CONTAINER ","
        "\"approval\":{\"message\":\"ok?\",\"role\":\"admin\",\"timeout-minutes\":3,"
        "\"approver-group\":[\"ann\"],\"min-approvals\":2},"
        "\"matrix-combination\":{\"os\":\"a\"},\"matrix-stage\":\"Build\","
        "\"steps\":[" STEP("one") "," STEP("two") "]}],"
        "\"parameters\":[{\"name\":\"p\",\"type\":\"choice\",\"choices\":[\"v\"],\"default\":\"v\","
        "\"description\":\"d\"}],"
        "\"triggers\":{\"push\":{}},\"source\":{\"type\":\"git\"},"
        "\"container\":" CONTAINER ",\"env\":{\"E\":\"e\"},"
        "\"post-actions\":{\"always\":[" STEP("always") "],\"on-success\":[" STEP("on-success") "],"
        "\"on-failure\":[" STEP("on-failure") "]},"
        "\"artifacts\":[\"*.jar\"],\"notify\":[{\"type\":\"slack\",\"channel\":\"#a\"}],"
        "\"matrix\":{\"os\":[\"a\",\"b\"],\"exclude\":[{\"os\":\"b\"}]},"
        "\"extends\":\"base\",\"on-interrupt\":\"rerun\",\"timeout\":7}";
    /* clang-format on */
    chg_autopipeline pipeline = full_pipeline();
    chg_autojson map = chg_pipeline_to_json(pipeline);
    chg_autofree char *got = chg_json_dump(map);

    cr_expect_str_eq(got, expected);
}

Test(model_pipeline_json, only_what_is_present_is_said)
{
    chg_autopipeline pipeline = NULL;
    chg_autojson map = NULL;
    chg_autofree char *got = NULL;

    assert_ok(chg_pipeline_new(&pipeline));
    map = chg_pipeline_to_json(pipeline);
    got = chg_json_dump(map);

    cr_expect_str_eq(got, "{\"stages\":[]}");
}

Test(model_pipeline_json, several_branches_are_a_list)
{
    struct chg_condition *condition = branch_condition("main");
    chg_autojson map = NULL;
    chg_autofree char *got = NULL;

    assert_ok(chg_strings_add(&condition->values, "v*"));
    map = chg_condition_to_json(condition);
    got = chg_json_dump(map);
    chg_condition_free(condition);

    cr_expect_str_eq(got, "{\"type\":\"branch\",\"value\":[\"main\",\"v*\"]}");
}
