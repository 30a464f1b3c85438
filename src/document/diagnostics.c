/* SPDX-License-Identifier: MIT */
/* The list of messages about places in a file, and its public face. */
#include "document/diagnostics.h"

#include <stdarg.h>
#include <string.h>

#include <chengis/error.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"
#include "document/document_priv.h"

#include "base/banned.h"

#define MAGIC         0x43484447u /* "CHDG" */
#define MAX_KEPT      200
#define MAX_TEXT_SIZE 2048

int chg_diagnostics_new(struct chg_diagnostics **out)
{
    struct chg_diagnostics *diags = chg_new(struct chg_diagnostics);

    if (diags == NULL)
        return chg_error_no_memory();
    diags->magic = MAGIC;
    *out = diags;
    return 0;
}

chengis_diagnostics *chengis_diagnostics_unref(chengis_diagnostics *diags)
{
    if (diags == NULL || diags->magic != MAGIC)
        return NULL;
    for (size_t i = 0; i < diags->len; i++) {
        chg_free(diags->items[i].file);
        chg_free(diags->items[i].text);
    }
    chg_free(diags->items);
    diags->magic = 0;
    chg_free(diags);
    return NULL;
}

/* A message is one line whatever the file held: control characters become spaces. Cut at whole
 * characters. */
__attribute__((format(printf, 1, 0))) static char *one_line(const char *format, va_list args)
{
    chg_auto(str) text = CHG_STR_INIT;

    chg_str_vaddf(&text, format, args);
    if (text.len > MAX_TEXT_SIZE) {
        chg_str_truncate(&text, (size_t)chg_utf8_cut(text.ptr, text.len, MAX_TEXT_SIZE));
        chg_str_add(&text, "...");
    }
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            text.ptr[i] = ' ';
    return chg_str_take(&text);
}

static void append(struct chg_diagnostics *diags, chengis_severity severity, const char *file,
                   const struct chg_place *place, char *text)
{
    struct chg_diagnostic item = {.severity = severity, .file = chg_strdup(file), .text = text};

    if (place != NULL) {
        item.line = place->line;
        item.column = place->column;
    }
    if (item.file == NULL || text == NULL || chg_vec_push(diags, item) < 0) {
        chg_free(item.file);
        chg_free(text);
        diags->failed = CHENGIS_ERR_NO_MEMORY;
    }
}

/* The list is full: its last entry says how many more there were. */
static void count_dropped(struct chg_diagnostics *diags)
{
    char *text;

    diags->dropped++;
    text = chg_asprintf("%zu more messages are left out", diags->dropped);
    if (diags->dropped == 1) {
        append(diags, CHENGIS_SEVERITY_NOTE, diags->items[0].file, NULL, text);
    } else if (text != NULL && diags->len > MAX_KEPT) {
        chg_free(diags->items[MAX_KEPT].text);
        diags->items[MAX_KEPT].text = text;
    } else {
        chg_free(text);
        diags->failed = CHENGIS_ERR_NO_MEMORY;
    }
}

void chg_diagnostics_add(struct chg_diagnostics *diags, chengis_severity severity, const char *file,
                         const struct chg_place *place, const char *format, ...)
{
    va_list args;

    diags->errors += severity == CHENGIS_SEVERITY_ERROR;
    diags->warnings += severity == CHENGIS_SEVERITY_WARNING;
    if (diags->len >= MAX_KEPT) {
        count_dropped(diags);
        return;
    }
    va_start(args, format);
    append(diags, severity, file == NULL ? "" : file, place, one_line(format, args));
    va_end(args);
}

