/* SPDX-License-Identifier: MIT */
/* Redrawing in place with the cursor sequences every terminal knows. */
#include "cli/run_view_tty.h"

#include <string.h>
#include <sys/ioctl.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "cli/term_text.h"
#include "cli/tree.h"

#include "base/banned.h"

#define TAIL_LINES     4
#define HIDE_CURSOR    "\033[?25l"
#define SHOW_CURSOR    "\033[?25h"
#define CLEAR_LINE_END "\033[K"
#define CLEAR_BELOW    "\033[J"

int chg_tty_init(struct chg_tty_view *view, struct chg_out *out, chengis_build *build,
                 struct chg_run_model *model)
{
    *view = (struct chg_tty_view){
        .out = out,
        .build = build,
        .model = model,
        .above = CHG_STR_INIT,
        .frame = CHG_STR_INIT,
    };
    return 0;
}

void chg_tty_fini(struct chg_tty_view *view)
{
    for (size_t i = 0; i < view->tails.len; i++)
        chg_step_log_fini(&view->tails.items[i].log);
    chg_vec_fini(&view->tails);
    chg_step_log_fini(&view->messages);
    chg_str_fini(&view->above);
    chg_str_fini(&view->frame);
}

static void terminal_size(const struct chg_tty_view *view, size_t *columns, size_t *rows)
{
    struct winsize size;

    *columns = 80;
    *rows = 24;
    if (ioctl(view->out->fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
    }
}

static struct chg_tty_tail *tail_of(struct chg_tty_view *view, struct chg_run_step *step)
{
    struct chg_tty_tail fresh = {.step = step};

    for (size_t i = 0; i < view->tails.len; i++)
        if (view->tails.items[i].step == step)
            return &view->tails.items[i];
    return chg_vec_push(&view->tails, fresh) == 0 ? &view->tails.items[view->tails.len - 1] : NULL;
}

/* The tree goes on without the lines of a log that cannot be read. */
static void read_tail(struct chg_tty_view *view, struct chg_run_step *step)
{
    struct chg_tty_tail *tail = tail_of(view, step);
    struct chg_str text = CHG_STR_INIT;
    char *lines;

    if (tail == NULL || step->log == 0)
        return;
    (void)chg_step_log_last(&text, &tail->log, view->build, step->log, TAIL_LINES);
    lines = chg_str_take(&text);
    if (lines == NULL)
        return;
    chg_free(step->tail);
    step->tail = lines;
}

static void close_tails(struct chg_tty_view *view)
{
    size_t kept = 0;

    for (size_t i = 0; i < view->tails.len; i++) {
        if (view->tails.items[i].step->status == CHENGIS_STATUS_RUNNING)
            view->tails.items[kept++] = view->tails.items[i];
        else
            chg_step_log_fini(&view->tails.items[i].log);
    }
    view->tails.len = kept;
}

static void read_tails(struct chg_tty_view *view)
{
    for (size_t i = 0; i < view->model->stages.len; i++) {
        struct chg_run_stage *stage = view->model->stages.items[i];

        for (size_t k = 0; k < stage->steps.len; k++)
            if (stage->steps.items[k]->status == CHENGIS_STATUS_RUNNING)
                read_tail(view, stage->steps.items[k]);
    }
    close_tails(view);
}

/* What the engine itself says goes over the tree and stays. */
static void read_messages(struct chg_tty_view *view)
{
    char buffer[4096];
    size_t len;

    if (chg_step_log_read(&len, &view->messages, view->build, 0, buffer, sizeof(buffer)) == 0 &&
        len > 0)
        chg_last_lines(&view->above, buffer, len, false, (size_t)-1);
}

/* Lines of the terminal that text takes. */
static size_t screen_lines(const char *text, size_t columns)
{
    size_t lines = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, "\n"), width;
        chg_auto(str) line = CHG_STR_INIT;

        chg_str_add_len(&line, text, len);
        width = chg_text_width(line.ptr);
        lines += width == 0 ? 1 : (width + columns - 1) / columns;
        text += len + (text[len] == '\n');
    }
    return lines;
}

void chg_tty_replace(struct chg_str *out, const char *old, const char *above, const char *new_frame,
                     size_t columns)
{
    size_t up = screen_lines(old, columns);

    if (up > 0)
        chg_str_addf(out, "\r\033[%zuA", up);
    if (above[0] != '\0')
        chg_str_add(out, CLEAR_BELOW);
    chg_str_add(out, above);
    while (*new_frame != '\0') {
        size_t len = strcspn(new_frame, "\n");

        chg_str_add_len(out, new_frame, len);
        chg_str_add(out, CLEAR_LINE_END "\n");
        new_frame += len + (new_frame[len] == '\n');
    }
    chg_str_add(out, CLEAR_BELOW);
}

int chg_tty_wait_ms(const struct chg_tty_view *view)
{
    int64_t due = view->drawn_at + CHG_TTY_FRAME_MS - chg_clock_mono_ms();

    if (view->drawn_at == 0 || due < 0)
        return 0;
    return (int)due;
}

void chg_tty_draw(struct chg_tty_view *view, bool at_once)
{
    struct chg_tree_options options = {.look = view->out->look, .tail = TAIL_LINES};
    chg_auto(str) frame = CHG_STR_INIT;
    chg_auto(str) change = CHG_STR_INIT;

    if (!at_once && chg_tty_wait_ms(view) > 0)
        return;
    terminal_size(view, &options.columns, &options.rows);
    options.rows -= options.rows > 1; /* the cursor stands below the tree */
    options.frame = view->frames++;
    options.now = chg_clock_wall_ms();
    read_messages(view);
    read_tails(view);
    chg_tree_render(&frame, view->model, &options);
    if (view->drawn_at == 0)
        chg_str_add(&change, HIDE_CURSOR);
    chg_tty_replace(&change, view->frame.ptr, view->above.ptr, frame.ptr, options.columns);
    chg_out_add_len(view->out, change.ptr, change.len);
    (void)chg_out_flush(view->out);
    chg_str_reset(&view->above);
    chg_str_reset(&view->frame);
    chg_str_add_len(&view->frame, frame.ptr, frame.len);
    view->drawn_at = chg_clock_mono_ms();
}

void chg_tty_clear(struct chg_tty_view *view)
{
    chg_auto(str) change = CHG_STR_INIT;
    size_t columns, rows;

    read_messages(view);
    terminal_size(view, &columns, &rows);
    chg_tty_replace(&change, view->frame.ptr, view->above.ptr, "", columns);
    if (view->drawn_at != 0)
        chg_str_add(&change, SHOW_CURSOR);
    chg_out_add_len(view->out, change.ptr, change.len);
    (void)chg_out_flush(view->out);
    chg_str_reset(&view->above);
    chg_str_reset(&view->frame);
    view->drawn_at = 0;
}
