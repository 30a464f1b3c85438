/* SPDX-License-Identifier: MIT */
/* SARIF from the diagnostics of a real file. */
#include "cli/sarif.h"

#include <chengis/pipeline.h>

#include "support.h"

Test(cli_sarif, places_become_regions)
{
    chengis_pipeline *pipeline = NULL;
    chengis_diagnostics *diags = NULL;
    json_t *sarif = chg_sarif_new(), *run, *result, *place;
    TEMP_DIR(dir);

    write_file(path_in(dir, "bad.yml"), "name: x\nstages:\n  - nme: y\n");
    cr_assert_eq(chengis_pipeline_load(&pipeline, &diags, path_in(dir, "bad.yml")),
                 CHENGIS_ERR_PIPELINE);
    assert_ok(chg_sarif_add(sarif, diags));

    cr_expect_str_eq(json_string_value(json_object_get(sarif, "version")), "2.1.0");
    run = json_array_get(json_object_get(sarif, "runs"), 0);
    cr_assert_eq(json_array_size(json_object_get(run, "results")),
                 chengis_diagnostics_count(diags));
    result = json_array_get(json_object_get(run, "results"), 0);
    place = json_object_get(json_array_get(json_object_get(result, "locations"), 0),
                            "physicalLocation");
    cr_expect(json_integer_value(json_object_get(json_object_get(place, "region"), "startLine")) >
              0);
    cr_expect_not_null(json_object_get(json_object_get(result, "message"), "text"));
    json_decref(sarif);
    (void)chengis_diagnostics_unref(diags);
}
