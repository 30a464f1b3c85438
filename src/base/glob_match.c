/* SPDX-License-Identifier: MIT */
/* Matching of compiled patterns: each alternative is run as an automaton over a set of states. */
#include <string.h>

#include "base/error.h"
#include "base/glob_priv.h"

#include "base/banned.h"

/* A row has at most one token for each pattern byte, two for a leading any-depth prefix, and the
 * end. */
#define MAX_STATES (CHG_GLOB_MAX_BYTES + 8)
#define WORDS      (MAX_STATES / 64 + 1)

struct states {
    uint64_t bits[WORDS];
    size_t words; /* that are in use; the others hold garbage */
};

/* Add a state and those reached from it without a character. */
static void add_state(struct states *set, const struct chg_glob_token *row, size_t i)
{
    for (;;) {
        while (set->words <= i / 64)
            set->bits[set->words++] = 0;
        if (set->bits[i / 64] >> (i % 64) & 1)
            return;
        set->bits[i / 64] |= UINT64_C(1) << (i % 64);
        if (row[i].kind == CHG_GLOB_STAR || row[i].kind == CHG_GLOB_ALL)
            i++;
        else if (row[i].kind == CHG_GLOB_DIRS)
            i += 2;
        else
            return;
    }
}

static bool set_has(const struct chg_glob *glob, uint32_t index, uint32_t c)
{
    const struct chg_glob_set *set = &glob->sets.items[index];
    const struct chg_glob_range *ranges = &glob->ranges.items[set->first];

    if (c == '/' && !glob->text)
        return false;
    for (size_t i = 0; i < set->count; i++) {
        if (c >= ranges[i].low && c <= ranges[i].high)
            return !set->negated;
    }
    return set->negated;
}

/* Let state i of row read c; what follows goes to next. */
static void step(const struct chg_glob *glob, const struct chg_glob_token *row, size_t i,
                 uint32_t c, struct states *next)
{
    switch (row[i].kind) {
    case CHG_GLOB_CHAR:
        if (c == row[i].value)
            add_state(next, row, i + 1);
        break;
    case CHG_GLOB_SET:
        if (set_has(glob, row[i].value, c))
            add_state(next, row, i + 1);
        break;
    case CHG_GLOB_ANY:
        if (c != '/')
            add_state(next, row, i + 1);
        break;
    case CHG_GLOB_STAR:
        if (c != '/')
            add_state(next, row, i);
        break;
    case CHG_GLOB_ANYALL:
        add_state(next, row, i + 1);
        break;
    case CHG_GLOB_ALL:
        add_state(next, row, i);
        break;
    case CHG_GLOB_DIRS:
        if (c != '/')
            add_state(next, row, i + 1);
        break;
    case CHG_GLOB_INDIR:
        add_state(next, row, c == '/' ? i - 1 : i);
        break;
    case CHG_GLOB_END:
        break;
    }
}

static void start_row(struct states *now, const struct chg_glob_token *row)
{
    now->words = 0;
    add_state(now, row, 0);
}

static void read_char(const struct chg_glob *glob, const struct chg_glob_token *row,
                      struct states *now, uint32_t c)
{
    struct states next;

    next.words = 0;
    for (size_t w = 0; w < now->words; w++) {
        for (uint64_t bits = now->bits[w]; bits != 0; bits &= bits - 1)
            step(glob, row, w * 64 + (size_t)__builtin_ctzll(bits), c, &next);
    }
    memcpy(now->bits, next.bits, next.words * sizeof(next.bits[0]));
    now->words = next.words;
}

static void read_text(const struct chg_glob *glob, const struct chg_glob_token *row,
                      struct states *now, const char *text)
{
    size_t len = strlen(text);
    uint32_t c;

    while (len > 0 && now->words > 0) {
        size_t n = chg_glob_char(&c, text, len);

        read_char(glob, row, now, c);
        text += n;
        len -= n;
    }
}

static bool holds(const struct states *now, const struct chg_glob_token *row, bool at_end)
{
    for (size_t w = 0; w < now->words; w++) {
        for (uint64_t bits = now->bits[w]; bits != 0; bits &= bits - 1) {
            size_t i = w * 64 + (size_t)__builtin_ctzll(bits);

            if ((row[i].kind == CHG_GLOB_END) == at_end)
                return true;
        }
    }
    return false;
}

static const char *skip_root(const char *path)
{
    while (path[0] == '/' || (path[0] == '.' && path[1] == '/'))
        path += path[0] == '/' ? 1 : 2;
    return path;
}

bool chg_glob_match(const struct chg_glob *glob, const char *path)
{
    const char *text = glob->text ? path : skip_root(path);
    struct states now;

    for (size_t r = 0; r < glob->rows.len; r++) {
        const struct chg_glob_token *row = &glob->tokens.items[glob->rows.items[r]];

        start_row(&now, row);
        read_text(glob, row, &now, text);
        if (holds(&now, row, true))
            return true;
    }
    return false;
}

bool chg_glob_may_match_below(const struct chg_glob *glob, const char *dir)
{
    const char *text = skip_root(dir);
    size_t len = strlen(text);
    struct states now;

    if (glob->text || len == 0 || strcmp(text, ".") == 0)
        return true;
    for (size_t r = 0; r < glob->rows.len; r++) {
        const struct chg_glob_token *row = &glob->tokens.items[glob->rows.items[r]];

        start_row(&now, row);
        read_text(glob, row, &now, text);
        if (now.words > 0 && text[len - 1] != '/')
            read_char(glob, row, &now, '/');
        if (holds(&now, row, false))
            return true;
    }
    return false;
}
