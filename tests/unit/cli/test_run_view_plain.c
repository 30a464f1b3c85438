/* SPDX-License-Identifier: MIT */
/* Output of steps in one stream. */
#include "cli/run_view_plain.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

/* A view that writes into a file, over two running steps of one stage. */
struct fixture {
    struct chg_run_model model;
    struct chg_plain_view view;
    struct chg_out out;
    struct chg_run_stage *stage;
    int fd;
};

static void happen(struct fixture *f, chengis_event_type type, const char *step,
                   chengis_status status)
{
    struct chg_run_event event = {type, 1000, "test", step, status, NULL};
    struct chg_run_step *seen;

    assert_ok(chg_run_model_event(&f->model, &event, &f->stage, &seen));
    assert_ok(chg_plain_event(&f->view, type, f->stage, seen));
}

static void start(struct fixture *f, const char *step)
{
    happen(f, CHENGIS_EVENT_STEP_STARTED, step, CHENGIS_STATUS_RUNNING);
}

static void end(struct fixture *f, const char *step)
{
    happen(f, CHENGIS_EVENT_STEP_COMPLETED, step, CHENGIS_STATUS_SUCCESS);
}

static void fixture_init(struct fixture *f)
{
    *f = (struct fixture){.model = CHG_RUN_MODEL_INIT, .fd = memfd_create("out", MFD_CLOEXEC)};
    cr_assert(f->fd >= 0);
    chg_out_init(&f->out, f->fd);
    assert_ok(chg_plain_init(&f->view, &f->out, NULL, &f->model));
}

static void fixture_fini(struct fixture *f)
{
    chg_plain_fini(&f->view);
    chg_run_model_fini(&f->model);
    chg_out_fini(&f->out);
    (void)close(f->fd);
}

/* outputs[0] is the engine's own; steps follow in the order they began. */
static void feed(struct fixture *f, size_t output, const char *text)
{
    chg_plain_feed(&f->view, f->view.outputs.items[output], text, strlen(text));
}

/* What was printed since the last call. */
static const char *printed(struct fixture *f)
{
    static char text[200000];
    ssize_t len;

    (void)chg_out_flush(&f->out);
    len = pread(f->fd, text, sizeof(text) - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    cr_assert_eq(ftruncate(f->fd, 0), 0);
    cr_assert_eq(lseek(f->fd, 0, SEEK_SET), 0);
    return text;
}

Test(cli_run_view_plain, a_step_alone_stands_under_its_heading)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    feed(&f, 1, "a\nb\n");
    end(&f, "unit");

    cr_expect_str_eq(printed(&f), "==> test / unit\na\nb\n<== test / unit: success (0 ms)\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, lines_of_parallel_steps_carry_their_name)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    start(&f, "lint");
    (void)printed(&f);
    feed(&f, 1, "u1\nu2\n");
    feed(&f, 2, "l1\n");

    cr_expect_str_eq(printed(&f), "[unit] u1\n[unit] u2\n[lint] l1\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_line_is_never_torn)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    start(&f, "lint");
    (void)printed(&f);
    feed(&f, 1, "half");
    feed(&f, 2, "whole\n");
    feed(&f, 1, " and half\nnext");

    cr_expect_str_eq(printed(&f), "[lint] whole\n[unit] half and half\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_last_line_without_end_gets_one)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    feed(&f, 1, "no newline");
    end(&f, "unit");

    cr_expect_str_eq(printed(&f), "==> test / unit\nno newline\n<== test / unit: success (0 ms)\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_step_left_alone_gets_its_heading_again)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    start(&f, "lint");
    end(&f, "lint");
    (void)printed(&f);
    feed(&f, 1, "u\n");

    cr_expect_str_eq(printed(&f), "==> test / unit\nu\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, messages_of_the_engine_are_marked)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    feed(&f, 0, "checked out\n");
    feed(&f, 1, "x\n");

    cr_expect_str_eq(printed(&f), "==> test / unit\n[chengis] checked out\n==> test / unit\nx\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_file_gets_the_bytes_as_they_are)
{
    struct fixture f;

    fixture_init(&f);
    start(&f, "unit");
    (void)printed(&f);
    feed(&f, 1, "\033[31m10%\r20%\n");

    cr_expect_str_eq(printed(&f), "\033[31m10%\r20%\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_terminal_gets_no_cursor_movements)
{
    struct fixture f;

    fixture_init(&f);
    f.out.tty = true;
    f.out.look.colour = true;
    start(&f, "unit");
    start(&f, "lint");
    (void)printed(&f);
    feed(&f, 1, "\033[2J\033[31m10%\r\033[32m20%\r\n");

    cr_expect_str_eq(printed(&f), "\033[2m[unit]\033[0m \033[32m20%\033[0m\n");
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_very_long_line_is_printed_in_pieces)
{
    struct fixture f;
    char *text = calloc(1, 50001);

    fixture_init(&f);
    start(&f, "unit");
    (void)printed(&f);
    memset(text, 'x', 50000);
    feed(&f, 1, text);
    cr_expect_str_eq(printed(&f), "");
    feed(&f, 1, text);

    cr_expect(strlen(printed(&f)) > 0);
    cr_expect(f.view.outputs.items[1]->rest.len <= 65536);
    free(text);
    fixture_fini(&f);
}

Test(cli_run_view_plain, a_skipped_stage_is_told_with_its_reason)
{
    struct fixture f;
    chg_autojson data = json_pack("{s:s}", "reason", "condition-unmet");
    struct chg_run_event event = {CHENGIS_EVENT_STAGE_SKIPPED, 1,   "deploy", "",
                                  CHENGIS_STATUS_SKIPPED,      data};

    fixture_init(&f);
    assert_ok(chg_run_model_event(&f.model, &event, &f.stage, NULL));
    assert_ok(chg_plain_event(&f.view, event.type, f.stage, NULL));

    cr_expect_str_eq(printed(&f), "--- deploy: skipped, condition-unmet\n");
    fixture_fini(&f);
}
