/* SPDX-License-Identifier: MIT */
#include "document_test.h"

Test(document_json_print, prints_one_line)
{
    assert_prints("edn", "{:a [1 -2.50M \"x\" nil true], \"b\" {}, c (d) 5 #{:e}}", "json", 0,
                  "{\"a\":[1,-2.50,\"x\",null,true],\"b\":{},\"c\":[\"d\"],\"5\":[\"e\"]}");
}

Test(document_json_print, prints_indented)
{
    assert_prints("json", "{\"a\":[1,{}],\"b\":[]}", "json", 2,
                  "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

Test(document_json_print, escapes_what_json_wants_escaped)
{
    assert_prints("json", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f/\xC3\xA9\"", "json", 0,
                  "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7F/\xC3\xA9\"");
}

Test(document_json_print, writes_numbers_of_other_formats_as_json)
{
    assert_prints("yaml", "[0x1F, +1.5, .5, 1., 010, 0xFFFFFFFFFFFFFFFFFF]", "json", 0,
                  "[31,1.5,0.5,1.0,10,4.7223664828696452e+21]");
}

Test(document_json_print, repairs_text_that_is_not_utf8)
{
    struct chg_document *doc = NULL;
    struct chg_str out = CHG_STR_INIT;

    assert_ok(chg_document_new(&doc, NULL));
    assert_ok(chg_document_print_json(
        &out, chg_document_add_text(doc, CHG_NODE_STRING, "a\xFF\xC3z", 4), 0));
    cr_expect_str_eq(out.ptr, "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
    chg_str_fini(&out);
    chg_document_free(doc);
}

Test(document_json_print, refuses_what_json_cannot_say)
{
    struct chg_document *infinity = read_good("yaml", "[.inf]");
    struct chg_document *key = read_good("edn", "{#{1} 2}");
    struct chg_document *same = read_good("edn", "{:a 1 a 2}");
    struct chg_str out = CHG_STR_INIT;

    assert_err(chg_document_print_json(&out, chg_document_root(infinity), 0), CHENGIS_ERR_INVALID,
               "number .inf cannot be written in JSON");
    assert_err(chg_document_print_json(&out, chg_document_root(key), 0), CHENGIS_ERR_INVALID,
               "a set cannot be a key in JSON");
    assert_err(chg_document_print_json(&out, chg_document_root(same), 0), CHENGIS_ERR_INVALID,
               "two keys of a map become the same in JSON: 'a'");
    chg_str_fini(&out);
    chg_document_free(infinity);
    chg_document_free(key);
    chg_document_free(same);
}

Test(document_json_print, reports_that_memory_ran_out)
{
    struct chg_document *doc = read_good("json", "{\"a\": [1, 2, \"x\"]}");
    struct chg_str out = CHG_STR_INIT;

    fault_alloc(1);
    assert_err(chg_document_print_json(&out, chg_document_root(doc), 0), CHENGIS_ERR_NO_MEMORY,
               "memory");
    cr_expect(fault_alloc_off());
    chg_str_fini(&out);
    chg_document_free(doc);
}
