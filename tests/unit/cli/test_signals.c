/* SPDX-License-Identifier: MIT */
/* The self-pipe. */
#include "cli/signals.h"

#include <poll.h>
#include <signal.h>

#include "support.h"

Test(cli_signals, requests_to_end_are_counted_and_wake_a_poll)
{
    struct chg_signals signals = {.fd = -1};
    struct pollfd waiting = {.events = POLLIN};

    assert_ok(chg_signals_install(&signals));
    waiting.fd = signals.fd;
    (void)raise(SIGINT);
    (void)raise(SIGTERM);
    (void)raise(SIGWINCH);

    cr_expect_eq(poll(&waiting, 1, 0), 1);
    cr_expect_eq(chg_signals_take(&signals), 2);
    cr_expect_eq(signals.last, SIGTERM);
    cr_expect_eq(chg_signals_take(&signals), 0);
    cr_expect_eq(poll(&waiting, 1, 0), 0);
}

Test(cli_signals, an_ignored_signal_stays_ignored)
{
    struct chg_signals signals = {.fd = -1};

    (void)signal(SIGHUP, SIG_IGN);
    assert_ok(chg_signals_install(&signals));
    (void)raise(SIGHUP);

    cr_expect_eq(chg_signals_take(&signals), 0);
}

Test(cli_signals, before_the_installation_there_is_nothing)
{
    struct chg_signals signals = {.fd = -1};

    cr_expect_eq(chg_signals_take(&signals), 0);
}
