/* SPDX-License-Identifier: MIT */
/* The encoders of the masker against what the real programs print. */
#include "logs/mask_encode.h"

#include "support.h"

static void assert_encodes(chg_mask_encode_fn encode, unsigned variant, const char *in,
                           const char *expected)
{
    unsigned char out[512];
    size_t len = encode(out, (const unsigned char *)in, strlen(in), variant);

    cr_assert(len <= CHG_MASK_EXPANSION * strlen(in), "%zu bytes for '%s'", len, in);
    cr_assert(len == strlen(expected) && memcmp(out, expected, len) == 0, "'%s' gives '%.*s'", in,
              (int)len, (const char *)out);
}

Test(logs_mask_encode, writes_hexadecimal_in_both_cases)
{
    assert_encodes(chg_mask_encode_hex, 0, "a\xff+Z", "61ff2b5a");
    assert_encodes(chg_mask_encode_hex, CHG_MASK_HEX_UPPER, "a\xff+Z", "61FF2B5A");
}

Test(logs_mask_encode, base64_at_the_start_leaves_out_what_later_bytes_decide)
{
    assert_encodes(chg_mask_encode_base64, 0, "hunter2", "aHVudGVyM");
    assert_encodes(chg_mask_encode_base64, 0, "hunter", "aHVudGVy");
    assert_encodes(chg_mask_encode_base64, 0, "hunter22", "aHVudGVyMj");
}

/* base64("xhunter2") is eGh1bnRlcjI=, base64("xyhunter2") is eHlodW50ZXIy. */
Test(logs_mask_encode, base64_behind_other_bytes_leaves_out_what_they_decide)
{
    assert_encodes(chg_mask_encode_base64, 1, "hunter2", "h1bnRlcj");
    assert_encodes(chg_mask_encode_base64, 2, "hunter2", "odW50ZXIy");
}

Test(logs_mask_encode, base64_of_few_bytes_is_not_negative)
{
    assert_encodes(chg_mask_encode_base64, 1, "", "");
    assert_encodes(chg_mask_encode_base64, 2, "a", "h");
}

Test(logs_mask_encode, url_safe_base64_differs_in_two_letters)
{
    assert_encodes(chg_mask_encode_base64, 0, "\xfb\xff\xbf", "+/+/");
    assert_encodes(chg_mask_encode_base64, CHG_MASK_BASE64_URL, "\xfb\xff\xbf", "-_-_");
}

Test(logs_mask_encode, percent_keeps_unreserved_letters)
{
    assert_encodes(chg_mask_encode_percent, 0, "aZ9-_.~ /+\xc3\xa9", "aZ9-_.~%20%2F%2B%C3%A9");
    assert_encodes(chg_mask_encode_percent, CHG_MASK_PERCENT_LOWER, "/k?", "%2fk%3f");
    assert_encodes(chg_mask_encode_percent, CHG_MASK_PERCENT_PLUS, "a b+c", "a+b%2Bc");
    assert_encodes(chg_mask_encode_percent, CHG_MASK_PERCENT_SLASH, "a/b c", "a/b%20c");
    assert_encodes(chg_mask_encode_percent, CHG_MASK_PERCENT_MARKS, "(a!)*'/", "(a!)*'%2F");
}

Test(logs_mask_encode, json_escapes_what_it_must)
{
    assert_encodes(chg_mask_encode_json, 0, "a\"b\\c\b\f\n\r\t/", "a\\\"b\\\\c\\b\\f\\n\\r\\t/");
    assert_encodes(chg_mask_encode_json, 0, "\x1f<\xc3\xa9", "\\u001f<\xc3\xa9");
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_UPPER, "\x1f", "\\u001F");
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_SLASH, "a/b", "a\\/b");
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_HTML, "<&>", "\\u003c\\u0026\\u003e");
}

Test(logs_mask_encode, json_in_ascii_writes_code_units)
{
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_ASCII, "\xc3\xa9\xe2\x82\xac",
                   "\\u00e9\\u20ac");
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_ASCII, "\xf0\x9f\x98\x80", "\\ud83d\\ude00");
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_ASCII | CHG_MASK_JSON_UPPER, "\xc3\xa9",
                   "\\u00E9");
}

Test(logs_mask_encode, json_in_ascii_keeps_bytes_that_are_no_utf8)
{
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_ASCII, "a\xff\xc3", "a\xff\xc3");
    assert_encodes(chg_mask_encode_json, CHG_MASK_JSON_ASCII, "\xc3(\x80", "\xc3(\x80");
}

Test(logs_mask_encode, shell_leaves_and_enters_single_quotes)
{
    assert_encodes(chg_mask_encode_shell, 0, "it's $x", "it'\\''s $x");
}

Test(logs_mask_encode, newlines_are_written_three_ways)
{
    assert_encodes(chg_mask_encode_newline, CHG_MASK_NEWLINE_LF, "a\r\nb\nc\rd", "a\nb\nc\rd");
    assert_encodes(chg_mask_encode_newline, CHG_MASK_NEWLINE_CRLF, "a\r\nb\nc", "a\r\nb\r\nc");
    assert_encodes(chg_mask_encode_newline, CHG_MASK_NEWLINE_ESCAPE, "a\r\nb\nc", "a\\nb\\nc");
}
