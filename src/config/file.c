/* SPDX-License-Identifier: MIT */
/* Configuration from a file: nested maps in YAML, EDN or JSON, with the place of every problem. */
#include "config/config_priv.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "document/document.h"

#include "base/banned.h"

#define MAX_FILE_BYTES ((size_t)1 << 20)

struct file_reader {
    struct chg_config_loader *loader;
    const char *path;
    const char *dir;
};

/* By extension, else by the first characters: `{"` is JSON, `{` and `;` are EDN, the rest is YAML.
 */
static const char *format_of(const char *path, const char *text)
{
    const char *p = text + strspn(text, " \t\r\n,");

    if (chg_ends_with(path, ".yaml") || chg_ends_with(path, ".yml"))
        return "yaml";
    if (chg_ends_with(path, ".edn"))
        return "edn";
    if (chg_ends_with(path, ".json"))
        return "json";
    if (*p == ';')
        return "edn";
    if (*p != '{')
        return "yaml";
    p++;
    p += strspn(p, " \t\r\n");
    return *p == '"' ? "json" : "edn";
}

static bool kind_fits(enum chg_config_type type, const struct chg_node *node)
{
    enum chg_node_kind kind = node->kind;

    switch (type) {
    case CHG_CONFIG_TEXT:
    case CHG_CONFIG_PATH:
        return kind == CHG_NODE_STRING || kind == CHG_NODE_INT || kind == CHG_NODE_FLOAT;
    case CHG_CONFIG_INT:
        return kind == CHG_NODE_INT;
    case CHG_CONFIG_DURATION:
        return kind == CHG_NODE_INT || kind == CHG_NODE_STRING;
    case CHG_CONFIG_WORD:
        return chg_node_is_text(node);
    }
    return false;
}

static int put_node(struct file_reader *reader, size_t index, const struct chg_node *node)
{
    const struct chg_config_key *key = &reader->loader->config->keys[index];
    struct chg_config_where where = {
        .file = reader->path, .place = &node->place, .base = reader->dir};
    chg_autofree char *origin = NULL;
    chg_autofree char *expected = NULL;

    if (node->kind == CHG_NODE_NULL)
        return 0;
    if (kind_fits(key->type, node) && strlen(node->text) == node->text_len) {
        origin = chg_asprintf("%s:%u", reader->path, node->place.line);
        where.origin = origin;
        return origin != NULL ? chg_config_put(reader->loader, index, node->text, &where)
                              : CHENGIS_ERR_NO_MEMORY;
    }
    expected = chg_config_expectation(key);
    if (expected == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_diagnostics_add(reader->loader->diags, CHENGIS_SEVERITY_ERROR, reader->path, &node->place,
                        "'%s' must be %s, found %s", key->name, expected, chg_node_kind_name(node));
    return 0;
}

/* Whether a key of the table lies below this section. */
static bool is_section(const chengis_config *config, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < config->count; i++) {
        if (chg_starts_with(config->keys[i].name, name) && config->keys[i].name[len] == '.')
            return true;
    }
    return false;
}

static int read_map(struct file_reader *reader, const struct chg_node *map, const char *prefix);

static int read_entry(struct file_reader *reader, const struct chg_node *key,
                      const struct chg_node *value, const char *prefix)
{
    const chengis_config *config = reader->loader->config;
    struct chg_config_where where = {.file = reader->path, .place = &key->place};
    chg_autofree char *name = NULL;
    size_t index;

    if (!chg_node_is_text(key)) {
        chg_diagnostics_add(reader->loader->diags, CHENGIS_SEVERITY_ERROR, reader->path,
                            &key->place, "a key must be text, found %s", chg_node_kind_name(key));
        return 0;
    }
    name = chg_asprintf("%s%s%s", prefix, prefix[0] != '\0' ? "." : "", key->text);
    if (name == NULL)
        return CHENGIS_ERR_NO_MEMORY;

    index = chg_config_find(config, name);
    if (index != CHG_CONFIG_NO_KEY)
        return put_node(reader, index, value);
    if (!is_section(config, name)) {
        chg_config_unknown(reader->loader, name, &where);
        return 0;
    }
    if (value->kind == CHG_NODE_MAP)
        return read_map(reader, value, name);
    if (value->kind != CHG_NODE_NULL)
        chg_diagnostics_add(reader->loader->diags, CHENGIS_SEVERITY_ERROR, reader->path,
                            &value->place, "'%s' must be a map of keys, found %s", name,
                            chg_node_kind_name(value));
    return 0;
}

/* Recursion ends with the table: only prefixes of its names are entered. */
static int read_map(struct file_reader *reader, const struct chg_node *map, const char *prefix)
{
    for (size_t i = 0; i < map->count; i++) {
        int rc = read_entry(reader, chg_node_key(map, i), chg_node_value(map, i), prefix);

        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_text(struct chg_config_loader *loader, const char *path, const struct chg_str *text)
{
    chg_autofree char *dir = chg_path_dirname(path);
    struct file_reader reader = {.loader = loader, .path = path, .dir = dir};
    struct chg_document *doc = NULL;
    const struct chg_node *root;
    int rc;

    if (dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = chg_document_read(&doc, loader->diags, path, text->ptr, text->len,
                           format_of(path, text->ptr), NULL);
    if (rc < 0)
        return loader->diags->errors > 0 ? 0 : rc;

    root = chg_document_root(doc);
    if (root != NULL && root->kind == CHG_NODE_MAP)
        rc = read_map(&reader, root, "");
    else if (root != NULL && root->kind != CHG_NODE_NULL)
        chg_diagnostics_add(loader->diags, CHENGIS_SEVERITY_ERROR, path, &root->place,
                            "a configuration must be a map of keys, found %s",
                            chg_node_kind_name(root));
    chg_document_free(doc);
    return rc;
}

int chg_config_from_file(struct chg_config_loader *loader, const char *path, bool optional)
{
    chg_auto(str) text = CHG_STR_INIT;
    int rc;

    if (optional && !chg_fs_exists(path))
        return 0;
    rc = chg_fs_read(&text, path, MAX_FILE_BYTES);
    if (rc < 0)
        return chg_error_prefix("configuration");
    if (chg_is_blank(text.ptr) && strlen(text.ptr) == text.len)
        return 0;
    return read_text(loader, path, &text);
}
