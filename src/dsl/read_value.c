/* SPDX-License-Identifier: MIT */
/* Reading of plain values: text, words, flags, numbers, durations, lists of text, pairs. */
#include "dsl/reader_priv.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/glob.h"
#include "base/parse.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"

#include "base/banned.h"

#define MAX_TIMEOUT_MS (INT64_C(10) * 365 * 24 * 3600 * 1000)
#define MAX_PAIRS      4096
#define MAX_ITEMS      4096

static bool kind_is_accepted(const struct chg_node *node, unsigned accept)
{
    switch (node->kind) {
    case CHG_NODE_STRING:
        return true;
    case CHG_NODE_BOOL:
    case CHG_NODE_INT:
    case CHG_NODE_FLOAT:
        return (accept & CHG_ACCEPT_SCALARS) != 0;
    case CHG_NODE_KEYWORD:
    case CHG_NODE_SYMBOL:
        return (accept & CHG_ACCEPT_WORDS) != 0;
    default:
        return false;
    }
}

const char *chg_text_of(struct chg_reader *r, const struct chg_use *use, const char *item,
                        const struct chg_node *node, unsigned accept)
{
    const char *space = item != NULL ? " " : "";

    item = item != NULL ? item : "";
    if (r->dialect->lenient)
        accept |= CHG_ACCEPT_SCALARS;
    if (!kind_is_accepted(node, accept)) {
        chg_report_error(r, node, "%s%s%s%s%s must be a string, not %s", CHG_USE(r, use), space,
                         item, chg_node_kind_name(node));
        return NULL;
    }
    if (memchr(node->text, '\0', node->text_len) != NULL) {
        chg_report_error(r, node, "%s%s%s%s%s contains a NUL byte", CHG_USE(r, use), space, item);
        return NULL;
    }
    if ((accept & CHG_ACCEPT_PLAIN) == 0 && strstr(node->text, "${{") != NULL) {
        chg_report_error(r, node,
                         "%s%s%s%s%s: expressions (${{ ... }}) are not supported by this version",
                         CHG_USE(r, use), space, item);
        return NULL;
    }
    return node->text;
}

void chg_keep_text(struct chg_reader *r, char **out, const char *text)
{
    if (*out != NULL)
        return;
    *out = chg_strdup(text);
    if (*out == NULL)
        chg_out_of_memory(r);
}

static unsigned accept_of(const struct chg_key *key)
{
    unsigned accept = 0;

    if (key->flags & CHG_KEY_PLAIN)
        accept |= CHG_ACCEPT_PLAIN;
    if (key->flags & CHG_KEY_SCALARS)
        accept |= CHG_ACCEPT_SCALARS | CHG_ACCEPT_WORDS;
    return accept;
}

void chg_read_text(struct chg_reader *r, const struct chg_use *use, void *target)
{
    const char *text = chg_text_of(r, use, NULL, use->value, accept_of(use->key));

    if (text == NULL)
        return;
    if ((use->key->flags & CHG_KEY_REQUIRED) && chg_is_blank(text)) {
        chg_report_missing(r, use->value, use->key);
        return;
    }
    if ((use->key->flags & (CHG_KEY_PLAIN | CHG_KEY_SCALARS)) == 0 && chg_is_blank(text)) {
        chg_report_error(r, use->value, "%s%s%s must not be empty", CHG_USE(r, use));
        return;
    }
    if (strlen(text) > CHG_MAX_ARG) {
        chg_report_error(r, use->value, "%s%s%s is %zu bytes long, the limit is %d",
                         CHG_USE(r, use), strlen(text), CHG_MAX_ARG);
        return;
    }
    chg_keep_text(r, target, text);
}

