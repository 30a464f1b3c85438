/* SPDX-License-Identifier: MIT */
/* Printing logs of several steps into one stream, line by line. */
#include "cli/run_view_plain.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/parse.h"
#include "cli/tree.h"

#include "base/banned.h"

#define READ_BYTES     ((size_t)64 << 10)
#define LINE_MAX_BYTES ((size_t)64 << 10) /* a longer line is printed in pieces */

static struct chg_plain_output *add_output(struct chg_plain_view *view,
                                           const struct chg_run_stage *stage,
                                           const struct chg_run_step *step)
{
    struct chg_plain_output *output = chg_new(struct chg_plain_output);

    if (output == NULL || chg_vec_push(&view->outputs, output) < 0) {
        chg_free(output);
        return NULL;
    }
    output->stage = stage;
    output->step = step;
    output->rest = (struct chg_str)CHG_STR_INIT;
    output->clean.keep_colour = view->out->look.colour;
    output->clean.keep_lines = true;
    if (step != NULL && step->log > 0 && (size_t)step->log < view->start_count) {
        output->left_out = view->starts[step->log] == CHG_PLAIN_LEFT_OUT;
        output->log.offset = output->left_out ? 0 : view->starts[step->log];
    }
    return output;
}

static void free_output(struct chg_plain_output *output)
{
    chg_step_log_fini(&output->log);
    chg_str_fini(&output->rest);
    chg_free(output);
}

