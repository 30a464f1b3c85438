/* SPDX-License-Identifier: MIT */
#include "document_test.h"

#include <criterion/parameterized.h>

Test(document_read, refuses_an_unknown_format)
{
    struct chg_diagnostics *diags = NULL;
    struct chg_document *doc = NULL;

    assert_ok(chg_diagnostics_new(&diags));
    assert_err(chg_document_read(&doc, diags, "F", "1", 1, "toml", NULL), CHENGIS_ERR_INVALID,
               "format 'toml' is not known");
    cr_expect(doc == NULL);
    chengis_diagnostics_unref(diags);
}

Test(document_read, puts_the_first_error_into_the_record)
{
    struct chg_diagnostics *diags = NULL;
    struct chg_document *doc = NULL;

    assert_ok(chg_diagnostics_new(&diags));
    assert_err(chg_document_read(&doc, diags, "Chengisfile", "{:a 1 :a 2 :a 3}", 16, "edn", NULL),
               CHENGIS_ERR_PIPELINE, "Chengisfile:1:7: duplicate key :a");
    chengis_diagnostics_unref(diags);
}

Test(document_read, keeps_the_name_of_the_file)
{
    struct chg_document *doc = read_good("json", "1");

    cr_expect_str_eq(chg_document_file(doc), "F");
    chg_document_free(doc);
}

Test(document_read, refuses_what_is_larger_than_the_limit)
{
    struct chg_document_limits limits = {.max_bytes = 3};

    assert_reads("edn", "[1]", 3, &limits, "[1]");
    assert_reads("edn", "[12]", 4, &limits, "F: error: the file has 4 bytes; at most 3 are read");
}

Test(document_read, reads_a_mebibyte_and_no_more_by_default)
{
    struct chg_str text = CHG_STR_INIT;

    chg_str_add(&text, "1");
    while (text.len < 1048576)
        chg_str_add_char(&text, ' ');
    assert_reads("json", text.ptr, text.len, NULL, "1");
    chg_str_add_char(&text, ' ');
    assert_reads("json", text.ptr, text.len, NULL,
                 "F: error: the file has 1048577 bytes; at most 1048576 are read");
    chg_str_fini(&text);
}

struct bytes_case {
    char format[8];
    char text[16];
    size_t len;
    char expected[80];
};

