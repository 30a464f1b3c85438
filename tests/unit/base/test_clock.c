/* SPDX-License-Identifier: MIT */
/* The clocks and their fake; times as text and back. */
#include "base/clock.h"

#include "base/error.h"
#include "support.h"

Test(base_clock, monotonic_time_never_goes_back)
{
    int64_t before = chg_clock_mono_us();
    int64_t after = chg_clock_mono_us();

    cr_expect_leq(before, after);
    cr_expect_gt(before, 0);
    cr_expect_leq(before / 1000, chg_clock_mono_ms());
}

Test(base_clock, wall_time_is_after_this_was_written)
{
    cr_expect_gt(chg_clock_wall_ms(), INT64_C(1735689600000));
}

Test(base_clock, a_fake_replaces_both_clocks_until_it_is_removed)
{
    struct chg_clock_fake fake = {.mono_us = 5000, .wall_ms = 42};

    chg_clock_set_fake(&fake);
    cr_expect_eq(chg_clock_mono_ms(), 5);
    cr_expect_eq(chg_clock_wall_ms(), 42);
    fake.mono_us = 6000;
    cr_expect_eq(chg_clock_mono_us(), 6000);

    chg_clock_set_fake(NULL);
    cr_expect_neq(chg_clock_wall_ms(), 42);
}

struct time_case {
    int64_t ms;
    char text[48];
};

ParameterizedTestParameters(base_clock, times_are_formatted_and_read_back)
{
    static struct time_case cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1, "1970-01-01T00:00:00.001Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {951868800000, "2000-03-01T00:00:00.000Z"},
        {1769860800123, "2026-01-31T12:00:00.123Z"},
        {1735689599999, "2024-12-31T23:59:59.999Z"},
        {4107542400000, "2100-03-01T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
        {-62135596800000, "0001-01-01T00:00:00.000Z"},
        {-62167219200000, "0000-01-01T00:00:00.000Z"},
    };

    return cr_make_param_array(struct time_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct time_case *c, base_clock, times_are_formatted_and_read_back)
{
    char text[32];
    int64_t ms = 0;

    cr_expect_str_eq(chg_time_format(text, sizeof(text), c->ms), c->text);
    assert_ok(chg_time_parse(&ms, c->text));
    cr_expect_eq(ms, c->ms);
}

Test(base_clock, the_farthest_times_can_be_formatted)
{
    char text[40];

    cr_expect_str_eq(chg_time_format(text, sizeof(text), INT64_MAX),
                     "292278994-08-17T07:12:55.807Z");
    cr_expect_str_eq(chg_time_format(text, sizeof(text), INT64_MIN),
                     "-292275055-05-16T16:47:04.192Z");
}

ParameterizedTestParameters(base_clock, other_forms_of_a_time_are_read)
{
    static struct time_case cases[] = {
        {1769860800000, "2026-01-31T12:00:00Z"},
        {1769860800000, "2026-01-31 12:00:00z"},
        {1769860800500, "2026-01-31t12:00:00.5Z"},
        {1769860800123, "2026-01-31T12:00:00.123456789Z"},
        {1769860800000, "2026-01-31T13:30:00+01:30"},
        {1769860800000, "2026-01-31T07:00:00-05:00"},
        {1483228800000, "2016-12-31T23:59:60Z"},
    };

    return cr_make_param_array(struct time_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct time_case *c, base_clock, other_forms_of_a_time_are_read)
{
    int64_t ms = 0;

    assert_ok(chg_time_parse(&ms, c->text));
    cr_expect_eq(ms, c->ms, "%s: %lld", c->text, (long long)ms);
}

ParameterizedTestParameters(base_clock, what_is_no_time_is_refused)
{
    static struct time_case cases[] = {
        {0, ""},
        {0, "yesterday"},
        {0, "2026-01-31"},
        {0, "2026-01-31T12:00Z"},
        {0, "2026-01-31T12:00:00"},
        {0, "2026-13-01T00:00:00Z"},
        {0, "2026-00-01T00:00:00Z"},
        {0, "2026-02-29T00:00:00Z"},
        {0, "1900-02-29T00:00:00Z"},
        {0, "2026-01-00T00:00:00Z"},
        {0, "2026-01-01T24:00:00Z"},
        {0, "2026-01-01T00:60:00Z"},
        {0, "2026-01-01T00:00:61Z"},
        {0, "2026-01-01T00:00:00.Z"},
        {0, "2026-01-01T00:00:00+24:00"},
        {0, "2026-01-01T00:00:00+0100"},
        {0, "2026-01-01T00:00:00Zx"},
        {0, "26-01-01T00:00:00Z"},
    };

    return cr_make_param_array(struct time_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct time_case *c, base_clock, what_is_no_time_is_refused)
{
    int64_t ms = 42;

    assert_err(chg_time_parse(&ms, c->text), CHENGIS_ERR_INVALID, "is not a time, expected one");
    cr_expect_eq(ms, 42);
}

Test(base_clock, null_is_no_time)
{
    int64_t ms;

    assert_err(chg_time_parse(&ms, NULL), CHENGIS_ERR_INVALID, "'' is not a time");
}
