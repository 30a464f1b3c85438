/* SPDX-License-Identifier: MIT */
/* Streams, colours, exit codes. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli/exit_code.h"
#include "support.h"

struct colour {
    char flag[8];
    char no_color[4];
    char force[4];
    char term[8];
    bool tty;
    bool wanted;
};

ParameterizedTestParameters(cli_output, decides_about_colour)
{
    static struct colour cases[] = {
        {"", "", "", "xterm", true, true},        {"", "", "", "xterm", false, false},
        {"", "", "", "dumb", true, false},        {"", "", "", "", true, false},
        {"", "1", "", "xterm", true, false},      {"always", "1", "", "dumb", false, true},
        {"never", "", "1", "xterm", true, false}, {"auto", "", "", "xterm", true, true},
        {"", "", "1", "dumb", false, true},       {"", "", "0", "xterm", false, false},
        {"", "1", "1", "xterm", true, false},
    };

    return cr_make_param_array(struct colour, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct colour *c, cli_output, decides_about_colour)
{
    struct chg_colour_inputs inputs = {
        .flag = c->flag[0] != '\0' ? c->flag : NULL,
        .no_color = c->no_color,
        .clicolor_force = c->force,
        .term = c->term,
        .tty = c->tty,
    };

    cr_expect_eq(chg_colour_wanted(&inputs), c->wanted);
}

Test(cli_output, the_first_locale_variable_that_is_set_decides_about_unicode)
{
    cr_expect(chg_unicode_wanted(NULL, NULL, "C.UTF-8"));
    cr_expect(chg_unicode_wanted("", "de_DE.utf8", "C"));
    cr_expect_not(chg_unicode_wanted("C", "de_DE.utf8", "C.UTF-8"));
    cr_expect_not(chg_unicode_wanted(NULL, NULL, NULL));
    cr_expect_not(chg_unicode_wanted(NULL, NULL, "POSIX"));
}

Test(cli_output, styles_vanish_without_colour)
{
    struct chg_look plain = {0}, colour = {.colour = true};
    struct chg_str out = CHG_STR_INIT;

    chg_paint(&out, plain, CHG_STYLE_RED, "a");
    chg_paint(&out, colour, CHG_STYLE_RED, "b");

    cr_expect_str_eq(out.ptr, "a\033[31mb\033[0m");
    chg_str_fini(&out);
}

Test(cli_output, writes_what_was_added_when_flushed)
{
    struct chg_out out;
    char buffer[32] = "";
    int fds[2];

    cr_assert_eq(pipe(fds), 0);
    chg_out_init(&out, fds[1]);
    chg_out_add(&out, "one ");
    chg_out_addf(&out, "%d", 2);

    cr_expect(chg_out_flush(&out));

    cr_expect_eq(read(fds[0], buffer, sizeof(buffer) - 1), 5);
    cr_expect_str_eq(buffer, "one 2");
    chg_out_fini(&out);
}

Test(cli_output, a_reader_that_left_silences_the_stream)
{
    struct chg_out out;
    int fds[2];

    (void)signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pipe(fds), 0);
    (void)close(fds[0]);
    chg_out_init(&out, fds[1]);
    chg_out_add(&out, "nobody reads this");

    cr_expect_not(chg_out_flush(&out));

    cr_expect(out.closed);
    cr_expect_eq(out.failed, 0);
    chg_out_fini(&out);
}

Test(cli_output, a_full_disk_is_remembered)
{
    struct chg_out out;
    int fd = open("/dev/full", O_WRONLY);

    cr_assert(fd >= 0);
    chg_out_init(&out, fd);
    chg_out_add(&out, "x");

    cr_expect_not(chg_out_flush(&out));

    cr_expect_eq(out.failed, ENOSPC);
    chg_out_fini(&out);
}

Test(cli_exit_code, errors_have_the_documented_codes)
{
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_INVALID), 2);
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_PIPELINE), 3);
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_CONFIG), 3);
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_NOT_FOUND), 4);
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_DATABASE), 7);
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_NO_SPACE), 7);
    cr_expect_eq(chg_exit_of_error(CHENGIS_ERR_PERMISSION), 8);
    cr_expect_eq(chg_exit_of_error(-9999), 7);
}

Test(cli_exit_code, builds_have_the_documented_codes)
{
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_SUCCESS, NULL), 0);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_SKIPPED, NULL), 0);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_FAILURE, "step-failed"), 1);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_FAILURE, NULL), 1);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_FAILURE, "invalid-pipeline"), 3);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_FAILURE, "workspace"), 7);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_ABORTED, NULL), 5);
    cr_expect_eq(chg_exit_of_build(CHENGIS_STATUS_TIMED_OUT, NULL), 6);
    cr_expect_eq(chg_exit_of_build((chengis_status)99, NULL), 7);
}
