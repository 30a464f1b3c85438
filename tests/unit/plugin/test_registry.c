/* SPDX-License-Identifier: MIT */
/* The table of plugins: order, copies, versions of the structs, and what it refuses. */
#include "plugin/registry.h"

#include "support.h"

#include <stdlib.h>

static chengis_registry *registry;
static int destroyed;

static void open_registry(void)
{
    destroyed = 0;
    assert_ok(chengis_registry_new(&registry, NULL));
}

static void close_registry(void)
{
    registry = chengis_registry_unref(registry);
}

TestSuite(plugin_registry, .init = open_registry, .fini = close_registry);

static int parse(void *self, chengis_pipeline **out, chengis_diagnostics **diags, const char *file,
                 const char *text, size_t len)
{
    (void)self, (void)out, (void)diags, (void)file, (void)text, (void)len;
    return 0;
}

static int send_nothing(void *self, const chengis_notification *notification, char **details)
{
    (void)self, (void)notification, (void)details;
    return 0;
}

static int run_nothing(void *self, chengis_step_context *context, int32_t *exit_code)
{
    (void)self, (void)context, (void)exit_code;
    return 0;
}

static void count_destroyed(void *self)
{
    (void)self;
    destroyed++;
}

static int add_format(const char *name, int32_t priority)
{
    return chengis_registry_add_pipeline_format(
        registry,
        &(chengis_pipeline_format_plugin){.struct_size = sizeof(chengis_pipeline_format_plugin),
                                          .name = name,
                                          .priority = priority,
                                          .parse = parse,
                                          .destroy = count_destroyed});
}

static int add_notifier(const char *name)
{
    return chengis_registry_add_notifier(
        registry, &(chengis_notifier){.struct_size = sizeof(chengis_notifier),
                                      .name = name,
                                      .send = send_nothing,
                                      .destroy = count_destroyed});
}

Test(plugin_registry, gives_formats_by_priority_whatever_was_added_between)
{
    static const char *const expected[] = {"a", "b", "c", "d"};

    assert_ok(add_format("c", 200));
    assert_ok(add_notifier("n"));
    assert_ok(add_format("a", 50));
    assert_ok(add_notifier("m"));
    assert_ok(add_format("d", 200));
    assert_ok(add_format("b", 100));

    for (size_t i = 0; i < 4; i++)
        cr_assert_str_eq(chg_registry_format_at(registry, i)->name, expected[i]);
    cr_assert_null(chg_registry_format_at(registry, 4));
}

Test(plugin_registry, keeps_copies_of_all_texts)
{
    char name[] = "name", file[] = "file", source[] = "source";
    const char *files[] = {file, NULL};
    chengis_pipeline_format_plugin format = {.struct_size = sizeof(format),
                                             .name = name,
                                             .files = files,
                                             .source = source,
                                             .parse = parse};
    const chengis_pipeline_format_plugin *copy;

    assert_ok(chengis_registry_add_pipeline_format(registry, &format));
    name[0] = file[0] = source[0] = 'X';
    files[0] = NULL;
    copy = chg_registry_format_at(registry, 0);

    cr_assert_str_eq(copy->name, "name");
    cr_assert_str_eq(copy->files[0], "file");
    cr_assert_null(copy->files[1]);
    cr_assert_str_eq(copy->source, "source");
}

Test(plugin_registry, records_a_format_without_a_source_by_its_name)
{
    assert_ok(add_format("own", 1));

    cr_assert_str_eq(chg_registry_format_at(registry, 0)->source, "own");
    cr_assert_null(chg_registry_format_at(registry, 0)->files[0]);
}

Test(plugin_registry, takes_a_struct_of_a_newer_host_that_uses_nothing_new)
{
    struct {
        chengis_notifier known;
        void *later;
    } newer = {.known = {.struct_size = sizeof(newer), .name = "n", .send = send_nothing}};

    assert_ok(chengis_registry_add_notifier(registry, &newer.known));
    cr_assert(chg_registry_notifier(registry, "n")->send == send_nothing);
}

Test(plugin_registry, refuses_a_struct_that_uses_what_it_does_not_know)
{
    struct {
        chengis_notifier known;
        void *later;
    } newer = {.known = {.struct_size = sizeof(newer), .name = "n", .send = send_nothing},
               .later = &newer};

    assert_err(chengis_registry_add_notifier(registry, &newer.known), CHENGIS_ERR_INVALID,
               "chengis_notifier");
    cr_assert_null(chg_registry_notifier(registry, "n"));
}

