/* SPDX-License-Identifier: MIT */
/* What the fuzz targets of the document formats share: read, print in every way, read that,
 * compare. */
#ifndef FUZZ_DOCUMENT_H
#define FUZZ_DOCUMENT_H

#include "../support/same_tree.h"
#include "base/alloc.h"
#include "base/str.h"
#include "document/document.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small inputs must stay fast: aliases may expand to many values. */
static const struct chg_document_limits fuzz_limits = {.max_nodes = 20000};
static const struct chg_document_limits fuzz_wide = {
    .max_bytes = SIZE_MAX, .max_depth = 200, .max_nodes = SIZE_MAX};

static inline void fuzz_fail(const char *why, const struct chg_str *text)
{
    (void)fprintf(stderr, "%s: <%s>\n", why, text->ptr);
    abort();
}

static inline struct chg_document *fuzz_read(char **errors, const char *text, size_t len,
                                             const char *format,
                                             const struct chg_document_limits *limits)
{
    struct chg_diagnostics *diags = NULL;
    struct chg_document *doc = NULL;
    int rc;

    if (chg_diagnostics_new(&diags) < 0)
        abort();
    rc = chg_document_read(&doc, diags, "input", text, len, format, limits);
    if ((rc == 0) != (chengis_diagnostics_count(diags) == 0) || (rc == 0) != (doc != NULL))
        abort();
    *errors = chengis_diagnostics_format(diags);
    chg_free(chengis_diagnostics_json(diags));
    chengis_diagnostics_unref(diags);
    return doc;
}

static inline void fuzz_print(const struct chg_node *root, const char *format, int indent)
{
    struct chg_str out = CHG_STR_INIT;
    struct chg_document *again;
    char *errors = NULL;
    int rc = strcmp(format, "edn") == 0    ? chg_document_print_edn(&out, root, indent)
             : strcmp(format, "yaml") == 0 ? chg_document_print_yaml(&out, root)
                                           : chg_document_print_json(&out, root, indent);

    if (rc == 0) {
        again = fuzz_read(&errors, out.ptr, out.len, format, &fuzz_wide);
        /* {42N 1 "42" 2} has different keys that are spelled the same once they are text. */
        if (again == NULL && strstr(errors, "duplicate key") == NULL)
            fuzz_fail(errors, &out);
        if (again != NULL && !same_tree(root, chg_document_root(again), format))
            fuzz_fail("not the same when read again", &out);
        chg_document_free(again);
        chg_free(errors);
    }
    chg_str_fini(&out);
}

static inline int fuzz_document(const uint8_t *data, size_t size, const char *format)
{
    char *errors = NULL;
    struct chg_document *doc = fuzz_read(&errors, (const char *)data, size, format, &fuzz_limits);

    if (doc != NULL) {
        fuzz_print(chg_document_root(doc), "edn", 0);
        fuzz_print(chg_document_root(doc), "edn", 2);
        fuzz_print(chg_document_root(doc), "yaml", 0);
        fuzz_print(chg_document_root(doc), "json", 0);
        fuzz_print(chg_document_root(doc), "json", 2);
    }
    chg_free(errors);
    chg_document_free(doc);
    return 0;
}

#endif
