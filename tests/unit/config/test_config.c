/* SPDX-License-Identifier: MIT */
/* The handle: defaults, precedence, origins, the listing, misuse. */
#include "config/config.h"

#include <stdlib.h>

#include "support.h"

static chengis_config *config;
static char *dir;

static void set_up(void)
{
    dir = temp_dir();
}

static void tear_down(void)
{
    config = chengis_config_unref(config);
    temp_dir_remove(dir);
}

TestSuite(config_config, .init = set_up, .fini = tear_down);

Test(config_config, gives_the_defaults_without_sources)
{
    assert_ok(chengis_config_new(&config, NULL, NULL));

    cr_assert_eq(chengis_config_int(config, "matrix.max-combinations"), 25);
    cr_assert_eq(chengis_config_int(config, "cancel.grace"), 5000);
    cr_assert_eq(chengis_config_int(config, "retention.builds"), 100);
    cr_assert_eq(chengis_config_int(config, "retention.days"), 30);
    cr_assert_str_eq(chengis_config_text(config, "database.type"), "sqlite");
    cr_assert_str_eq(chengis_config_text(config, "database.path"), "chengis.db");
    cr_assert_str_eq(chengis_config_origin(config, "database.path"), "default");
}

Test(config_config, lays_default_paths_into_the_state_folder)
{
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    options.state_dir = "/var/lib/chengis";
    assert_ok(chengis_config_new(&config, NULL, &options));

    cr_assert_str_eq(chengis_config_text(config, "database.path"), "/var/lib/chengis/chengis.db");
    cr_assert_str_eq(chengis_config_text(config, "workspace.root"), "/var/lib/chengis/workspaces");
}

/* The paths of the database and the workspaces for this HOME, from a file and the environment. */
static void load_home_paths(const char *home)
{
    const char *const environ_list[] = {home, "CHENGIS_WORKSPACE_ROOT=~/work", NULL};
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    write_file(path_in(dir, "c.yaml"), "database:\n  path: ~/ci/a.db\nartifacts:\n  root: ~x\n");
    options.file = path_in(dir, "c.yaml");
    options.environ = environ_list;
    assert_ok(chengis_config_new(&config, NULL, &options));
}

Test(config_config, a_tilde_at_the_beginning_of_a_path_is_home)
{
    load_home_paths("HOME=/home/ann");

    cr_assert_str_eq(chengis_config_text(config, "database.path"), "/home/ann/ci/a.db");
    cr_assert_str_eq(chengis_config_text(config, "workspace.root"), "/home/ann/work");
    cr_assert_str_eq(strrchr(chengis_config_text(config, "artifacts.root"), '/'), "/~x");
}

Test(config_config, a_tilde_stays_where_no_home_is_given)
{
    load_home_paths("HOME=");

    cr_assert_str_eq(chengis_config_text(config, "workspace.root"), "~/work");
    cr_assert_not_null(strstr(chengis_config_text(config, "database.path"), "/~/ci/a.db"));
}

Test(config_config, override_beats_environment_beats_file_beats_default)
{
    static const char *const environ_list[] = {"CHENGIS_RETENTION_DAYS=20",
                                               "CHENGIS_RETENTION_BUILDS=21", NULL};
    const chengis_config_override overrides[] = {{"retention.builds", "31", "--keep"}};
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    write_file(path_in(dir, "c.yaml"),
               "retention:\n  days: 10\n  builds: 11\nmatrix:\n  max-combinations: 12\n");
    options.file = path_in(dir, "c.yaml");
    options.environ = environ_list;
    options.overrides = overrides;
    options.override_count = 1;
    assert_ok(chengis_config_new(&config, NULL, &options));

    cr_assert_eq(chengis_config_int(config, "builds.max-parallel"), 4);
    cr_assert_eq(chengis_config_int(config, "matrix.max-combinations"), 12);
    cr_assert_eq(chengis_config_int(config, "retention.days"), 20);
    cr_assert_eq(chengis_config_int(config, "retention.builds"), 31);
    cr_assert_str_eq(chengis_config_origin(config, "retention.builds"), "--keep");
    cr_assert_str_eq(chengis_config_origin(config, "retention.days"),
                     "environment CHENGIS_RETENTION_DAYS");
    cr_assert_str_eq(strrchr(chengis_config_origin(config, "matrix.max-combinations"), '/'),
                     "/c.yaml:5");
}