Test(plugin_registry, refuses_a_struct_without_a_size)
{
    chengis_notifier notifier = {.name = "n", .send = send_nothing};

    assert_err(chengis_registry_add_notifier(registry, &notifier), CHENGIS_ERR_INVALID,
               "struct_size is 0");
}

Test(plugin_registry, refuses_plugins_without_a_name_or_a_function)
{
    chengis_notifier notifier = {.struct_size = sizeof(notifier), .name = "n"};
    chengis_step_executor executor = {.struct_size = sizeof(executor), .name = "s"};

    assert_err(add_notifier(" "), CHENGIS_ERR_INVALID, "has no name");
    assert_err(add_notifier(NULL), CHENGIS_ERR_INVALID, "has no name");
    assert_err(chengis_registry_add_notifier(registry, &notifier), CHENGIS_ERR_INVALID, "send");
    assert_err(chengis_registry_add_step_executor(registry, &executor), CHENGIS_ERR_INVALID,
               "describe");
    executor.run = run_nothing;
    assert_ok(chengis_registry_add_step_executor(registry, &executor));
}

Test(plugin_registry, refuses_a_name_that_is_taken)
{
    assert_ok(add_notifier("n"));
    assert_err(add_notifier("n"), CHENGIS_ERR_EXISTS, "'n' of kind notifiers");
    assert_ok(add_format("n", 1));
}

Test(plugin_registry, takes_nothing_once_it_is_in_use)
{
    chg_registry_freeze(registry);

    assert_err(add_notifier("n"), CHENGIS_ERR_STATE, "in use by an engine");
}

Test(plugin_registry, destroys_each_plugin_once_and_none_that_it_refused)
{
    assert_ok(add_notifier("n"));
    assert_ok(add_format("f", 1));
    cr_assert_lt(add_format("f", 1), 0);
    close_registry();

    cr_assert_eq(destroyed, 2);
}

Test(plugin_registry, owns_nothing_when_memory_is_short)
{
    for (int n = 1; n < 20; n++) {
        int rc;

        fault_alloc(n);
        rc = add_format("f", 1);
        (void)fault_alloc_off();
        if (rc == 0)
            break;
        cr_assert_eq(rc, CHENGIS_ERR_NO_MEMORY);
        cr_assert_null(chg_registry_format_at(registry, 0));
    }
    cr_assert_not_null(chg_registry_format_at(registry, 0));
    cr_assert_eq(destroyed, 0);
}

Test(plugin_registry, lists_names_by_kind)
{
    char *text = NULL;

    assert_ok(add_notifier("b"));
    assert_ok(add_notifier("a"));
    assert_ok(chengis_registry_json(&text, registry));

    cr_assert(strstr(text, "\"notifiers\":[\"b\",\"a\"]") != NULL, "%s", text);
    chengis_free(text);
}

Test(plugin_registry, knows_the_nearest_step_type)
{
    assert_ok(chengis_registry_add_step_executor(
        registry, &(chengis_step_executor){.struct_size = sizeof(chengis_step_executor),
                                           .name = "docker",
                                           .run = run_nothing}));

    cr_assert_str_eq(chg_registry_nearest_step_type(registry, "dokcer"), "docker");
    cr_assert_null(chg_registry_nearest_step_type(registry, "entirely-different"));
}

static void count_message(void *userdata, chengis_log_level level, const char *module,
                          const char *message)
{
    (void)level;
    (void)message;
    *(int *)userdata += strcmp(module, "plugin") == 0;
}

Test(plugin_registry, tells_its_sink_of_each_plugin)
{
    chengis_registry_options options = CHENGIS_REGISTRY_OPTIONS_INIT;
    chengis_registry *told = NULL;
    int count = 0;
    chengis_notifier notifier = {
        .struct_size = sizeof(notifier), .name = "n", .send = send_nothing};

    options.log.fn = count_message;
    options.log.userdata = &count;
    assert_ok(chengis_registry_new(&told, &options));
    assert_ok(chengis_registry_add_notifier(told, &notifier));

    cr_assert_eq(count, 1);
    (void)chengis_registry_unref(told);
}
