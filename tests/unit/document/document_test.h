/* SPDX-License-Identifier: MIT */
/* What the tests of documents share: one text in, one text out, whether it could be read or not. */
#ifndef TEST_DOCUMENT_TEST_H
#define TEST_DOCUMENT_TEST_H

#include "support.h"

#include "base/alloc.h"
#include "base/str.h"
#include "document/document.h"

/* A row of a table. Arrays, because Criterion hands rows to another process. */
struct document_case {
    char text[256];
    char expected[256];
};
#define DOCUMENT_CASES(cases)                                                                      \
    cr_make_param_array(struct document_case, cases, sizeof(cases) / sizeof((cases)[0]))

/* Read; NULL when that fails, and then *errors is the formatted diagnostics (else NULL). Free both.
 */
static inline struct chg_document *read_document(char **errors, const char *format,
                                                 const char *text, size_t len,
                                                 const struct chg_document_limits *limits)
{
    struct chg_diagnostics *diags = NULL;
    struct chg_document *doc = NULL;
    int rc;

    cr_assert(chg_diagnostics_new(&diags) == 0);
    rc = chg_document_read(&doc, diags, "F", text, len, format, limits);
    cr_assert((rc == 0) == (chengis_diagnostics_count(diags) == 0));
    cr_assert((rc == 0) == (doc != NULL));
    *errors = rc == 0 ? NULL : chengis_diagnostics_format(diags);
    chengis_diagnostics_unref(diags);
    return doc;
}

/* The document of a text that is good. */
static inline struct chg_document *read_good(const char *format, const char *text)
{
    char *errors = NULL;
    struct chg_document *doc = read_document(&errors, format, text, strlen(text), NULL);

    cr_assert(doc != NULL, "%s", errors);
    return doc;
}

/* What reading gives: the tree as one line of EDN, or the diagnostics without the file name and the
 * last newline. */
static inline void assert_reads(const char *format, const char *text, size_t len,
                                const struct chg_document_limits *limits, const char *expected)
{
    char *errors = NULL;
    struct chg_document *doc = read_document(&errors, format, text, len, limits);
    struct chg_str out = CHG_STR_INIT;

    if (doc != NULL)
        assert_ok(chg_document_print_edn(&out, chg_document_root(doc), 0));
    else
        chg_str_add_len(&out, errors, strlen(errors) - 1);
    cr_expect_str_eq(out.ptr, expected, "%s <%s>\ngives    <%s>\nexpected <%s>", format, text,
                     out.ptr, expected);
    chg_str_fini(&out);
    chg_free(errors);
    chg_document_free(doc);
}

static inline void check_case(const char *format, const struct document_case *row)
{
    assert_reads(format, row->text, strlen(row->text), NULL, row->expected);
}

/* What the tree of a text is printed as: to is "edn", "yaml" or "json"; indent 0 for one line. */
static inline void assert_prints(const char *format, const char *text, const char *to, int indent,
                                 const char *expected)
{
    struct chg_document *doc = read_good(format, text);
    const struct chg_node *root = chg_document_root(doc);
    struct chg_str out = CHG_STR_INIT;

    assert_ok(strcmp(to, "edn") == 0    ? chg_document_print_edn(&out, root, indent)
              : strcmp(to, "yaml") == 0 ? chg_document_print_yaml(&out, root)
                                        : chg_document_print_json(&out, root, indent));
    cr_expect_str_eq(out.ptr, expected, "<%s>\nprints   <%s>\nexpected <%s>", text, out.ptr,
                     expected);
    chg_str_fini(&out);
    chg_document_free(doc);
}

#endif
