/* SPDX-License-Identifier: MIT */
/* Rows between statements and structs: one table of fields per struct, in the order of the columns.
 */
#ifndef CHG_STORE_ROWS_PRIV_H
#define CHG_STORE_ROWS_PRIV_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "store/rows.h"

/* s: char *, owned. i: int64_t. S: chengis_status, stored as its word. -: a column without a field.
 */
struct chg_field {
    char type;
    size_t offset;
};
#define CHG_FIELD_COUNT(fields) (sizeof(fields) / sizeof((fields)[0]))

/* Fill a zeroed struct from the present row. On failure it is left empty. */
int chg_row_read(struct chg_stmt *q, const struct chg_field *fields, size_t count, void *row);
void chg_row_fini(const struct chg_field *fields, size_t count, void *row);

/* chg_NAME_row_fini(), and each_NAME(), which hands every row of a bound statement to a function.
 */
#define CHG_ROW_FUNCTIONS(name, fields)                                                            \
    void chg_##name##_row_fini(struct chg_##name##_row *row)                                       \
    {                                                                                              \
        chg_row_fini(fields, CHG_FIELD_COUNT(fields), row);                                        \
    }                                                                                              \
    static int each_##name(struct chg_stmt *q,                                                     \
                           int (*each)(const struct chg_##name##_row *row, void *userdata),        \
                           void *userdata)                                                         \
    {                                                                                              \
        int rc;                                                                                    \
                                                                                                   \
        while ((rc = chg_stmt_step(q)) > 0) {                                                      \
            struct chg_##name##_row row = {0};                                                     \
                                                                                                   \
            rc = chg_row_read(q, fields, CHG_FIELD_COUNT(fields), &row);                           \
            if (rc >= 0)                                                                           \
                rc = each(&row, userdata);                                                         \
            chg_##name##_row_fini(&row);                                                           \
            if (rc != 0)                                                                           \
                return rc;                                                                         \
        }                                                                                          \
        return rc;                                                                                 \
    }                                                                                              \
    struct chg_row_functions_##name##_semicolon_

/* What final and open statuses are in SQL. The open ones are those of the partial index
 * idx_builds_open. */
#define CHG_SQL_OPEN "('queued', 'running', 'waiting')"

/* Keys that are always there: null instead of nothing. */
int chg_json_put_str(json_t *object, const char *key, const char *value);
int chg_json_put_i64(json_t *object, const char *key, int64_t value, int64_t none);
int chg_json_put_time(json_t *object, const char *key, int64_t epoch_ms);
int chg_json_put_duration(json_t *object, int64_t started_at, int64_t finished_at);

#endif
