/* SPDX-License-Identifier: MIT */
/* Lists of owned strings. */
#include "model/pipeline.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

#include "base/banned.h"

void chg_strings_fini(struct chg_strings *list)
{
    for (size_t i = 0; i < list->len; i++)
        chg_free(list->items[i]);
    chg_vec_fini(list);
}

int chg_strings_add(struct chg_strings *list, const char *text)
{
    char *copy = chg_strdup(text);

    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (chg_vec_push(list, copy) < 0) {
        chg_free(copy);
        return CHENGIS_ERR_NO_MEMORY;
    }
    return 0;
}

int chg_strings_copy(struct chg_strings *out, const struct chg_strings *from)
{
    *out = (struct chg_strings){0};
    if (chg_vec_reserve(out, from->len) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < from->len; i++) {
        if (chg_strings_add(out, from->items[i]) < 0) {
            chg_strings_fini(out);
            return CHENGIS_ERR_NO_MEMORY;
        }
    }
    return 0;
}

bool chg_strings_has(const struct chg_strings *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++) {
        if (chg_streq(list->items[i], text))
            return true;
    }
    return false;
}

int chg_strings_argv(const struct chg_strings *list, const char ***out)
{
    const char **argv = chg_calloc(list->len + 1, sizeof(*argv));

    if (argv == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < list->len; i++)
        argv[i] = list->items[i];
    *out = argv;
    return 0;
}
