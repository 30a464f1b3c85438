/* SPDX-License-Identifier: MIT */
/*
 * The keys of the pipeline language, once: what they are called, where they stand, what they hold
 * and which function reads them. The reader walks this table; printers, completion and
 * documentation can.
 */
#ifndef CHG_DSL_KEYS_H
#define CHG_DSL_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct chg_node;
struct chg_reader;

/* The maps of a pipeline file. */
enum chg_scope {
    CHG_SCOPE_PIPELINE,
    CHG_SCOPE_STAGE,
    CHG_SCOPE_STEP,
    CHG_SCOPE_POST,
    CHG_SCOPE_CONTAINER,
    CHG_SCOPE_CONDITION,
    CHG_SCOPE_APPROVAL,
    CHG_SCOPE_PARAMETER,
    CHG_SCOPE_STRATEGY,
    CHG_SCOPE_MATRIX, /* its other keys are dimensions */
    CHG_SCOPE_ON,
    CHG_SCOPE_PUSH,
    CHG_SCOPES
};

/* What a value is. */
enum chg_key_kind {
    CHG_KIND_TEXT,
    CHG_KIND_WORD, /* one of `words` when there are any */
    CHG_KIND_FLAG,
    CHG_KIND_NUMBER,
    CHG_KIND_DURATION,
    CHG_KIND_STRINGS,
    CHG_KIND_PAIRS,
    CHG_KIND_MAP,
    CHG_KIND_LIST,
    CHG_KIND_ANY,
};

enum chg_key_flags {
    CHG_KEY_REQUIRED = 1U << 0,
    CHG_KEY_PLAIN = 1U << 1,    /* text for people: ${{ is no expression there */
    CHG_KEY_POSITIVE = 1U << 2, /* a number above 0 */
    CHG_KEY_SCALARS = 1U << 3,  /* numbers, booleans and keywords are text here in every format */
};

/* One use of a key in a file. */
struct chg_use {
    const struct chg_key *key;
    const struct chg_node *name; /* the key as it is written */
    const struct chg_node *value;
};

typedef void (*chg_key_read_fn)(struct chg_reader *r, const struct chg_use *use, void *target);

struct chg_key {
    enum chg_scope scope;
    const char *name;  /* of the canonical map */
    const char *usual; /* how people write it */
    const char *also;  /* a third spelling, or NULL */
    enum chg_key_kind kind;
    unsigned flags;
    size_t offset;        /* of the member of the scope's struct that receives it */
    chg_key_read_fn read; /* NULL: the key belongs to a later version */
    const char *const *words;
    const char *summary;
};

extern const struct chg_key chg_keys[];
extern const size_t chg_key_count;
/* "a pipeline", "a stage", ... for messages. */
const char *chg_scope_name(enum chg_scope scope);

/* The rows of a scope: contiguous, in the order in which they are read and reported. */
const struct chg_key *chg_keys_of(enum chg_scope scope, size_t *count);
/* The row of a key in a scope, NULL when there is none. */
const struct chg_key *chg_key_find(enum chg_scope scope, const char *name);
/* The spelling in a scope that is nearest to name; NULL when none is near. */
const char *chg_key_nearest(enum chg_scope scope, const char *name, bool canonical);

extern const char *const chg_pull_policies[];
extern const char *const chg_parameter_types[];

#endif
