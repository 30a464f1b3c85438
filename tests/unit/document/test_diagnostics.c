/* SPDX-License-Identifier: MIT */
#include "document_test.h"

static struct chg_diagnostics *new_list(void)
{
    struct chg_diagnostics *diags = NULL;

    assert_ok(chg_diagnostics_new(&diags));
    return diags;
}

Test(document_diagnostics, keeps_what_was_added)
{
    struct chg_diagnostics *diags = new_list();
    struct chg_place place = {3, 7};

    chg_diagnostics_add(diags, CHENGIS_SEVERITY_WARNING, "a.edn", &place, "key '%s'", "x");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "b.edn", NULL, "bad");

    cr_expect(chengis_diagnostics_count(diags) == 2);
    cr_expect(chengis_diagnostics_count_of(diags, CHENGIS_SEVERITY_WARNING) == 1);
    cr_expect(chengis_diagnostics_count_of(diags, CHENGIS_SEVERITY_ERROR) == 1);
    cr_expect(chengis_diagnostics_count_of(diags, CHENGIS_SEVERITY_NOTE) == 0);
    cr_expect(diags->errors == 1 && diags->warnings == 1);
    cr_expect(chengis_diagnostics_severity(diags, 0) == CHENGIS_SEVERITY_WARNING);
    cr_expect_str_eq(chengis_diagnostics_file(diags, 0), "a.edn");
    cr_expect(chengis_diagnostics_line(diags, 0) == 3);
    cr_expect(chengis_diagnostics_column(diags, 0) == 7);
    cr_expect_str_eq(chengis_diagnostics_text(diags, 0), "key 'x'");
    cr_expect(chengis_diagnostics_line(diags, 1) == 0 && chengis_diagnostics_column(diags, 1) == 0);
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, answers_beyond_the_end_and_for_no_list)
{
    struct chg_diagnostics *diags = new_list();

    cr_expect(chengis_diagnostics_severity(diags, 0) == CHENGIS_SEVERITY_NOTE);
    cr_expect_str_eq(chengis_diagnostics_file(diags, 0), "");
    cr_expect_str_eq(chengis_diagnostics_text(diags, 9), "");
    cr_expect(chengis_diagnostics_line(diags, 0) == 0);
    cr_expect(chengis_diagnostics_column(diags, 0) == 0);
    cr_expect(chengis_diagnostics_count(NULL) == 0);
    cr_expect(chengis_diagnostics_count_of(NULL, CHENGIS_SEVERITY_ERROR) == 0);
    cr_expect(chengis_diagnostics_unref(NULL) == NULL);
    cr_expect(chengis_diagnostics_unref(diags) == NULL);
}

Test(document_diagnostics, formats_one_line_an_entry)
{
    struct chg_diagnostics *diags = new_list();
    char *text;

    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", &(struct chg_place){2, 3}, "one");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_WARNING, "f", &(struct chg_place){2, 0}, "two");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_NOTE, "f", NULL, "three");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, NULL, &(struct chg_place){1, 1}, "four");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "", NULL, "five");
    text = chengis_diagnostics_format(diags);

    cr_expect_str_eq(text, "f:2:3: error: one\nf:2: warning: two\nf: note: three\n"
                           "1:1: error: four\nerror: five\n");
    chg_free(text);
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, formats_nothing_as_nothing)
{
    char *text = chengis_diagnostics_format(NULL);
    char *json = chengis_diagnostics_json(NULL);

    cr_expect_str_eq(text, "");
    cr_expect_str_eq(json, "[]");
    chg_free(text);
    chg_free(json);
}

