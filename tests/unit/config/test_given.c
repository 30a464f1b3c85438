/* SPDX-License-Identifier: MIT */
/* Environment and overrides; secrets, for which a table of the test's own stands in. */
#include "config/config.h"

#include <stdio.h>

#include "support.h"

static const struct chg_config_key keys[] = {
    {.name = "mail.password",
     .env = "CHENGIS_MAIL_PASSWORD",
     .type = CHG_CONFIG_TEXT,
     .secret = true},
    {.name = "mail.port",
     .env = "CHENGIS_MAIL_PORT",
     .type = CHG_CONFIG_INT,
     .min = 1,
     .max = 65535,
     .secret = true},
    {.name = "mail.user", .env = "CHENGIS_MAIL_USER", .type = CHG_CONFIG_TEXT},
};

static chengis_config *config;
static chengis_diagnostics *diags;
static char *dir;

static void set_up(void)
{
    dir = temp_dir();
    assert_ok(chg_diagnostics_new(&diags));
}

static void tear_down(void)
{
    config = chengis_config_unref(config);
    diags = chengis_diagnostics_unref(diags);
    temp_dir_remove(dir);
}

TestSuite(config_given, .init = set_up, .fini = tear_down);

static int load(const char *const *environ_list)
{
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    options.environ = environ_list;
    return chg_config_load(&config, diags, keys, sizeof(keys) / sizeof(keys[0]), &options);
}

#define LOAD(...) load((const char *const[]){__VA_ARGS__, NULL})

static int load_override(const char *key, const char *value, const char *origin)
{
    const chengis_config_override overrides[] = {{key, value, origin}};
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    options.overrides = overrides;
    options.override_count = 1;
    return chg_config_load(&config, diags, keys, sizeof(keys) / sizeof(keys[0]), &options);
}

Test(config_given, variables_set_their_keys)
{
    assert_ok(LOAD("PATH=/bin", "CHENGIS_MAIL_USER=ann=b", "CHENGIS_MAIL_USERS=no"));

    cr_assert_str_eq(chengis_config_text(config, "mail.user"), "ann=b");
    cr_assert_str_eq(chengis_config_origin(config, "mail.user"), "environment CHENGIS_MAIL_USER");
}

Test(config_given, digits_stay_text_for_text_keys)
{
    assert_ok(LOAD("CHENGIS_MAIL_PASSWORD=00123", "CHENGIS_MAIL_USER=true"));

    cr_assert_str_eq(chengis_config_text(config, "mail.password"), "00123");
    cr_assert_str_eq(chengis_config_text(config, "mail.user"), "true");
}

Test(config_given, an_empty_variable_is_set)
{
    assert_ok(LOAD("CHENGIS_MAIL_USER="));

    cr_assert_str_eq(chengis_config_text(config, "mail.user"), "");
}

Test(config_given, keys_without_value_or_default_have_none)
{
    char *json = NULL;

    assert_ok(LOAD("HOME=/"));
    assert_ok(chengis_config_json(&json, config));

    cr_assert_null(chengis_config_text(config, "mail.user"));
    cr_assert_str_eq(chengis_config_origin(config, "mail.user"), "default");
    cr_assert_not_null(strstr(json, "{\"key\":\"mail.user\",\"type\":\"text\",\"value\":null"));
    chengis_free(json);
}

Test(config_given, the_first_of_two_variables_counts)
{
    assert_ok(LOAD("CHENGIS_MAIL_USER=first", "CHENGIS_MAIL_USER=second"));

    cr_assert_str_eq(chengis_config_text(config, "mail.user"), "first");
}

Test(config_given, secrets_are_never_shown)
{
    char *json = NULL;

    assert_ok(LOAD("CHENGIS_MAIL_PASSWORD=planted-secret"));
    assert_ok(chengis_config_json(&json, config));
    cr_assert_null(strstr(json, "planted-secret"));
    cr_assert_not_null(strstr(json, "\"***\""));
    chengis_free(json);
}

Test(config_given, a_bad_secret_is_not_named_in_the_message)
{
    assert_err(LOAD("CHENGIS_MAIL_PORT=planted-secret"), CHENGIS_ERR_CONFIG,
               "'mail.port' must be a whole number from 1 to 65535");

    cr_assert_null(strstr(chengis_error_last()->message, "planted-secret"));
}

Test(config_given, secrets_are_read_from_files)
{
    char variable[512];

    write_file(path_in(dir, "password"), "from a file\r\n");
    snprintf(variable, sizeof(variable), "CHENGIS_MAIL_PASSWORD_FILE=%s", path_in(dir, "password"));
    assert_ok(LOAD(variable));

    cr_assert_str_eq(chengis_config_text(config, "mail.password"), "from a file");
    cr_assert_str_eq(chengis_config_origin(config, "mail.password"),
                     "environment CHENGIS_MAIL_PASSWORD_FILE");
}

Test(config_given, a_missing_secret_file_is_an_error_that_names_the_variable)
{
    assert_err(LOAD("CHENGIS_MAIL_PASSWORD_FILE=/nonexistent/secret"), CHENGIS_ERR_CONFIG,
               "CHENGIS_MAIL_PASSWORD_FILE: ");
}

Test(config_given, a_secret_is_given_in_one_way_only)
{
    assert_err(LOAD("CHENGIS_MAIL_PASSWORD=a", "CHENGIS_MAIL_PASSWORD_FILE=/b"), CHENGIS_ERR_CONFIG,
               "CHENGIS_MAIL_PASSWORD and CHENGIS_MAIL_PASSWORD_FILE are both set");
}

Test(config_given, only_secrets_are_read_from_files)
{
    assert_ok(LOAD("CHENGIS_MAIL_USER_FILE=/nonexistent"));

    cr_assert_null(chengis_config_text(config, "mail.user"));
}

Test(config_given, an_override_has_its_origin)
{
    assert_ok(load_override("mail.user", "eve", NULL));

    cr_assert_str_eq(chengis_config_text(config, "mail.user"), "eve");
    cr_assert_str_eq(chengis_config_origin(config, "mail.user"), "override");
}

Test(config_given, an_unknown_override_is_an_error_with_the_nearest_key)
{
    assert_err(load_override("mail.usr", "x", "--set"), CHENGIS_ERR_CONFIG,
               "--set: unknown key 'mail.usr', did you mean 'mail.user'?");
}

Test(config_given, words_may_be_written_as_keywords)
{
    static const char *const environ_list[] = {"CHENGIS_LOG_LEVEL=:debug", NULL};
    chengis_config_options options = CHENGIS_CONFIG_OPTIONS_INIT;

    options.environ = environ_list;
    assert_ok(chengis_config_new(&config, NULL, &options));
    cr_assert_str_eq(chengis_config_text(config, "log.level"), "debug");
}
