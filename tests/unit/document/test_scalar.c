/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include "document/document_priv.h"

Test(document_scalar, knows_the_numbers_of_json)
{
    cr_expect(chg_number_is_json("0", 1) && chg_number_is_json("-0", 2));
    cr_expect(chg_number_is_json("10.50e+3", 8) && chg_number_is_json("1E-9", 4));
    cr_expect(!chg_number_is_json("", 0) && !chg_number_is_json("-", 1));
    cr_expect(!chg_number_is_json("01", 2) && !chg_number_is_json("+1", 2));
    cr_expect(!chg_number_is_json("1.", 2) && !chg_number_is_json(".1", 2));
    cr_expect(!chg_number_is_json("1e", 2) && !chg_number_is_json("1x", 2));
}

Test(document_scalar, knows_what_fits_64_bits)
{
    int64_t value = 0;

    cr_expect(chg_integer_fits(&value, "9223372036854775807", 19) && value == INT64_MAX);
    cr_expect(chg_integer_fits(&value, "-9223372036854775808", 20) && value == INT64_MIN);
    cr_expect(!chg_integer_fits(&value, "9223372036854775808", 19));
    cr_expect(!chg_integer_fits(&value, "-9223372036854775809", 20));
    cr_expect(!chg_integer_fits(&value, "99999999999999999999", 20));
    cr_expect(chg_integer_fits(&value, "+007", 4) && value == 7);
}

Test(document_scalar, parses_numbers_of_any_length)
{
    char digits[200];
    double value = 0;

    memset(digits, '1', sizeof(digits));
    digits[1] = '.';
    assert_ok(chg_number_parse(&value, digits, sizeof(digits)));
    cr_expect(value > 1.11 && value < 1.12);
    assert_ok(chg_number_parse(&value, "+2.5", 4));
    cr_expect(value > 2.4 && value < 2.6);
    assert_err(chg_number_parse(&value, "1e999", 5), CHENGIS_ERR_INVALID, "1e999");
}

Test(document_scalar, reads_four_hexadecimal_digits_and_not_fewer)
{
    const char *text = "00eFg";

    cr_expect(chg_hex4(text, text + 5) == 0xEF);
    cr_expect(chg_hex4(text, text + 3) == -1);
    cr_expect(chg_hex4(text + 1, text + 5) == -1);
}

Test(document_scalar, encodes_code_points)
{
    char out[4];

    cr_expect(chg_utf8_encode(out, 0x7F) == 1 && out[0] == 0x7F);
    cr_expect(chg_utf8_encode(out, 0xE9) == 2 && memcmp(out, "\xC3\xA9", 2) == 0);
    cr_expect(chg_utf8_encode(out, 0x20AC) == 3 && memcmp(out, "\xE2\x82\xAC", 3) == 0);
    cr_expect(chg_utf8_encode(out, 0x1F600) == 4 && memcmp(out, "\xF0\x9F\x98\x80", 4) == 0);
}

Test(document_scalar, cuts_text_between_characters)
{
    const char *text = "a\xE2\x82\xAC\xE2\x82\xAC";

    cr_expect(chg_utf8_cut(text, 7, 9) == 7 && chg_utf8_cut(text, 7, 7) == 7);
    cr_expect(chg_utf8_cut(text, 7, 6) == 4 && chg_utf8_cut(text, 7, 4) == 4);
    cr_expect(chg_utf8_cut(text, 7, 3) == 1 && chg_utf8_cut(text, 7, 0) == 0);
}
