/* SPDX-License-Identifier: MIT */
/* What /proc says, and ending a session that outlived its engine. */
#include "proc_test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/tree_priv.h"

TestSuite(proc_proc_stat, .timeout = 60);

#define REST " 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200"

Test(proc_proc_stat, reads_the_fields)
{
    struct chg_proc_stat stat;

    cr_assert(chg_proc_stat_parse(&stat, "42 (sleep) S 1 40 41" REST));

    cr_assert_eq(stat.pid, 42);
    cr_assert_eq(stat.state, 'S');
    cr_assert_eq(stat.session, 41);
    cr_assert_eq(stat.start_ticks, 987654);
}

Test(proc_proc_stat, is_not_deceived_by_a_name)
{
    struct chg_proc_stat stat;

    cr_assert(chg_proc_stat_parse(&stat, "42 (a) Z 7 7 7 (b) S 1 40 41" REST));

    cr_assert_eq(stat.session, 41);
    cr_assert_eq(stat.start_ticks, 987654);
}

Test(proc_proc_stat, refuses_a_text_that_is_cut_off)
{
    struct chg_proc_stat stat;

    cr_assert_not(chg_proc_stat_parse(&stat, ""));
    cr_assert_not(chg_proc_stat_parse(&stat, "42 (sleep)"));
    cr_assert_not(chg_proc_stat_parse(&stat, "42 (sleep) S 1 40 41 0 -1"));
}

Test(proc_proc_stat, knows_when_a_process_was_started)
{
    uint64_t ours = chg_proc_start_ticks(getpid());

    cr_assert_gt(ours, 0);
    cr_assert_geq(ours, chg_proc_start_ticks(1));
    cr_assert_eq(chg_proc_start_ticks(0x3ffffff), 0);
    cr_assert_eq(chg_proc_start_ticks(0), 0);
    cr_assert_eq(chg_proc_start_ticks(-1), 0);
}

Test(proc_proc_stat, gives_a_boot_id_that_stays)
{
    char one[37];
    char two[37];

    assert_ok(chg_proc_boot_id(one));
    assert_ok(chg_proc_boot_id(two));

    cr_assert_eq(strlen(one), 36);
    cr_assert_str_eq(one, two);
}

Test(proc_proc_stat, kills_every_process_of_a_session)
{
    struct chg_child *child = NULL;
    pid_t inner = start_ready(&child, "sleep 100 & echo $!; wait", NULL);
    pid_t sid = chg_child_pid(child);

    cr_assert_eq(chg_tree_kill_session(sid, chg_proc_start_ticks(sid)), 2);

    cr_assert(gone_within_10s(inner));
    cr_assert(gone_within_10s(sid));
    chg_child_free(child);
}

Test(proc_proc_stat, spares_a_session_that_was_started_at_another_time)
{
    struct chg_child *child = NULL;
    pid_t sid = start_ready(&child, "echo $$; exec sleep 100", NULL);

    cr_assert_eq(chg_tree_kill_session(sid, chg_proc_start_ticks(sid) + 1), 0);
    cr_assert_eq(chg_tree_kill_session(sid, 0), 0);

    cr_assert(is_alive(sid));
    chg_child_free(child);
}

Test(proc_proc_stat, kills_nothing_for_numbers_that_mean_no_session)
{
    cr_assert_eq(chg_tree_kill_session(0, 1), 0);
    cr_assert_eq(chg_tree_kill_session(1, chg_proc_start_ticks(1)), 0);
    cr_assert_eq(chg_tree_kill_session(-1, 1), 0);
    cr_assert_eq(chg_tree_kill_session(0x3ffffff, 1), 0);
}
