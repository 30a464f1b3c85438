/* SPDX-License-Identifier: MIT */
/*
 * The Aho-Corasick automaton over all forms: one state per prefix of a form, immutable once built.
 * State 0 is the root. States are numbered so that the first child of state n is n + 1; states with
 * many children have a table of all successors, the others a list of children and a failure link.
 */
#ifndef CHG_LOGS_MASK_AUTOMATON_H
#define CHG_LOGS_MASK_AUTOMATON_H

#include "logs/mask_filter.h"
#include "logs/mask_forms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chg_mask_node {
    uint32_t fail;    /* state of the longest proper suffix */
    uint32_t sibling; /* next child of the same parent, 0 at the end */
    uint32_t depth;   /* bytes from the root */
    uint32_t match;   /* length of the longest form that ends here, 0 for none */
    uint32_t table;   /* 1 + number of the successor table, 0 for none */
    uint8_t byte;     /* that leads here */
    bool has_child;
};

struct chg_mask_automaton {
    struct chg_mask_node *nodes;
    size_t node_count;
    uint32_t (*tables)[256];
    size_t table_count;
    size_t longest; /* bytes of the longest form */
    struct chg_mask_filter filter;
};

/* forms: sorted, at least one. */
int chg_mask_automaton_new(struct chg_mask_automaton **out, const struct chg_mask_forms *forms);
void chg_mask_automaton_free(struct chg_mask_automaton *automaton); /* wipes; NULL is fine */

/* The state after one more byte. */
static inline uint32_t chg_mask_step(const struct chg_mask_automaton *a, uint32_t state,
                                     unsigned char byte)
{
    const struct chg_mask_node *nodes = a->nodes;

    for (;;) {
        const struct chg_mask_node *node = &nodes[state];

        if (node->table != 0)
            return a->tables[node->table - 1][byte];
        for (uint32_t child = node->has_child ? state + 1 : 0; child != 0;
             child = nodes[child].sibling)
            if (nodes[child].byte == byte)
                return child;
        state = node->fail;
    }
}

#endif
