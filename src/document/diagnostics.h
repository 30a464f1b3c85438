/* SPDX-License-Identifier: MIT */
/* A list of messages about places in a file: what parsers and validators report, all at once. Backs
 * the public chengis_diagnostics. */
#ifndef CHG_DOCUMENT_DIAGNOSTICS_H
#define CHG_DOCUMENT_DIAGNOSTICS_H

#include <chengis/diagnostics.h>
#include <stddef.h>
#include <stdint.h>

struct chg_place;

struct chg_diagnostic {
    chengis_severity severity;
    char *file;
    uint32_t line; /* 0 = the file as a whole */
    uint32_t column;
    char *text;
};
#define chg_diagnostics chengis_diagnostics /* the public opaque type is this struct */
struct chg_diagnostics {
    uint32_t magic;
    struct chg_diagnostic *items;
    size_t len;
    size_t cap;
    size_t errors;
    size_t warnings;
    int failed;     /* CHENGIS_ERR_NO_MEMORY when an add failed */
    size_t dropped; /* how many the last entry stands for */
};

int chg_diagnostics_new(struct chg_diagnostics **out);
/* place may be NULL (whole file). At most 200 are kept; one more says how many were left out. */
void chg_diagnostics_add(struct chg_diagnostics *diags, chengis_severity severity, const char *file,
                         const struct chg_place *place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* By line and column; those of one place keep their order, and the file as a whole comes first. */
void chg_diagnostics_sort(struct chg_diagnostics *diags);
/* Set CHENGIS_ERR_PIPELINE with "FILE:LINE:COL: TEXT (and N more)" of the first error; 0 when there
 * is none. */
int chg_diagnostics_to_error(const struct chg_diagnostics *diags, int code);

#endif
