/* SPDX-License-Identifier: MIT */
/* What a step type may know of its step. */
#include "plugin/step_context.h"

#include "support.h"

#include <unistd.h>

static char name[] = "s", type[] = "own";
static struct chg_step step = {.name = name, .type = type};

Test(plugin_step_context, shows_the_definition_as_json)
{
    chengis_step_context context = {.step = &step, .output_fd = -1};
    const char *json = chengis_step_context_json(&context);

    cr_assert_not_null(json);
    cr_assert(strstr(json, "\"step-name\":\"s\"") != NULL, "%s", json);
    cr_assert(strstr(json, "\"type\":\"own\"") != NULL, "%s", json);
    cr_assert_eq(chengis_step_context_json(&context), json, "made once");
    chg_step_context_fini(&context);
}

Test(plugin_step_context, tells_that_there_is_no_memory_for_the_definition)
{
    chengis_step_context context = {.step = &step, .output_fd = -1};

    fault_alloc(1);
    cr_assert_null(chengis_step_context_json(&context));
    (void)fault_alloc_off();
    cr_assert_not_null(chengis_step_context_json(&context));
    chg_step_context_fini(&context);
}

Test(plugin_step_context, writes_output_in_process_only)
{
    chengis_step_context context = {.step = &step, .output_fd = -1};
    char got[3] = "";
    int fds[2];

    assert_err(chengis_step_context_write(&context, "x", 1), CHENGIS_ERR_STATE, "run() only");
    cr_assert_eq(pipe(fds), 0);
    context.output_fd = fds[1];
    assert_ok(chengis_step_context_write(&context, "hi", 2));
    cr_assert_eq(read(fds[0], got, 2), 2);
    cr_assert_str_eq(got, "hi");
    close(fds[0]);
    close(fds[1]);
}

Test(plugin_step_context, has_an_empty_command_when_there_is_none)
{
    chengis_step_context context = {.step = &step, .output_fd = -1};

    cr_assert_str_eq(chengis_step_context_command(&context), "");
}

Test(plugin_step_context, has_nothing_to_cancel_while_it_describes)
{
    chengis_step_context context = {.step = &step, .output_fd = -1};
    int32_t fd = 7;

    assert_err(chengis_step_context_cancel_fd(&fd, &context), CHENGIS_ERR_STATE, "only run()");
    cr_assert_eq(fd, 7);
}

Test(plugin_step_context, collects_arguments_and_variables)
{
    chengis_step_process process = {0};

    assert_ok(chengis_step_process_add_argument(&process, "/bin/true"));
    assert_ok(chengis_step_process_set_env(&process, "A", "1"));
    assert_ok(chengis_step_process_set_env(&process, "A", "2"));
    assert_err(chengis_step_process_add_argument(&process, NULL), CHENGIS_ERR_INVALID, "argument");

    cr_assert_eq(process.argv.len, 1);
    cr_assert_str_eq(chg_kvlist_get(&process.env, "A"), "2");
    chg_step_process_fini(&process);
}
