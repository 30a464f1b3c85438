/* SPDX-License-Identifier: MIT */
/* A total order of nodes, and the search for keys that are in a map, or members that are in a set,
 * twice. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "document/document_priv.h"

#include "base/banned.h"

/* Up to this many keys each is compared with each; above, they are sorted. */
#define PAIRWISE_MAX 16

/* FLOAT nodes written as exact numbers (1.0M, 5N, beyond int64) are equal only when spelled the
 * same. */
static bool is_exact(const struct chg_node *node)
{
    char last = node->text_len > 0 ? node->text[node->text_len - 1] : '\0';

    return last == 'M' || last == 'N' || strpbrk(node->text, ".eEnN") == NULL;
}

static int rank(const struct chg_node *node)
{
    if (node->kind == CHG_NODE_LIST)
        return CHG_NODE_VECTOR; /* EDN: (1 2) equals [1 2] */
    if (node->kind == CHG_NODE_FLOAT && is_exact(node))
        return 100;
    return (int)node->kind;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

int chg_node_compare_text(const struct chg_node *a, const struct chg_node *b)
{
    size_t len = a->text_len < b->text_len ? a->text_len : b->text_len;
    int diff = len == 0 ? 0 : memcmp(a->text, b->text, len);

    return diff != 0 ? diff : ORDER(a->text_len, b->text_len);
}

static int compare_slots(const void *a, const void *b)
{
    return chg_node_compare(**(const chg_slot *)a, **(const chg_slot *)b);
}

/* The keys of a map or the members of a set in order; NULL when out of memory. */
static chg_slot *sorted_slots(const struct chg_node *node)
{
    size_t step = node->kind == CHG_NODE_MAP ? 2 : 1;
    chg_slot *slots = (chg_slot *)chg_reallocarray(NULL, node->count + 1, sizeof(*slots));

    if (slots == NULL)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        slots[i] = &node->items[i * step];
    qsort(slots, node->count, sizeof(*slots), compare_slots);
    return slots;
}

static int compare_unordered(const struct chg_node *a, const struct chg_node *b)
{
    chg_slot *left = sorted_slots(a);
    chg_slot *right = sorted_slots(b);
    int diff = ORDER((uintptr_t)a, (uintptr_t)b); /* out of memory: any order that is one */

    if (left != NULL && right != NULL) {
        diff = 0;
        for (size_t i = 0; i < a->count && diff == 0; i++) {
            diff = chg_node_compare(*left[i], *right[i]);
            if (diff == 0 && a->kind == CHG_NODE_MAP)
                diff = chg_node_compare(left[i][1], right[i][1]);
        }
    }
    chg_free(left);
    chg_free(right);
    return diff;
}

static int compare_sequences(const struct chg_node *a, const struct chg_node *b)
{
    int diff = 0;

    for (size_t i = 0; i < a->count && diff == 0; i++)
        diff = chg_node_compare(a->items[i], b->items[i]);
    return diff;
}

int chg_node_compare(const struct chg_node *a, const struct chg_node *b)
{
    int diff = ORDER(rank(a), rank(b));

    if (diff != 0)
        return diff;
    switch (a->kind) {
    case CHG_NODE_NULL:
        return 0;
    case CHG_NODE_BOOL:
        return ORDER(a->boolean, b->boolean);
    case CHG_NODE_INT:
    case CHG_NODE_INST:
        return ORDER(a->integer, b->integer);
    case CHG_NODE_FLOAT:
        return rank(a) == 100 ? chg_node_compare_text(a, b) : ORDER(a->number, b->number);
    case CHG_NODE_VECTOR:
    case CHG_NODE_LIST:
        return a->count != b->count ? ORDER(a->count, b->count) : compare_sequences(a, b);
    case CHG_NODE_SET:
    case CHG_NODE_MAP:
        return a->count != b->count ? ORDER(a->count, b->count) : compare_unordered(a, b);
    default:
        return chg_node_compare_text(a, b);
    }
}

static void find_pairwise(const struct chg_node *node, size_t step, chg_node_compare_fn compare,
                          chg_duplicate_fn found, void *userdata)
{
    for (size_t again = 1; again < node->count; again++) {
        for (size_t first = 0; first < again; first++) {
            if (compare(node->items[first * step], node->items[again * step]) != 0)
                continue;
            found(node->items[first * step], node->items[again * step], userdata);
            break;
        }
    }
}

static int compare_in_order(const void *a, const void *b, void *compare)
{
    chg_slot left = *(const chg_slot *)a;
    chg_slot right = *(const chg_slot *)b;
    int diff = (*(chg_node_compare_fn *)compare)(*left, *right);

    return diff != 0 ? diff : ORDER(left, right);
}

static int find_sorted(const struct chg_node *node, size_t step, chg_node_compare_fn compare,
                       chg_duplicate_fn found, void *userdata)
{
    chg_slot *slots = (chg_slot *)chg_reallocarray(NULL, node->count, sizeof(*slots));
    size_t first = 0;

    if (slots == NULL)
        return chg_error_no_memory();
    for (size_t i = 0; i < node->count; i++)
        slots[i] = &node->items[i * step];
    qsort_r(slots, node->count, sizeof(*slots), compare_in_order, &compare);
    for (size_t i = 1; i < node->count; i++) {
        if (compare(*slots[first], *slots[i]) == 0)
            found(*slots[first], *slots[i], userdata);
        else
            first = i;
    }
    chg_free(slots);
    return 0;
}

int chg_find_duplicates(const struct chg_node *node, chg_node_compare_fn compare,
                        chg_duplicate_fn found, void *userdata)
{
    size_t step = node->kind == CHG_NODE_MAP ? 2 : 1;

    if (node->count > PAIRWISE_MAX)
        return find_sorted(node, step, compare, found, userdata);
    find_pairwise(node, step, compare, found, userdata);
    return 0;
}

struct report {
    struct chg_reader *reader;
    const char *what;
};

static void report_duplicate(const struct chg_node *first, const struct chg_node *again,
                             void *userdata)
{
    const struct report *report = (const struct report *)userdata;
    char label[CHG_LABEL_SIZE];

    (void)chg_reader_error_at(report->reader, &again->place,
                              "duplicate %s %s, first given at line %u, column %u", report->what,
                              chg_node_label(label, sizeof(label), again), first->place.line,
                              first->place.column);
}

int chg_reader_check_keys(struct chg_reader *reader, const struct chg_node *node,
                          chg_node_compare_fn compare)
{
    struct report report = {reader, node->kind == CHG_NODE_MAP ? "key" : "member"};
    int rc = chg_find_duplicates(node, compare, report_duplicate, &report);

    if (rc < 0)
        reader->failed = rc;
    return rc;
}

static void keep_duplicate(const struct chg_node *first, const struct chg_node *again,
                           void *userdata)
{
    (void)first;
    *(const struct chg_node **)userdata = again;
}

int chg_check_keys(const struct chg_node *node, const char *format, chg_node_compare_fn compare)
{
    bool by_text = compare == chg_node_compare_text;
    const struct chg_node *again = NULL;
    char label[CHG_LABEL_SIZE];
    int rc;

    for (size_t i = 0; by_text && i < node->count; i++) {
        const struct chg_node *key = chg_node_key(node, i);

        if (chg_node_is_collection(key))
            return chg_error_set(CHENGIS_ERR_INVALID, "%s cannot be a key in %s",
                                 chg_node_kind_name(key), format);
    }
    rc = chg_find_duplicates(node, compare, keep_duplicate, &again);
    if (rc < 0 || again == NULL)
        return rc;
    return chg_error_set(CHENGIS_ERR_INVALID, "two %s become the same in %s: %s",
                         node->kind == CHG_NODE_MAP ? "keys of a map" : "members of a set", format,
                         chg_node_label(label, sizeof(label), again));
}
