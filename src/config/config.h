/* SPDX-License-Identifier: MIT */
/* Configuration: a const table of keys, and the values that file, environment and overrides give
 * them. */
#ifndef CHG_CONFIG_CONFIG_H
#define CHG_CONFIG_CONFIG_H

#include "base/ref.h"
#include "document/diagnostics.h"

#include <chengis/sys/config.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chg_config_type {
    CHG_CONFIG_TEXT, /* any text; digits stay text */
    CHG_CONFIG_PATH, /* relative: in a file from that file's folder, by default from state_dir */
    CHG_CONFIG_INT,  /* min..max */
    CHG_CONFIG_DURATION, /* milliseconds or "90s"; min..max in milliseconds */
    CHG_CONFIG_WORD,     /* one of words; ":word" is the same */
};

struct chg_config_key {
    const char *name;         /* "section.key" */
    const char *env;          /* name of the variable */
    const char *fallback;     /* the default as text; NULL: none */
    const char *about;        /* one line for listings */
    const char *const *words; /* NULL-terminated, of WORD */
    int64_t min;
    int64_t max;
    enum chg_config_type type;
    bool secret; /* never shown; also read from the file named by ENV_FILE */
};

/* The keys of this version, sorted by name. */
extern const struct chg_config_key chg_config_keys[];
extern const size_t chg_config_key_count;

struct chg_config_value {
    char *text; /* NULL: none */
    int64_t number;
    char *origin;
};

struct chengis_config {
    uint32_t magic;
    struct chg_ref ref;
    const struct chg_config_key *keys;
    size_t count;
    struct chg_config_value *values; /* one a key */
};

/* What chengis_config_new() does, with any table. opts has been imported. */
int chg_config_load(chengis_config **out, struct chg_diagnostics *diags,
                    const struct chg_config_key *keys, size_t count,
                    const chengis_config_options *opts);

#endif
