/* SPDX-License-Identifier: MIT */
/* Drawing a tree into text. It is drawn with ever less detail until it fits the room there is. */
#include "cli/tree.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "cli/term_text.h"

#include "base/banned.h"

#define LABEL_MAX      44
#define STATUS_COLUMNS 10
#define RIGHT_COLUMNS  (2 + STATUS_COLUMNS + 8) /* status and time, with the gap before them */
#define LABEL_MIN      2

/* How much is drawn; each level less than the one before. */
enum detail {
    DETAIL_ALL,
    DETAIL_OPEN_STAGES, /* steps of running and failed stages only */
    DETAIL_SHORT_TAILS, /* two lines of output */
    DETAIL_NO_TAILS,
    DETAIL_CUT, /* only running and failed stages, and then lines are cut off */
};

struct drawing {
    struct chg_str *out;
    const struct chg_tree_options *options;
    enum detail detail;
    size_t label; /* columns of the widest label */
};

static const char *icon(const struct chg_tree_options *options, chengis_status status)
{
    static const char *const unicode_spinner[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    static const char *const ascii_spinner[] = {"|", "/", "-", "\\"};
    bool unicode = options->look.unicode;

    switch (status) {
    case CHENGIS_STATUS_RUNNING:
        return unicode ? unicode_spinner[options->frame % 10] : ascii_spinner[options->frame % 4];
    case CHENGIS_STATUS_SUCCESS:
        return unicode ? "✔" : "+";
    case CHENGIS_STATUS_FAILURE:
    case CHENGIS_STATUS_TIMED_OUT:
        return unicode ? "✘" : "x";
    case CHENGIS_STATUS_ABORTED:
        return unicode ? "■" : "!";
    case CHENGIS_STATUS_SKIPPED:
        return unicode ? "○" : "-";
    case CHENGIS_STATUS_WAITING:
        return "?";
    default:
        return unicode ? "·" : ".";
    }
}

void chg_tree_cause(struct chg_str *out, const struct chg_run_step *step)
{
    if (step->status == CHENGIS_STATUS_SUCCESS)
        return;
    if (step->status == CHENGIS_STATUS_FAILURE && step->signal > 0)
        chg_str_addf(out, "killed by signal %lld", (long long)step->signal);
    else if (step->status == CHENGIS_STATUS_FAILURE && step->exit_code > 0)
        chg_str_addf(out, "exit status %lld", (long long)step->exit_code);
    else
        chg_text_clean(out, step->reason);
}

/* Finish a line: cut to the columns of the terminal. Colours must not be cut, so they come with the
 * pieces. */
static void end_line(const struct drawing *drawing, size_t begin)
{
    size_t columns = drawing->options->columns;
    chg_auto(str) line = CHG_STR_INIT;

    if (columns > 0 && chg_text_width(drawing->out->ptr + begin) > columns) {
        chg_text_fit(&line, drawing->out->ptr + begin, columns, drawing->options->look.unicode);
        chg_str_truncate(drawing->out, begin);
        chg_str_add_len(drawing->out, line.ptr, line.len);
        chg_str_add(drawing->out, chg_style(drawing->options->look, CHG_STYLE_RESET));
    }
    chg_str_add_char(drawing->out, '\n');
}

static int64_t elapsed(const struct drawing *drawing, chengis_status status, int64_t started_at,
                       int64_t duration_ms)
{
    if (duration_ms >= 0)
        return duration_ms;
    if (status != CHENGIS_STATUS_RUNNING || started_at == 0)
        return -1;
    return drawing->options->now > started_at ? drawing->options->now - started_at : 0;
}

/* The name, shortened so that status and time fit behind it. Gives its columns. */
static size_t add_label(const struct drawing *drawing, const char *label, size_t before)
{
    size_t columns = drawing->options->columns, begin = drawing->out->len;

    if (columns == 0 || columns <= RIGHT_COLUMNS + before + LABEL_MIN ||
        before + chg_text_width(label) <= columns - RIGHT_COLUMNS)
        chg_str_add(drawing->out, label);
    else
        chg_text_fit(drawing->out, label, columns - RIGHT_COLUMNS - before,
                     drawing->options->look.unicode);
    return chg_text_width(drawing->out->ptr + begin);
}

/* The column where states begin, less their gap: no further right than the terminal allows. */
static size_t label_limit(size_t widest, size_t columns)
{
    if (columns > RIGHT_COLUMNS && widest > columns - RIGHT_COLUMNS)
        widest = columns - RIGHT_COLUMNS;
    return widest;
}

/* Can more stand behind the line, be it only an ellipsis? The time must not be cut for it. */
static bool has_room(const struct drawing *drawing, size_t begin)
{
    size_t columns = drawing->options->columns;

    return columns == 0 || chg_text_width(drawing->out->ptr + begin) + 2 < columns;
}

/* ICON NAME   STATUS   TIME   CAUSE */
static void draw_entry(const struct drawing *drawing, size_t indent, const char *name,
                       chengis_status status, int64_t ms, const char *cause)
{
    struct chg_look look = drawing->options->look;
    enum chg_style style = chg_style_of_status(status);
    size_t begin = drawing->out->len, width;
    char buffer[32];
    chg_auto(str) label = CHG_STR_INIT;

    chg_text_pad(drawing->out, indent);
    chg_paint(drawing->out, look, style, icon(drawing->options, status));
    chg_str_add_char(drawing->out, ' ');
    chg_text_clean(&label, name);
    width = indent + 2 + add_label(drawing, label.ptr, indent + 2);
    if (status != CHENGIS_STATUS_QUEUED) {
        const char *word = chengis_status_name(status);
        size_t used = chg_text_width(word);

        chg_text_pad(drawing->out, width < drawing->label ? drawing->label - width : 0);
        chg_str_add(drawing->out, "  ");
        chg_paint(drawing->out, look, style, word);
        chg_text_pad(drawing->out, used < STATUS_COLUMNS ? STATUS_COLUMNS - used : 1);
        if (ms >= 0)
            chg_str_addf(drawing->out, "%8s", chg_format_duration(buffer, sizeof(buffer), ms));
        if (cause[0] != '\0' && has_room(drawing, begin))
            chg_str_addf(drawing->out, "  %s", cause);
    }
    while (drawing->out->len > begin && drawing->out->ptr[drawing->out->len - 1] == ' ')
        chg_str_truncate(drawing->out, drawing->out->len - 1);
    end_line(drawing, begin);
}

/* The last `count` lines of text. */
static const char *last_lines(const char *text, size_t count)
{
    const char *at = text + strlen(text);

    while (at > text && count > 0) {
        at--;
        if (at > text && at[-1] == '\n')
            count--;
    }
    return count == 0 ? at : text;
}

static void draw_tail(const struct drawing *drawing, const struct chg_run_step *step)
{
    struct chg_look look = drawing->options->look;
    size_t count = drawing->options->tail;
    const char *at;

    if (drawing->detail == DETAIL_SHORT_TAILS && count > 2)
        count = 2;
    if (drawing->detail >= DETAIL_NO_TAILS || count == 0)
        return;
    at = last_lines(step->tail, count);
    while (*at != '\0') {
        size_t len = strcspn(at, "\n"), begin = drawing->out->len;

        chg_text_pad(drawing->out, 6);
        chg_str_add(drawing->out, chg_style(look, CHG_STYLE_DIM));
        chg_str_add(drawing->out, look.unicode ? "│ " : "| ");
        chg_str_add_len(drawing->out, at, len);
        chg_str_add(drawing->out, chg_style(look, CHG_STYLE_RESET));
        end_line(drawing, begin);
        at += len + (at[len] == '\n');
    }
}

static void draw_step(const struct drawing *drawing, const struct chg_run_step *step)
{
    int64_t ms = elapsed(drawing, step->status, step->started_at, step->duration_ms);
    chg_auto(str) cause = CHG_STR_INIT;

    chg_tree_cause(&cause, step);
    if (step->attempt > 1)
        chg_str_addf(&cause, "%sattempt %lld", cause.len > 0 ? ", " : "", (long long)step->attempt);
    draw_entry(drawing, 4, step->name, step->status, ms, cause.ptr);
    if (step->status == CHENGIS_STATUS_RUNNING && step->tail != NULL)
        draw_tail(drawing, step);
}

/* Are the steps of a stage shown? Those of a skipped one never were to run. */
static bool is_open(const struct drawing *drawing, const struct chg_run_stage *stage)
{
    if (stage->status == CHENGIS_STATUS_SKIPPED)
        return false;
    return drawing->detail == DETAIL_ALL ||
           (stage->status != CHENGIS_STATUS_SUCCESS && stage->status != CHENGIS_STATUS_QUEUED);
}

static void draw_stage(const struct drawing *drawing, const struct chg_run_stage *stage)
{
    int64_t ms = elapsed(drawing, stage->status, stage->started_at, stage->duration_ms);
    chg_auto(str) cause = CHG_STR_INIT;

    if (stage->status == CHENGIS_STATUS_SKIPPED)
        chg_text_clean(&cause, stage->reason);
    draw_entry(drawing, 2, stage->name, stage->status, ms, cause.ptr);
    if (!is_open(drawing, stage))
        return;
    for (size_t i = 0; i < stage->steps.len; i++)
        draw_step(drawing, stage->steps.items[i]);
}

static void draw_build(const struct drawing *drawing, const struct chg_run_model *model)
{
    int64_t ms = elapsed(drawing, model->status, model->started_at, model->duration_ms);
    chg_auto(str) name = CHG_STR_INIT;

    chg_str_add(&name, model->job);
    if (model->number > 0)
        chg_str_addf(&name, " #%lld", (long long)model->number);
    draw_entry(drawing, 0, name.ptr, model->status, ms, "");
}

static size_t widest_label(const struct chg_run_model *model)
{
    size_t widest = 0;

    for (size_t i = 0; i < model->stages.len; i++) {
        const struct chg_run_stage *stage = model->stages.items[i];
        size_t width = 4 + chg_text_width(stage->name);

        widest = width > widest ? width : widest;
        for (size_t k = 0; k < stage->steps.len; k++) {
            width = 6 + chg_text_width(stage->steps.items[k]->name);
            widest = width > widest ? width : widest;
        }
    }
    return widest < LABEL_MAX ? widest : LABEL_MAX;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

/* Keep the first `rows` lines, the last of them saying how many are not shown. */
static void cut(struct chg_str *out, size_t begin, size_t rows, size_t lines)
{
    const char *at = out->ptr + begin;

    for (size_t i = 0; i + 1 < rows; i++)
        at = strchr(at, '\n') + 1;
    chg_str_truncate(out, (size_t)(at - out->ptr));
    chg_str_addf(out, "  ... %zu more lines\n", lines - rows + 1);
}

/* Post actions that were not called for are no news. */
static bool is_idle_post(const struct chg_run_stage *stage)
{
    return stage->status == CHENGIS_STATUS_SKIPPED && chg_starts_with(stage->name, "post:");
}

static bool is_done(const struct chg_run_stage *stage)
{
    return stage->status == CHENGIS_STATUS_SUCCESS || stage->status == CHENGIS_STATUS_SKIPPED;
}

/* With too many stages for the room: those that are over and those to come become one line each. */
static void draw_stages(const struct drawing *drawing, const struct chg_run_model *model)
{
    size_t done = 0, to_come = 0;

    for (size_t i = 0; i < model->stages.len; i++) {
        done += is_done(model->stages.items[i]);
        to_come += model->stages.items[i]->status == CHENGIS_STATUS_QUEUED;
    }
    if (drawing->detail == DETAIL_CUT && done > 0)
        chg_str_addf(drawing->out, "  ... %zu stages done\n", done);
    for (size_t i = 0; i < model->stages.len; i++) {
        const struct chg_run_stage *stage = model->stages.items[i];

        if (is_idle_post(stage))
            continue;
        if (drawing->detail < DETAIL_CUT ||
            (!is_done(stage) && stage->status != CHENGIS_STATUS_QUEUED))
            draw_stage(drawing, stage);
    }
    if (drawing->detail == DETAIL_CUT && to_come > 0)
        chg_str_addf(drawing->out, "  ... %zu stages to come\n", to_come);
}

void chg_tree_render(struct chg_str *out, const struct chg_run_model *model,
                     const struct chg_tree_options *options)
{
    struct drawing drawing = {.out = out,
                              .options = options,
                              .label = label_limit(widest_label(model), options->columns)};
    size_t begin = out->len, lines;

    for (;; drawing.detail++) {
        chg_str_truncate(out, begin);
        draw_build(&drawing, model);
        draw_stages(&drawing, model);
        lines = count_lines(out->ptr + begin);
        if (options->rows == 0 || lines <= options->rows)
            return;
        if (drawing.detail == DETAIL_CUT) {
            cut(out, begin, options->rows, lines);
            return;
        }
    }
}
