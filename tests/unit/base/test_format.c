/* SPDX-License-Identifier: MIT */
/* Durations and sizes for people. */
#include "base/parse.h"
#include "support.h"

struct duration_case {
    int64_t ms;
    char text[24];
};

ParameterizedTestParameters(base_format, duration_shows_two_units)
{
    static struct duration_case cases[] = {
        {-5, "0 ms"},
        {0, "0 ms"},
        {999, "999 ms"},
        {1000, "1.0 s"},
        {1290, "1.2 s"},
        {59999, "59.9 s"},
        {60000, "1 m 00 s"},
        {184000, "3 m 04 s"},
        {3599999, "59 m 59 s"},
        {3720000, "1 h 02 m"},
        {93600000, "26 h 00 m"},
        {INT64_MAX, "2562047788015 h 12 m"},
    };

    return cr_make_param_array(struct duration_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct duration_case *c, base_format, duration_shows_two_units)
{
    char buffer[32];

    cr_expect_str_eq(chg_format_duration(buffer, sizeof(buffer), c->ms), c->text);
}

struct size_case {
    uint64_t bytes;
    char text[24];
};

ParameterizedTestParameters(base_format, size_picks_the_binary_unit)
{
    static struct size_case cases[] = {
        {0, "0 B"},
        {812, "812 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {1434, "1.4 KiB"},
        {1048575, "1023.9 KiB"},
        {3145728, "3.0 MiB"},
        {UINT64_C(1) << 40, "1.0 TiB"},
        {UINT64_MAX, "15.9 EiB"},
    };

    return cr_make_param_array(struct size_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct size_case *c, base_format, size_picks_the_binary_unit)
{
    char buffer[32];

    cr_expect_str_eq(chg_format_size(buffer, sizeof(buffer), c->bytes), c->text);
}
