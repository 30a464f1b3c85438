/* SPDX-License-Identifier: MIT */
/* The tree as text, and its replacement on a terminal. */
#include "cli/tree.h"

#include <stdio.h>

#include "cli/run_view_tty.h"
#include "cli/term_text.h"
#include "support.h"

static void happen(struct chg_run_model *model, chengis_event_type type, int64_t at,
                   const char *stage, const char *step, chengis_status status, int exit_code)
{
    chg_autojson data = json_pack("{s:i}", "exit-code", exit_code);
    struct chg_run_event event = {type, at, stage, step, status, data};

    assert_ok(chg_run_model_event(model, &event, NULL, NULL));
}

/* A build of two stages in the midst of the second one. */
static void make_model(struct chg_run_model *model)
{
    model->job = strdup("demo");
    model->number = 7;
    happen(model, CHENGIS_EVENT_BUILD_STARTED, 1000, "", "", CHENGIS_STATUS_RUNNING, 0);
    happen(model, CHENGIS_EVENT_STAGE_STARTED, 1000, "build", "", CHENGIS_STATUS_RUNNING, 0);
    happen(model, CHENGIS_EVENT_STEP_STARTED, 1000, "build", "compile", CHENGIS_STATUS_RUNNING, 0);
    happen(model, CHENGIS_EVENT_STEP_COMPLETED, 1500, "build", "compile", CHENGIS_STATUS_SUCCESS,
           0);
    happen(model, CHENGIS_EVENT_STAGE_COMPLETED, 1500, "build", "", CHENGIS_STATUS_SUCCESS, 0);
    happen(model, CHENGIS_EVENT_STAGE_STARTED, 1500, "test", "", CHENGIS_STATUS_RUNNING, 0);
    happen(model, CHENGIS_EVENT_STEP_STARTED, 1500, "test", "unit", CHENGIS_STATUS_RUNNING, 0);
    happen(model, CHENGIS_EVENT_STEP_STARTED, 1500, "test", "lint", CHENGIS_STATUS_RUNNING, 0);
    happen(model, CHENGIS_EVENT_STEP_COMPLETED, 1600, "test", "lint", CHENGIS_STATUS_FAILURE, 3);
    model->stages.items[1]->steps.items[0]->tail = strdup("one\ntwo\nthree\n");
}

static char *render(const struct chg_run_model *model, struct chg_tree_options options)
{
    static char text[8192];
    struct chg_str out = CHG_STR_INIT;

    chg_tree_render(&out, model, &options);
    cr_assert(out.len < sizeof(text));
    memcpy(text, out.ptr, out.len + 1);
    chg_str_fini(&out);
    return text;
}

static size_t lines_of(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

Test(cli_tree, shows_stages_steps_times_and_the_last_lines)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    make_model(&model);

    cr_expect_str_eq(render(&model, (struct chg_tree_options){.now = 2000, .tail = 2}),
                     "| demo #7      running      1.0 s\n"
                     "  + build      success     500 ms\n"
                     "    + compile  success     500 ms\n"
                     "  | test       running     500 ms\n"
                     "    | unit     running     500 ms\n"
                     "      | two\n"
                     "      | three\n"
                     "    x lint     failure     100 ms  exit status 3\n");
    chg_run_model_fini(&model);
}

Test(cli_tree, unicode_and_colours_only_where_they_are_wanted)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    struct chg_tree_options options = {.now = 2000, .look = {.unicode = true, .colour = true}};

    make_model(&model);

    cr_expect_not_null(strstr(render(&model, options), "\033[32m\342\234\224\033[0m build"));
    options.look = (struct chg_look){0};
    for (const char *c = render(&model, options); *c != '\0'; c++)
        cr_expect(*c == '\n' || (*c >= 0x20 && *c < 0x7f));
    chg_run_model_fini(&model);
}

Test(cli_tree, never_wider_than_the_terminal)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    struct chg_tree_options options = {
        .now = 2000, .tail = 3, .columns = 20, .look = {.colour = true}};
    char *line;

    make_model(&model);
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1500, "test", "a step with a very long name",
           CHENGIS_STATUS_RUNNING, 0);

    line = render(&model, options);
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        cr_expect(chg_text_width(line) <= 20, "%s", line);
    }
    chg_run_model_fini(&model);
}

Test(cli_tree, a_long_name_gives_way_to_status_and_time)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    char *text;

    make_model(&model);
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1500, "test", "a step with a very long name",
           CHENGIS_STATUS_RUNNING, 0);
    text = render(&model, (struct chg_tree_options){.now = 2000, .columns = 34});
    cr_expect_not_null(strstr(text, "    | a step ~  running     500 ms\n"), "%s", text);
    cr_expect_not_null(strstr(text, "    + compile   success     500 ms\n"), "%s", text);
    cr_expect_not_null(strstr(text, "    x lint      failure     100 ms\n"), "%s", text);
    chg_run_model_fini(&model);
}

Test(cli_tree, never_taller_than_the_terminal_and_what_runs_stays)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    make_model(&model);

    for (size_t rows = 2; rows < 12; rows++) {
        const char *text =
            render(&model, (struct chg_tree_options){.now = 1, .tail = 4, .rows = rows});

        cr_expect(lines_of(text) <= rows, "%zu rows:\n%s", rows, text);
        cr_expect(rows < 6 || strstr(text, "unit") != NULL, "%zu rows:\n%s", rows, text);
    }
    chg_run_model_fini(&model);
}