ParameterizedTestParameters(document_read, refuses_what_is_not_utf8_text)
{
    static struct bytes_case cases[] = {
        {"edn", "\xFF\xFE{\0", 4, "F: error: the file is UTF-16; save it as UTF-8"},
        {"yaml", "\xFE\xFF\0a", 4, "F: error: the file is UTF-16; save it as UTF-8"},
        {"edn", "a\0", 2, "F:1:2: error: NUL byte: the file is not text"},
        {"yaml", "a:\n b\0c", 7, "F:2:3: error: NUL byte: the file is not text"},
        {"json", "\"\xC3\xA9\xFF\"", 5, "F:1:3: error: the text is not valid UTF-8"},
        {"yaml", "\xC0\x80", 2, "F:1:1: error: the text is not valid UTF-8"},
        {"edn", "\xED\xA0\x80", 3, "F:1:1: error: the text is not valid UTF-8"},
        {"edn", "\xEF\xBB\xBF\xFF", 4, "F:1:1: error: the text is not valid UTF-8"},
    };

    return cr_make_param_array(struct bytes_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bytes_case *row, document_read, refuses_what_is_not_utf8_text)
{
    assert_reads(row->format, row->text, row->len, NULL, row->expected);
}

ParameterizedTestParameters(document_read, skips_a_byte_order_mark)
{
    static struct bytes_case cases[] = {
        {"edn", "\xEF\xBB\xBF[1", 5,
         "F:1:3: error: the file ends before '[' of line 1, column 1 is closed"},
        {"yaml", "\xEF\xBB\xBF*a", 5, "F:1:1: error: alias *a names no anchor before it"},
        {"json", "\xEF\xBB\xBF x", 5, "F:1:2: error: 'x' found where a value is expected"},
    };

    return cr_make_param_array(struct bytes_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct bytes_case *row, document_read, skips_a_byte_order_mark)
{
    assert_reads(row->format, row->text, row->len, NULL, row->expected);
}

struct depth_case {
    char format[8];
    char open[8];
    char close[8];
    char expected[80];
};

ParameterizedTestParameters(document_read, ends_at_64_levels)
{
    static struct depth_case cases[] = {
        {"edn", "[", "]", "F:1:65: error: nesting deeper than 64 levels"},
        {"edn", "{1 ", "}", "F:1:193: error: nesting deeper than 64 levels"},
        {"edn", "#inst ", "", "F:1:385: error: nesting deeper than 64 levels"},
        {"edn", "#_(", ")", "F:1:195: error: nesting deeper than 64 levels"},
        {"clj", "'", "", "F:1:65: error: nesting deeper than 64 levels"},
        {"json", "[", "]", "F:1:65: error: nesting deeper than 64 levels"},
        {"json", "{\"a\":", "}", "F:1:321: error: nesting deeper than 64 levels"},
        {"yaml", "[", "]", "F:1:65: error: nesting deeper than 64 levels"},
        {"yaml", "- ", "", "F:1:129: error: nesting deeper than 64 levels"},
    };

    return cr_make_param_array(struct depth_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct depth_case *row, document_read, ends_at_64_levels)
{
    struct chg_str text = CHG_STR_INIT;

    for (int i = 0; i < 900; i++)
        chg_str_add(&text, row->open);
    chg_str_add(&text, "1");
    for (int i = 0; i < 900; i++)
        chg_str_add(&text, row->close);
    assert_reads(row->format, text.ptr, text.len, NULL, row->expected);
    chg_str_fini(&text);
}

Test(document_read, reads_64_levels)
{
    struct chg_str text = CHG_STR_INIT;

    for (int i = 0; i < 64; i++)
        chg_str_add(&text, "[");
    for (int i = 0; i < 64; i++)
        chg_str_add(&text, "]");
    assert_reads("edn", text.ptr, text.len, NULL, text.ptr);
    assert_reads("json", text.ptr, text.len, NULL, text.ptr);
    assert_reads("yaml", text.ptr, text.len, NULL, text.ptr);
    chg_str_fini(&text);
}

Test(document_read, holds_even_a_caller_without_limits_to_what_the_stack_bears)
{
    struct chg_document_limits limits = {.max_depth = SIZE_MAX};
    struct chg_str text = CHG_STR_INIT;

    for (int i = 0; i < 500000; i++)
        chg_str_add(&text, "[");
    assert_reads("edn", text.ptr, text.len, &limits,
                 "F:1:1001: error: nesting deeper than 1000 levels");
    assert_reads("json", text.ptr, text.len, &limits,
                 "F:1:1001: error: nesting deeper than 1000 levels");
    chg_str_fini(&text);
}

Test(document_read, ends_at_the_limit_of_values)
{
    struct chg_document_limits limits = {.max_nodes = 3};

    assert_reads("edn", "[1 2]", 5, &limits, "[1 2]");
    assert_reads("edn", "[1 2 3]", 7, &limits, "F:1:6: error: more than 3 values");
    assert_reads("json", "[1,2,3]", 7, &limits, "F:1:6: error: more than 3 values");
    assert_reads("yaml", "[1,2,3]", 7, &limits,
                 "F:1:6: error: more than 3 values (what an alias stands for counts as often as it "
                 "is used)");
}

struct fault_case {
    char format[8];
    char text[256];
};

ParameterizedTestParameters(document_read, survives_each_failing_allocation)
{
    static struct fault_case cases[] = {
        {"edn", "{:a [1 2.5M \"x\" #{1 2 3}] #{#{1} #{2}} (b) \"long\" #inst \"2026\"}"},
        {"edn", "#{1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 18}"},
        {"clj", "(a 'b) [c]"},
        {"json", "{\"a\": [1, 2.5, \"x\\n\"], \"b\": {\"c\": null}, \"b\": 1}"},
        {"yaml", "a: &x {k: 1, l: [1, 2]}\nb:\n  <<: *x\n  k: 2\nc: !!str 5\nd: |\n  x\n"},
        {"yaml", "a: &x [*x]\n"},
    };

    return cr_make_param_array(struct fault_case, cases, sizeof(cases) / sizeof(cases[0]));
}

/* One reading with allocation number nth failing. False when there were fewer. */
static bool read_with_fault(const struct fault_case *row, unsigned nth)
{
    struct chg_diagnostics *diags = NULL;
    struct chg_document *doc = NULL;
    bool reached;
    int rc;

    assert_ok(chg_diagnostics_new(&diags));
    fault_alloc(nth);
    rc = chg_document_read(&doc, diags, "F", row->text, strlen(row->text), row->format, NULL);
    reached = fault_alloc_off();
    cr_assert((doc != NULL) == (rc == 0));
    cr_assert(!reached || rc == 0 || rc == CHENGIS_ERR_NO_MEMORY || rc == CHENGIS_ERR_PIPELINE,
              "allocation %u: %d", nth, rc);
    chg_document_free(doc);
    chengis_diagnostics_unref(diags);
    return reached;
}

ParameterizedTest(struct fault_case *row, document_read, survives_each_failing_allocation)
{
    unsigned nth = 1;

    while (read_with_fault(row, nth))
        nth++;
    cr_expect(nth > 3);
}
