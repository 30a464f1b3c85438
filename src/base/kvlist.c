/* SPDX-License-Identifier: MIT */
/* Ordered NAME=VALUE lists. They are short, so names are looked up one after the other. */
#include "base/map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/vec.h"

#include "base/banned.h"

static struct chg_kv *find(const struct chg_kvlist *list, const char *name)
{
    for (size_t i = 0; i < list->len; i++) {
        if (strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    }
    return NULL;
}

void chg_kvlist_fini(struct chg_kvlist *list)
{
    for (size_t i = 0; i < list->len; i++) {
        chg_free(list->items[i].name);
        chg_free(list->items[i].value);
    }
    chg_vec_fini(list);
}

int chg_kvlist_put(struct chg_kvlist *list, const char *name, const char *value)
{
    struct chg_kv *found = find(list, name);
    struct chg_kv added;

    added.value = chg_strdup(value != NULL ? value : "");
    if (added.value == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (found != NULL) {
        chg_secret_free(found->value);
        found->value = added.value;
        return 0;
    }
    added.name = chg_strdup(name);
    if (added.name == NULL || chg_vec_push(list, added) < 0) {
        chg_free(added.name);
        chg_secret_free(added.value);
        return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

const char *chg_kvlist_get(const struct chg_kvlist *list, const char *name)
{
    const struct chg_kv *found = find(list, name);

    return found != NULL ? found->value : NULL;
}

int chg_kvlist_merge(struct chg_kvlist *into, const struct chg_kvlist *from)
{
    for (size_t i = 0; i < from->len; i++) {
        int rc = chg_kvlist_put(into, from->items[i].name, from->items[i].value);

        if (rc < 0)
            return rc;
    }
    return 0;
}

void chg_kvlist_wipe(struct chg_kvlist *list)
{
    for (size_t i = 0; i < list->len; i++)
        chg_wipe(list->items[i].value, strlen(list->items[i].value));
    chg_kvlist_fini(list);
}

int chg_kvlist_envp(const struct chg_kvlist *list, const char ***out)
{
    size_t table = (list->len + 1) * sizeof(char *);
    size_t size = table;
    const char **envp;
    char *text;

    for (size_t i = 0; i < list->len; i++)
        size += strlen(list->items[i].name) + strlen(list->items[i].value) + 2;
    envp = chg_malloc(size);
    if (envp == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    text = (char *)envp + table;
    for (size_t i = 0; i < list->len; i++) {
        size_t name_len = strlen(list->items[i].name), value_len = strlen(list->items[i].value);

        envp[i] = text;
        memcpy(text, list->items[i].name, name_len);
        text[name_len] = '=';
        memcpy(text + name_len + 1, list->items[i].value, value_len + 1);
        text += name_len + value_len + 2;
    }
    envp[list->len] = NULL;
    *out = envp;
    return 0;
}

void chg_envp_wipe(const char **envp)
{
    size_t count = 0;
    char *text;

    if (envp == NULL)
        return;
    while (envp[count] != NULL)
        count++;
    text = (char *)(envp + count + 1); /* the strings follow the table, one after the other */
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(text);

        chg_wipe(text, len);
        text += len + 1;
    }
}
