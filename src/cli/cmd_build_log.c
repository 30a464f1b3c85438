/* SPDX-License-Identifier: MIT */
/* chengis build log. */
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/follow.h"
#include "cli/summary.h"

#include "base/banned.h"

#define WAIT_MS      200
#define BUFFER_BYTES ((size_t)64 << 10)

/* ---- one step ---- */

/* A step is meant by its number, by "stage/step", or by its name alone when no other step has it.
 */
static bool is_meant(const char *given, const struct chg_run_stage *stage,
                     const struct chg_run_step *step)
{
    size_t len = strlen(stage->name);
    int64_t number;

    if (chg_streq(given, step->name))
        return true;
    if (strncmp(given, stage->name, len) == 0 && given[len] == '/' &&
        chg_streq(given + len + 1, step->name))
        return true;
    return chg_parse_i64(&number, given) == 0 && number == step->log;
}

static int find_step(const struct chg_run_step **out, const struct chg_run_model *model,
                     const char *given)
{
    const struct chg_run_step *found = NULL;

    for (size_t i = 0; i < model->stages.len; i++) {
        const struct chg_run_stage *stage = model->stages.items[i];

        for (size_t k = 0; k < stage->steps.len; k++) {
            const struct chg_run_step *step = stage->steps.items[k];

            if (!is_meant(given, stage, step))
                continue;
            if (found != NULL)
                return chg_error_set(CHENGIS_ERR_INVALID,
                                     "several steps are called '%s': name one as STAGE/STEP",
                                     given);
            found = step;
        }
    }
    if (found == NULL || found->log == 0)
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "the build has no step '%s' that ran", given);
    *out = found;
    return 0;
}

static int is_over(struct chg_run_model *model, chengis_build *build,
                   const struct chg_run_step *step)
{
    chg_autojson object = chg_build_object(build);

    if (object == NULL || chg_run_model_build(model, object) < 0)
        return chg_error_code();
    return chengis_status_is_final(step->status) || chengis_status_is_final(model->status);
}

/* What a terminal gets is made harmless; a file or pipe gets the bytes as they are. */
static void put(struct chg_cli *cli, struct chg_clean *clean, const char *data, size_t len)
{
    chg_auto(str) text = CHG_STR_INIT;

    if (!cli->out.tty) {
        chg_out_add_len(&cli->out, data, len);
        return;
    }
    chg_clean_feed(clean, &text, data, len);
    chg_out_add_len(&cli->out, text.ptr, text.len);
}

static int print_all(struct chg_cli *cli, struct chg_clean *clean, chengis_log_reader *log,
                     int64_t *offset)
{
    chg_autofree char *buffer = chg_malloc(BUFFER_BYTES);
    size_t len = 1;
    int rc = buffer == NULL ? CHENGIS_ERR_NO_MEMORY : 0;

    while (rc == 0 && len > 0 && !cli->out.closed) {
        rc = chengis_log_reader_read(&len, log, offset, buffer, BUFFER_BYTES);
        if (rc == 0)
            put(cli, clean, buffer, len);
    }
    (void)chg_out_flush(&cli->out);
    return rc;
}

static int print_step(struct chg_cli *cli, struct chg_run_model *model, chengis_build *build,
                      int64_t tail)
{
    struct chg_clean clean = {.keep_colour = cli->out.look.colour, .keep_lines = true};
    chg_auto(str) end = CHG_STR_INIT;
    const struct chg_run_step *step = NULL;
    chg_autoptr(chengis_log_reader) log = NULL;
    int64_t offset = 0;
    int rc = find_step(&step, model, chg_cli_option(cli, "step")), over = 1;

    if (rc == 0)
        rc = chengis_log_reader_open(&log, build, step->log);
    if (rc == 0 && tail >= 0)
        rc = chengis_log_reader_tail(&offset, log, tail);
    do {
        if (rc == 0 && chg_args_has(&cli->args, "follow"))
            over = is_over(model, build, step);
        if (over < 0)
            return over;
        if (rc == 0)
            rc = print_all(cli, &clean, log, &offset);
        if (rc == 0 && over == 0)
            rc = chengis_build_wait(build, WAIT_MS) < 0 ? chg_error_code() : 0;
    } while (rc == 0 && over == 0 && !cli->out.closed);
    chg_clean_end(&clean, &end);
    chg_out_add(&cli->out, end.ptr);
    return rc;
}

/* ---- all steps ---- */

