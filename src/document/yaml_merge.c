/* SPDX-License-Identifier: MIT */
/* The merge key `<<` of YAML: the pairs of other maps are put in its place; explicit keys win, then
 * earlier maps. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

struct candidate {
    const struct chg_node *key;
    const struct chg_node *value;
    size_t priority; /* lower wins */
    bool wins;
};

struct merge {
    struct chg_reader *reader;
    CHG_VEC(struct candidate) found; /* in the order of the result */
    size_t explicit_count;           /* merged pairs come behind all explicit ones in priority */
};

static int add_pair(struct merge *merge, const struct chg_node *map, size_t i, size_t priority)
{
    struct candidate candidate = {
        .key = chg_node_key(map, i), .value = chg_node_value(map, i), .priority = priority};
    int rc = chg_vec_push(&merge->found, candidate);

    if (rc < 0)
        merge->reader->failed = rc;
    return rc;
}

static int add_map(struct merge *merge, const struct chg_node *map)
{
    if (map->kind != CHG_NODE_MAP)
        return chg_reader_error_at(merge->reader, &map->place,
                                   "'<<' needs a map or a list of maps, not %s",
                                   chg_node_kind_name(map));
    for (size_t i = 0; i < map->count; i++) {
        int rc = add_pair(merge, map, i, merge->explicit_count + merge->found.len);

        if (rc < 0)
            return rc;
    }
    return 0;
}

static int collect(struct merge *merge, const struct chg_node *node)
{
    int rc = 0;

    for (size_t i = 0; i < node->count && rc == 0; i++) {
        const struct chg_node *value = chg_node_value(node, i);

        if (!chg_yaml_is_merge(chg_node_key(node, i))) {
            rc = add_pair(merge, node, i, i);
        } else if (value->kind != CHG_NODE_VECTOR) {
            rc = add_map(merge, value);
        } else {
            for (size_t j = 0; j < value->count && rc == 0; j++)
                rc = add_map(merge, value->items[j]);
        }
    }
    return rc;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *left = *(const struct candidate *const *)a;
    const struct candidate *right = *(const struct candidate *const *)b;
    int diff = chg_node_compare_text(left->key, right->key);

    return diff != 0 ? diff
                     : (left->priority > right->priority) - (left->priority < right->priority);
}

static int mark_winners(struct merge *merge)
{
    size_t count = merge->found.len;
    struct candidate **sorted =
        (struct candidate **)chg_reallocarray(NULL, count + 1, sizeof(struct candidate *));

    if (sorted == NULL) {
        merge->reader->failed = CHENGIS_ERR_NO_MEMORY;
        return CHENGIS_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = &merge->found.items[i];
    qsort(sorted, count, sizeof(*sorted), compare_candidates);
    for (size_t i = 0; i < count; i++)
        sorted[i]->wins = i == 0 || chg_node_compare_text(sorted[i - 1]->key, sorted[i]->key) != 0;
    chg_free(sorted);
    return 0;
}

static int rebuild(struct merge *merge, struct chg_node *node)
{
    size_t first = merge->reader->pending.len;

    for (size_t i = 0; i < merge->found.len; i++) {
        const struct candidate *candidate = &merge->found.items[i];

        if (candidate->wins && (chg_reader_push(merge->reader, candidate->key) < 0 ||
                                chg_reader_push(merge->reader, candidate->value) < 0))
            return CHENGIS_ERR_NO_MEMORY;
    }
    return chg_reader_take_items(merge->reader, node, first);
}

int chg_yaml_merge(struct chg_reader *reader, struct chg_node *node)
{
    struct merge merge = {.reader = reader, .explicit_count = node->count};
    int rc = collect(&merge, node);

    if (rc == 0)
        rc = mark_winners(&merge);
    if (rc == 0)
        rc = rebuild(&merge, node);
    chg_vec_fini(&merge.found);
    return rc;
}
