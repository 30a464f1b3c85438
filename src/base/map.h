/* SPDX-License-Identifier: MIT */
/* A hash map from text to pointer that keeps insertion order. Keys are copied, values are not owned unless free_value is set. */
#ifndef CHG_BASE_MAP_H
#define CHG_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct chg_map_entry {
    char *key;
    void *value;
};
struct chg_map {
    struct chg_map_entry *entries; /* in insertion order; `count` of them */
    size_t count;
    size_t cap;
    unsigned *slots; /* open addressing: index into entries + 1, 0 = free */
    size_t slot_count;
    void (*free_value)(void *value);
    uint64_t seed; /* of the hash, chosen at the first put */
};
#define CHG_MAP_INIT(free_fn)                                                                      \
    {                                                                                              \
        .free_value = (free_fn)                                                                    \
    }

void chg_map_fini(struct chg_map *map);
void *chg_map_get(const struct chg_map *map, const char *key); /* NULL when absent */
int chg_map_put(struct chg_map *map, const char *key, void *value); /* replaces; on failure value stays the caller's */
int chg_map_remove(struct chg_map *map, const char *key);           /* 1 removed, 0 absent; keeps the order */

/* An ordered list of NAME=VALUE pairs with unique names: environments and parameters. */
struct chg_kv {
    char *name;
    char *value;
};
struct chg_kvlist {
    struct chg_kv *items;
    size_t len;
    size_t cap;
};
#define CHG_KVLIST_INIT                                                                            \
    {                                                                                              \
        0                                                                                          \
    }
void chg_kvlist_fini(struct chg_kvlist *list);
int chg_kvlist_put(struct chg_kvlist *list, const char *name, const char *value); /* copies, replaces in place */
const char *chg_kvlist_get(const struct chg_kvlist *list, const char *name);      /* borrowed or NULL */
int chg_kvlist_merge(struct chg_kvlist *into, const struct chg_kvlist *from);     /* from wins */
/* NAME=VALUE strings for execve(), NULL-terminated, in one block: free with chg_free() (wipe it first when it holds secrets). */
int chg_kvlist_envp(const struct chg_kvlist *list, const char ***out);
/* What may hold secrets: wipe the strings of chg_kvlist_envp(), all of them empty then. NULL is fine. */
void chg_envp_wipe(const char **envp);
void chg_kvlist_wipe(struct chg_kvlist *list); /* overwrites the values, then empties the list */

#endif
