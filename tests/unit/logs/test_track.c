/* SPDX-License-Identifier: MIT */
/* The table of steps. */
#include "logs/track.h"

#include "support.h"

static struct chg_tracks tracks;

static void tear_down(void)
{
    chg_tracks_fini(&tracks);
}

TestSuite(logs_track, .fini = tear_down);

static struct chg_track *get(uint32_t step)
{
    struct chg_track *track;

    assert_ok(chg_tracks_get(&track, &tracks, step));
    return track;
}

Test(logs_track, steps_may_come_in_any_order)
{
    struct chg_track *five = get(5);
    struct chg_track *one = get(1);
    struct chg_track *last = get(UINT32_MAX);

    cr_assert_eq(get(5), five);
    cr_assert_eq(chg_tracks_find(&tracks, 1), one);
    cr_assert_eq(chg_tracks_find(&tracks, UINT32_MAX), last);
    cr_assert_null(chg_tracks_find(&tracks, 3));
    cr_assert_eq(tracks.len, 3);
}

Test(logs_track, removing_keeps_the_others)
{
    (void)get(1);
    (void)get(2);
    (void)get(3);
    chg_tracks_remove(&tracks, 2);
    chg_tracks_remove(&tracks, 9);
    cr_assert_null(chg_tracks_find(&tracks, 2));
    cr_assert_eq(chg_tracks_find(&tracks, 3)->step, 3);
    cr_assert_eq(tracks.len, 2);
}

Test(logs_track, totals_follow_the_frames)
{
    struct chg_track *track = get(1);
    struct chg_frame first = {.length = 10, .newlines = 2, .at = 50};
    struct chg_frame second = {.length = 5,
                               .offset = 10,
                               .lines = 2,
                               .newlines = 1,
                               .at = 60,
                               .flags = CHG_FRAME_OPEN_LINE | CHG_FRAME_TRUNCATED};

    assert_ok(chg_index_reserve(&track->index));
    chg_track_note(track, &first, 0);
    cr_assert_eq(chg_track_lines(track), 2);
    assert_ok(chg_index_reserve(&track->index));
    chg_track_note(track, &second, 58);
    cr_assert_eq(track->bytes, 15);
    cr_assert_eq(track->newlines, 3);
    cr_assert_eq(chg_track_lines(track), 4);
    cr_assert_eq(track->last_at, 60);
    cr_assert(track->truncated);
}

Test(logs_track, missing_memory_adds_nothing)
{
    struct chg_track *track;

    for (unsigned nth = 1; nth <= 2; nth++) {
        fault_alloc(nth);
        int rc = chg_tracks_get(&track, &tracks, 1);
        cr_assert(fault_alloc_off());
        cr_assert_eq(rc, CHENGIS_ERR_NO_MEMORY);
        cr_assert_eq(tracks.len, 0);
    }
    cr_assert_eq(get(1)->step, 1);
}
