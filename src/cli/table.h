/* SPDX-License-Identifier: MIT */
/* Tables for people: columns as wide as their content, two spaces between them. */
#ifndef CHG_CLI_TABLE_H
#define CHG_CLI_TABLE_H

#include <stdint.h>

#include "base/vec.h"
#include "cli/output.h"

#define CHG_TABLE_COLUMNS 16

struct chg_table {
    size_t columns;
    CHG_VEC(char *) cells; /* row by row, the headings first */
    int failed;            /* CHENGIS_ERR_NO_MEMORY sticks */
};

/* `headings`: one text a column, separated by '|'; CHG_TABLE_COLUMNS at most. */
void chg_table_init(struct chg_table *table, const char *headings);
void chg_table_fini(struct chg_table *table);
/* Append the next cell; rows fill up from left to right. Control characters are taken out; NULL and
 * "" show as "-". */
void chg_table_cell(struct chg_table *table, const char *text);
void chg_table_cell_i64(struct chg_table *table, int64_t number);
/* A status word in its colour. */
void chg_table_cell_status(struct chg_table *table, struct chg_look look, const char *word);
/* Columns that a line takes. */
size_t chg_table_width(const struct chg_table *table);
void chg_table_print(const struct chg_table *table, struct chg_look look, struct chg_str *out);

#endif
