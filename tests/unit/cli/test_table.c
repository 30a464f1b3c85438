/* SPDX-License-Identifier: MIT */
/* Tables. */
#include "cli/table.h"

#include "support.h"

Test(cli_table, columns_are_as_wide_as_their_content)
{
    struct chg_table table;
    struct chg_str out = CHG_STR_INIT;

    chg_table_init(&table, "NAME|N|LAST");
    chg_table_cell(&table, "a long name");
    chg_table_cell_i64(&table, 7);
    chg_table_cell(&table, "x");
    chg_table_cell(&table, "\346\227\245");
    chg_table_cell_i64(&table, -12345);
    chg_table_cell(&table, NULL);
    chg_table_print(&table, (struct chg_look){0}, &out);

    cr_expect_str_eq(out.ptr, "NAME         N       LAST\n"
                              "a long name  7       x\n"
                              "\346\227\245           -12345  -\n");
    chg_table_fini(&table);
    chg_str_fini(&out);
}

Test(cli_table, colours_take_no_room_and_controls_are_taken_out)
{
    struct chg_table table;
    struct chg_str out = CHG_STR_INIT;
    struct chg_look look = {.colour = true};

    chg_table_init(&table, "S|N");
    chg_table_cell_status(&table, look, "success");
    chg_table_cell(&table, "a\033[2Jb\nc");
    chg_table_print(&table, look, &out);

    cr_expect_str_eq(out.ptr, "\033[1mS\033[0m        \033[1mN\033[0m\n"
                              "\033[32msuccess\033[0m  ab c\n");
    chg_table_fini(&table);
    chg_str_fini(&out);
}

Test(cli_table, without_rows_there_are_headings)
{
    struct chg_table table;
    struct chg_str out = CHG_STR_INIT;

    chg_table_init(&table, "A|B");
    chg_table_print(&table, (struct chg_look){0}, &out);

    cr_expect_str_eq(out.ptr, "A  B\n");
    chg_table_fini(&table);
    chg_str_fini(&out);
}
