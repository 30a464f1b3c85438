/* SPDX-License-Identifier: MIT */
/* The ticket: one holder, a time limit, a count that everybody sees. */
#include "store/ticket.h"

#include <pthread.h>

#include "base/clock.h"
#include "store_test.h"

static char *dir;
static struct chg_ticket ours;
static struct chg_ticket theirs;

static void set_up(void)
{
    static char path[512];

    dir = temp_dir();
    (void)snprintf(path, sizeof(path), "%s/a.db", dir);
    assert_ok(chg_ticket_open(&ours, path));
    assert_ok(chg_ticket_open(&theirs, path));
}

static void tear_down(void)
{
    chg_ticket_close(&ours);
    chg_ticket_close(&theirs);
    temp_dir_remove(dir);
}

TestSuite(store_ticket, .init = set_up, .fini = tear_down);

Test(store_ticket, has_one_holder)
{
    assert_ok(chg_ticket_acquire(&ours, 0));

    assert_err(chg_ticket_acquire(&theirs, 5), CHENGIS_ERR_BUSY, "a.db' is being written");
    chg_ticket_release(&ours);
    assert_ok(chg_ticket_acquire(&theirs, 0));
}

Test(store_ticket, frees_the_door_after_giving_up)
{
    struct chg_ticket third;

    assert_ok(chg_ticket_open(&third, ours.database));
    assert_ok(chg_ticket_acquire(&ours, 0));
    assert_err(chg_ticket_acquire(&theirs, 1), CHENGIS_ERR_BUSY, "a.db");
    chg_ticket_release(&ours);

    assert_ok(chg_ticket_acquire(&third, 0));
    chg_ticket_close(&third);
}

Test(store_ticket, is_free_again_when_its_holder_is_gone)
{
    assert_ok(chg_ticket_acquire(&ours, 0));
    chg_ticket_close(&ours);

    assert_ok(chg_ticket_acquire(&theirs, 0));
}

static void *wait_for_it(void *userdata)
{
    *(int *)userdata = chg_ticket_acquire(&theirs, 10000);
    return NULL;
}

Test(store_ticket, goes_to_whoever_waited)
{
    pthread_t waiter;
    int rc = 1;

    assert_ok(chg_ticket_acquire(&ours, 0));
    cr_assert_eq(pthread_create(&waiter, NULL, wait_for_it, &rc), 0);
    /* Once the waiter stands at the door, coming back at once does not overtake it. */
    do {
        chg_ticket_release(&ours);
    } while (chg_ticket_acquire(&ours, 0) == 0);
    (void)pthread_join(waiter, NULL);

    cr_assert_eq(rc, 0);
}

Test(store_ticket, counts_the_commits_of_everybody)
{
    chg_ticket_announce(&ours);
    chg_ticket_announce(&theirs);
    chg_ticket_announce(&ours);

    cr_assert_eq(chg_ticket_commits(&ours), 3);
    cr_assert_eq(chg_ticket_commits(&theirs), 3);
}
