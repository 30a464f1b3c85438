/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

/* The only step of a pipeline whose step has these keys besides name and run. */
static chg_pipeline *with_step(const char *keys)
{
    chg_autofree char *text =
        chg_asprintf("stages: [{name: A, steps: [{name: s, run: x, %s}]}]", keys);

    return read_good(text, "yaml");
}

Test(dsl_read_container, a_text_is_the_image_of_a_docker_step)
{
    chg_autopipeline by_container = with_step("container: 'alpine:3'");
    chg_autopipeline by_image = with_step("image: 'alpine:3'");
    chg_autopipeline by_map = with_step("container: {image: 'alpine:3'}");

    cr_expect_str_eq(by_image->stages[0].steps[0].type, "docker");
    cr_expect(chg_pipeline_equal(by_container, by_image));
    cr_expect(chg_pipeline_equal(by_map, by_image));
}

Test(dsl_read_container, keys_of_the_step_and_its_container_join)
{
    chg_autopipeline pipeline = with_step("container: {image: i, network: n}, workdir: /w, "
                                          "pull-policy: never, docker-args: [--memory, 512m]");
    const struct chg_container *container = &pipeline->stages[0].steps[0].container;

    cr_expect_str_eq(container->image, "i");
    cr_expect_str_eq(container->network, "n");
    cr_expect_str_eq(container->workdir, "/w");
    cr_expect_str_eq(container->pull_policy, "never");
    cr_expect_str_eq(container->docker_args.items[1], "512m");
}

Test(dsl_read_container, the_same_key_in_both_places_is_an_error)
{
    expect_refused("stages: [{name: A, steps: [{name: s, run: x, workdir: /a, "
                   "container: {image: i, workdir: /b}}]}]",
                   "yaml", "'workdir' stands in the step and in its 'container'");
}

Test(dsl_read_container, an_explicit_type_is_kept)
{
    chg_autopipeline plugin = with_step("type: terraform, image: i, service: x");
    chg_autopipeline compose = with_step("service: web");

    cr_expect_str_eq(plugin->stages[0].steps[0].type, "terraform");
    cr_expect_str_eq(compose->stages[0].steps[0].type, "docker-compose");
}

Test(dsl_read_container, a_typo_in_a_container_is_pointed_out)
{
    expect_refused("stages: [{name: A, container: {imgae: x}, steps: [{name: s, run: x}]}]", "yaml",
                   "Stage 1 (A): container missing 'image'");
    expect_refused("stages: [{name: A, container: {imgae: x}, steps: [{name: s, run: x}]}]", "yaml",
                   "Stage 1 (A): container: unknown key 'imgae'; did you mean 'image'?");
    expect_refused("container: {image: []}\n" ONE_STAGE, "yaml",
                   "Top-level container: 'image' must be a string, not a list");
    expect_refused("container: {image: ' '}\n" ONE_STAGE, "yaml",
                   "Top-level container missing 'image'");
}

Test(dsl_read_container, container_keys_on_the_host_are_a_warning)
{
    chg_autofree char *messages = NULL;
    chg_autopipeline pipeline =
        read_text(&messages, "stages: [{name: A, steps: [{name: s, run: x, network: n}]}]", "yaml");

    cr_expect_not_null(pipeline);
    cr_expect_str_eq(messages, "F:1:28: warning: Stage 1 (A), Step 1 (s): container keys have no "
                               "effect on a step without an image\n");
}

Test(dsl_read_container, approvals_keep_what_is_given)
{
    chg_autopipeline pipeline =
        read_good("stages:\n"
                  "  - {name: A, approval: {}, steps: [{name: s, run: x}]}\n"
                  "  - name: B\n"
                  "    approval: {role: viewer, timeout-minutes: 0, approver-group: ann}\n"
                  "    steps: [{name: s, run: x}]\n",
                  "yaml");

    cr_expect_null(pipeline->stages[0].approval->role);
    cr_expect_eq(pipeline->stages[0].approval->timeout_minutes, -1);
    cr_expect_eq(pipeline->stages[0].approval->min_approvals, 0);
    cr_expect_str_eq(pipeline->stages[1].approval->role, "viewer");
    cr_expect_eq(pipeline->stages[1].approval->timeout_minutes, 0);
    cr_expect_str_eq(pipeline->stages[1].approval->approver_group.items[0], "ann");
}
