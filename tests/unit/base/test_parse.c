/* SPDX-License-Identifier: MIT */
/* Text to numbers, durations and sizes. */
#include "base/parse.h"

#include <locale.h>
#include <math.h>

#include "base/error.h"
#include "support.h"

struct i64_case {
    char text[40];
    int64_t value;
};

ParameterizedTestParameters(base_parse, i64_reads_all_whole_numbers)
{
    static struct i64_case cases[] = {
        {"0", 0},
        {"-0", 0},
        {"007", 7},
        {"-12", -12},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };

    return cr_make_param_array(struct i64_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct i64_case *c, base_parse, i64_reads_all_whole_numbers)
{
    int64_t value = 1;

    assert_ok(chg_parse_i64(&value, c->text));
    cr_expect_eq(value, c->value);
}

struct bad_case {
    char text[40];
    char part[48];
};

ParameterizedTestParameters(base_parse, i64_refuses_everything_else)
{
    static struct bad_case cases[] = {
        {"", "'' is not a whole number"},
        {"-", "'-' is not a whole number"},
        {" 1", "' 1' is not a whole number"},
        {"1 ", "'1 ' is not a whole number"},
        {"+1", "'+1' is not a whole number"},
        {"1.5", "'1.5' is not a whole number"},
        {"0x10", "'0x10' is not a whole number"},
        {"--1", "'--1' is not a whole number"},
        {"9223372036854775808", "is too large"},
        {"-9223372036854775809", "is too large"},
        {"99999999999999999999999", "is too large"},
    };

    return cr_make_param_array(struct bad_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad_case *c, base_parse, i64_refuses_everything_else)
{
    int64_t value = 42;

    assert_err(chg_parse_i64(&value, c->text), CHENGIS_ERR_INVALID, c->part);
    cr_expect_eq(value, 42);
}

Test(base_parse, null_is_refused_by_all)
{
    int64_t i;
    uint64_t u;
    double d;
    bool b;

    assert_err(chg_parse_i64(&i, NULL), CHENGIS_ERR_INVALID, "''");
    assert_err(chg_parse_u64_base(&u, NULL, 10), CHENGIS_ERR_INVALID, "''");
    assert_err(chg_parse_double(&d, NULL), CHENGIS_ERR_INVALID, "''");
    assert_err(chg_parse_bool(&b, NULL), CHENGIS_ERR_INVALID, "''");
    assert_err(chg_parse_duration_ms(&i, NULL), CHENGIS_ERR_INVALID, "''");
    assert_err(chg_parse_size(&u, NULL), CHENGIS_ERR_INVALID, "''");
}

Test(base_parse, u64_reads_several_bases)
{
    uint64_t value;

    assert_ok(chg_parse_u64_base(&value, "ffffFFFFffffFFFF", 16));
    cr_expect_eq(value, UINT64_MAX);
    assert_ok(chg_parse_u64_base(&value, "755", 8));
    cr_expect_eq(value, 0755);
    assert_err(chg_parse_u64_base(&value, "8", 8), CHENGIS_ERR_INVALID, "of base 8");
    assert_err(chg_parse_u64_base(&value, "-1", 10), CHENGIS_ERR_INVALID, "of base 10");
    assert_err(chg_parse_u64_base(&value, "10000000000000000", 16), CHENGIS_ERR_INVALID,
               "too large");
}

Test(base_parse, double_reads_decimal_numbers)
{
    double value;

    assert_ok(chg_parse_double(&value, "-1.25e2"));
    cr_expect_eq(value, -125.0);
    assert_ok(chg_parse_double(&value, ".5"));
    cr_expect_eq(value, 0.5);
}

ParameterizedTestParameters(base_parse, double_refuses_everything_else)
{
    static struct bad_case cases[] = {
        {"", "is not a number"},    {"1,5", "is not a number"},   {"inf", "is not a number"},
        {"nan", "is not a number"}, {"0x1p3", "is not a number"}, {" 1", "is not a number"},
        {"1e", "is not a number"},  {"-", "is not a number"},     {"1e999", "is too large"},
    };

    return cr_make_param_array(struct bad_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad_case *c, base_parse, double_refuses_everything_else)
{
    double value = 42;

    assert_err(chg_parse_double(&value, c->text), CHENGIS_ERR_INVALID, c->part);
    cr_expect_eq(value, 42);
}

Test(base_parse, bool_is_true_or_false)
{
    bool value = false;

    assert_ok(chg_parse_bool(&value, "true"));
    cr_expect(value);
    assert_ok(chg_parse_bool(&value, "false"));
    cr_expect_not(value);
    assert_err(chg_parse_bool(&value, "yes"), CHENGIS_ERR_INVALID, "'yes' is not true or false");
    assert_err(chg_parse_bool(&value, "True"), CHENGIS_ERR_INVALID, "'True'");
}

ParameterizedTestParameters(base_parse, duration_reads_numbers_with_units)
{
    static struct i64_case cases[] = {
        {"1500", 1500},
        {"500ms", 500},
        {"90s", 90000},
        {"10m", 600000},
        {"2h", 7200000},
        {"1d", 86400000},
        {"1h30m", 5400000},
        {"1d2h3m4s5ms", 93784005},
        {"0h1m", 60000},
        {"1m1ms", 60001},
        {"9223372036854775807", INT64_MAX},
    };

    return cr_make_param_array(struct i64_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct i64_case *c, base_parse, duration_reads_numbers_with_units)
{
    int64_t value = 0;

    assert_ok(chg_parse_duration_ms(&value, c->text));
    cr_expect_eq(value, c->value);
}

ParameterizedTestParameters(base_parse, duration_refuses_everything_else)
{
    static struct bad_case cases[] = {
        {"", "is not a duration, expected one like"},
        {"m", "'m' is not a duration"},
        {"-5s", "'-5s' is not a duration"},
        {"1.5h", "'1.5h' is not a duration"},
        {"10 m", "'10 m' is not a duration"},
        {"10minutes", "is not a duration"},
        {"1h30", "'1h30' is not a duration"},
        {"1m1h", "'1m1h' is not a duration"},
        {"1m1m", "'1m1m' is not a duration"},
        {"5S", "'5S' is not a duration"},
        {"0", "must be longer than 0"},
        {"0s", "duration '0s' must be longer than 0"},
        {"9223372036854775808", "too large"},
        {"9223372036854775807d", "too large"},
        {"106751991167d24h", "too large"},
        {"99999999999999999999s", "too large"},
    };

    return cr_make_param_array(struct bad_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad_case *c, base_parse, duration_refuses_everything_else)
{
    int64_t value = 42;

    assert_err(chg_parse_duration_ms(&value, c->text), CHENGIS_ERR_INVALID, c->part);
    cr_expect_eq(value, 42);
}

struct size_case {
    char text[24];
    uint64_t value;
};

ParameterizedTestParameters(base_parse, size_reads_decimal_and_binary_suffixes)
{
    static struct size_case cases[] = {
        {"0", 0},
        {"512", 512},
        {"512b", 512},
        {"10k", 10000},
        {"10KB", 10000},
        {"1KiB", 1024},
        {"1ki", 1024},
        {"1M", 1000000},
        {"1MiB", 1048576},
        {"2GB", 2000000000},
        {"2GiB", 2147483648},
        {"1T", 1000000000000},
        {"1TiB", 1099511627776},
        {"18446744073709551615", UINT64_MAX},
    };

    return cr_make_param_array(struct size_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct size_case *c, base_parse, size_reads_decimal_and_binary_suffixes)
{
    uint64_t value = 1;

    assert_ok(chg_parse_size(&value, c->text));
    cr_expect_eq(value, c->value);
}

ParameterizedTestParameters(base_parse, size_refuses_everything_else)
{
    static struct bad_case cases[] = {
        {"", "is not a size"},
        {"k", "'k' is not a size"},
        {"-1", "'-1' is not a size"},
        {"1.5M", "is not a size"},
        {"10 k", "is not a size"},
        {"10x", "'10x' is not a size"},
        {"99999999999999TiB", "too large"},
        {"18446744073709551616", "too large"},
    };

    return cr_make_param_array(struct bad_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bad_case *c, base_parse, size_refuses_everything_else)
{
    uint64_t value = 42;

    assert_err(chg_parse_size(&value, c->text), CHENGIS_ERR_INVALID, c->part);
    cr_expect_eq(value, 42);
}