Test(cli_tree, many_stages_are_counted_instead_of_shown)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    char name[32];
    const char *text;

    for (int i = 0; i < 60; i++) {
        (void)snprintf(name, sizeof(name), "done-%d", i);
        happen(&model, CHENGIS_EVENT_STAGE_COMPLETED, 1, name, "", CHENGIS_STATUS_SUCCESS, 0);
    }
    happen(&model, CHENGIS_EVENT_STAGE_STARTED, 2, "now", "", CHENGIS_STATUS_RUNNING, 0);
    text = render(&model, (struct chg_tree_options){.now = 3, .rows = 10});

    cr_expect_not_null(strstr(text, "60 stages done"));
    cr_expect_not_null(strstr(text, "now"));
    chg_run_model_fini(&model);
}

Test(cli_tree, names_cannot_play_tricks_on_the_terminal)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    model.job = strdup("evil\033]0;pwned\007\r\n\033[2Jjob");
    happen(&model, CHENGIS_EVENT_STEP_STARTED, 1, "st\033[2Jage", "st\nep", CHENGIS_STATUS_RUNNING,
           0);

    cr_expect_null(strpbrk(render(&model, (struct chg_tree_options){0}), "\033\007\r"));
    cr_expect_eq(lines_of(render(&model, (struct chg_tree_options){0})), 3);
    chg_run_model_fini(&model);
}

Test(cli_tree, post_actions_that_were_not_called_for_are_left_out)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;

    happen(&model, CHENGIS_EVENT_STAGE_SKIPPED, 1, "post:on-failure", "", CHENGIS_STATUS_SKIPPED,
           0);
    happen(&model, CHENGIS_EVENT_STAGE_COMPLETED, 1, "post:always", "", CHENGIS_STATUS_SUCCESS, 0);

    cr_expect_null(strstr(render(&model, (struct chg_tree_options){0}), "on-failure"));
    cr_expect_not_null(strstr(render(&model, (struct chg_tree_options){0}), "post:always"));
    chg_run_model_fini(&model);
}

Test(cli_tree, steps_of_a_skipped_stage_are_left_out)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    chg_autojson plan = json_pack("{s:[{s:s, s:[{s:s}]}]}", "stages", "stage-name", "deploy",
                                  "steps", "step-name", "upload");

    assert_ok(chg_run_model_plan(&model, plan));
    cr_expect_not_null(strstr(render(&model, (struct chg_tree_options){0}), "upload"));
    happen(&model, CHENGIS_EVENT_STAGE_SKIPPED, 1, "deploy", "", CHENGIS_STATUS_SKIPPED, 0);

    cr_expect_null(strstr(render(&model, (struct chg_tree_options){0}), "upload"));
    chg_run_model_fini(&model);
}

struct cause {
    chengis_status status;
    int64_t exit_code;
    int64_t signal;
    char reason[16];
    char text[24];
};

ParameterizedTestParameters(cli_tree, names_the_cause)
{
    static struct cause cases[] = {
        {CHENGIS_STATUS_SUCCESS, 0, 0, "", ""},
        {CHENGIS_STATUS_FAILURE, 3, 0, "exit-status", "exit status 3"},
        {CHENGIS_STATUS_FAILURE, -1, 9, "killed", "killed by signal 9"},
        {CHENGIS_STATUS_FAILURE, -1, 0, "start-failed", "start-failed"},
        {CHENGIS_STATUS_TIMED_OUT, -1, 15, "timed-out", "timed-out"},
    };

    return cr_make_param_array(struct cause, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct cause *cause, cli_tree, names_the_cause)
{
    struct chg_run_step step = {.status = cause->status,
                                .exit_code = cause->exit_code,
                                .signal = cause->signal,
                                .reason = cause->reason};
    struct chg_str out = CHG_STR_INIT;

    chg_tree_cause(&out, &step);

    cr_expect_str_eq(out.ptr, cause->text);
    chg_str_fini(&out);
}

Test(cli_run_view_tty, a_frame_replaces_the_one_before)
{
    struct chg_str out = CHG_STR_INIT;

    chg_tty_replace(&out, "one\ntwo\n", "", "three\n", 80);

    cr_expect_str_eq(out.ptr, "\r\033[2Athree\033[K\n\033[J");
    chg_str_fini(&out);
}

Test(cli_run_view_tty, the_first_frame_goes_nowhere_back)
{
    struct chg_str out = CHG_STR_INIT;

    chg_tty_replace(&out, "", "", "one\n", 80);

    cr_expect_str_eq(out.ptr, "one\033[K\n\033[J");
    chg_str_fini(&out);
}

Test(cli_run_view_tty, lines_that_wrap_since_the_terminal_shrank_count_double)
{
    struct chg_str out = CHG_STR_INIT;

    chg_tty_replace(&out, "1234567890\nab\n\n", "", "x\n", 5);

    cr_expect_str_eq(out.ptr, "\r\033[4Ax\033[K\n\033[J");
    chg_str_fini(&out);
}

Test(cli_run_view_tty, messages_stay_above_the_tree)
{
    struct chg_str out = CHG_STR_INIT;

    chg_tty_replace(&out, "old\n", "note\n", "new\n", 80);

    cr_expect_str_eq(out.ptr, "\r\033[1A\033[Jnote\nnew\033[K\n\033[J");
    chg_str_fini(&out);
}
