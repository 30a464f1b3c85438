/* SPDX-License-Identifier: MIT */
/* The part of SARIF 2.1.0 (OASIS) that places with messages need. */
#include "cli/sarif.h"

#include <chengis/version.h>

#include "base/error.h"

#include "base/banned.h"

json_t *chg_sarif_new(void)
{
    return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:[{s:s}]}}, s:s, s:[]}]}", "$schema",
                     "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
                     "tool", "driver", "name", "chengis", "version", CHENGIS_VERSION_STRING,
                     "rules", "id", "pipeline", "columnKind", "unicodeCodePoints", "results");
}

static const char *level_of(chengis_severity severity)
{
    switch (severity) {
    case CHENGIS_SEVERITY_ERROR:
        return "error";
    case CHENGIS_SEVERITY_WARNING:
        return "warning";
    default:
        return "note";
    }
}

/* Lines and columns count from 1; a place without them is the file as a whole. */
static json_t *region_of(const chengis_diagnostics *diags, size_t index)
{
    uint32_t line = chengis_diagnostics_line(diags, index);
    uint32_t column = chengis_diagnostics_column(diags, index);

    if (line == 0)
        return NULL;
    return column == 0 ? json_pack("{s:I}", "startLine", (json_int_t)line)
                       : json_pack("{s:I, s:I}", "startLine", (json_int_t)line, "startColumn",
                                   (json_int_t)column);
}

int chg_sarif_add(json_t *sarif, const chengis_diagnostics *diags)
{
    json_t *run = json_array_get(json_object_get(sarif, "runs"), 0);
    json_t *results = json_object_get(run, "results");

    for (size_t i = 0; i < chengis_diagnostics_count(diags); i++) {
        json_t *result = json_pack(
            "{s:s, s:s, s:{s:s}, s:[{s:{s:{s:s}, s:o*}}]}", "ruleId", "pipeline", "level",
            level_of(chengis_diagnostics_severity(diags, i)), "message", "text",
            chengis_diagnostics_text(diags, i), "locations", "physicalLocation", "artifactLocation",
            "uri", chengis_diagnostics_file(diags, i), "region", region_of(diags, i));

        if (result == NULL || json_array_append_new(results, result) < 0)
            return chg_error_no_memory();
    }
    return 0;
}