/* Where each log begins when only the last `lines` lines of all of them are wanted. By number, for
 * the view. */
struct starts {
    int64_t *items;
    size_t count;
};

static size_t count_logs(const struct chg_run_model *model)
{
    size_t highest = 0;

    for (size_t i = 0; i < model->stages.len; i++)
        for (size_t k = 0; k < model->stages.items[i]->steps.len; k++) {
            int64_t log = model->stages.items[i]->steps.items[k]->log;

            if (log > 0 && (size_t)log > highest)
                highest = (size_t)log;
        }
    return highest;
}

/* From the last step backwards, until enough lines are found. */
static int find_starts(struct starts *starts, const struct chg_run_model *model,
                       chengis_build *build, int64_t lines)
{
    starts->count = count_logs(model) + 1;
    starts->items = chg_calloc(starts->count, sizeof(*starts->items));
    if (starts->items == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t number = starts->count - 1; number > 0; number--) {
        chg_autoptr(chengis_log_reader) log = NULL;
        int64_t have = 0;
        int rc;

        starts->items[number] = CHG_PLAIN_LEFT_OUT;
        if (lines <= 0)
            continue;
        rc = chengis_log_reader_open(&log, build, (int64_t)number);
        if (rc == CHENGIS_ERR_NOT_FOUND)
            continue;
        if (rc == 0)
            rc = chengis_log_reader_size(NULL, &have, log);
        if (rc == 0)
            rc = chengis_log_reader_tail(&starts->items[number], log, lines < have ? lines : have);
        if (rc < 0)
            return rc;
        lines -= have;
    }
    return 0;
}

static int print_steps(struct chg_cli *cli, struct chg_run_model *model, chengis_build *build,
                       int64_t tail)
{
    struct chg_run_model seen = CHG_RUN_MODEL_INIT;
    struct starts starts = {0};
    struct chg_plain_view plain;
    struct chg_follow follow = {
        .cli = cli,
        .engine = cli->engine,
        .build = build,
        .model = &seen,
        .plain = &plain,
        .to_the_end = chg_args_has(&cli->args, "follow"),
    };
    int rc = chg_plain_init(&plain, &cli->out, build, &seen);

    if (rc == 0 && tail >= 0)
        rc = find_starts(&starts, model, build, tail);
    if (rc == 0) {
        plain.starts = starts.items;
        plain.start_count = starts.count;
        rc = chg_follow(&follow);
    }
    chg_plain_fini(&plain);
    chg_run_model_fini(&seen);
    chg_free(starts.items);
    return rc;
}

static int print(struct chg_cli *cli, struct chg_run_model *model)
{
    chg_autoptr(chengis_build) build = NULL;
    chg_autojson object = NULL;
    int64_t tail;
    int rc = chg_cli_number(&tail, cli, "tail", -1, 0, INT64_MAX);

    if (rc == 0)
        rc = chg_context_build(&build, cli, 0);
    if (rc < 0)
        return rc;
    object = chg_build_object(build);
    rc = object == NULL ? chg_error_code() : chg_run_model_build(model, object);
    if (rc < 0)
        return rc;
    return chg_cli_option(cli, "step") != NULL ? print_step(cli, model, build, tail)
                                               : print_steps(cli, model, build, tail);
}

static int run(struct chg_cli *cli)
{
    struct chg_run_model model = CHG_RUN_MODEL_INIT;
    int rc = print(cli, &model);

    chg_run_model_fini(&model);
    return rc < 0 ? chg_cli_fail(cli) : CHG_EXIT_OK;
}

static const struct chg_option options[] = {
    {.name = "follow", .letter = 'f', .help = "go on until the step or build ends"},
    {.name = "step",
     .arg = "STEP",
     .help = "this step only, without headings: its name, STAGE/STEP, or its number"},
    {.name = "tail", .arg = "N", .help = "the last N lines only"},
    {.name = NULL},
};
const struct chg_command chg_cmd_build_log = {
    .path = "build log",
    .synopsis = "BUILD",
    .summary = "print the log of a build or of one step, or follow it",
    .details =
        "Prints what the steps of a build wrote, each under a heading; with --step the bytes of\n"
        "one step alone. Works while the build runs, in whichever process. BUILD is JOB#NUMBER,\n"
        "an id, or the beginning of an id. Exits with 0 whatever the result of the build was.\n",
    .examples = "chengis build log demo#3\n"
                "chengis build log demo#3 --step test/unit > unit.log\n"
                "chengis build log demo#3 -f --tail 20",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