bool chg_check_name(struct chg_reader *r, const struct chg_use *use, const struct chg_node *node,
                    const char *name)
{
    size_t len = strlen(name);

    if (len > CHG_MAX_NAME) {
        chg_report_error(r, node, "%s%s%s is %zu bytes long, the limit is %d", CHG_USE(r, use), len,
                         CHG_MAX_NAME);
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7F) {
            chg_report_error(r, node, "%s%s%s must not contain control characters",
                             CHG_USE(r, use));
            return false;
        }
    }
    return true;
}

void chg_read_name(struct chg_reader *r, const struct chg_use *use, void *target)
{
    const char *name = chg_text_of(r, use, NULL, use->value, accept_of(use->key));

    if (name == NULL)
        return;
    if (chg_is_blank(name))
        chg_report_missing(r, use->value, use->key);
    else if (chg_check_name(r, use, use->value, name))
        chg_keep_text(r, target, name);
}

/* Relative, and inside the workspace whatever its ".." say. */
void chg_read_dir(struct chg_reader *r, const struct chg_use *use, void *target)
{
    const char *dir = chg_text_of(r, use, NULL, use->value, 0);
    char *inside;

    if (dir == NULL)
        return;
    inside = dir[0] == '\0' ? NULL : chg_path_join_inside("/workspace", dir);
    if (inside == NULL && chg_error_code() == CHENGIS_ERR_NO_MEMORY)
        chg_out_of_memory(r);
    else if (inside == NULL)
        chg_report_error(r, use->value, "%s%s%s must be a relative path inside the workspace",
                         CHG_USE(r, use));
    else
        chg_keep_text(r, target, dir);
    chg_free(inside);
}

static void report_word(struct chg_reader *r, const struct chg_use *use)
{
    struct chg_str known = CHG_STR_INIT;

    for (size_t i = 0; use->key->words[i] != NULL; i++)
        chg_str_addf(&known, "%s%s", i > 0 ? ", " : "", use->key->words[i]);
    chg_report_error(r, use->value, "%s%s%s must be one of %s, not '%s'", CHG_USE(r, use),
                     known.ptr, chg_shown(use->value));
    chg_str_fini(&known);
}

void chg_read_word(struct chg_reader *r, const struct chg_use *use, void *target)
{
    const char *word = chg_text_of(r, use, NULL, use->value, CHG_ACCEPT_WORDS);

    if (word == NULL)
        return;
    if (use->key->words == NULL) {
        if (chg_is_blank(word))
            chg_report_error(r, use->value, "%s%s%s must not be empty", CHG_USE(r, use));
        else if (chg_check_name(r, use, use->value, word))
            chg_keep_text(r, target, word);
        return;
    }
    for (size_t i = 0; use->key->words[i] != NULL; i++) {
        if (chg_streq(use->key->words[i], word)) {
            chg_keep_text(r, target, word);
            return;
        }
    }
    report_word(r, use);
}

void chg_read_flag(struct chg_reader *r, const struct chg_use *use, void *target)
{
    if (use->value->kind == CHG_NODE_BOOL)
        *(bool *)target = use->value->boolean;
    else
        chg_report_error(r, use->value, "%s%s%s must be true or false, not %s", CHG_USE(r, use),
                         chg_node_kind_name(use->value));
}

void chg_read_number(struct chg_reader *r, const struct chg_use *use, void *target)
{
    bool positive = (use->key->flags & CHG_KEY_POSITIVE) != 0;

    if (use->value->kind == CHG_NODE_INT && use->value->integer >= (positive ? 1 : 0))
        *(int64_t *)target = use->value->integer;
    else
        chg_report_error(r, use->value, "%s%s%s must be a %s integer", CHG_USE(r, use),
                         positive ? "positive" : "non-negative");
}

static bool duration_of(int64_t *out, const struct chg_node *node)
{
    if (node->kind == CHG_NODE_INT)
        *out = node->integer;
    else if (node->kind != CHG_NODE_STRING || strlen(node->text) != node->text_len ||
             chg_parse_duration_ms(out, node->text) < 0)
        return false;
    return *out > 0;
}

