/* SPDX-License-Identifier: MIT */
/* Judging the value of a key: types, limits, and what a message says when they do not hold. */
#include "config/config_priv.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/parse.h"
#include "base/path.h"
#include "base/secret.h"
#include "base/str.h"
#include "base/vec.h"

#include "base/banned.h"

size_t chg_config_find(const chengis_config *config, const char *name)
{
    for (size_t i = 0; i < config->count; i++) {
        if (chg_streq(config->keys[i].name, name))
            return i;
    }
    return CHG_CONFIG_NO_KEY;
}

static void add_duration(struct chg_str *s, int64_t ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (ms >= units[i].ms && ms % units[i].ms == 0) {
            chg_str_addf(s, "%" PRId64 "%s", ms / units[i].ms, units[i].unit);
            return;
        }
    }
    chg_str_addf(s, "%" PRId64 "ms", ms);
}

char *chg_config_expectation(const struct chg_config_key *key)
{
    chg_auto(str) s = CHG_STR_INIT;

    switch (key->type) {
    case CHG_CONFIG_TEXT:
        chg_str_add(&s, "text");
        break;
    case CHG_CONFIG_PATH:
        chg_str_add(&s, "a path");
        break;
    case CHG_CONFIG_INT:
        chg_str_addf(&s, "a whole number from %" PRId64 " to %" PRId64, key->min, key->max);
        break;
    case CHG_CONFIG_DURATION:
        chg_str_add(&s, "a duration such as 90s or 1500 (milliseconds) from ");
        add_duration(&s, key->min);
        chg_str_add(&s, " to ");
        add_duration(&s, key->max);
        break;
    case CHG_CONFIG_WORD:
        chg_str_add(&s, key->words[1] != NULL ? "one of " : "");
        for (size_t i = 0; key->words[i] != NULL; i++)
            chg_str_addf(&s, "%s%s", i > 0 ? ", " : "", key->words[i]);
        break;
    }
    return chg_str_take(&s);
}

static const char *find_word(const struct chg_config_key *key, const char *text)
{
    if (text[0] == ':')
        text++;
    for (size_t i = 0; key->words[i] != NULL; i++) {
        if (chg_streq(key->words[i], text))
            return key->words[i];
    }
    return NULL;
}

/* The canonical text of a value and its number; NULL text when it is not acceptable. */
static const char *judge(const struct chg_config_key *key, const char *text, int64_t *number)
{
    switch (key->type) {
    case CHG_CONFIG_TEXT:
        return text;
    case CHG_CONFIG_PATH:
        return chg_is_blank(text) ? NULL : text;
    case CHG_CONFIG_WORD:
        return find_word(key, text);
    case CHG_CONFIG_INT:
        if (chg_parse_i64(number, text) < 0)
            return NULL;
        break;
    case CHG_CONFIG_DURATION:
        if (chg_parse_duration_ms(number, text) < 0)
            return NULL;
        break;
    }
    return *number >= key->min && *number <= key->max ? text : NULL;
}

static int refuse(struct chg_config_loader *loader, const struct chg_config_key *key,
                  const char *text, const struct chg_config_where *where)
{
    chg_autofree char *expected = chg_config_expectation(key);

    if (expected == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (key->secret)
        chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, where->file, where->place,
                            "'%s' must be %s", key->name, expected);
    else
        chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, where->file, where->place,
                            "'%s' must be %s, found '%s'", key->name, expected, text);
    return 0;
}

/* Where a path leads: from home, or from the base of the place it stood in. */
static char *resolve(const struct chg_config_loader *loader, const char *path,
                     const struct chg_config_where *where)
{
    if (chg_starts_with(path, "~/") && loader->home != NULL && loader->home[0] == '/')
        return chg_path_join(loader->home, path + strlen("~/"));
    return where->base != NULL ? chg_path_join(where->base, path) : chg_strdup(path);
}

int chg_config_put(struct chg_config_loader *loader, size_t index, const char *text,
                   const struct chg_config_where *where)
{
    const struct chg_config_key *key = &loader->config->keys[index];
    struct chg_config_value *value = &loader->config->values[index];
    struct chg_config_value made = {0};
    const char *canonical = judge(key, text, &made.number);

    if (canonical == NULL)
        return refuse(loader, key, text, where);
    made.text =
        key->type == CHG_CONFIG_PATH ? resolve(loader, canonical, where) : chg_strdup(canonical);
    made.origin = chg_strdup(where->origin);
    if (made.text == NULL || made.origin == NULL) {
        chg_secret_free(made.text);
        chg_free(made.origin);
        return CHENGIS_ERR_NO_MEMORY;
    }
    chg_secret_free(value->text);
    chg_free(value->origin);
    *value = made;
    return 0;
}

void chg_config_unknown(struct chg_config_loader *loader, const char *name,
                        const struct chg_config_where *where)
{
    CHG_VEC(const char *) names = {0};
    const char *near = NULL;

    for (size_t i = 0; i < loader->config->count; i++) {
        if (chg_vec_push(&names, loader->config->keys[i].name) < 0)
            break;
    }
    near = chg_nearest(name, names.items, names.len);
    if (near != NULL)
        chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, where->file, where->place,
                            "unknown key '%s', did you mean '%s'?", name, near);
    else
        chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, where->file, where->place,
                            "unknown key '%s'", name);
    chg_vec_fini(&names);
}
