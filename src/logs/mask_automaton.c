/* SPDX-License-Identifier: MIT */
/* Builds the automaton: trie from the sorted forms, then failure links and successor tables breadth
 * first. */
#include "logs/mask_automaton.h"

#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/secret.h"

#include "base/banned.h"

/* From this many children on a table is faster than the list. */
#define TABLE_MIN_CHILDREN 6

static size_t common_prefix(const struct chg_mask_form *a, const struct chg_mask_form *b)
{
    size_t max = a->len < b->len ? a->len : b->len;
    size_t n = 0;

    while (n < max && a->ptr[n] == b->ptr[n])
        n++;
    return n;
}

static size_t count_nodes(const struct chg_mask_forms *forms, size_t *longest)
{
    size_t count = 1;

    *longest = 0;
    for (size_t i = 0; i < forms->len; i++) {
        size_t shared = i > 0 ? common_prefix(&forms->items[i - 1], &forms->items[i]) : 0;

        count += forms->items[i].len - shared;
        if (forms->items[i].len > *longest)
            *longest = forms->items[i].len;
    }
    return count;
}

/* path[d]: the state of the first d bytes of the form added last. */
static void add_path(struct chg_mask_automaton *a, const struct chg_mask_form *form, size_t shared,
                     uint32_t *path)
{
    for (size_t d = shared; d < form->len; d++) {
        uint32_t parent = path[d];
        uint32_t state = (uint32_t)a->node_count++;

        if (a->nodes[parent].has_child)
            a->nodes[path[d + 1]].sibling = state;
        a->nodes[parent].has_child = true;
        a->nodes[state].byte = form->ptr[d];
        a->nodes[state].depth = (uint32_t)d + 1;
        path[d + 1] = state;
    }
    a->nodes[path[form->len]].match = (uint32_t)form->len;
}

static uint32_t first_child(const struct chg_mask_automaton *a, uint32_t state)
{
    return a->nodes[state].has_child ? state + 1 : 0;
}

/* Numbers the tables and returns how many there are. The root always has one. */
static size_t assign_tables(struct chg_mask_automaton *a)
{
    size_t count = 1;

    a->nodes[0].table = 1;
    for (uint32_t state = 1; state < a->node_count; state++) {
        size_t children = 0;

        for (uint32_t c = first_child(a, state); c != 0; c = a->nodes[c].sibling)
            children++;
        if (children >= TABLE_MIN_CHILDREN)
            a->nodes[state].table = (uint32_t)++count;
    }
    return count;
}

static void fill_table(struct chg_mask_automaton *a, uint32_t state)
{
    uint32_t *table = a->tables[a->nodes[state].table - 1];

    for (unsigned byte = 0; byte < 256 && state != 0; byte++)
        table[byte] = chg_mask_step(a, a->nodes[state].fail, (unsigned char)byte);
    for (uint32_t c = first_child(a, state); c != 0; c = a->nodes[c].sibling)
        table[a->nodes[c].byte] = c;
}

/* Breadth first, so that whatever a failure link leads to is complete when it is used. */
static void link_failures(struct chg_mask_automaton *a, uint32_t *queue)
{
    size_t head = 0;
    size_t tail = 0;

    queue[tail++] = 0;
    while (head < tail) {
        uint32_t state = queue[head++];
        struct chg_mask_node *node = &a->nodes[state];

        if (node->match == 0)
            node->match = a->nodes[node->fail].match;
        for (uint32_t c = first_child(a, state); c != 0; c = a->nodes[c].sibling) {
            if (state != 0)
                a->nodes[c].fail = chg_mask_step(a, node->fail, a->nodes[c].byte);
            queue[tail++] = c;
        }
        if (node->table != 0)
            fill_table(a, state);
    }
}

static int build(struct chg_mask_automaton *a, const struct chg_mask_forms *forms, uint32_t *work)
{
    work[0] = 0;
    for (size_t i = 0; i < forms->len; i++) {
        size_t shared = i > 0 ? common_prefix(&forms->items[i - 1], &forms->items[i]) : 0;

        add_path(a, &forms->items[i], shared, work);
    }
    a->table_count = assign_tables(a);
    a->tables = chg_calloc(a->table_count, sizeof *a->tables);
    if (a->tables == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    link_failures(a, work);
    return chg_mask_filter_init(&a->filter, forms);
}

int chg_mask_automaton_new(struct chg_mask_automaton **out, const struct chg_mask_forms *forms)
{
    struct chg_mask_automaton *a = chg_new(struct chg_mask_automaton);
    uint32_t *work = NULL;
    size_t count;
    int rc = CHENGIS_ERR_NO_MEMORY;

    if (a == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    count = count_nodes(forms, &a->longest);
    a->node_count = 1;
    a->nodes = chg_calloc(count, sizeof *a->nodes);
    work = chg_calloc(count, sizeof *work);
    if (a->nodes != NULL && work != NULL)
        rc = build(a, forms, work);
    chg_free(work);
    if (rc < 0) {
        chg_mask_automaton_free(a);
        return rc;
    }
    *out = a;
    return 0;
}

void chg_mask_automaton_free(struct chg_mask_automaton *automaton)
{
    if (automaton == NULL)
        return;
    if (automaton->nodes != NULL)
        chg_wipe(automaton->nodes, automaton->node_count * sizeof *automaton->nodes);
    if (automaton->tables != NULL)
        chg_wipe(automaton->tables, automaton->table_count * sizeof *automaton->tables);
    chg_mask_filter_fini(&automaton->filter);
    chg_free(automaton->nodes);
    chg_free(automaton->tables);
    chg_free(automaton);
}
