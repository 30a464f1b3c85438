/* SPDX-License-Identifier: MIT */
/* Which file holds the pipeline of a directory, and which format a file has. */
#include "dsl/dsl.h"

#include "base/path.h"
#include "base/str.h"

#include "base/banned.h"

const struct chg_pipeline_file chg_pipeline_files[] = {
    {"Chengisfile", "edn", "chengisfile"},      {".chengis/workflow.yml", "yaml", "yaml"},
    {".chengis/workflow.yaml", "yaml", "yaml"}, {"chengis.yml", "yaml", "yaml"},
    {"chengis.yaml", "yaml", "yaml"},           {NULL, NULL, NULL},
};

static const struct {
    const char *suffix;
    const char *format;
} suffixes[] = {{".edn", "edn"}, {".yml", "yaml"}, {".yaml", "yaml"}, {".json", "json"}};

static bool is_blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
}

static size_t skip_blank(const char *text, size_t len, size_t at)
{
    while (at < len && is_blank_char(text[at]))
        at++;
    return at;
}

/* Comments of all formats, `;` and `#`, but not `#{` and `#_`. */
static size_t skip_comments(const char *text, size_t len)
{
    size_t at = len >= 3 && chg_starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;

    for (at = skip_blank(text, len, at); at < len; at = skip_blank(text, len, at)) {
        bool hash =
            text[at] == '#' && (at + 1 == len || (text[at + 1] != '_' && text[at + 1] != '{'));

        if (!hash && text[at] != ';')
            break;
        while (at < len && text[at] != '\n')
            at++;
    }
    return at;
}

static const char *format_of_text(const char *text, size_t len)
{
    size_t at = skip_comments(text, len);

    if (at == len)
        return "yaml";
    if (text[at] == '(' || text[at] == '#')
        return "edn";
    if (text[at] != '{')
        return "yaml";
    at = skip_blank(text, len, at + 1);
    return at < len && (text[at] == '"' || text[at] == '}') ? "json" : "edn";
}

const char *chg_pipeline_format_of(const char *path, const char *text, size_t len)
{
    const char *name = chg_path_basename(path);

    if (chg_streq(name, chg_pipeline_files[0].path))
        return chg_pipeline_files[0].format;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (chg_ends_with(name, suffixes[i].suffix))
            return suffixes[i].format;
    }
    return format_of_text(text, len);
}
