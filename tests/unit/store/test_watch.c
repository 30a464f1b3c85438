/* SPDX-License-Identifier: MIT */
/* Watching: told of every commit, able to tell whose it was. */
#include <poll.h>

#include "store_test.h"

static char *dir;
static chengis_store *store;
static chengis_store *other;
static struct chg_store_watch *watch;

static void set_up(void)
{
    dir = temp_dir();
    store = open_store(path_in(dir, "a.db"));
    other = open_store(path_in(dir, "a.db"));
    assert_ok(chg_store_watch_new(&watch, store));
    assert_ok(chg_store_watch_start(watch));
}

static void tear_down(void)
{
    chg_store_watch_free(watch);
    (void)chengis_store_unref(other);
    (void)chengis_store_unref(store);
    temp_dir_remove(dir);
}

TestSuite(store_watch, .init = set_up, .fini = tear_down);

static int readable(void)
{
    struct pollfd fd = {.fd = chg_store_watch_fd(watch), .events = POLLIN};

    return poll(&fd, 1, 0);
}

Test(store_watch, is_quiet_without_commits)
{
    cr_assert_eq(scalar(other, "SELECT COUNT(*) FROM builds"), 0);

    cr_assert_eq(readable(), 0);
    cr_assert_not(chg_store_watch_drain(watch));
}

Test(store_watch, sees_the_commit_of_another_handle_once_it_can_be_read)
{
    (void)make_build(other, 1);

    cr_assert_eq(readable(), 1);
    cr_assert(chg_store_watch_drain(watch));
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds"), 1);
    cr_assert_eq(readable(), 0);
    cr_assert_not(chg_store_watch_drain(watch));
}

Test(store_watch, knows_its_own_commits)
{
    (void)make_build(store, 1);

    cr_assert_eq(readable(), 1);
    cr_assert_not(chg_store_watch_drain(watch));
}

Test(store_watch, finds_a_foreign_commit_between_own_ones)
{
    (void)make_build(store, 1);
    (void)make_build(other, 2);
    (void)make_build(store, 3);

    cr_assert(chg_store_watch_drain(watch));
    cr_assert_not(chg_store_watch_drain(watch));
}

Test(store_watch, sees_before_its_start_what_was_committed_since_it_was_made)
{
    struct chg_store_watch *early = NULL;

    assert_ok(chg_store_watch_new(&early, store));
    cr_assert_eq(chg_store_watch_fd(early), -1);
    cr_assert_not(chg_store_watch_drain(early));

    (void)make_build(other, 1);

    cr_assert(chg_store_watch_drain(early));
    cr_assert_not(chg_store_watch_drain(early));
    chg_store_watch_free(early);
}

Test(store_watch, has_nothing_to_watch_in_memory)
{
    chengis_store *memory = open_store(NULL);
    struct chg_store_watch *none = NULL;

    assert_ok(chg_store_watch_new(&none, memory));
    assert_ok(chg_store_watch_start(none));

    cr_assert_eq(chg_store_watch_fd(none), -1);
    cr_assert_not(chg_store_watch_drain(none));
    chg_store_watch_free(none);
    (void)chengis_store_unref(memory);
}
