/* SPDX-License-Identifier: MIT */
/* Tables sized to their content. */
#include "cli/table.h"

#include <string.h>

#include "base/cleanup.h"
#include "cli/status_word.h"
#include "cli/term_text.h"

#include "base/banned.h"

static void push(struct chg_table *table, char *cell)
{
    if (table->failed == 0 && cell != NULL && chg_vec_push(&table->cells, cell) == 0)
        return;
    table->failed = CHENGIS_ERR_NO_MEMORY;
    chg_free(cell);
}

void chg_table_init(struct chg_table *table, const char *headings)
{
    *table = (struct chg_table){0};
    for (;;) {
        size_t len = strcspn(headings, "|");

        push(table, chg_strndup(headings, len));
        table->columns++;
        if (headings[len] == '\0')
            return;
        headings += len + 1;
    }
}

void chg_table_fini(struct chg_table *table)
{
    for (size_t i = 0; i < table->cells.len; i++)
        chg_free(table->cells.items[i]);
    chg_vec_fini(&table->cells);
}

void chg_table_cell(struct chg_table *table, const char *text)
{
    struct chg_str clean = CHG_STR_INIT;

    chg_text_clean(&clean, text == NULL || text[0] == '\0' ? "-" : text);
    push(table, chg_str_take(&clean));
}

void chg_table_cell_i64(struct chg_table *table, int64_t number)
{
    push(table, chg_asprintf("%lld", (long long)number));
}

void chg_table_cell_status(struct chg_table *table, struct chg_look look, const char *word)
{
    struct chg_str cell = CHG_STR_INIT;

    chg_str_add(&cell, chg_style(look, chg_style_of_status(chg_status_of_word(word))));
    chg_text_clean(&cell, word);
    chg_str_add(&cell, chg_style(look, CHG_STYLE_RESET));
    push(table, chg_str_take(&cell));
}

static size_t column_width(const struct chg_table *table, size_t column)
{
    size_t widest = 0;

    for (size_t i = column; i < table->cells.len; i += table->columns) {
        size_t width = chg_text_width(table->cells.items[i]);

        if (width > widest)
            widest = width;
    }
    return widest;
}

size_t chg_table_width(const struct chg_table *table)
{
    size_t width = 0;

    for (size_t c = 0; c < table->columns; c++)
        width += column_width(table, c) + (c + 1 < table->columns ? 2 : 0);
    return width;
}

void chg_table_print(const struct chg_table *table, struct chg_look look, struct chg_str *out)
{
    size_t widths[CHG_TABLE_COLUMNS];

    for (size_t c = 0; c < table->columns; c++)
        widths[c] = column_width(table, c);
    for (size_t i = 0; i < table->cells.len; i++) {
        const char *cell = table->cells.items[i];
        bool heading = i < table->columns, last = (i + 1) % table->columns == 0;

        chg_str_add(out, heading ? chg_style(look, CHG_STYLE_BOLD) : "");
        chg_str_add(out, cell);
        chg_str_add(out, heading ? chg_style(look, CHG_STYLE_RESET) : "");
        if (last)
            chg_str_add_char(out, '\n');
        else
            chg_text_pad(out, widths[i % table->columns] + 2 - chg_text_width(cell));
    }
}
