/* SPDX-License-Identifier: MIT */
/* Cancellation: levels, reasons, descriptors, and the way from parents to children. */
#include "base/cancel.h"

#include <fcntl.h>
#include <poll.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "support.h"

static bool is_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

    return poll(&poll_fd, 1, 0) == 1;
}

static struct chg_cancel *make(struct chg_cancel *parent)
{
    struct chg_cancel *cancel = NULL;

    assert_ok(chg_cancel_new(&cancel, parent));
    return cancel;
}

Test(base_cancel, starts_uncancelled)
{
    struct chg_cancel *cancel = make(NULL);

    cr_expect_eq(chg_cancel_level(cancel), 0);
    cr_expect_str_eq(chg_cancel_reason(cancel), "");
    assert_ok(chg_cancel_check(cancel));
    cr_expect_not(is_readable(chg_cancel_fd(cancel)));
    cr_expect_null(chg_cancel_unref(cancel));
}

Test(base_cancel, null_is_never_cancelled)
{
    cr_expect_eq(chg_cancel_level(NULL), 0);
    cr_expect_str_eq(chg_cancel_reason(NULL), "");
    assert_ok(chg_cancel_check(NULL));
    cr_expect_null(chg_cancel_unref(NULL));
}

Test(base_cancel, check_gives_the_first_reason)
{
    struct chg_cancel *cancel = make(NULL);

    chg_cancel_request(cancel, 1, "stopped by alice");
    chg_cancel_request(cancel, 2, "again");

    assert_err(chg_cancel_check(cancel), CHENGIS_ERR_CANCELLED, "cancelled: stopped by alice");
    cr_expect_eq(chg_cancel_level(cancel), 2);
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, a_request_without_reason_counts)
{
    struct chg_cancel *cancel = make(NULL);

    chg_cancel_request(cancel, 1, NULL);

    assert_err(chg_cancel_check(cancel), CHENGIS_ERR_CANCELLED, "cancelled");
    cr_expect_str_eq(chg_error_message(), "cancelled");
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, the_level_only_rises_and_has_a_ceiling)
{
    struct chg_cancel *cancel = make(NULL);

    chg_cancel_request(cancel, 0, "nothing");
    cr_expect_eq(chg_cancel_level(cancel), 0);
    chg_cancel_request(cancel, 9, "x");
    chg_cancel_request(cancel, 1, "y");

    cr_expect_eq(chg_cancel_level(cancel), 2);
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, the_descriptor_is_readable_again_at_each_raise)
{
    struct chg_cancel *cancel = make(NULL);
    int fd = chg_cancel_fd(cancel);

    chg_cancel_request(cancel, 1, "x");
    cr_expect(is_readable(fd));
    chg_cancel_drain(cancel);
    cr_expect_not(is_readable(fd));
    chg_cancel_request(cancel, 1, "x");
    cr_expect_not(is_readable(fd));
    chg_cancel_request(cancel, 2, "x");
    cr_expect(is_readable(fd));
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, a_descriptor_made_afterwards_is_readable)
{
    struct chg_cancel *cancel = make(NULL);

    chg_cancel_drain(cancel);
    chg_cancel_request(cancel, 1, "x");

    cr_expect(is_readable(chg_cancel_fd(cancel)));
    cr_expect_eq(chg_cancel_fd(cancel), chg_cancel_fd(cancel));
    cr_expect_eq(fcntl(chg_cancel_fd(cancel), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, a_parent_cancels_children_of_all_generations)
{
    struct chg_cancel *build = make(NULL);
    struct chg_cancel *stage = make(build);
    struct chg_cancel *step = make(stage);
    struct chg_cancel *other = make(build);
    int fd = chg_cancel_fd(step);

    chg_cancel_request(build, 2, "stop");

    cr_expect_eq(chg_cancel_level(step), 2);
    cr_expect_str_eq(chg_cancel_reason(step), "stop");
    cr_expect_eq(chg_cancel_level(other), 2);
    cr_expect(is_readable(fd));
    (void)chg_cancel_unref(build);
    (void)chg_cancel_unref(stage);
    (void)chg_cancel_unref(step);
    (void)chg_cancel_unref(other);
}

Test(base_cancel, a_child_does_not_cancel_its_parent_or_siblings)
{
    struct chg_cancel *parent = make(NULL);
    struct chg_cancel *first = make(parent);
    struct chg_cancel *second = make(parent);

    chg_cancel_request(first, 1, "timeout");

    cr_expect_eq(chg_cancel_level(parent), 0);
    cr_expect_eq(chg_cancel_level(second), 0);
    (void)chg_cancel_unref(second);
    (void)chg_cancel_unref(first);
    (void)chg_cancel_unref(parent);
}

Test(base_cancel, a_child_of_a_cancelled_parent_is_born_cancelled)
{
    struct chg_cancel *parent = make(NULL);
    struct chg_cancel *child;

    chg_cancel_request(parent, 1, "too late");
    child = make(parent);

    assert_err(chg_cancel_check(child), CHENGIS_ERR_CANCELLED, "too late");
    (void)chg_cancel_unref(child);
    (void)chg_cancel_unref(parent);
}

Test(base_cancel, a_raise_passes_a_child_that_has_the_level_already)
{
    struct chg_cancel *parent = make(NULL);
    struct chg_cancel *child = make(parent);

    chg_cancel_request(child, 2, "own");
    chg_cancel_request(parent, 1, "other");

    cr_expect_eq(chg_cancel_level(child), 2);
    cr_expect_str_eq(chg_cancel_reason(child), "own");
    (void)chg_cancel_unref(parent);
    (void)chg_cancel_unref(child);
}

Test(base_cancel, children_can_leave_in_any_order)
{
    struct chg_cancel *parent = make(NULL);
    struct chg_cancel *a = make(parent);
    struct chg_cancel *b = make(parent);
    struct chg_cancel *c = make(parent);

    (void)chg_cancel_unref(b);
    chg_cancel_request(parent, 1, "x");
    cr_expect(chg_cancel_level(a) == 1 && chg_cancel_level(c) == 1);
    (void)chg_cancel_unref(c);
    (void)chg_cancel_unref(a);
    (void)chg_cancel_unref(parent);
}

Test(base_cancel, a_reference_keeps_it_alive)
{
    struct chg_cancel *cancel = make(NULL);

    (void)chg_cancel_unref(chg_cancel_ref(cancel));

    cr_expect_eq(chg_cancel_level(cancel), 0);
    (void)chg_cancel_unref(cancel);
}

static void request_soon(void *userdata)
{
    chg_cancel_request(userdata, 1, "wake up");
}

Test(base_cancel, a_request_ends_a_sleep, .timeout = 20)
{
    struct chg_cancel *parent = make(NULL);
    struct chg_cancel *child = make(parent);
    struct chg_thread thread;

    assert_ok(chg_thread_start(&thread, "cancel", request_soon, parent));
    assert_err(chg_cancel_sleep(child, 3600000), CHENGIS_ERR_CANCELLED, "wake up");

    chg_thread_join(&thread);
    (void)chg_cancel_unref(child);
    (void)chg_cancel_unref(parent);
}

Test(base_cancel, an_undisturbed_sleep_takes_its_time)
{
    struct chg_cancel *cancel = make(NULL);
    int64_t start = chg_clock_mono_ms();

    assert_ok(chg_cancel_sleep(cancel, 15));

    cr_expect_geq(chg_clock_mono_ms() - start, 15);
    assert_ok(chg_cancel_sleep(cancel, 0));
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, a_rearmed_descriptor_waits_for_the_next_level)
{
    struct chg_cancel *cancel = make(NULL);
    int fd = chg_cancel_fd(cancel);

    chg_cancel_request(cancel, 1, "x");
    chg_cancel_rearm(cancel, 2);
    cr_expect_not(is_readable(fd), "the first request is known");
    chg_cancel_request(cancel, 1, "again");
    cr_expect_not(is_readable(fd));
    chg_cancel_request(cancel, 2, "x");
    cr_expect(is_readable(fd));
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, rearming_loses_no_request_that_has_come)
{
    struct chg_cancel *cancel = make(NULL);
    int fd = chg_cancel_fd(cancel);

    chg_cancel_request(cancel, 2, "x");
    chg_cancel_rearm(cancel, 2);
    cr_expect(is_readable(fd));
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, missing_memory_is_reported_and_a_lost_reason_does_not_stop_a_request)
{
    struct chg_cancel *cancel = NULL;

    fault_alloc(1);
    assert_err(chg_cancel_new(&cancel, NULL), CHENGIS_ERR_NO_MEMORY, "out of memory");
    cr_expect_null(cancel);

    cancel = make(NULL);
    fault_alloc(1);
    chg_cancel_request(cancel, 1, "x");
    cr_expect_eq(chg_cancel_level(cancel), 1);
    cr_expect_str_eq(chg_cancel_reason(cancel), "");
    (void)chg_cancel_unref(cancel);
}

Test(base_cancel, sleeping_without_a_cancellation_takes_its_time)
{
    int64_t start = chg_clock_mono_ms();

    assert_ok(chg_cancel_sleep(NULL, 15));
    cr_expect_geq(chg_clock_mono_ms() - start, 15);
    assert_ok(chg_cancel_sleep(NULL, -1));
}
