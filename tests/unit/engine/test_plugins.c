/* SPDX-License-Identifier: MIT */
/* Step types of the host: processes they describe, work they do in-process, and their failures. */
#include "engine_fixture.h"

#include <chengis/sys/notifier.h>
#include <chengis/sys/step_executor.h>
#include <poll.h>

static int describe_echo(void *self, const chengis_step_context *context,
                         chengis_step_process *process)
{
    (void)self;
    (void)chengis_step_process_add_argument(process, "/bin/echo");
    (void)chengis_step_process_add_argument(process, chengis_step_context_command(context));
    return 0;
}

static int describe_nothing(void *self, const chengis_step_context *context,
                            chengis_step_process *process)
{
    (void)self;
    (void)context;
    (void)process;
    return chengis_error_set(CHENGIS_ERR_PLUGIN, "the tool is not licensed");
}

static int run_hello(void *self, chengis_step_context *context, int32_t *exit_code)
{
    static const char text[] = "in-process\n";

    (void)self;
    *exit_code = strcmp(chengis_step_context_command(context), "ok") == 0 ? 0 : 9;
    return chengis_step_context_write(context, text, sizeof(text) - 1);
}

static int run_until_cancelled(void *self, chengis_step_context *context, int32_t *exit_code)
{
    struct pollfd p = {.events = POLLIN};
    int32_t fd = -1;

    int rc = chengis_step_context_cancel_fd(&fd, context);

    (void)self;
    if (rc < 0)
        return rc;
    p.fd = fd;
    *exit_code = poll(&p, 1, 30000) == 1 ? 0 : 1;
    return 0;
}

static int fail_to_send(void *self, const chengis_notification *notification, char **details)
{
    (void)self;
    (void)notification;
    (void)details;
    return chengis_error_set(CHENGIS_ERR_NETWORK, "the server does not answer");
}

static chengis_registry *registry;

static void add(const char *name,
                int (*describe)(void *, const chengis_step_context *, chengis_step_process *),
                int (*run)(void *, chengis_step_context *, int32_t *))
{
    chengis_step_executor executor = {
        .struct_size = sizeof(executor), .name = name, .describe = describe, .run = run};

    assert_ok(chengis_registry_add_step_executor(registry, &executor));
}

static void open_with_plugins(struct fixture *f)
{
    chengis_notifier notifier = {
        .struct_size = sizeof(notifier), .name = "broken", .send = fail_to_send};

    f->dir = temp_dir();
    assert_ok(chengis_registry_new(&registry, NULL));
    assert_ok(chengis_registry_add_builtins(registry));
    add("echo", describe_echo, NULL);
    add("unlicensed", describe_nothing, NULL);
    add("hello", NULL, run_hello);
    add("patient", NULL, run_until_cancelled);
    assert_ok(chengis_registry_add_notifier(registry, &notifier));
    assert_ok(chengis_store_open(&f->store, path_in(f->dir, "state/chengis.db"), NULL));
    assert_ok(chengis_engine_new(&f->engine, f->store, registry, NULL));
    registry = chengis_registry_unref(registry);
}

#define PLUGIN_FIXTURE(name)                                                                       \
    __attribute__((cleanup(fixture_cleanup))) struct fixture name = {0};                           \
    open_with_plugins(&name)

Test(engine_plugins, starts_the_process_a_plugin_describes)
{
    PLUGIN_FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, type: echo, run: 'a  b'}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(log, "a  b\n");
    free(log);
    json_decref(build);
}

Test(engine_plugins, fails_the_step_when_a_plugin_cannot_describe_it)
{
    PLUGIN_FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, type: unlicensed, run: x}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert(strstr(text_of(build, "message"), "the tool is not licensed") != NULL);
    json_decref(build);
}

Test(engine_plugins, runs_a_step_in_process)
{
    PLUGIN_FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, type: hello, run: ok}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_str_eq(log, "in-process\n");
    free(log);
    json_decref(build);
}

Test(engine_plugins, takes_the_exit_code_of_an_in_process_step)
{
    PLUGIN_FIXTURE(f);
    json_t *build =
        run_yaml(&f, "stages:\n- name: A\n  steps:\n  - {name: s, type: hello, run: bad}\n");

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_eq(json_integer_value(json_object_get(step_of(build, 0, 0), "exit-code")), 9);
    json_decref(build);
}

Test(engine_plugins, tells_an_in_process_step_to_end)
{
    PLUGIN_FIXTURE(f);
    json_t *build = run_yaml(
        &f, "stages:\n- name: A\n  steps:\n  - {name: s, type: patient, run: x, timeout: 100}\n");

    cr_assert_str_eq(text_of(step_of(build, 0, 0), "status"), "timed-out");
    json_decref(build);
}

Test(engine_plugins, does_not_fail_a_build_for_a_notifier)
{
    PLUGIN_FIXTURE(f);
    json_t *build = run_yaml(
        &f, "notify: [{type: broken}]\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n");
    char *log = log_of(&f, text_of(build, "id"), 0);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert(strstr(log, "notification 'broken' failed: the server does not answer") != NULL, "%s",
              log);
    free(log);
    json_decref(build);
}

Test(engine_plugins, writes_the_summary_of_the_console_into_the_log)
{
    PLUGIN_FIXTURE(f);
    json_t *build =
        run_yaml(&f, "name: j\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n");
    char *log = log_of(&f, text_of(build, "id"), 0);

    cr_assert(strstr(log, "Build #1 of j: success (") != NULL, "%s", log);
    free(log);
    json_decref(build);
}