Test(config_config, reports_the_problems_of_all_sources_at_once)
{
    static const char *const environ_list[] = {"CHENGIS_LOG_LEVEL=loud", NULL};
    const chengis_config_override overrides[] = {{"retention.days", "soon", "--days"}};
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;
    chengis_diagnostics *diags = NULL;

    write_file(path_in(dir, "c.yaml"), "retension: {}\n");
    options.file = path_in(dir, "c.yaml");
    options.environ = environ_list;
    options.overrides = overrides;
    options.override_count = 1;
    assert_err(chengis_config_new(&config, &diags, &options), CHENGIS_ERR_CONFIG, "retension");

    cr_assert_null(config);
    cr_assert_eq(chengis_diagnostics_count(diags), 3);
    cr_assert_str_eq(chengis_diagnostics_file(diags, 1), "environment CHENGIS_LOG_LEVEL");
    cr_assert_str_eq(chengis_diagnostics_file(diags, 2), "--days");
    chengis_diagnostics_unref(diags);
}

Test(config_config, gives_an_empty_list_of_diagnostics_on_success)
{
    chengis_diagnostics *diags = NULL;

    assert_ok(chengis_config_new(&config, &diags, NULL));

    cr_assert_not_null(diags);
    cr_assert_eq(chengis_diagnostics_count(diags), 0);
    chengis_diagnostics_unref(diags);
}

Test(config_config, answers_for_unknown_keys_and_wrong_types)
{
    assert_ok(chengis_config_new(&config, NULL, NULL));

    cr_assert_null(chengis_config_text(config, "no.such"));
    cr_assert_eq(chengis_config_int(config, "no.such"), 0);
    cr_assert_eq(chengis_config_int(config, "database.type"), 0);
    cr_assert_str_eq(chengis_config_origin(config, "no.such"), "");
    cr_assert_null(chengis_config_text(config, NULL));
    cr_assert_null(chengis_config_text(NULL, "database.type"));
}

Test(config_config, lists_every_key_with_its_origin)
{
    char *json = NULL;

    assert_ok(chengis_config_new(&config, NULL, NULL));
    assert_ok(chengis_config_json(&json, config));

    for (size_t i = 0; i < chg_config_key_count; i++)
        cr_assert_not_null(strstr(json, chg_config_keys[i].name));
    cr_assert_not_null(strstr(
        json,
        "{\"key\":\"cancel.grace\",\"type\":\"duration\",\"value\":5000,\"origin\":\"default\","
        "\"default\":\"5s\",\"environment\":\"CHENGIS_CANCEL_GRACE\","));
    chengis_free(json);
}

Test(config_config, lives_until_the_last_reference_goes)
{
    assert_ok(chengis_config_new(&config, NULL, NULL));
    cr_assert_eq(chengis_config_ref(config), config);

    cr_assert_null(chengis_config_unref(config));
    cr_assert_str_eq(chengis_config_text(config, "database.type"), "sqlite");
    cr_assert_null(chengis_config_unref(NULL));
}

Test(config_config, refuses_bad_arguments)
{
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;
    const chengis_config_override no_value[] = {{"retention.days", NULL, NULL}};
    char *json = NULL;

    assert_err(chengis_config_new(NULL, NULL, NULL), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_config_json(&json, NULL), CHENGIS_ERR_INVALID, "config");
    options.struct_size = 3;
    assert_err(chengis_config_new(&config, NULL, &options), CHENGIS_ERR_INVALID, "struct_size");
    options.struct_size = sizeof(options);
    options.overrides = no_value;
    options.override_count = 1;
    assert_err(chengis_config_new(&config, NULL, &options), CHENGIS_ERR_INVALID, "value");
}

Test(config_config, survives_every_failing_allocation)
{
    static const char *const environ_list[] = {"CHENGIS_RETENTION_DAYS=20", NULL};
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;
    int rc = CHENGIS_ERR_NO_MEMORY;

    write_file(path_in(dir, "c.yaml"), "retention:\n  builds: 11\n");
    options.file = path_in(dir, "c.yaml");
    options.environ = environ_list;
    for (unsigned n = 1; rc < 0; n++) {
        fault_alloc(n);
        rc = chengis_config_new(&config, NULL, &options);
        (void)fault_alloc_off();
        cr_assert(rc == 0 || config == NULL, "allocation %u", n);
    }
    cr_assert_eq(chengis_config_int(config, "retention.builds"), 11);
}
