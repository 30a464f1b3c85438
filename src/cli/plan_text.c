/* SPDX-License-Identifier: MIT */
/* Layout of a plan: stages, their steps, and of each step the command and what it gets. */
#include "cli/plan_text.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cli/term_text.h"

#include "base/banned.h"

static void add_clean(struct chg_str *out, const json_t *object, const char *key)
{
    chg_text_clean(out, json_string_value(json_object_get(object, key)));
}

static void add_heading(struct chg_str *out, struct chg_look look, const json_t *object,
                        const char *name_key)
{
    const char *reason = json_string_value(json_object_get(object, "reason"));
    bool runs = !json_is_false(json_object_get(object, "runs"));

    chg_str_add(out, chg_style(look, runs ? CHG_STYLE_BOLD : CHG_STYLE_DIM));
    add_clean(out, object, name_key);
    chg_str_add(out, chg_style(look, CHG_STYLE_RESET));
    if (!runs)
        chg_paint(out, look, CHG_STYLE_YELLOW, "  skipped");
    if (reason != NULL && reason[0] != '\0') {
        chg_str_add(out, runs ? "  (" : ": ");
        chg_text_clean(out, reason);
        chg_str_add(out, runs ? ")" : "");
    }
}

/* A script keeps its lines, each indented below the command. */
static void add_lines(struct chg_str *out, const char *text)
{
    while (text != NULL) {
        const char *end = strchr(text, '\n');
        chg_auto(str) line = CHG_STR_INIT;

        chg_str_add_len(&line, text, end == NULL ? strlen(text) : (size_t)(end - text));
        chg_text_clean(out, line.ptr);
        if (end != NULL)
            chg_str_add(out, end[1] == '\0' ? "" : "\n      ");
        text = end == NULL || end[1] == '\0' ? NULL : end + 1;
    }
}

/* Words of an argv as one would type them; only for reading, so quoting is plain. */
static void add_argv(struct chg_str *out, const json_t *argv)
{
    const json_t *word;
    size_t i;

    chg_str_add(out, "    $");
    json_array_foreach (argv, i, word) {
        const char *text = json_string_value(word);
        bool quote = text == NULL || text[0] == '\0' || strpbrk(text, " \t\n;&|<>()$\"*?#") != NULL;

        chg_str_add(out, quote ? " '" : " ");
        add_lines(out, text);
        chg_str_add(out, quote ? "'" : "");
    }
    chg_str_add_char(out, '\n');
}

static void add_details(struct chg_str *out, const json_t *step)
{
    const char *dir = json_string_value(json_object_get(step, "dir"));
    int64_t timeout = json_integer_value(json_object_get(step, "timeout-ms"));
    const char *name;
    json_t *value;
    char buffer[32];

    if (dir != NULL && dir[0] != '\0' && !chg_streq(dir, ".")) {
        chg_str_add(out, "    in ");
        chg_text_clean(out, dir);
        chg_str_add_char(out, '\n');
    }
    if (timeout > 0)
        chg_str_addf(out, "    at most %s\n", chg_format_duration(buffer, sizeof(buffer), timeout));
    json_object_foreach (json_object_get(step, "env"), name, value) {
        chg_str_add(out, "    ");
        chg_text_clean(out, name);
        chg_str_add_char(out, '=');
        chg_text_clean(out, json_string_value(value));
        chg_str_add_char(out, '\n');
    }
}

static void add_step(struct chg_str *out, struct chg_look look, const json_t *step)
{
    chg_str_add(out, "  ");
    add_heading(out, look, step, "step-name");
    chg_str_add(out, "  [");
    add_clean(out, step, "type");
    chg_str_add(out, "]\n");
    if (json_is_false(json_object_get(step, "runs")))
        return;
    if (json_array_size(json_object_get(step, "argv")) > 0)
        add_argv(out, json_object_get(step, "argv"));
    add_details(out, step);
}

static void add_stage(struct chg_str *out, struct chg_look look, const json_t *stage)
{
    const json_t *depends = json_object_get(stage, "depends-on"), *item;
    size_t i;

    add_heading(out, look, stage, "stage-name");
    json_array_foreach (depends, i, item) {
        chg_str_add(out, i == 0 ? "  after " : ", ");
        chg_text_clean(out, json_string_value(item));
    }
    chg_str_add_char(out, '\n');
    json_array_foreach (json_object_get(stage, "steps"), i, item) {
        add_step(out, look, item);
    }
}

void chg_plan_text(struct chg_str *out, struct chg_look look, const json_t *plan)
{
    const json_t *stage;
    size_t i;

    chg_str_add(out, "Pipeline ");
    add_clean(out, plan, "pipeline-name");
    chg_str_add_char(out, '\n');
    json_array_foreach (json_object_get(plan, "stages"), i, stage) {
        chg_str_add_char(out, '\n');
        add_stage(out, look, stage);
    }
}
