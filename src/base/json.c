/* SPDX-License-Identifier: MIT */
/* JSON values with our errors. Process-wide settings of jansson are the host's and stay untouched.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

int chg_json_set_take(json_t *object, const char *key, json_t *value)
{
    if (value == NULL || json_object_set_new(object, key, value) != 0)
        return chg_error_no_memory();
    return 0;
}

/* A copy of text in which every byte that is not UTF-8 became U+FFFD. */
static json_t *repaired_string(const char *text, size_t len)
{
    chg_auto(str) out = CHG_STR_INIT;

    while (len > 0) {
        size_t good = len;
        bool valid = chg_utf8_valid(text, len, &good);

        chg_str_add_len(&out, text, good);
        if (valid)
            break;
        chg_str_add_utf8(&out, 0xFFFD);
        text += good + 1;
        len -= good + 1;
    }
    return out.failed == 0 ? json_stringn_nocheck(out.ptr, out.len) : NULL;
}

int chg_json_set_str(json_t *object, const char *key, const char *value)
{
    size_t len;
    json_t *string;

    if (value == NULL)
        return 0;
    len = strlen(value);
    string = chg_utf8_valid(value, len, NULL) ? json_stringn_nocheck(value, len)
                                              : repaired_string(value, len);
    return chg_json_set_take(object, key, string);
}

int chg_json_set_i64(json_t *object, const char *key, int64_t value)
{
    return chg_json_set_take(object, key, json_integer(value));
}

int chg_json_set_bool(json_t *object, const char *key, bool value)
{
    return chg_json_set_take(object, key, json_boolean(value));
}

int chg_json_set_time(json_t *object, const char *key, int64_t epoch_ms)
{
    char text[40];

    if (epoch_ms == 0)
        return 0;
    return chg_json_set_str(object, key, chg_time_format(text, sizeof(text), epoch_ms));
}

static int wrong_type(const char *key, const char *expected)
{
    return chg_error_set(CHENGIS_ERR_INVALID, "'%s' must be %s", key, expected);
}

int chg_json_get_str(const char **out, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_null(value) && !json_is_string(value))
        return wrong_type(key, "a text");
    *out = json_string_value(value);
    return 0;
}

int chg_json_get_i64(int64_t *out, const json_t *object, const char *key, int64_t absent)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_integer(value))
        return wrong_type(key, "a whole number");
    *out = value != NULL ? json_integer_value(value) : absent;
    return 0;
}

int chg_json_get_bool(bool *out, const json_t *object, const char *key, bool absent)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_boolean(value))
        return wrong_type(key, "true or false");
    *out = value != NULL ? json_is_true(value) : absent;
    return 0;
}

static int dump_part(const char *buffer, size_t size, void *data)
{
    struct chg_str *out = data;

    chg_str_add_len(out, buffer, size);
    return out->failed;
}

static char *dump(const json_t *value, size_t flags)
{
    chg_auto(str) out = CHG_STR_INIT;

    if (json_dump_callback(value, dump_part, &out, flags | JSON_ENCODE_ANY) != 0 &&
        out.failed == 0) {
        (void)chg_error_set(CHENGIS_ERR_INTERNAL, "a JSON value cannot be printed");
        return NULL;
    }
    return chg_str_take(&out);
}

char *chg_json_dump(const json_t *value)
{
    return dump(value, JSON_COMPACT);
}

char *chg_json_dump_pretty(const json_t *value)
{
    return dump(value, JSON_INDENT(2));
}

json_t *chg_json_parse(const char *text, size_t len)
{
    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    char *near;

    if (value != NULL)
        return value;
    if (json_error_code(&error) == json_error_out_of_memory) {
        (void)chg_error_no_memory();
        return NULL;
    }
    /* What jansson quotes could be a secret. */
    near = strstr(error.text, " near '");
    if (near != NULL)
        *near = '\0';
    (void)chg_error_set(CHENGIS_ERR_INVALID, "JSON, line %d, column %d: %s", error.line,
                        error.column, error.text);
    return NULL;
}