/* Whoever leaves the unit out of a short time mostly means seconds. */
static bool lacks_unit(const struct chg_node *node, int64_t ms)
{
    return ms < 1000 &&
           (node->kind == CHG_NODE_INT || node->text[strspn(node->text, "0123456789")] == '\0');
}

static void keep_duration(struct chg_reader *r, const struct chg_use *use, int64_t ms,
                          int64_t *target)
{
    *target = ms;
    if (lacks_unit(use->value, ms))
        chg_report_warning(r, use->value,
                           "%s%s%s %" PRId64 " is %" PRId64 " milliseconds; write %" PRId64
                           "s for seconds",
                           CHG_USE(r, use), ms, ms, ms);
}

void chg_read_duration(struct chg_reader *r, const struct chg_use *use, void *target)
{
    int64_t ms = 0;

    if (!duration_of(&ms, use->value))
        chg_report_error(
            r, use->value,
            "%s%s%s must be a positive integer (milliseconds) or a duration such as 90s or 1h30m",
            CHG_USE(r, use));
    else if (ms > MAX_TIMEOUT_MS)
        chg_report_error(r, use->value, "%s%s%s must be at most ten years", CHG_USE(r, use));
    else
        keep_duration(r, use, ms, target);
}

bool chg_expect_map(struct chg_reader *r, const struct chg_use *use)
{
    if (use->value->kind == CHG_NODE_MAP)
        return true;
    chg_report_error(r, use->value, "%s%s%s must be a map", CHG_USE(r, use));
    return false;
}

bool chg_expect_list(struct chg_reader *r, const struct chg_use *use)
{
    if (use->value->kind == CHG_NODE_VECTOR)
        return true;
    chg_report_error(r, use->value, "%s%s%s must be %s", CHG_USE(r, use), r->dialect->list);
    return false;
}

static void add_string(struct chg_reader *r, const struct chg_use *use, const struct chg_node *node,
                       struct chg_strings *out, unsigned accept)
{
    const char *text = chg_text_of(r, use, "item", node, accept);

    if (text == NULL)
        return;
    if (strlen(text) > CHG_MAX_ARG)
        chg_report_error(r, node, "%s%s%s item is %zu bytes long, the limit is %d", CHG_USE(r, use),
                         strlen(text), CHG_MAX_ARG);
    else if (chg_strings_add(out, text) < 0)
        chg_out_of_memory(r);
}

void chg_read_strings_into(struct chg_reader *r, const struct chg_use *use, struct chg_strings *out,
                           unsigned accept)
{
    if (r->dialect->lenient && use->value->kind == CHG_NODE_STRING) {
        add_string(r, use, use->value, out, accept);
        return;
    }
    if (!chg_expect_list(r, use))
        return;
    if (use->value->count > MAX_ITEMS) {
        chg_report_error(r, use->value, "%s%s%s has %zu items, the limit is %d", CHG_USE(r, use),
                         use->value->count, MAX_ITEMS);
        return;
    }
    if (chg_vec_reserve(out, use->value->count) < 0)
        chg_out_of_memory(r);
    for (size_t i = 0; i < use->value->count && r->failed == 0; i++)
        add_string(r, use, use->value->items[i], out, accept);
}

void chg_read_strings(struct chg_reader *r, const struct chg_use *use, void *target)
{
    chg_read_strings_into(r, use, target, accept_of(use->key));
}

const struct chg_node *chg_item_node(const struct chg_use *use, const struct chg_strings *strings,
                                     size_t i)
{
    bool same = use->value->kind == CHG_NODE_VECTOR && use->value->count == strings->len;

    return same ? use->value->items[i] : use->value;
}