static bool comes_before(const struct chg_diagnostic *a, const struct chg_diagnostic *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

void chg_diagnostics_sort(struct chg_diagnostics *diags)
{
    size_t len =
        diags->len < MAX_KEPT ? diags->len : MAX_KEPT; /* the count of the rest stays last */

    for (size_t i = 1; i < len; i++) {
        struct chg_diagnostic item = diags->items[i];
        size_t at = i;

        for (; at > 0 && comes_before(&item, &diags->items[at - 1]); at--)
            diags->items[at] = diags->items[at - 1];
        diags->items[at] = item;
    }
}

/* "FILE:LINE:COL: " with the parts that are known. */
static void add_location(struct chg_str *out, const struct chg_diagnostic *item)
{
    if (item->file[0] != '\0')
        chg_str_addf(out, "%s:", item->file);
    if (item->line > 0)
        chg_str_addf(out, "%u:", item->line);
    if (item->line > 0 && item->column > 0)
        chg_str_addf(out, "%u:", item->column);
    if (out->len > 0 && out->ptr[out->len - 1] == ':')
        chg_str_add_char(out, ' ');
}

int chg_diagnostics_to_error(const struct chg_diagnostics *diags, int code)
{
    chg_auto(str) where = CHG_STR_INIT;
    const struct chg_diagnostic *item = diags->items;

    if (diags->failed != 0)
        return chg_error_no_memory();
    if (diags->errors == 0)
        return 0;
    while (item < diags->items + diags->len && item->severity != CHENGIS_SEVERITY_ERROR)
        item++;
    if (item == diags->items + diags->len)
        return chg_error_set(code, "%zu errors, for which there was no room in the list",
                             diags->errors);
    add_location(&where, item);
    if (diags->errors == 1)
        return chg_error_set(code, "%s%s", where.ptr, item->text);
    return chg_error_set(code, "%s%s (and %zu more)", where.ptr, item->text, diags->errors - 1);
}

static const struct chg_diagnostic *entry(const chengis_diagnostics *diags, size_t index)
{
    return index < chengis_diagnostics_count(diags) ? &diags->items[index] : NULL;
}

size_t chengis_diagnostics_count(const chengis_diagnostics *diags)
{
    return diags != NULL && diags->magic == MAGIC ? diags->len : 0;
}

size_t chengis_diagnostics_count_of(const chengis_diagnostics *diags, chengis_severity severity)
{
    size_t count = 0;

    for (size_t i = 0; i < chengis_diagnostics_count(diags); i++)
        count += diags->items[i].severity == severity;
    return count;
}

chengis_severity chengis_diagnostics_severity(const chengis_diagnostics *diags, size_t index)
{
    const struct chg_diagnostic *item = entry(diags, index);

    return item == NULL ? CHENGIS_SEVERITY_NOTE : item->severity;
}

const char *chengis_diagnostics_file(const chengis_diagnostics *diags, size_t index)
{
    const struct chg_diagnostic *item = entry(diags, index);

    return item == NULL ? "" : item->file;
}

uint32_t chengis_diagnostics_line(const chengis_diagnostics *diags, size_t index)
{
    const struct chg_diagnostic *item = entry(diags, index);

    return item == NULL ? 0 : item->line;
}

uint32_t chengis_diagnostics_column(const chengis_diagnostics *diags, size_t index)
{
    const struct chg_diagnostic *item = entry(diags, index);

    return item == NULL ? 0 : item->column;
}

const char *chengis_diagnostics_text(const chengis_diagnostics *diags, size_t index)
{
    const struct chg_diagnostic *item = entry(diags, index);

    return item == NULL ? "" : item->text;
}

static const char *severity_name(chengis_severity severity)
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

char *chengis_diagnostics_format(const chengis_diagnostics *diags)
{
    chg_auto(str) out = CHG_STR_INIT;

    for (size_t i = 0; i < chengis_diagnostics_count(diags); i++) {
        const struct chg_diagnostic *item = &diags->items[i];
        chg_auto(str) where = CHG_STR_INIT;

        add_location(&where, item);
        chg_str_addf(&out, "%s%s: %s\n", where.ptr, severity_name(item->severity), item->text);
        if (where.failed != 0)
            return NULL;
    }
    return chg_str_take(&out);
}

char *chengis_diagnostics_json(const chengis_diagnostics *diags)
{
    chg_auto(str) out = CHG_STR_INIT;

    chg_str_add_char(&out, '[');
    for (size_t i = 0; i < chengis_diagnostics_count(diags); i++) {
        const struct chg_diagnostic *item = &diags->items[i];

        chg_str_addf(&out, "%s{\"severity\":\"%s\",\"file\":", i == 0 ? "" : ",",
                     severity_name(item->severity));
        chg_json_add_quoted(&out, item->file, strlen(item->file));
        chg_str_addf(&out, ",\"line\":%u,\"column\":%u,\"message\":", item->line, item->column);
        chg_json_add_quoted(&out, item->text, strlen(item->text));
        chg_str_add_char(&out, '}');
    }
    chg_str_add_char(&out, ']');
    return chg_str_take(&out);
}
