/* SPDX-License-Identifier: MIT */
/*
 * A compiled pattern: its braces are expanded into alternatives, each a row of tokens that ends in
 * TOKEN_END. Matching runs the rows as nondeterministic automata whose states are token positions,
 * so its time is at most tokens x characters.
 */
#ifndef CHG_BASE_GLOB_PRIV_H
#define CHG_BASE_GLOB_PRIV_H

#include "base/glob.h"

#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"

#define CHG_GLOB_MAX_BYTES        4096
#define CHG_GLOB_MAX_GROUPS       64
#define CHG_GLOB_MAX_ALTERNATIVES 1024
#define CHG_GLOB_MAX_TOKENS       65536

enum chg_glob_token_kind {
    CHG_GLOB_END,
    CHG_GLOB_CHAR,   /* value: the code point */
    CHG_GLOB_SET,    /* value: index into sets */
    CHG_GLOB_ANY,    /* one character, not '/' */
    CHG_GLOB_STAR,   /* any characters, not '/' */
    CHG_GLOB_ANYALL, /* one character, '/' too */
    CHG_GLOB_ALL,    /* any characters, '/' too */
    CHG_GLOB_DIRS,   /* any number of "component/"; followed by its twin INDIR */
    CHG_GLOB_INDIR,  /* within such a component */
};

struct chg_glob_token {
    enum chg_glob_token_kind kind;
    uint32_t value;
};

struct chg_glob_range {
    uint32_t low;
    uint32_t high;
};

struct chg_glob_set {
    size_t first; /* index into ranges */
    size_t count;
    bool negated;
};

struct chg_glob {
    bool text; /* no path meaning: '/' is a character as any other */
    CHG_VEC(struct chg_glob_token) tokens;
    CHG_VEC(size_t) rows; /* where each alternative begins in tokens */
    CHG_VEC(struct chg_glob_set) sets;
    CHG_VEC(struct chg_glob_range) ranges;
};

/* The next character of text[0..len), len > 0; bytes that are not UTF-8 count one by one. Gives its
 * length. */
size_t chg_glob_char(uint32_t *out, const char *text, size_t len);

/* The length of the set "[...]" at text, or 0 when it is not closed. */
size_t chg_glob_set_length(const char *text);

/* Call emit with each brace alternative of a pattern. LIMIT, INVALID, or what emit returned below
 * 0. */
typedef int (*chg_glob_emit_fn)(const char *alternative, void *userdata);
int chg_glob_expand(const char *pattern, chg_glob_emit_fn emit, void *userdata);

#endif
