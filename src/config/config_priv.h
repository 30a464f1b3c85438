/* SPDX-License-Identifier: MIT */
/* What the sources of configuration values share while one configuration is read. */
#ifndef CHG_CONFIG_CONFIG_PRIV_H
#define CHG_CONFIG_CONFIG_PRIV_H

#include "config/config.h"

/* One reading. Problems go to diags; functions fail only for what no list can hold (memory). */
struct chg_config_loader {
    chengis_config *config;
    struct chg_diagnostics *diags;
    const char *state_dir;
    const char *home; /* what "~/" means at the beginning of a path; NULL: nothing */
};

/* Where a value stood. */
struct chg_config_where {
    const char *file; /* file of a diagnostic: the file itself, "environment", "--db" */
    const struct chg_place *place;
    const char *origin; /* what chengis_config_origin() says */
    const char *base;   /* folder that relative paths count from; NULL: none */
};

#define CHG_CONFIG_NO_KEY ((size_t)-1)

size_t chg_config_find(const chengis_config *config,
                       const char *name); /* index or CHG_CONFIG_NO_KEY */
/* "a number from 1 to 64", "one of debug, info": what a key expects. Heap or NULL. */
char *chg_config_expectation(const struct chg_config_key *key);
/* Judge a value in text form and keep it; a bad one becomes a diagnostic. */
int chg_config_put(struct chg_config_loader *loader, size_t index, const char *text,
                   const struct chg_config_where *where);
void chg_config_unknown(struct chg_config_loader *loader, const char *name,
                        const struct chg_config_where *where);

/* The value of NAME + SUFFIX in a list of NAME=VALUE; NULL: none. */
const char *chg_config_lookup(const char *const *list, const char *name, const char *suffix);

/* The sources, in rising precedence. */
int chg_config_from_file(struct chg_config_loader *loader, const char *path, bool optional);
int chg_config_from_environ(struct chg_config_loader *loader, const char *const *environ_list);
int chg_config_from_overrides(struct chg_config_loader *loader,
                              const chengis_config_override *overrides, size_t count);

#endif
