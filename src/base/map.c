/* SPDX-License-Identifier: MIT */
/*
 * The ordered hash map. Keys come from users, so they are hashed with SipHash-1-3 under a seed
 * nobody outside the process knows: chosen keys cannot be made to collide.
 */
#include "base/map.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

#include "base/banned.h"

#define MAX_ENTRIES ((size_t)1 << 30)

static uint64_t rotl(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[0] = rotl(v[0], 32);
    v[2] += v[3];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

static uint64_t hash(uint64_t seed, const char *key)
{
    uint64_t k1 = seed * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t v[4] = {seed ^ UINT64_C(0x736F6D6570736575), k1 ^ UINT64_C(0x646F72616E646F6D),
                     seed ^ UINT64_C(0x6C7967656E657261), k1 ^ UINT64_C(0x7465646279746573)};
    size_t len = strlen(key);
    uint64_t word = 0;

    for (size_t i = 0; i < len; i++) {
        word |= (uint64_t)(unsigned char)key[i] << (8 * (i % 8));
        if (i % 8 == 7) {
            v[3] ^= word;
            sip_round(v);
            v[0] ^= word;
            word = 0;
        }
    }
    word |= (uint64_t)len << 56;
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The slot that holds key, or the free one where it belongs. There is always a free slot. */
static size_t find_slot(const struct chg_map *map, const char *key)
{
    size_t mask = map->slot_count - 1;
    size_t i = (size_t)hash(map->seed, key) & mask;

    while (map->slots[i] != 0 && strcmp(map->entries[map->slots[i] - 1].key, key) != 0)
        i = (i + 1) & mask;
    return i;
}

static void fill_slots(struct chg_map *map)
{
    memset(map->slots, 0, map->slot_count * sizeof(*map->slots));
    for (size_t i = 0; i < map->count; i++)
        map->slots[find_slot(map, map->entries[i].key)] = (unsigned)i + 1;
}

/* Room for one more entry, with at most three quarters of the slots in use. */
static int grow(struct chg_map *map)
{
    size_t slot_count = map->slot_count == 0 ? 16 : map->slot_count * 2;
    size_t cap = slot_count / 4 * 3;
    struct chg_map_entry *entries;
    unsigned *slots;

    if (map->count < map->cap)
        return 0;
    if (map->count >= MAX_ENTRIES)
        return chg_error_set(CHENGIS_ERR_LIMIT, "a map has more than %zu entries", MAX_ENTRIES);
    slots = chg_calloc(slot_count, sizeof(*slots));
    if (slots == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    entries = chg_reallocarray(map->entries, cap, sizeof(*entries));
    if (entries == NULL) {
        chg_free(slots);
        return CHENGIS_ERR_NO_MEMORY;
    }
    chg_free(map->slots);
    map->slots = slots;
    map->slot_count = slot_count;
    map->entries = entries;
    map->cap = cap;
    fill_slots(map);
    return 0;
}

static void free_value(const struct chg_map *map, void *value)
{
    if (map->free_value != NULL)
        map->free_value(value);
}

void chg_map_fini(struct chg_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        chg_free(map->entries[i].key);
        free_value(map, map->entries[i].value);
    }
    chg_free(map->entries);
    chg_free(map->slots);
    *map = (struct chg_map)CHG_MAP_INIT(map->free_value);
}

void *chg_map_get(const struct chg_map *map, const char *key)
{
    unsigned found;

    if (map->count == 0)
        return NULL;
    found = map->slots[find_slot(map, key)];
    return found > 0 ? map->entries[found - 1].value : NULL;
}

int chg_map_put(struct chg_map *map, const char *key, void *value)
{
    char *copy;
    size_t slot;
    int rc;

    /* Addresses are random in a process, and no client ever sees them. */
    if (map->slot_count == 0)
        map->seed = (uint64_t)(uintptr_t)map ^ rotl((uint64_t)(uintptr_t)&chg_map_put, 32);
    rc = grow(map);
    if (rc < 0)
        return rc;
    slot = find_slot(map, key);
    if (map->slots[slot] > 0) {
        struct chg_map_entry *entry = &map->entries[map->slots[slot] - 1];

        if (entry->value != value)
            free_value(map, entry->value);
        entry->value = value;
        return 0;
    }
    copy = chg_strdup(key);
    if (copy == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    map->entries[map->count] = (struct chg_map_entry){.key = copy, .value = value};
    map->slots[slot] = (unsigned)++map->count;
    return 0;
}

int chg_map_remove(struct chg_map *map, const char *key)
{
    unsigned found = map->count > 0 ? map->slots[find_slot(map, key)] : 0;
    struct chg_map_entry gone;

    if (found == 0)
        return 0;
    gone = map->entries[found - 1];
    memmove(&map->entries[found - 1], &map->entries[found],
            (map->count - found) * sizeof(*map->entries));
    map->count--;
    fill_slots(map);
    chg_free(gone.key);
    free_value(map, gone.value);
    return 1;
}
