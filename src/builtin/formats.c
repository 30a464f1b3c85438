/* SPDX-License-Identifier: MIT */
/* Pipeline formats edn (Chengisfile), yaml (workflows) and json (the canonical map). */
#include "builtin/builtin.h"

#include "document/diagnostics.h"
#include "dsl/dsl.h"

#include <chengis/sys/pipeline_format.h>
#include <stdint.h>

#include "base/banned.h"

/* `self` is the name of the format. */
static int parse(void *self, chengis_pipeline **out, chengis_diagnostics **diags, const char *file,
                 const char *text, size_t len)
{
    int rc = chg_diagnostics_new(diags);

    if (rc < 0)
        return rc;
    return chg_pipeline_read(out, *diags, file, text, len, self);
}

int chg_builtin_formats_add(chengis_registry *registry)
{
    static const char *const edn_files[] = {"Chengisfile", NULL};
    static const char *const yaml_files[] = {".chengis/workflow.yml", ".chengis/workflow.yaml",
                                             "chengis.yml", "chengis.yaml", NULL};
    static const struct {
        const char *name;
        const char *const *files;
        const char *source;
        int32_t priority;
    } formats[] = {
        {"edn", edn_files, "chengisfile", 100},
        {"yaml", yaml_files, "yaml", 200},
        {"json", NULL, "json", 300},
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        int rc = chengis_registry_add_pipeline_format(
            registry,
            &(chengis_pipeline_format_plugin){.struct_size = sizeof(chengis_pipeline_format_plugin),
                                              .name = formats[i].name,
                                              .self = (void *)(uintptr_t)formats[i].name,
                                              .files = formats[i].files,
                                              .source = formats[i].source,
                                              .priority = formats[i].priority,
                                              .parse = parse});

        if (rc < 0)
            return rc;
    }
    return 0;
}
