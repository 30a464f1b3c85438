/* SPDX-License-Identifier: MIT */
/* Diagnostics of the library on their way to stderr. */
#include "cli/notes.h"

#include <unistd.h>

#include "support.h"

Test(cli_notes, held_messages_are_taken_as_clean_lines)
{
    struct chg_notes *notes = NULL;
    struct chg_str text = CHG_STR_INIT;
    chengis_log_sink sink;

    assert_ok(chg_notes_new(&notes));
    sink = chg_notes_sink(notes, CHENGIS_LOG_INFO);
    chg_notes_hold(notes, true);
    sink.fn(sink.userdata, CHENGIS_LOG_WARNING, "engine", "a\033[2J\nb");
    chg_notes_take(notes, &text);

    cr_expect_str_eq(text.ptr, "chengis: warning: engine: a b\n");
    cr_expect_eq(sink.min_level, CHENGIS_LOG_INFO);
    chg_str_reset(&text);
    chg_notes_take(notes, &text);
    cr_expect_str_eq(text.ptr, "");
    chg_notes_free(notes);
    chg_str_fini(&text);
}

Test(cli_notes, what_was_held_is_printed_in_the_end)
{
    struct chg_notes *notes = NULL;
    chengis_log_sink sink;
    char buffer[64] = "";
    int fds[2];

    cr_assert_eq(pipe(fds), 0);
    cr_assert(dup2(fds[1], STDERR_FILENO) >= 0);
    assert_ok(chg_notes_new(&notes));
    sink = chg_notes_sink(notes, CHENGIS_LOG_INFO);
    chg_notes_hold(notes, true);
    sink.fn(sink.userdata, CHENGIS_LOG_ERROR, "store", "x");
    chg_notes_free(notes);

    cr_expect(read(fds[0], buffer, sizeof(buffer) - 1) > 0);
    cr_expect_str_eq(buffer, "chengis: error: store: x\n");
}
