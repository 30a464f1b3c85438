/* SPDX-License-Identifier: MIT */
/* The configuration handle: put together from its sources, then only read. */
#include "config/config_priv.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/options.h"
#include "base/secret.h"
#include "base/str.h"

#include "base/banned.h"

#define CONFIG_MAGIC CHG_MAGIC('C', 'O', 'N', 'F')

CHG_DEFINE_AUTOPTR(chengis_config, chengis_config_unref);
CHG_DEFINE_AUTOPTR(chengis_diagnostics, chengis_diagnostics_unref);

static int config_new(chengis_config **out, const struct chg_config_key *keys, size_t count)
{
    chengis_config *config = chg_new(chengis_config);

    if (config == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    config->magic = CONFIG_MAGIC;
    chg_ref_init(&config->ref);
    config->keys = keys;
    config->values = chg_calloc(count, sizeof(*config->values));
    if (config->values == NULL) {
        chg_free(config);
        return CHENGIS_ERR_NO_MEMORY;
    }
    config->count = count;
    *out = config;
    return 0;
}

static int put_defaults(struct chg_config_loader *loader)
{
    struct chg_config_where where = {
        .file = "default", .origin = "default", .base = loader->state_dir};

    for (size_t i = 0; i < loader->config->count; i++) {
        const char *fallback = loader->config->keys[i].fallback;
        int rc = fallback != NULL ? chg_config_put(loader, i, fallback, &where) : 0;

        if (rc < 0)
            return rc;
    }
    return 0;
}

int chg_config_load(chengis_config **out, struct chg_diagnostics *diags,
                    const struct chg_config_key *keys, size_t count,
                    const chengis_config_options *opts)
{
    chg_autoptr(chengis_config) config = NULL;
    struct chg_config_loader loader = {.diags = diags, .state_dir = opts->state_dir};
    int rc = config_new(&config, keys, count);

    if (rc < 0)
        return rc;
    loader.config = config;
    if (opts->environ != NULL)
        loader.home = chg_config_lookup(opts->environ, "HOME", "");
    rc = put_defaults(&loader);
    if (rc == 0 && opts->file != NULL)
        rc = chg_config_from_file(&loader, opts->file, opts->file_optional);
    if (rc == 0)
        rc = chg_config_from_environ(&loader, opts->environ);
    if (rc == 0)
        rc = chg_config_from_overrides(&loader, opts->overrides, opts->override_count);
    if (rc == 0)
        rc = chg_diagnostics_to_error(diags, CHENGIS_ERR_CONFIG);
    if (rc < 0)
        return rc;
    *out = chg_steal(&config);
    return 0;
}

int chengis_config_new(chengis_config **out, chengis_diagnostics **diags,
                       const chengis_config_options *opts)
{
    chg_autoptr(chengis_diagnostics) list = NULL;
    chengis_config_options options;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    rc = chg_options_import(&options, sizeof(options), sizeof(options), opts,
                            "chengis_config_options");
    if (rc < 0)
        return rc;
    rc = chg_diagnostics_new(&list);
    if (rc < 0)
        return rc;
    rc = chg_config_load(out, list, chg_config_keys, chg_config_key_count, &options);
    if (diags != NULL)
        *diags = chg_steal(&list);
    return rc;
}

chengis_config *chengis_config_ref(chengis_config *config)
{
    if (CHG_IS(config, CONFIG_MAGIC))
        chg_ref_get(&config->ref);
    return config;
}

chengis_config *chengis_config_unref(chengis_config *config)
{
    if (!CHG_IS(config, CONFIG_MAGIC) || !chg_ref_put(&config->ref))
        return NULL;
    for (size_t i = 0; i < config->count; i++) {
        chg_secret_free(config->values[i].text);
        chg_free(config->values[i].origin);
    }
    chg_free(config->values);
    config->magic = 0;
    chg_free(config);
    return NULL;
}

/* The index of a key, or CHG_CONFIG_NO_KEY also for what is no configuration. */
static size_t index_of(const chengis_config *config, const char *key)
{
    return CHG_IS(config, CONFIG_MAGIC) ? chg_config_find(config, key) : CHG_CONFIG_NO_KEY;
}

const char *chengis_config_text(const chengis_config *config, const char *key)
{
    size_t i = index_of(config, key);

    return i != CHG_CONFIG_NO_KEY ? config->values[i].text : NULL;
}

int64_t chengis_config_int(const chengis_config *config, const char *key)
{
    size_t i = index_of(config, key);

    return i != CHG_CONFIG_NO_KEY ? config->values[i].number : 0;
}

const char *chengis_config_origin(const chengis_config *config, const char *key)
{
    size_t i = index_of(config, key);

    if (i == CHG_CONFIG_NO_KEY)
        return "";
    return config->values[i].origin != NULL ? config->values[i].origin : "default";
}

static json_t *value_json(const struct chg_config_key *key, const struct chg_config_value *value)
{
    if (value->text == NULL)
        return json_null();
    if (key->secret)
        return json_string("***");
    if (key->type == CHG_CONFIG_INT || key->type == CHG_CONFIG_DURATION)
        return json_integer(value->number);
    return json_string(value->text);
}

static json_t *key_json(const chengis_config *config, size_t i)
{
    static const char *const type_names[] = {[CHG_CONFIG_TEXT] = "text",
                                             [CHG_CONFIG_PATH] = "path",
                                             [CHG_CONFIG_INT] = "number",
                                             [CHG_CONFIG_DURATION] = "duration",
                                             [CHG_CONFIG_WORD] = "word"};
    const struct chg_config_key *key = &config->keys[i];
    chg_autojson object = json_object();

    if (chg_json_set_str(object, "key", key->name) < 0 ||
        chg_json_set_str(object, "type", type_names[key->type]) < 0 ||
        chg_json_set_take(object, "value", value_json(key, &config->values[i])) < 0 ||
        chg_json_set_str(object, "origin", chengis_config_origin(config, key->name)) < 0 ||
        chg_json_set_str(object, "default", key->fallback) < 0 ||
        chg_json_set_str(object, "environment", key->env) < 0 ||
        chg_json_set_str(object, "about", key->about) < 0)
        return NULL;
    return json_incref(object);
}

int chengis_config_json(char **out, const chengis_config *config)
{
    chg_autojson list = NULL;
    char *text;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && CHG_IS(config, CONFIG_MAGIC));
    list = json_array();
    for (size_t i = 0; i < config->count; i++) {
        if (json_array_append_new(list, key_json(config, i)) < 0)
            return chg_error_no_memory();
    }
    text = chg_json_dump(list);
    if (text == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *out = text;
    return 0;
}