static void check_glob(struct chg_reader *r, const struct chg_use *use, const struct chg_node *node,
                       const char *pattern)
{
    struct chg_glob *glob = NULL;
    int rc = chg_is_blank(pattern)
                 ? chg_error_set(CHENGIS_ERR_INVALID, "a pattern must not be empty")
                 : chg_glob_compile(&glob, pattern);

    if (rc == CHENGIS_ERR_NO_MEMORY)
        chg_out_of_memory(r);
    else if (rc < 0)
        chg_report_error(r, node, "%s%s%s: %s", CHG_USE(r, use), chg_error_message());
    chg_glob_free(glob);
}

void chg_read_globs(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_strings *globs = target;

    chg_read_strings_into(r, use, globs, 0);
    for (size_t i = 0; i < globs->len && r->failed == 0; i++)
        check_glob(r, use, chg_item_node(use, globs, i), globs->items[i]);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of [A-Za-z0-9_], whatever the locale. */
static bool is_word(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

static bool is_variable(const char *name)
{
    if (name[0] == '\0' || is_digit(name[0]))
        return false;
    for (const char *c = name; *c != '\0'; c++) {
        if (!is_word(*c))
            return false;
    }
    return true;
}

bool chg_is_variable_source(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!is_word(*c) && *c != '-')
            return false;
    }
    return name[0] != '\0';
}

/* The value of a variable; a null one is empty, which deserves a word. */
static const char *variable_value(struct chg_reader *r, const struct chg_use *use, const char *name,
                                  const struct chg_node *node)
{
    const char *value;

    if (node->kind == CHG_NODE_NULL) {
        chg_report_warning(r, node, "%s%s%s %s has no value and becomes empty", CHG_USE(r, use),
                           name);
        return "";
    }
    value = chg_text_of(r, use, name, node, CHG_ACCEPT_SCALARS);
    if (value != NULL && strlen(name) + 1 + strlen(value) > CHG_MAX_ARG) {
        chg_report_error(r, node, "%s%s%s %s is %zu bytes long with its name, the limit is %d",
                         CHG_USE(r, use), name, strlen(name) + 1 + strlen(value), CHG_MAX_ARG);
        return NULL;
    }
    return value;
}

static void read_pair(struct chg_reader *r, const struct chg_use *use, const struct chg_node *key,
                      const struct chg_node *node, struct chg_kvlist *pairs)
{
    const char *value;

    if (!chg_node_is_text(key) || strlen(key->text) != key->text_len || !is_variable(key->text)) {
        chg_report_error(r, key, "%s%s%s: '%s' cannot name a variable; use letters, digits and _",
                         CHG_USE(r, use), chg_shown(key));
        return;
    }
    if (key->text_len > CHG_MAX_NAME) {
        chg_report_error(r, key, "%s%s%s: a name is %zu bytes long, the limit is %d",
                         CHG_USE(r, use), key->text_len, CHG_MAX_NAME);
        return;
    }
    if (chg_kvlist_get(pairs, key->text) != NULL)
        chg_report_error(r, key, "%s%s%s: '%s' is given twice", CHG_USE(r, use), key->text);
    value = variable_value(r, use, key->text, node);
    if (value != NULL && chg_kvlist_put(pairs, key->text, value) < 0)
        chg_out_of_memory(r);
}

void chg_read_pairs(struct chg_reader *r, const struct chg_use *use, void *target)
{
    if (!chg_expect_map(r, use))
        return;
    if (use->value->count > MAX_PAIRS) {
        chg_report_error(r, use->value, "%s%s%s has %zu variables, the limit is %d",
                         CHG_USE(r, use), use->value->count, MAX_PAIRS);
        return;
    }
    for (size_t i = 0; i < use->value->count && r->failed == 0; i++)
        read_pair(r, use, chg_node_key(use->value, i), chg_node_value(use->value, i), target);
}

void chg_read_nothing(struct chg_reader *r, const struct chg_use *use, void *target)
{
    (void)r;
    (void)use;
    (void)target;
}

void chg_read_use(struct chg_reader *r, const struct chg_use *use, void *target)
{
    (void)r;
    *(struct chg_use *)target = *use;
}