Test(document_diagnostics, formats_json_that_is_valid_whatever_the_names)
{
    struct chg_diagnostics *diags = new_list();
    struct chg_document *doc;
    char *json;

    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "a\"b\xFF.edn", &(struct chg_place){2, 3},
                        "say \\ \"%s\"", "\xC3\xA9");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_NOTE, "f", NULL, "x");
    json = chengis_diagnostics_json(diags);

    cr_expect_str_eq(json,
                     "[{\"severity\":\"error\",\"file\":\"a\\\"b\xEF\xBF\xBD.edn\",\"line\":2,"
                     "\"column\":3,\"message\":\"say \\\\ \\\"\xC3\xA9\\\"\"},"
                     "{\"severity\":\"note\",\"file\":\"f\",\"line\":0,\"column\":0,"
                     "\"message\":\"x\"}]");
    doc = read_good("json", json);
    cr_expect(chg_document_root(doc)->count == 2);
    chg_document_free(doc);
    chg_free(json);
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, makes_every_message_one_line)
{
    struct chg_diagnostics *diags = new_list();

    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", NULL, "a\nb\tc\x1b[31m\x7f");

    cr_expect_str_eq(chengis_diagnostics_text(diags, 0), "a b c [31m ");
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, cuts_messages_that_are_too_long)
{
    struct chg_diagnostics *diags = new_list();
    struct chg_str text = CHG_STR_INIT;
    const char *kept;

    while (text.len < 3000)
        chg_str_add(&text, "\xE2\x82\xAC");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", NULL, "%s", text.ptr);
    kept = chengis_diagnostics_text(diags, 0);

    cr_expect(strlen(kept) < 2100);
    cr_expect(chg_ends_with(kept, "\xE2\x82\xAC..."));
    chg_str_fini(&text);
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, keeps_two_hundred_and_counts_the_rest)
{
    struct chg_diagnostics *diags = new_list();

    for (int i = 0; i < 1000; i++)
        chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", NULL, "number %d", i);

    cr_expect(chengis_diagnostics_count(diags) == 201);
    cr_expect(diags->errors == 1000);
    cr_expect_str_eq(chengis_diagnostics_text(diags, 199), "number 199");
    cr_expect_str_eq(chengis_diagnostics_text(diags, 200), "800 more messages are left out");
    cr_expect(chengis_diagnostics_severity(diags, 200) == CHENGIS_SEVERITY_NOTE);
    assert_err(chg_diagnostics_to_error(diags, CHENGIS_ERR_CONFIG), CHENGIS_ERR_CONFIG,
               "f: number 0 (and 999 more)");
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, sorts_by_place_and_keeps_the_order_within_one)
{
    static const struct chg_place places[] = {{3, 7}, {3, 2}, {1, 9}, {3, 2}};
    struct chg_diagnostics *diags = new_list();
    char *text;

    for (int i = 0; i < 4; i++)
        chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", &places[i], "%d", i);
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_WARNING, "f", NULL, "whole");
    chg_diagnostics_sort(diags);

    text = chengis_diagnostics_format(diags);
    cr_expect_str_eq(text, "f: warning: whole\nf:1:9: error: 2\nf:3:2: error: 1\n"
                           "f:3:2: error: 3\nf:3:7: error: 0\n");
    chg_free(text);
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, leaves_the_count_of_the_rest_at_the_end_when_sorted)
{
    struct chg_diagnostics *diags = new_list();

    for (uint32_t i = 0; i < 210; i++)
        chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", &(struct chg_place){300 - i, 1},
                            "x");
    chg_diagnostics_sort(diags);

    cr_expect_eq(chengis_diagnostics_line(diags, 0), 101);
    cr_expect_eq(chengis_diagnostics_line(diags, 199), 300);
    cr_expect_str_eq(chengis_diagnostics_text(diags, 200), "10 more messages are left out");
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, becomes_the_error_of_its_first_error)
{
    struct chg_diagnostics *diags = new_list();

    cr_expect(chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE) == 0);
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_WARNING, "f", &(struct chg_place){1, 1}, "warn");
    cr_expect(chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE) == 0);
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", &(struct chg_place){1, 2}, "bad");
    assert_err(chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE), CHENGIS_ERR_PIPELINE,
               "f:1:2: bad");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", NULL, "worse");
    assert_err(chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE), CHENGIS_ERR_PIPELINE,
               "f:1:2: bad (and 1 more)");
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, counts_errors_that_found_no_room)
{
    struct chg_diagnostics *diags = new_list();

    for (int i = 0; i < 200; i++)
        chg_diagnostics_add(diags, CHENGIS_SEVERITY_WARNING, "f", NULL, "warning");
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", NULL, "error");

    assert_err(chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE), CHENGIS_ERR_PIPELINE,
               "1 errors, for which");
    chengis_diagnostics_unref(diags);
}

Test(document_diagnostics, says_when_memory_ran_out)
{
    struct chg_diagnostics *diags = new_list();

    fault_alloc(1);
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, "f", NULL, "x");
    cr_assert(fault_alloc_off());

    cr_expect(diags->failed == CHENGIS_ERR_NO_MEMORY);
    assert_err(chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE), CHENGIS_ERR_NO_MEMORY,
               "memory");
    chengis_diagnostics_unref(diags);
}
