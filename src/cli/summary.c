/* SPDX-License-Identifier: MIT */
/* Summaries of builds. */
#include "cli/summary.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/parse.h"
#include "cli/step_log.h"
#include "cli/term_text.h"
#include "cli/tree.h"

#include "base/banned.h"

#define LAST_LINES 20
#define LOGS_SHOWN 2 /* of that many failed steps */

json_t *chg_build_object(chengis_build *build)
{
    char *text = NULL;
    json_t *object;

    if (chengis_build_json(&text, build) < 0)
        return NULL;
    object = chg_json_parse(text, strlen(text));
    chengis_free(text);
    return object;
}

static bool is_plain(const char *text)
{
    return text[0] != '\0' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-./:@%+=,")] == '\0';
}

/* One word for a shell. Text that a shell cannot be given as it is (controls) is not offered at
 * all. */
static bool add_word(struct chg_str *out, const char *text)
{
    chg_auto(str) clean = CHG_STR_INIT;

    chg_text_clean(&clean, text);
    if (!chg_streq(clean.ptr, text) || strchr(text, '\'') != NULL)
        return false;
    chg_str_addf(out, is_plain(text) ? "%s" : "'%s'", text);
    return true;
}

void chg_summary_ref(struct chg_str *out, const struct chg_run_model *model)
{
    chg_auto(str) ref = CHG_STR_INIT;

    chg_str_addf(&ref, "%s#%lld", model->job == NULL ? "" : model->job, (long long)model->number);
    if (model->job == NULL || !add_word(out, ref.ptr))
        chg_str_add(out, model->id == NULL ? "" : model->id);
}

/* How to read the log, as a command to type; of one step, or of the build (NULL). */
static void add_log_command(struct chg_str *out, const struct chg_cli *cli,
                            const struct chg_run_model *model, const struct chg_run_stage *stage,
                            const struct chg_run_step *step)
{
    const char *db = chg_cli_option(cli, "db");
    chg_auto(str) name = CHG_STR_INIT;

    chg_str_add(out, "chengis build log ");
    chg_summary_ref(out, model);
    if (step != NULL) {
        chg_str_addf(&name, "%s/%s", stage->name, step->name);
        chg_str_add(out, " --step ");
        if (!add_word(out, name.ptr))
            chg_str_addf(out, "%lld", (long long)step->log);
    }
    if (db != NULL) {
        chg_str_add(out, " --db ");
        (void)add_word(out, db);
    }
    chg_str_add_char(out, '\n');
}

void chg_summary_log_hint(struct chg_cli *cli, struct chg_out *out,
                          const struct chg_run_model *model)
{
    chg_auto(str) text = CHG_STR_INIT;

    chg_str_add(&text, "\nWhole log: ");
    add_log_command(&text, cli, model, NULL, NULL);
    chg_out_add_len(out, text.ptr, text.len);
}

static void add_lines(struct chg_str *out, struct chg_look look, const char *lines)
{
    while (*lines != '\0') {
        size_t len = strcspn(lines, "\n");

        chg_paint(out, look, CHG_STYLE_DIM, look.unicode ? "  │ " : "  | ");
        chg_str_add_len(out, lines, len);
        chg_str_add_char(out, '\n');
        lines += len + (lines[len] == '\n');
    }
}

/* What the engine says of the step, unless the log that was just shown says it too. */
static void add_message(struct chg_str *out, const struct chg_run_step *step, const char *lines)
{
    if (step->message == NULL || strstr(lines, step->message) != NULL)
        return;
    chg_str_add(out, "  ");
    chg_text_clean(out, step->message);
    chg_str_add_char(out, '\n');
}

/* What failed and why; the end of its log too when there is room for it. */
static void add_failed_step(struct chg_str *out, const struct chg_cli *cli,
                            const struct chg_run_model *model, chengis_build *build, size_t index)
{
    struct chg_look look = cli->json ? cli->err.look : cli->out.look;
    struct chg_run_stage *stage;
    struct chg_run_step *step = chg_run_model_failed_at(model, index, &stage);
    struct chg_step_log log = {0};
    chg_auto(str) lines = CHG_STR_INIT;

    chg_str_add(out, index <= LOGS_SHOWN ? "\n" : "");
    chg_paint(out, look, CHG_STYLE_RED, "Failed:");
    chg_str_add_char(out, ' ');
    chg_text_clean(out, stage->name);
    chg_str_add(out, " / ");
    chg_text_clean(out, step->name);
    chg_str_add(out, " (");
    chg_tree_cause(out, step);
    chg_str_add(out, ")\n");
    if (index < LOGS_SHOWN && step->log > 0 &&
        chg_step_log_last(&lines, &log, build, step->log, LAST_LINES) == 0)
        add_lines(out, look, lines.ptr);
    add_message(out, step, lines.ptr);
    chg_step_log_fini(&log);
    if (index < LOGS_SHOWN) {
        chg_str_add(out, "Whole log: ");
        add_log_command(out, cli, model, stage, step);
    }
}

static void add_failed_steps(struct chg_str *out, const struct chg_cli *cli,
                             const struct chg_run_model *model, chengis_build *build)
{
    struct chg_run_stage *stage;
    size_t count = 0;

    for (; chg_run_model_failed_at(model, count, &stage) != NULL; count++)
        add_failed_step(out, cli, model, build, count);
    if (count == 0)
        return;
    chg_str_add(out, "Log file:  ");
    chg_text_clean(out, chengis_build_log_path(build));
    chg_str_add_char(out, '\n');
}

static void add_artifacts(struct chg_str *out, const json_t *object)
{
    const json_t *list = json_object_get(object, "artifacts"), *artifact;
    char buffer[32];
    size_t i;

    if (json_array_size(list) > 0)
        chg_str_add(out, "\nArtifacts\n");
    json_array_foreach (list, i, artifact) {
        int64_t bytes = json_integer_value(json_object_get(artifact, "size-bytes"));

        chg_str_add(out, "  ");
        chg_text_clean(out, json_string_value(json_object_get(artifact, "path")));
        chg_str_addf(out, "  %s\n", chg_format_size(buffer, sizeof(buffer), (uint64_t)bytes));
    }
}

/* Why it ended as it did, when no step says so already. */
static void add_reason(struct chg_str *out, struct chg_look look, const struct chg_run_model *model)
{
    const char *word = chengis_status_name(model->status);
    const char *why = model->message != NULL ? model->message : model->reason;
    struct chg_run_stage *stage;

    if (why == NULL || model->status == CHENGIS_STATUS_SUCCESS)
        return;
    if (model->status == CHENGIS_STATUS_FAILURE && chg_run_model_failed(model, &stage) != NULL)
        return;
    chg_str_add_char(out, '\n');
    chg_paint(out, look, chg_style_of_status(model->status), word);
    chg_str_add(out, ": ");
    chg_text_clean(out, why);
    chg_str_add_char(out, '\n');
}

void chg_summary_print(struct chg_cli *cli, struct chg_out *out, const struct chg_run_model *model,
                       chengis_build *build, const json_t *object)
{
    struct chg_tree_options options = {
        .look = out->look, .columns = chg_out_columns(out), .now = chg_clock_wall_ms()};
    chg_auto(str) text = CHG_STR_INIT;

    chg_tree_render(&text, model, &options);
    add_reason(&text, out->look, model);
    add_artifacts(&text, object);
    if (model->status == CHENGIS_STATUS_FAILURE || model->status == CHENGIS_STATUS_TIMED_OUT)
        add_failed_steps(&text, cli, model, build);
    chg_out_add_len(out, text.ptr, text.len);
}