int chg_plain_init(struct chg_plain_view *view, struct chg_out *out, chengis_build *build,
                   const struct chg_run_model *model)
{
    *view = (struct chg_plain_view){.out = out, .build = build, .model = model};
    view->buffer = chg_malloc(READ_BYTES);
    return view->buffer == NULL || add_output(view, NULL, NULL) == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

void chg_plain_fini(struct chg_plain_view *view)
{
    for (size_t i = 0; i < view->outputs.len; i++)
        free_output(view->outputs.items[i]);
    chg_vec_fini(&view->outputs);
    chg_free(view->buffer);
    view->buffer = NULL;
}

static struct chg_plain_output *output_of(struct chg_plain_view *view,
                                          const struct chg_run_step *step)
{
    for (size_t i = 0; i < view->outputs.len; i++)
        if (view->outputs.items[i]->step == step)
            return view->outputs.items[i];
    return NULL;
}

static void add_name(struct chg_str *out, const struct chg_run_stage *stage,
                     const struct chg_run_step *step)
{
    chg_text_clean(out, stage->name);
    if (step != NULL) {
        chg_str_add(out, " / ");
        chg_text_clean(out, step->name);
    }
}

/* Colours that the last output left on must not run into what follows. */
static void leave_current(struct chg_plain_view *view)
{
    if (view->current != NULL && view->current->clean.coloured)
        chg_out_add(view->out, "\033[0m");
    view->current = NULL;
}

/* "==> stage / step" and the like. */
static void print_mark(struct chg_plain_view *view, const char *mark,
                       const struct chg_run_stage *stage, const struct chg_run_step *step,
                       const char *suffix)
{
    chg_auto(str) line = CHG_STR_INIT;

    leave_current(view);
    chg_str_add(&line, chg_style(view->out->look, CHG_STYLE_BOLD));
    chg_str_add(&line, mark);
    chg_str_add_char(&line, ' ');
    add_name(&line, stage, step);
    chg_str_add(&line, chg_style(view->out->look, CHG_STYLE_RESET));
    chg_str_add(&line, suffix);
    chg_str_add_char(&line, '\n');
    chg_out_add_len(view->out, line.ptr, line.len);
}

/* "[step] " before a line of a step that is not alone. */
static void add_prefix(const struct chg_plain_view *view, const struct chg_plain_output *output,
                       struct chg_str *line)
{
    chg_str_add(line, chg_style(view->out->look, CHG_STYLE_DIM));
    chg_str_add_char(line, '[');
    if (output->step == NULL) {
        chg_str_add(line, "chengis");
    } else {
        if (!chg_run_model_is_unique(view->model, output->step->name)) {
            chg_text_clean(line, output->stage->name);
            chg_str_add_char(line, '/');
        }
        chg_text_clean(line, output->step->name);
    }
    chg_str_add_char(line, ']');
    chg_str_add(line, chg_style(view->out->look, CHG_STYLE_RESET));
    chg_str_add_char(line, ' ');
}

/* On a terminal a line shows what stands after its last carriage return, as progress bars mean it.
 */
static void add_terminal_line(struct chg_plain_output *output, struct chg_str *line,
                              const char *data, size_t len)
{
    size_t body = len > 0 && data[len - 1] == '\n' ? len - 1 : len;
    const char *from;

    if (body > 0 && data[body - 1] == '\r')
        body--;
    from = memrchr(data, '\r', body);
    if (from != NULL) {
        len -= (size_t)(from + 1 - data);
        data = from + 1;
    }
    chg_clean_feed(&output->clean, line, data, len);
}

/* Lines one by one: with a prefix, or made harmless for a terminal. */
static void print_lines(struct chg_plain_view *view, struct chg_plain_output *output,
                        const char *data, size_t len, bool prefixed)
{
    chg_auto(str) line = CHG_STR_INIT;

    while (len > 0) {
        const char *end = memchr(data, '\n', len);
        size_t size = end == NULL ? len : (size_t)(end + 1 - data);

        chg_str_reset(&line);
        if (prefixed)
            add_prefix(view, output, &line);
        if (view->out->tty)
            add_terminal_line(output, &line, data, size);
        else
            chg_str_add_len(&line, data, size);
        if (prefixed && output->clean.coloured) {
            chg_str_truncate(&line, line.len - (end != NULL));
            chg_clean_end(&output->clean, &line);
            chg_str_add(&line, end != NULL ? "\n" : "");
        }
        chg_out_add_len(view->out, line.ptr, line.len);
        data += size;
        len -= size;
    }
}

/* Print whole lines (or the last piece of a log). */
static void print_output(struct chg_plain_view *view, struct chg_plain_output *output,
                         const char *data, size_t len)
{
    bool prefixed = output->step == NULL || view->model->running > 1;

    if (len == 0)
        return;
    if (prefixed) {
        leave_current(view);
    } else if (view->current != output) {
        print_mark(view, "==>", output->stage, output->step, "");
        view->current = output;
    }
    if (prefixed || view->out->tty)
        print_lines(view, output, data, len, prefixed);
    else
        chg_out_add_len(view->out, data, len);
}

void chg_plain_feed(struct chg_plain_view *view, struct chg_plain_output *output, const char *data,
                    size_t len)
{
    const char *last = memrchr(data, '\n', len);
    size_t whole = last == NULL ? 0 : (size_t)(last + 1 - data);

    if (output->rest.len > 0 && (whole > 0 || output->rest.len + len > LINE_MAX_BYTES)) {
        const char *first = memchr(data, '\n', len);
        size_t head = first == NULL ? len : (size_t)(first + 1 - data);

        chg_str_add_len(&output->rest, data, head);
        print_output(view, output, output->rest.ptr, output->rest.len);
        chg_str_reset(&output->rest);
        data += head;
        len -= head;
        whole -= whole > 0 ? head : 0;
    }
    print_output(view, output, data, whole);
    chg_str_add_len(&output->rest, data + whole, len - whole);
}

/* The end of a log: what stands without a line end gets one. */
static void finish_output(struct chg_plain_view *view, struct chg_plain_output *output)
{
    if (output->rest.len > 0) {
        chg_str_add_char(&output->rest, '\n');
        print_output(view, output, output->rest.ptr, output->rest.len);
        chg_str_reset(&output->rest);
    }
}

static int pump(struct chg_plain_view *view, struct chg_plain_output *output)
{
    size_t len = 0;
    int rc;

    if (output->left_out || (output->step != NULL && output->step->log == 0))
        return 0;
    rc = chg_step_log_read(&len, &output->log, view->build,
                           output->step == NULL ? 0 : output->step->log, view->buffer, READ_BYTES);
    if (rc < 0)
        return rc;
    chg_plain_feed(view, output, view->buffer, len);
    return len == READ_BYTES;
}

/* The first output is the engine's, the others are of steps whose end was not shown. */
static bool may_engine_speak(const struct chg_plain_view *view)
{
    return !view->engine_waits || view->outputs.len <= 1;
}

int chg_plain_pump(struct chg_plain_view *view)
{
    bool more = false;

    for (size_t i = may_engine_speak(view) ? 0 : 1; i < view->outputs.len; i++) {
        int rc = pump(view, view->outputs.items[i]);

        if (rc < 0)
            return rc;
        more = more || rc == 1;
    }
    (void)chg_out_flush(view->out);
    return more ? 1 : 0;
}

int chg_plain_pump_step(struct chg_plain_view *view, const struct chg_run_step *step)
{
    struct chg_plain_output *output = output_of(view, step);

    return output == NULL ? 0 : pump(view, output);
}

static void remove_output(struct chg_plain_view *view, struct chg_plain_output *output)
{
    for (size_t i = 0; i < view->outputs.len; i++)
        if (view->outputs.items[i] == output) {
            memmove(&view->outputs.items[i], &view->outputs.items[i + 1],
                    (view->outputs.len - i - 1) * sizeof(struct chg_plain_output *));
            view->outputs.len--;
            break;
        }
    free_output(output);
}

static void add_result(struct chg_str *out, struct chg_look look, const struct chg_run_step *step)
{
    chg_auto(str) cause = CHG_STR_INIT;
    char buffer[32];

    chg_tree_cause(&cause, step);
    chg_str_add(out, ": ");
    chg_paint(out, look, chg_style_of_status(step->status), chengis_status_name(step->status));
    if (step->duration_ms >= 0)
        chg_str_addf(out, " (%s)", chg_format_duration(buffer, sizeof(buffer), step->duration_ms));
    if (cause.len > 0)
        chg_str_addf(out, ", %s", cause.ptr);
}

static int step_started(struct chg_plain_view *view, const struct chg_run_stage *stage,
                        const struct chg_run_step *step)
{
    struct chg_plain_output *output = output_of(view, step);

    if (output == NULL)
        output = add_output(view, stage, step);
    if (output == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (!output->left_out) {
        print_mark(view, "==>", stage, step, "");
        view->current = output;
    }
    return 0;
}

static void step_completed(struct chg_plain_view *view, const struct chg_run_stage *stage,
                           const struct chg_run_step *step)
{
    struct chg_plain_output *output = output_of(view, step);
    chg_auto(str) result = CHG_STR_INIT;
    bool left_out = output != NULL && output->left_out;

    if (output != NULL)
        finish_output(view, output);
    if (!left_out) {
        add_result(&result, view->out->look, step);
        print_mark(view, "<==", stage, step, result.ptr);
    }
    if (view->current == output)
        view->current = NULL;
    if (output != NULL)
        remove_output(view, output);
}

int chg_plain_event(struct chg_plain_view *view, chengis_event_type type,
                    const struct chg_run_stage *stage, const struct chg_run_step *step)
{
    chg_auto(str) suffix = CHG_STR_INIT;
    int rc = 0;

    if (type == CHENGIS_EVENT_STEP_STARTED && step != NULL) {
        rc = step_started(view, stage, step);
    } else if (type == CHENGIS_EVENT_STEP_COMPLETED && step != NULL) {
        step_completed(view, stage, step);
    } else if (type == CHENGIS_EVENT_STEP_ATTEMPT && step != NULL) {
        print_mark(view, "---", stage, step, ": another attempt");
    } else if (type == CHENGIS_EVENT_STAGE_SKIPPED && stage != NULL &&
               !chg_starts_with(stage->name, "post:")) {
        chg_str_add(&suffix, ": skipped");
        if (stage->reason != NULL) {
            chg_str_add(&suffix, ", ");
            chg_text_clean(&suffix, stage->reason);
        }
        print_mark(view, "---", stage, NULL, suffix.ptr);
    }
    return rc;
}
