/* SPDX-License-Identifier: MIT */
/* The public reading and printing functions of chengis/pipeline.h. */
#include "dsl/dsl.h"

#include <chengis/pipeline.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "document/diagnostics.h"

#include "base/banned.h"

#define MAX_BYTES ((size_t)1 << 20)

static int parse(chengis_pipeline **out, struct chg_diagnostics *diags, const char *text,
                 size_t len, const char *format)
{
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(text != NULL || len == 0);
    if (text == NULL)
        text = "";
    if (format == NULL)
        format = chg_pipeline_format_of("", text, len);
    return chg_pipeline_read(out, diags, "", text, len, format);
}

/* Hand the list over, or drop it when nobody wants it. */
static int deliver(chengis_diagnostics **diags, struct chg_diagnostics *list, int rc)
{
    if (diags != NULL)
        *diags = list;
    else
        (void)chengis_diagnostics_unref(list);
    return rc;
}

int chengis_pipeline_parse(chengis_pipeline **out, chengis_diagnostics **diags, const char *text,
                           size_t len, const char *format)
{
    struct chg_diagnostics *list = NULL;
    int rc;

    chengis_error_clear();
    rc = chg_diagnostics_new(&list);
    if (rc < 0)
        return rc;
    return deliver(diags, list, parse(out, list, text, len, format));
}

/* A file that cannot be read is in the list, too; the words say which kind of file was expected. */
static int report_unread(struct chg_diagnostics *diags, const char *path, int code)
{
    bool edn = chg_streq(chg_pipeline_format_of(path, "", 0), "edn");

    if (code == CHENGIS_ERR_LIMIT) {
        chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, path, NULL, "%s exceeds 1MB size limit",
                            edn ? "Chengisfile" : "YAML workflow");
        return chg_diagnostics_to_error(diags, CHENGIS_ERR_PIPELINE);
    }
    chg_diagnostics_add(diags, CHENGIS_SEVERITY_ERROR, path, NULL, "%s",
                        code == CHENGIS_ERR_NOT_FOUND ? "File not found" : chg_error_message());
    return code;
}

static int load(chengis_pipeline **out, struct chg_diagnostics *diags, const char *path)
{
    chg_auto(str) text = CHG_STR_INIT;
    int rc;

    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(path != NULL);
    rc = chg_fs_read(&text, path, MAX_BYTES);
    if (rc < 0)
        return report_unread(diags, path, rc);
    return chg_pipeline_read(out, diags, path, text.ptr, text.len,
                             chg_pipeline_format_of(path, text.ptr, text.len));
}

int chengis_pipeline_load(chengis_pipeline **out, chengis_diagnostics **diags, const char *path)
{
    struct chg_diagnostics *list = NULL;
    int rc;

    chengis_error_clear();
    rc = chg_diagnostics_new(&list);
    if (rc < 0)
        return rc;
    return deliver(diags, list, load(out, list, path));
}

int chengis_pipeline_detect(char **out, const char *dir)
{
    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(dir != NULL);
    if (!chg_fs_is_dir(dir))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "directory '%s' does not exist", dir);
    for (const struct chg_pipeline_file *file = chg_pipeline_files; file->path != NULL; file++) {
        chg_autofree char *path = chg_path_join(dir, file->path);

        if (path == NULL)
            return chg_error_no_memory();
        if (!chg_fs_exists(path) || chg_fs_is_dir(path))
            continue;
        *out = chg_steal(&path);
        return 1;
    }
    return 0;
}

int chengis_pipeline_format(char **out, const chengis_pipeline *pipeline, const char *format)
{
    chg_auto(str) text = CHG_STR_INIT;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    CHG_REQUIRE(format != NULL);
    CHG_REQUIRE(CHG_IS(pipeline, CHG_PIPELINE_MAGIC));
    rc = chg_pipeline_print(&text, pipeline, format);
    if (rc < 0)
        return rc;
    *out = chg_str_take(&text);
    return *out != NULL ? 0 : chg_error_no_memory();
}
