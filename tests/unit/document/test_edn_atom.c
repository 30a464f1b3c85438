/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

ParameterizedTestParameters(document_edn_atom, reads_every_kind)
{
    static struct document_case cases[] = {
        {"nil", "nil"},
        {"true", "true"},
        {"false", "false"},
        {"\"\"", "\"\""},
        {"\"a\\t\\r\\n\\\\\\\"\\b\\fz\"", "\"a\\t\\r\\n\\\\\\\"\\b\\fz\""},
        {"\"\\u00e9\\u20AC\"", "\"\xC3\xA9\xE2\x82\xAC\""},
        {"\"\\uD83D\\uDE00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\\u0001\\u007f\"", "\"\\u0001\\u007f\""},
        {"\"two\nlines\"", "\"two\\nlines\""},
        {"\\a", "\\a"},
        {"\\newline", "\\newline"},
        {"\\space", "\\space"},
        {"\\tab", "\\tab"},
        {"\\return", "\\return"},
        {"\\formfeed", "\\formfeed"},
        {"\\backspace", "\\backspace"},
        {"\\u0041", "\\A"},
        {"\\u0000", "\\u0000"},
        {"\\\xC3\xA9", "\\\xC3\xA9"},
        {"[\\( \\) \\, \\; \\\"]", "[\\( \\) \\, \\; \\\"]"},
        {"[\\[]", "[\\[]"},
        {"foo", "foo"},
        {"a.b/c*+!-_?$%&=<>|#:d'", "a.b/c*+!-_?$%&=<>|#:d'"},
        {"/", "/"},
        {"[- + -a +a .5 ... <=]", "[- + -a +a .5 ... <=]"},
        {"[truex nilx falsex]", "[truex nilx falsex]"},
        {":k", ":k"},
        {":ns.a/k?", ":ns.a/k?"},
        {":1", ":1"},
        {"[:true :nil]", "[:true :nil]"},
        {"0", "0"},
        {"-0", "0"},
        {"+5", "5"},
        {"42N", "42"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "9223372036854775808"},
        {"-9223372036854775809N", "-9223372036854775809N"},
        {"1.10", "1.10"},
        {"-1.5e-3", "-1.5e-3"},
        {"1E9", "1E9"},
        {"2.50M", "2.50M"},
        {"+2M", "2M"},
        {"1.", "1.0"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_edn_atom, reads_every_kind)
{
    check_case("edn", row);
}

ParameterizedTestParameters(document_edn_atom, refuses_with_place_and_reason)
{
    static struct document_case cases[] = {
        {"\"abc", "F:1:1: error: the string is not closed"},
        {"\"abc\\", "F:1:1: error: the string is not closed"},
        {"\"abc\\\"", "F:1:1: error: the string is not closed"},
        {"\"a\\q\"", "F:1:3: error: escape \\q is not valid in a string"},
        {"\"\\u12\"", "F:1:2: error: escape \\u is not valid in a string"},
        {"\"\\u12G4\"", "F:1:2: error: escape \\u12G4 is not valid in a string"},
        {"\"\\uD83D\"", "F:1:2: error: escape \\uD83D is not valid in a string"},
        {"\"\\uDE00\"", "F:1:2: error: escape \\uDE00 is not valid in a string"},
        {"\"\\uD83D\\u0041\"", "F:1:2: error: escape \\uD83D is not valid in a string"},
        {"\"\\\xC3\xA9\"", "F:1:2: error: escape \\\xC3\xA9 is not valid in a string"},
        {"\\", "F:1:1: error: \\ needs a character behind it"},
        {"[\\ a]", "F:1:2: error: \\ needs a character behind it"},
        {"\\foo", "F:1:1: error: character \\foo is not known"},
        {"\\uD800", "F:1:1: error: character \\uD800 is not known"},
        {"\\u12", "F:1:1: error: character \\u12 is not known"},
        {"::k", "F:1:1: error: keyword '::k' is not valid; write one colon"},
        {":", "F:1:1: error: keyword ':' is not a valid name"},
        {":a:", "F:1:1: error: keyword ':a:' is not a valid name"},
        {":/", "F:1:1: error: keyword ':/' may have one '/', between a namespace and a name"},
        {":a/", "F:1:1: error: keyword ':a/' may have one '/', between a namespace and a name"},
        {"a/b/c", "F:1:1: error: symbol 'a/b/c' may have one '/', between a namespace and a name"},
        {"a\xC2\xA0 b", "F:1:1: error: symbol 'a\xC2\xA0' has an invisible character (a no-break "
                        "space or a byte order mark)"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF"
         "a",
         "F:1:1: error: symbol '\xEF\xBB\xBF"
         "a' has an invisible character (a no-break space or a byte order mark)"},
        {"010", "F:1:1: error: '010' has a leading zero"},
        {"-01", "F:1:1: error: '-01' has a leading zero"},
        {"1/2", "F:1:1: error: '1/2' is a ratio, which is not supported; write a decimal number"},
        {"0x1F", "F:1:1: error: '0x1F' is not a valid number"},
        {"1a", "F:1:1: error: '1a' is not a valid number"},
        {"1.2.3", "F:1:1: error: '1.2.3' is not a valid number"},
        {"1e", "F:1:1: error: '1e' is not a valid number"},
        {"1e+", "F:1:1: error: '1e+' is not a valid number"},
        {"1NM", "F:1:1: error: '1NM' is not a valid number"},
        {"1e999", "F:1:1: error: number '1e999' is out of range"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_edn_atom, refuses_with_place_and_reason)
{
    check_case("edn", row);
}

ParameterizedTestParameters(document_edn_atom, validates_instants_and_uuids)
{
    static struct document_case cases[] = {
        {"#inst \"2026-01-31T12:00:00.123Z\"", "#inst \"2026-01-31T12:00:00.123Z\""},
        {"#inst \"2026\"", "#inst \"2026\""},
        {"#inst \"2026-01\"", "#inst \"2026-01\""},
        {"#inst \"2026-01-31T12:00\"", "#inst \"2026-01-31T12:00\""},
        {"#inst \"2026-01-31T12:00:00+02:00\"", "#inst \"2026-01-31T12:00:00+02:00\""},
        {"#inst \"2026-13\"", "F:1:7: error: #inst needs a time such as \"2026-01-31T12:00:00Z\""},
        {"#inst \"2026.5\"", "F:1:7: error: #inst needs a time such as \"2026-01-31T12:00:00Z\""},
        {"#inst \"\"", "F:1:7: error: #inst needs a time such as \"2026-01-31T12:00:00Z\""},
        {"#inst \"yesterday\"",
         "F:1:7: error: #inst needs a time such as \"2026-01-31T12:00:00Z\""},
        {"#inst 5", "F:1:7: error: #inst needs a string, not a number"},
        {"#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
         "#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\""},
        {"#uuid \"f81d4fae\"",
         "F:1:7: error: #uuid needs 32 hexadecimal digits, grouped 8-4-4-4-12"},
        {"#uuid \"f81d4fae-7dec-11d0-a765-00a0c91e6bfg\"",
         "F:1:7: error: #uuid needs 32 hexadecimal digits, grouped 8-4-4-4-12"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_edn_atom, validates_instants_and_uuids)
{
    check_case("edn", row);
}

Test(document_edn_atom, gives_numbers_their_value_and_spelling)
{
    struct chg_document *doc = read_good("edn", "[+5 42N 1.10 3M 9223372036854775808]");
    const struct chg_node *const *items = chg_document_root(doc)->items;

    cr_expect(items[0]->kind == CHG_NODE_INT && items[0]->integer == 5);
    cr_expect_str_eq(items[0]->text, "+5");
    cr_expect(items[1]->kind == CHG_NODE_INT && items[1]->integer == 42);
    cr_expect(items[2]->kind == CHG_NODE_FLOAT && items[2]->number > 1.09);
    cr_expect_str_eq(items[2]->text, "1.10");
    cr_expect(items[3]->kind == CHG_NODE_FLOAT && items[3]->number > 2.9);
    cr_expect(items[4]->kind == CHG_NODE_FLOAT && items[4]->number > 9.2e18);
    chg_document_free(doc);
}

Test(document_edn_atom, gives_instants_their_epoch_milliseconds)
{
    struct chg_document *doc =
        read_good("edn", "[#inst \"1970-01-01T00:00:01.5Z\" #inst \"1970-01-02\"]");
    const struct chg_node *const *items = chg_document_root(doc)->items;

    cr_expect(items[0]->kind == CHG_NODE_INST && items[0]->integer == 1500);
    cr_expect(items[1]->integer == 86400000);
    chg_document_free(doc);
}

Test(document_edn_atom, keeps_nul_bytes_of_escapes)
{
    struct chg_document *doc = read_good("edn", "\"a\\u0000b\"");

    cr_expect(chg_document_root(doc)->text_len == 3);
    cr_expect(memcmp(chg_document_root(doc)->text, "a\0b", 4) == 0);
    chg_document_free(doc);
}
