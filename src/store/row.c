/* SPDX-License-Identifier: MIT */
/* Reading and releasing rows by their table of fields. */
#include <string.h>

#include "base/alloc.h"
#include "model/status.h"
#include "store/rows_priv.h"

#include "base/banned.h"

static void *field_of(void *row, const struct chg_field *field)
{
    return (char *)row + field->offset;
}

static int read_field(struct chg_stmt *q, int column, const struct chg_field *field, void *row)
{
    const char *text;

    switch (field->type) {
    case 's':
        text = chg_stmt_text(q, column);
        *(char **)field_of(row, field) = chg_strdup(text);
        if (text != NULL && *(char **)field_of(row, field) == NULL)
            return CHENGIS_ERR_NO_MEMORY;
        break;
    case 'i':
        *(int64_t *)field_of(row, field) = chg_stmt_i64(q, column);
        break;
    case 'S':
        text = chg_stmt_text(q, column);
        *(chengis_status *)field_of(row, field) =
            text == NULL ? CHENGIS_STATUS_UNKNOWN : chg_status_parse(text);
        break;
    default: /* '-' */
        break;
    }
    return 0;
}

int chg_row_read(struct chg_stmt *q, const struct chg_field *fields, size_t count, void *row)
{
    for (size_t i = 0; i < count; i++) {
        if (read_field(q, (int)i, &fields[i], row) < 0) {
            chg_row_fini(fields, count, row);
            return CHENGIS_ERR_NO_MEMORY;
        }
    }
    return 0;
}

void chg_row_fini(const struct chg_field *fields, size_t count, void *row)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].type != 's')
            continue;
        chg_free(*(char **)field_of(row, &fields[i]));
        *(char **)field_of(row, &fields[i]) = NULL;
    }
}

int chg_json_put_str(json_t *object, const char *key, const char *value)
{
    if (value == NULL)
        return chg_json_set_take(object, key, json_null());
    return chg_json_set_str(object, key, value);
}

int chg_json_put_i64(json_t *object, const char *key, int64_t value, int64_t none)
{
    if (value == none)
        return chg_json_set_take(object, key, json_null());
    return chg_json_set_i64(object, key, value);
}

int chg_json_put_time(json_t *object, const char *key, int64_t epoch_ms)
{
    if (epoch_ms == 0)
        return chg_json_set_take(object, key, json_null());
    return chg_json_set_time(object, key, epoch_ms);
}

int chg_json_put_duration(json_t *object, int64_t started_at, int64_t finished_at)
{
    if (started_at == 0 || finished_at == 0)
        return chg_json_set_take(object, "duration-ms", json_null());
    return chg_json_set_i64(object, "duration-ms",
                            finished_at > started_at ? finished_at - started_at : 0);
}
