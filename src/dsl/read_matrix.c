/* SPDX-License-Identifier: MIT */
/* Reading of the matrix: dimensions, excluded combinations, and the combination recorded in an
 * expanded stage. */
#include "dsl/reader_priv.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "dsl/dsl.h"

#include "base/banned.h"

#define MAX_DIMENSIONS 32
#define MAX_VALUES     1024
#define MAX_EXCLUDES   4096
#define ANY_SCALAR     (CHG_ACCEPT_SCALARS | CHG_ACCEPT_WORDS)

/* A use of a dimension's own key, for messages that name it. */
static struct chg_use dimension_use(const struct chg_use *use, const struct chg_node *map, size_t i)
{
    return (struct chg_use){use->key, chg_node_key(map, i), chg_node_value(map, i)};
}

static bool check_dimension_name(struct chg_reader *r, const struct chg_matrix *matrix,
                                 const struct chg_node *key)
{
    if (key->text == NULL || key->text_len > CHG_MAX_NAME || !chg_is_variable_source(key->text)) {
        chg_report_error(r, key,
                         "the name of a dimension must consist of letters, digits, - and _");
        return false;
    }
    for (size_t i = 0; i < matrix->dimension_count; i++) {
        const char *other = matrix->dimensions[i].name;

        if (!chg_env_name_equal(key->text, other))
            continue;
        chg_report_error(r, key, "'%s' and '%s' would become the same variable", other, key->text);
        return false;
    }
    return true;
}

static void add_value(struct chg_reader *r, const struct chg_use *use, const struct chg_node *node,
                      struct chg_strings *values)
{
    const char *value = chg_text_of(r, use, "value", node, ANY_SCALAR);

    if (value == NULL || !chg_check_name(r, use, node, value))
        return;
    if (chg_is_blank(value))
        chg_report_error(r, node, "%s%s%s value must not be empty", CHG_USE(r, use));
    else if (chg_strings_has(values, value))
        chg_report_error(r, node, "%s%s%s has the value '%s' twice", CHG_USE(r, use), value);
    else if (chg_strings_add(values, value) < 0)
        chg_out_of_memory(r);
}

static void read_dimension(struct chg_reader *r, const struct chg_use *use,
                           struct chg_matrix *matrix)
{
    struct chg_matrix_dimension *dimension = &matrix->dimensions[matrix->dimension_count];

    if (!check_dimension_name(r, matrix, use->name))
        return;
    chg_keep_text(r, &dimension->name, use->name->text);
    if (dimension->name == NULL)
        return;
    matrix->dimension_count++;
    if (!chg_expect_list(r, use))
        return;
    if (use->value->count == 0)
        chg_report_error(r, use->value, "%s%s%s must not be empty", CHG_USE(r, use));
    if (use->value->count > MAX_VALUES) {
        chg_report_error(r, use->value, "%s%s%s has %zu values, the limit is %d", CHG_USE(r, use),
                         use->value->count, MAX_VALUES);
        return;
    }
    for (size_t i = 0; i < use->value->count && r->failed == 0; i++)
        add_value(r, use, use->value->items[i], &dimension->values);
}

/* The key of a matrix map that is no dimension, or NULL. */
static const struct chg_key *reserved_key(const struct chg_node *key)
{
    return key->text != NULL ? chg_key_find(CHG_SCOPE_MATRIX, key->text) : NULL;
}

static void read_dimensions(struct chg_reader *r, const struct chg_use *use,
                            struct chg_matrix *matrix)
{
    const struct chg_node *map = use->value;
    size_t count = map->count;

    if (count > MAX_DIMENSIONS) {
        chg_report_error(r, map, "%s%s%s has %zu dimensions, the limit is %d", CHG_USE(r, use),
                         count, MAX_DIMENSIONS);
        return;
    }
    matrix->dimensions = chg_calloc(count, sizeof(*matrix->dimensions));
    if (matrix->dimensions == NULL)
        chg_out_of_memory(r);
    for (size_t i = 0; i < count && r->failed == 0; i++) {
        struct chg_use dimension = dimension_use(use, map, i);

        if (reserved_key(dimension.name) == NULL)
            read_dimension(r, &dimension, matrix);
    }
}

/* Excludes name dimensions, wherever in the map they stand: so they come second. */
static void read_reserved(struct chg_reader *r, const struct chg_use *use)
{
    const struct chg_node *map = use->value;

    for (size_t i = 0; i < map->count; i++) {
        struct chg_use inner = dimension_use(use, map, i);

        inner.key = reserved_key(inner.name);
        if (inner.key != NULL && inner.key->read == NULL)
            chg_report_error(r, inner.name, "%s%s%s is not supported by this version",
                             CHG_USE(r, &inner));
        else if (inner.key != NULL && !chg_is_absent(inner.value))
            inner.key->read(r, &inner, NULL);
    }
}

