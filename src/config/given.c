/* SPDX-License-Identifier: MIT */
/* Configuration that the caller gives: its environment and its overrides. */
#include "config/config_priv.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/secret.h"
#include "base/str.h"

#include "base/banned.h"

#define MAX_SECRET_BYTES ((size_t)64 << 10)

/* The first entry counts, as for getenv(). */
const char *chg_config_lookup(const char *const *list, const char *name, const char *suffix)
{
    size_t name_len = strlen(name);
    size_t suffix_len = strlen(suffix);

    for (size_t i = 0; list[i] != NULL; i++) {
        if (strncmp(list[i], name, name_len) == 0 &&
            strncmp(list[i] + name_len, suffix, suffix_len) == 0 &&
            list[i][name_len + suffix_len] == '=')
            return list[i] + name_len + suffix_len + 1;
    }
    return NULL;
}

static int put_variable(struct chg_config_loader *loader, size_t index, const char *suffix,
                        const char *value)
{
    const char *name = loader->config->keys[index].env;
    chg_autofree char *origin = chg_asprintf("environment %s%s", name, suffix);
    struct chg_config_where where = {.file = origin, .origin = origin};

    if (origin == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    return chg_config_put(loader, index, value, &where);
}

/* A secret kept in a file, as service managers hand it over; one line end at its end is not part of
 * it. */
static int put_secret_file(struct chg_config_loader *loader, size_t index, const char *path)
{
    const char *name = loader->config->keys[index].env;
    chg_auto(str) text = CHG_STR_INIT;
    int rc = chg_fs_read(&text, path, MAX_SECRET_BYTES);

    if (rc < 0) {
        chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, "environment", NULL,
                            "%s_FILE: %s", name, chg_error_message());
        return rc == CHENGIS_ERR_NO_MEMORY ? rc : 0;
    }
    if (text.len > 0 && text.ptr[text.len - 1] == '\n')
        chg_str_truncate(&text, text.len - 1);
    if (text.len > 0 && text.ptr[text.len - 1] == '\r')
        chg_str_truncate(&text, text.len - 1);
    rc = put_variable(loader, index, "_FILE", text.ptr);
    chg_wipe(text.ptr, text.len);
    return rc;
}

int chg_config_from_environ(struct chg_config_loader *loader, const char *const *environ_list)
{
    const chengis_config *config = loader->config;
    int rc = 0;

    for (size_t i = 0; environ_list != NULL && i < config->count && rc == 0; i++) {
        const struct chg_config_key *key = &config->keys[i];
        const char *value = chg_config_lookup(environ_list, key->env, "");
        const char *path = key->secret ? chg_config_lookup(environ_list, key->env, "_FILE") : NULL;

        if (value != NULL && path != NULL)
            chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, "environment", NULL,
                                "%s and %s_FILE are both set", key->env, key->env);
        else if (value != NULL)
            rc = put_variable(loader, i, "", value);
        else if (path != NULL)
            rc = put_secret_file(loader, i, path);
    }
    return rc;
}

int chg_config_from_overrides(struct chg_config_loader *loader,
                              const chengis_config_override *overrides, size_t count)
{
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i++) {
        const char *origin = overrides[i].origin != NULL ? overrides[i].origin : "override";
        struct chg_config_where where = {.file = origin, .origin = origin};
        size_t index;

        CHG_REQUIRE(overrides[i].key != NULL && overrides[i].value != NULL);
        index = chg_config_find(loader->config, overrides[i].key);
        if (index == CHG_CONFIG_NO_KEY)
            chg_config_unknown(loader, overrides[i].key, &where);
        else
            rc = chg_config_put(loader, index, overrides[i].value, &where);
    }
    return rc;
}
