/* SPDX-License-Identifier: MIT */
/* Files: three formats, places of problems, what each type accepts. */
#include "config/config.h"

#include <stdlib.h>

#include "support.h"

#include <criterion/parameterized.h>

static chengis_config *config;
static chengis_diagnostics *diags;
static char *dir;

static void set_up(void)
{
    dir = temp_dir();
}

static void tear_down(void)
{
    config = chengis_config_unref(config);
    diags = chengis_diagnostics_unref(diags);
    temp_dir_remove(dir);
}

TestSuite(config_file, .init = set_up, .fini = tear_down);

static int read_config(const char *name, const char *text)
{
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    write_file(path_in(dir, name), text);
    options.file = path_in(dir, name);
    return chengis_config_new(&config, &diags, &options);
}

static void assert_problem(size_t index, uint32_t line, uint32_t column, const char *text)
{
    cr_assert_eq(chengis_diagnostics_line(diags, index), line);
    cr_assert_eq(chengis_diagnostics_column(diags, index), column);
    cr_assert_str_eq(chengis_diagnostics_text(diags, index), text);
}

struct format_case {
    char name[16];
    char text[128];
};

ParameterizedTestParameters(config_file, is_read_in_every_format)
{
    static struct format_case cases[] = {
        {"c.yaml", "retention:\n  days: 7\nlog: {level: debug}\n"},
        {"c.yml", "retention: {days: 7}\nlog:\n  level: debug\n"},
        {"c.edn", "{:retention {:days 7} :log {:level :debug}}"},
        {"c.json", "{\"retention\": {\"days\": 7}, \"log\": {\"level\": \"debug\"}}"},
        {"plain", "retention:\n  days: 7\nlog:\n  level: debug\n"},
        {"plain-edn", "; words\n{:retention {:days 7} :log {:level :debug}}"},
        {"plain-map", "{:retention {:days 7} :log {:level \"debug\"}}"},
        {"plain-json", "{ \"retention\": {\"days\": 7}, \"log\": {\"level\": \"debug\"}}"},
    };

    return cr_make_param_array(struct format_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct format_case *one, config_file, is_read_in_every_format)
{
    assert_ok(read_config(one->name, one->text));

    cr_assert_eq(chengis_config_int(config, "retention.days"), 7);
    cr_assert_str_eq(chengis_config_text(config, "log.level"), "debug");
}

struct bad_case {
    char text[96];
    uint32_t line;
    uint32_t column;
    char message[160];
};

ParameterizedTestParameters(config_file, names_what_is_wrong_and_where)
{
    static struct bad_case cases[] = {
        {"retention:\n  dais: 1\n", 2, 3,
         "unknown key 'retention.dais', did you mean 'retention.days'?"},
        {"zzzzzzzz: 1\n", 1, 1, "unknown key 'zzzzzzzz'"},
        {"retention: 5\n", 1, 12, "'retention' must be a map of keys, found a number"},
        {"retention:\n  days: soon\n", 2, 9,
         "'retention.days' must be a whole number from 0 to 36500, found a string"},
        {"retention:\n  days: \"30\"\n", 2, 9,
         "'retention.days' must be a whole number from 0 to 36500, found a string"},
        {"retention:\n  days: 1.5\n", 2, 9,
         "'retention.days' must be a whole number from 0 to 36500, found a number"},
        {"retention:\n  days: -1\n", 2, 9,
         "'retention.days' must be a whole number from 0 to 36500, found '-1'"},
        {"builds: {max-parallel: 0}\n", 1, 24,
         "'builds.max-parallel' must be a whole number from 1 to 256, found '0'"},
        {"log: {level: loud}\n", 1, 14,
         "'log.level' must be one of debug, info, warning, error, found 'loud'"},
        {"log: {level: 3}\n", 1, 14,
         "'log.level' must be one of debug, info, warning, error, found a number"},
        {"database: {type: mysql}\n", 1, 18, "'database.type' must be sqlite, found 'mysql'"},
        {"database: {path: [a]}\n", 1, 18, "'database.path' must be a path, found a list"},
        {"database: {path: ''}\n", 1, 18, "'database.path' must be a path, found ''"},
        {"cancel: {grace: 2 days}\n", 1, 17,
         "'cancel.grace' must be a duration such as 90s or 1500 (milliseconds) from 1ms to 1d, "
         "found '2 days'"},
        {"- a\n", 1, 1, "a configuration must be a map of keys, found a list"},
    };

    return cr_make_param_array(struct bad_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad_case *one, config_file, names_what_is_wrong_and_where)
{
    assert_err(read_config("c.yaml", one->text), CHENGIS_ERR_CONFIG, one->message);

    cr_assert_eq(chengis_diagnostics_count(diags), 1);
    assert_problem(0, one->line, one->column, one->message);
    cr_assert_str_eq(chengis_diagnostics_file(diags, 0), path_in(dir, "c.yaml"));
}

Test(config_file, reports_all_problems_at_once)
{
    assert_err(read_config("c.yaml", "a: 1\nretention: {days: x, builds: y}\n"), CHENGIS_ERR_CONFIG,
               "and 2 more");

    cr_assert_eq(chengis_diagnostics_count(diags), 3);
}

Test(config_file, with_bad_syntax_is_a_configuration_error)
{
    assert_err(read_config("c.json", "{\"retention\": "), CHENGIS_ERR_CONFIG, "c.json:1:");
}

Test(config_file, keeps_digits_as_text_where_text_is_expected)
{
    assert_ok(read_config("c.yaml", "database:\n  path: /0123\nworkspace: {root: 007}\n"));

    cr_assert_str_eq(chengis_config_text(config, "database.path"), "/0123");
    cr_assert_str_eq(strrchr(chengis_config_text(config, "workspace.root"), '/'), "/007");
}

Test(config_file, takes_durations_as_numbers_and_as_text)
{
    assert_ok(read_config("c.yaml", "cancel: {grace: 1500}\n"));
    cr_assert_eq(chengis_config_int(config, "cancel.grace"), 1500);
    tear_down();

    set_up();
    assert_ok(read_config("c.yaml", "cancel: {grace: 2m}\n"));
    cr_assert_eq(chengis_config_int(config, "cancel.grace"), 120000);
}

Test(config_file, resolves_relative_paths_from_its_own_folder)
{
    assert_ok(read_config("c.yaml", "database: {path: data/my.db}\nartifacts: {root: /srv/a}\n"));

    cr_assert_str_eq(chengis_config_text(config, "database.path"), path_in(dir, "data/my.db"));
    cr_assert_str_eq(chengis_config_text(config, "artifacts.root"), "/srv/a");
}

Test(config_file, leaves_null_values_at_their_defaults)
{
    assert_ok(read_config("c.yaml", "retention:\n  days:\nlog: ~\n"));

    cr_assert_eq(chengis_config_int(config, "retention.days"), 30);
    cr_assert_str_eq(chengis_config_origin(config, "retention.days"), "default");
}

Test(config_file, may_be_empty)
{
    assert_ok(read_config("c.yaml", ""));
    tear_down();

    set_up();
    assert_ok(read_config("c.edn", "  \n"));
    tear_down();

    set_up();
    assert_ok(read_config("c.yaml", "# nothing yet\n"));
}

Test(config_file, refuses_keys_that_are_no_text)
{
    assert_err(read_config("c.yaml", "1: x\n"), CHENGIS_ERR_CONFIG, "a key must be text");
}

Test(config_file, refuses_values_with_nul_bytes)
{
    assert_err(read_config("c.json", "{\"database\": {\"path\": \"a\\u0000b\"}}"),
               CHENGIS_ERR_CONFIG, "'database.path' must be a path");
}

Test(config_file, that_is_missing_is_not_found_unless_it_is_optional)
{
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    options.file = path_in(dir, "none.yaml");
    assert_err(chengis_config_new(&config, NULL, &options), CHENGIS_ERR_NOT_FOUND, "none.yaml");
    options.file_optional = true;
    assert_ok(chengis_config_new(&config, NULL, &options));
    cr_assert_eq(chengis_config_int(config, "retention.days"), 30);
}

Test(config_file, that_is_a_directory_or_too_large_is_refused)
{
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;
    char *large = malloc((2 << 20) + 1);

    options.file = dir;
    cr_assert_lt(chengis_config_new(&config, NULL, &options), 0);
    cr_assert_not_null(large);
    memset(large, ' ', 2 << 20);
    large[2 << 20] = '\0';
    assert_err(read_config("large.yaml", large), CHENGIS_ERR_LIMIT, "large.yaml");
    free(large);
}
