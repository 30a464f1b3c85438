/* SPDX-License-Identifier: MIT */
/* Jansson with our errors: typed getters that say which key was wrong, and printing in one form. No json_t crosses a public header. */
#ifndef CHG_BASE_JSON_H
#define CHG_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

static inline void chg_autojson_(json_t **value)
{
    json_decref(*value);
}
#define chg_autojson __attribute__((cleanup(chg_autojson_))) json_t *

/* Setters. Return 0 or NO_MEMORY. Text that is not UTF-8 is repaired: each bad byte becomes U+FFFD. */
int chg_json_set_str(json_t *object, const char *key, const char *value);   /* NULL: key left out */
int chg_json_set_i64(json_t *object, const char *key, int64_t value);
int chg_json_set_bool(json_t *object, const char *key, bool value);
int chg_json_set_time(json_t *object, const char *key, int64_t epoch_ms);   /* RFC 3339; 0: key left out */
int chg_json_set_take(json_t *object, const char *key, json_t *value);      /* takes; NULL value is NO_MEMORY */

/* Getters: absent key gives the default; a value of the wrong type is CHENGIS_ERR_INVALID naming the key. */
int chg_json_get_str(const char **out, const json_t *object, const char *key); /* borrowed; NULL when absent or null */
int chg_json_get_i64(int64_t *out, const json_t *object, const char *key, int64_t absent);
int chg_json_get_bool(bool *out, const json_t *object, const char *key, bool absent);

char *chg_json_dump(const json_t *value);        /* compact, one line, key order kept; heap string or NULL */
char *chg_json_dump_pretty(const json_t *value); /* two spaces */
json_t *chg_json_parse(const char *text, size_t len); /* new reference or NULL with INVALID naming line and column; duplicate keys refused */

#endif