void chg_read_matrix(struct chg_reader *r, const struct chg_use *use, void *target)
{
    (void)target;
    if (!chg_expect_map(r, use))
        return;
    if (r->pipeline->matrix != NULL) {
        chg_report_error(r, use->name, "%s%s%s is given twice", CHG_USE(r, use));
        return;
    }
    if (use->value->count == 0) {
        chg_report_warning(r, use->value, "%s%s%s is empty", CHG_USE(r, use));
        return;
    }
    r->pipeline->matrix = chg_new(struct chg_matrix);
    if (r->pipeline->matrix == NULL) {
        chg_out_of_memory(r);
        return;
    }
    read_dimensions(r, use, r->pipeline->matrix);
    if (r->failed == 0)
        read_reserved(r, use);
}

void chg_read_strategy(struct chg_reader *r, const struct chg_use *use, void *target)
{
    if (chg_expect_map(r, use))
        chg_read_map(r, CHG_SCOPE_STRATEGY, use->value, target);
}

static const struct chg_matrix_dimension *find_dimension(const struct chg_matrix *matrix,
                                                         const char *name)
{
    for (size_t i = 0; name != NULL && i < matrix->dimension_count; i++) {
        if (chg_streq(matrix->dimensions[i].name, name))
            return &matrix->dimensions[i];
    }
    return NULL;
}

static void read_rule(struct chg_reader *r, const struct chg_use *use, const struct chg_node *map,
                      struct chg_kvlist *rule)
{
    if (map->kind != CHG_NODE_MAP || map->count == 0) {
        chg_report_error(r, map, "%s%s%s: every entry must be a map with at least one dimension",
                         CHG_USE(r, use));
        return;
    }
    for (size_t i = 0; i < map->count && r->failed == 0; i++) {
        struct chg_use pair = dimension_use(use, map, i);
        const struct chg_matrix_dimension *dimension =
            find_dimension(r->pipeline->matrix, pair.name->text);
        const char *value;

        if (dimension == NULL) {
            chg_report_error(r, pair.name, "%s%s%s: the matrix has no dimension '%s'",
                             CHG_USE(r, use), chg_shown(pair.name));
            continue;
        }
        value = chg_text_of(r, &pair, NULL, pair.value, ANY_SCALAR);
        if (value == NULL)
            continue;
        if (!chg_strings_has(&dimension->values, value))
            chg_report_warning(r, pair.value, "%s%s%s: dimension '%s' has no value '%s'",
                               CHG_USE(r, use), dimension->name, chg_shown(pair.value));
        if (chg_kvlist_put(rule, dimension->name, value) < 0)
            chg_out_of_memory(r);
    }
}

void chg_read_excludes(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_matrix *matrix = r->pipeline->matrix;

    (void)target;
    if (matrix == NULL) {
        chg_report_error(r, use->name, "%s%s%s needs a matrix", CHG_USE(r, use));
        return;
    }
    if (!chg_expect_list(r, use))
        return;
    if (matrix->excludes != NULL) {
        chg_report_error(r, use->name, "%s%s%s is given twice", CHG_USE(r, use));
        return;
    }
    if (use->value->count > MAX_EXCLUDES) {
        chg_report_error(r, use->value, "%s%s%s has %zu entries, the limit is %d", CHG_USE(r, use),
                         use->value->count, MAX_EXCLUDES);
        return;
    }
    matrix->excludes = chg_calloc(use->value->count, sizeof(*matrix->excludes));
    if (matrix->excludes == NULL) {
        chg_out_of_memory(r);
        return;
    }
    for (; matrix->exclude_count < use->value->count && r->failed == 0; matrix->exclude_count++)
        read_rule(r, use, use->value->items[matrix->exclude_count],
                  &matrix->excludes[matrix->exclude_count]);
}

/* {"os": "linux"} of a stage that was expanded before it was printed. */
void chg_read_combination(struct chg_reader *r, const struct chg_use *use, void *target)
{
    if (!chg_expect_map(r, use))
        return;
    for (size_t i = 0; i < use->value->count && r->failed == 0; i++) {
        struct chg_use pair = dimension_use(use, use->value, i);
        const char *value;

        if (pair.name->text == NULL || !chg_is_variable_source(pair.name->text)) {
            chg_report_error(r, pair.name,
                             "the name of a dimension must consist of letters, digits, - and _");
            continue;
        }
        value = chg_text_of(r, &pair, NULL, pair.value, ANY_SCALAR);
        if (value != NULL && chg_kvlist_put(target, pair.name->text, value) < 0)
            chg_out_of_memory(r);
    }
}
