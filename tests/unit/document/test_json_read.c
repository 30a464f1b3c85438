/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

ParameterizedTestParameters(document_json_read, reads_every_kind)
{
    static struct document_case cases[] = {
        {"null", "nil"},
        {" true ", "true"},
        {"false\n", "false"},
        {"0", "0"},
        {"-0", "0"},
        {"-12", "-12"},
        {"1.50", "1.50"},
        {"1e3", "1e3"},
        {"-1.5E-3", "-1.5E-3"},
        {"9223372036854775808", "9223372036854775808"},
        {"\"\"", "\"\""},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u00e9\\uD83D\\uDE00\\u0000\"", "\"\xC3\xA9\xF0\x9F\x98\x80\\u0000\""},
        {"\"\xC3\xA9\x7F\"", "\"\xC3\xA9\\u007f\""},
        {"[]", "[]"},
        {"[1,[2 , []]]", "[1 [2 []]]"},
        {"{}", "{}"},
        {"\t{\"a\" : 1,\r\n\"b\":{\"c\":[]}}", "{\"a\" 1, \"b\" {\"c\" []}}"},
        {"{\"\": 1}", "{\"\" 1}"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_json_read, reads_every_kind)
{
    check_case("json", row);
}

ParameterizedTestParameters(document_json_read, refuses_what_rfc_8259_does_not_have)
{
    static struct document_case cases[] = {
        {"", "F:1:1: error: the file ends where a value is expected"},
        {" \n ", "F:2:2: error: the file ends where a value is expected"},
        {"1 2", "F:1:3: error: a second value starts here; the file must hold one"},
        {"{} }", "F:1:4: error: a second value starts here; the file must hold one"},
        {"nul", "F:1:1: error: 'n' found where a value is expected"},
        {"True", "F:1:1: error: 'T' found where a value is expected"},
        {"nullx", "F:1:5: error: a second value starts here; the file must hold one"},
        {"'a'", "F:1:1: error: ''' found where a value is expected"},
        {"[1,]", "F:1:4: error: ']' found where a value is expected"},
        {"[,1]", "F:1:2: error: ',' found where a value is expected"},
        {"[1 2]", "F:1:4: error: '2' found where ',' or ']' is expected"},
        {"[1\n", "F:2:1: error: the file ends before '[' of line 1, column 1 is closed"},
        {"[1}", "F:1:3: error: '}' found where ',' or ']' is expected"},
        {"{\"a\"}", "F:1:5: error: '}' found where ':' after the key is expected"},
        {"{\"a\":}", "F:1:6: error: '}' found where a value is expected"},
        {"{\"a\":1,}", "F:1:8: error: '}' found where a key in double quotes is expected"},
        {"{a:1}", "F:1:2: error: 'a' found where a key in double quotes is expected"},
        {"{\"a\":1", "F:1:7: error: the file ends before '{' of line 1, column 1 is closed"},
        {"{", "F:1:2: error: the file ends where a key in double quotes is expected"},
        {"{\"a\"", "F:1:5: error: the file ends where ':' after the key is expected"},
        {"// x\n1", "F:1:1: error: '/' found where a value is expected; JSON has no comments"},
        {"01", "F:1:1: error: '01' is not a JSON number"},
        {"+1", "F:1:1: error: '+' found where a value is expected"},
        {".5", "F:1:1: error: '.' found where a value is expected"},
        {"1.", "F:1:1: error: '1.' is not a JSON number"},
        {"-", "F:1:1: error: '-' is not a JSON number"},
        {"1e", "F:1:1: error: '1e' is not a JSON number"},
        {"1e999", "F:1:1: error: number '1e999' is out of range"},
        {"\"abc", "F:1:1: error: the string is not closed"},
        {"\"abc\\\"", "F:1:1: error: the string is not closed"},
        {"\"a\nb\"", "F:1:3: error: control character U+000A in a string; write an escape"},
        {"\"\\x\"", "F:1:2: error: the escape is not valid in a JSON string"},
        {"\"\\u12\"", "F:1:2: error: the escape is not valid in a JSON string"},
        {"\"\\uD83D\"", "F:1:2: error: the escape is not valid in a JSON string"},
        {"\"\\uD83Dx\"", "F:1:2: error: the escape is not valid in a JSON string"},
        {"\"\\uDE00\"", "F:1:2: error: the escape is not valid in a JSON string"},
        {"\xC2\xA0 1", "F:1:1: error: a value is expected here"},
    };

    return DOCUMENT_CASES(cases);
}

ParameterizedTest(struct document_case *row, document_json_read,
                  refuses_what_rfc_8259_does_not_have)
{
    check_case("json", row);
}

Test(document_json_read, reports_all_duplicate_keys_with_both_places)
{
    const char *text = "{\"a\": {\"b\": 1,\n \"b\": 2}, \"a\": 3}";

    assert_reads("json", text, strlen(text), NULL,
                 "F:2:2: error: duplicate key 'b', first given at line 1, column 8\n"
                 "F:2:11: error: duplicate key 'a', first given at line 1, column 2");
}

Test(document_json_read, keeps_the_place_of_every_node)
{
    struct chg_document *doc = read_good("json", "{\"\xC3\xA9\": [1,\n  \"\xE2\x82\xAC\", {}]}");
    const struct chg_node *list = chg_node_value(chg_document_root(doc), 0);

    cr_expect(chg_node_key(chg_document_root(doc), 0)->place.column == 2);
    cr_expect(list->place.line == 1 && list->place.column == 7);
    cr_expect(list->items[1]->place.line == 2 && list->items[1]->place.column == 3);
    cr_expect(list->items[1]->end.column == 6);
    cr_expect(list->items[2]->place.column == 8);
    cr_expect(list->end.line == 2 && list->end.column == 11);
    chg_document_free(doc);
}
