/* SPDX-License-Identifier: MIT */
/* JSON values: getters, setters, printing, and errors that quote nothing. */
#include "base/json.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "support.h"

static json_t *parse(const char *text)
{
    return chg_json_parse(text, strlen(text));
}

Test(base_json, setters_and_dump_keep_the_order)
{
    chg_autojson object = json_object();
    chg_autofree char *text = NULL;

    assert_ok(chg_json_set_str(object, "name", "a \"b\""));
    assert_ok(chg_json_set_i64(object, "count", INT64_MAX));
    assert_ok(chg_json_set_bool(object, "ok", true));
    assert_ok(chg_json_set_time(object, "at", 1769860800123));
    assert_ok(chg_json_set_take(object, "list", json_array()));
    text = chg_json_dump(object);

    cr_expect_str_eq(text, "{\"name\":\"a \\\"b\\\"\",\"count\":9223372036854775807,\"ok\":true,"
                           "\"at\":\"2026-01-31T12:00:00.123Z\",\"list\":[]}");
}

Test(base_json, what_is_absent_is_left_out)
{
    chg_autojson object = json_object();

    assert_ok(chg_json_set_str(object, "name", NULL));
    assert_ok(chg_json_set_time(object, "at", 0));

    cr_expect_eq(json_object_size(object), 0);
}

Test(base_json, text_that_is_not_utf8_is_repaired)
{
    chg_autojson object = json_object();
    chg_autofree char *text = NULL;

    assert_ok(chg_json_set_str(object, "a", "x\xFFy\xC3"));
    assert_ok(chg_json_set_str(object, "b", "\xC3\xA9"));
    text = chg_json_dump(object);

    cr_expect_str_eq(text, "{\"a\":\"x\xEF\xBF\xBDy\xEF\xBF\xBD\",\"b\":\"\xC3\xA9\"}");
}

Test(base_json, setting_nothing_is_out_of_memory)
{
    chg_autojson object = json_object();

    assert_err(chg_json_set_take(object, "x", NULL), CHENGIS_ERR_NO_MEMORY, "out of memory");
}

Test(base_json, getters_read_what_is_there)
{
    chg_autojson object = parse("{\"s\":\"text\",\"i\":-3,\"b\":true,\"n\":null}");
    const char *text = "";
    int64_t number = 0;
    bool flag = false;

    assert_ok(chg_json_get_str(&text, object, "s"));
    cr_expect_str_eq(text, "text");
    assert_ok(chg_json_get_i64(&number, object, "i", 9));
    cr_expect_eq(number, -3);
    assert_ok(chg_json_get_bool(&flag, object, "b", false));
    cr_expect(flag);
    assert_ok(chg_json_get_str(&text, object, "n"));
    cr_expect_null(text);
}

Test(base_json, getters_give_the_default_for_what_is_absent)
{
    chg_autojson object = json_object();
    const char *text = "";
    int64_t number = 0;
    bool flag = false;

    assert_ok(chg_json_get_str(&text, object, "s"));
    cr_expect_null(text);
    assert_ok(chg_json_get_i64(&number, object, "i", 9));
    cr_expect_eq(number, 9);
    assert_ok(chg_json_get_bool(&flag, object, "b", true));
    cr_expect(flag);
    assert_ok(chg_json_get_i64(&number, NULL, "i", 8));
    cr_expect_eq(number, 8);
}

Test(base_json, getters_name_a_key_of_the_wrong_type)
{
    chg_autojson object = parse("{\"s\":1,\"i\":1.5,\"b\":\"true\"}");
    const char *text;
    int64_t number;
    bool flag;

    assert_err(chg_json_get_str(&text, object, "s"), CHENGIS_ERR_INVALID, "'s' must be a text");
    assert_err(chg_json_get_i64(&number, object, "i", 0), CHENGIS_ERR_INVALID,
               "'i' must be a whole number");
    assert_err(chg_json_get_bool(&flag, object, "b", false), CHENGIS_ERR_INVALID,
               "'b' must be true or false");
}

Test(base_json, any_value_is_a_document)
{
    chg_autojson value = parse(" 42 ");
    chg_autofree char *text = chg_json_dump(value);

    cr_expect_str_eq(text, "42");
}

Test(base_json, pretty_printing_indents_by_two)
{
    chg_autojson value = parse("{\"a\":[1]}");
    chg_autofree char *text = chg_json_dump_pretty(value);

    cr_expect_str_eq(text, "{\n  \"a\": [\n    1\n  ]\n}");
}

Test(base_json, a_syntax_error_names_line_and_column_but_quotes_nothing)
{
    assert_null_err(parse("{\n  \"token\": s3cr3t}"), CHENGIS_ERR_INVALID, "JSON, line 2, column");
    cr_expect_null(strstr(chg_error_message(), "s3cr3t"));
}

Test(base_json, duplicate_keys_and_trailing_text_are_refused)
{
    assert_null_err(parse("{\"a\":1,\"a\":2}"), CHENGIS_ERR_INVALID, "duplicate");
    assert_null_err(parse("{} x"), CHENGIS_ERR_INVALID, "JSON, line 1");
    assert_null_err(parse(""), CHENGIS_ERR_INVALID, "JSON, line 1");
}

Test(base_json, a_dump_without_memory_is_reported)
{
    chg_autojson object = json_object();

    fault_alloc(1);
    assert_null_err(chg_json_dump(object), CHENGIS_ERR_NO_MEMORY, "out of memory");
}

Test(base_json, nothing_cannot_be_printed)
{
    assert_null_err(chg_json_dump(NULL), CHENGIS_ERR_INTERNAL, "cannot be printed");
}
