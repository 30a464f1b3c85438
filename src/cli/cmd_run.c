/* SPDX-License-Identifier: MIT */
/* chengis run: builds the pipeline of a folder or file in this process and shows it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/parse.h"
#include "base/path.h"
#include "cli/cli.h"
#include "cli/context.h"
#include "cli/follow.h"
#include "cli/inputs.h"
#include "cli/pipeline_file.h"
#include "cli/plan.h"
#include "cli/summary.h"
#include "cli/term_text.h"

#include "base/banned.h"

/* One run from the command line to its result. */
struct run {
    struct chg_cli *cli;
    struct chg_pipeline_place place;
    struct chg_inputs inputs;
    chengis_pipeline *pipeline; /* NULL: the engine finds it in the committed files */
    char *branch;               /* of the source; NULL: it is on none or not known */
    json_t *plan;
    chengis_engine *engine; /* borrowed */
    chengis_build *build;
    struct chg_run_model model;
    struct chg_signals signals;
    struct chg_out events;
    unsigned cancelled;
};

static void run_fini(struct run *run)
{
    chg_run_model_fini(&run->model);
    json_decref(run->plan);
    chg_free(run->branch);
    (void)chengis_build_unref(run->build);
    (void)chengis_pipeline_unref(run->pipeline);
    chg_inputs_fini(&run->inputs);
    chg_pipeline_place_fini(&run->place);
    chg_out_fini(&run->events);
    if (run->events.fd > STDERR_FILENO)
        (void)close(run->events.fd);
}

/* Each running step holds a few descriptors; the default soft limit is for programs that use
 * select(2). */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool has(const struct run *run, const char *option)
{
    return chg_args_has(&run->cli->args, option);
}

/* ---- before anything runs ---- */

static int check_options(struct run *run)
{
    if (has(run, "in-place") && has(run, "clean"))
        return chg_error_set(CHENGIS_ERR_INVALID, "--in-place and --clean cannot go together");
    if (has(run, "stage") && has(run, "from"))
        return chg_error_set(CHENGIS_ERR_INVALID, "--stage and --from cannot go together");
    if (chg_streq(chg_cli_option(run->cli, "events"), "-"))
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "--events needs a file: stdout has the log or the result");
    return 0;
}

/* The committed state has its own pipeline file: with --clean the engine reads that one. */
static bool pipeline_is_committed(const struct run *run)
{
    return has(run, "clean") && run->place.detected && !has(run, "dry-run");
}

static int load_pipeline(struct run *run)
{
    struct chg_plan_place at = {0};
    int rc = chg_pipeline_place_find(&run->place, chg_cli_word(run->cli, 0));

    if (rc < 0 || pipeline_is_committed(run))
        return rc;
    rc = chg_pipeline_file_load(&run->pipeline, &run->cli->err, run->place.file);
    if (rc < 0)
        return rc;
    rc = chg_inputs_check(&run->inputs, run->cli, run->pipeline);
    if (rc < 0)
        return rc;
    /* Of a damaged work tree the build itself says what is wrong. */
    (void)chg_pipeline_branch(&run->branch, run->place.source_dir);
    at.workspace = run->place.source_dir;
    at.branch = run->branch;
    run->plan = chg_plan_make(run->cli, run->pipeline, &run->inputs, &at);
    return run->plan == NULL ? chg_error_code() : 0;
}

/* By its name, or by that of the matrix stage it is a copy of ("NAME [os=linux]"). */
static bool is_named(const json_t *stage, const char *name)
{
    const char *own = json_string_value(json_object_get(stage, "stage-name"));
    size_t len = strlen(name);

    return own != NULL && strncmp(own, name, len) == 0 &&
           (own[len] == '\0' || chg_starts_with(own + len, " ["));
}

/* Check the name that --stage or --from gives; a plan to be printed keeps the stages chosen by it.
 */
static int choose_stages(struct run *run)
{
    const char *only = chg_cli_option(run->cli, "stage"), *from = chg_cli_option(run->cli, "from");
    const char *name = only != NULL ? only : from;
    json_t *stages = json_object_get(run->plan, "stages");
    bool found = false;

    if (name == NULL || run->plan == NULL)
        return 0;
    for (size_t i = 0; i < json_array_size(stages);) {
        bool wanted = is_named(json_array_get(stages, i), name);

        found = found || wanted;
        if (wanted || (found && from != NULL) || !has(run, "dry-run"))
            i++;
        else
            (void)json_array_remove(stages, i);
    }
    return found ? 0 : chg_error_set(CHENGIS_ERR_NOT_FOUND, "the pipeline has no stage '%s'", name);
}

static int open_events(struct run *run)
{
    const char *path = chg_cli_option(run->cli, "events");
    int fd;

    if (path == NULL)
        return 0;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "cannot write events to '%s'", path);
    chg_out_init(&run->events, fd);
    return 0;
}

/* ---- the request ---- */

static const char *source_name(const struct run *run)
{
    if (!run->place.detected)
        return "file";
    return chg_streq(chg_path_basename(run->place.file), "Chengisfile") ? "chengisfile" : "yaml";
}

static chengis_source source_kind(const struct run *run)
{
    if (has(run, "in-place"))
        return CHENGIS_SOURCE_IN_PLACE;
    return has(run, "clean") ? CHENGIS_SOURCE_COMMITTED : CHENGIS_SOURCE_SNAPSHOT;
}

static int submit(struct run *run)
{
    chengis_build_request req = CHENGIS_BUILD_REQUEST_INIT;
    chg_autofree chengis_pair *parameters = NULL, *env = NULL, *secrets = NULL;
    const char *timeout = chg_cli_option(run->cli, "timeout");

    if (timeout != NULL && chg_parse_duration_ms(&req.timeout_ms, timeout) < 0)
        return chg_error_prefix("--timeout");
    if (chg_inputs_pairs(&parameters, &run->inputs.parameters) < 0 ||
        chg_inputs_pairs(&env, &run->inputs.env) < 0 ||
        chg_inputs_pairs(&secrets, &run->inputs.secrets) < 0)
        return CHENGIS_ERR_NO_MEMORY;
    req.source = source_kind(run);
    req.source_dir = run->place.source_dir;
    req.org = chg_context_org(run->cli);
    req.pipeline = run->pipeline;
    req.pipeline_source = source_name(run);
    req.parameters = parameters;
    req.parameter_count = run->inputs.parameters.len;
    req.env = env;
    req.env_count = run->inputs.env.len;
    req.secrets = secrets;
    req.secret_count = run->inputs.secrets.len;
    req.only_stage = chg_cli_option(run->cli, "stage");
    req.from_stage = chg_cli_option(run->cli, "from");
    req.keep_workspace = has(run, "keep");
    return chengis_engine_submit(&run->build, run->engine, &req);
}

/* ---- watching ---- */

static int start(struct run *run)
{
    chg_autojson object = NULL;
    int rc = chg_context_engine(&run->engine, run->cli, CHG_STORE_MAKE);

    if (rc == 0)
        rc = open_events(run);
    if (rc == 0)
        rc = chg_signals_install(&run->signals);
    if (rc == 0)
        rc = submit(run);
    if (rc < 0)
        return rc;
    rc = chg_run_model_plan(&run->model, run->plan);
    /* What the handle knows is enough to begin with, and costs no query. */
    object = json_pack("{s:s, s:s, s:I}", "id", chengis_build_id(run->build), "job",
                       chengis_build_job(run->build), "number",
                       (json_int_t)chengis_build_number(run->build));
    if (rc == 0)
        rc = object == NULL ? chg_error_no_memory() : chg_run_model_build(&run->model, object);
    return rc;
}

/*
 * On a terminal the tree shows what runs, and the log is in the file. Else the live log goes to
 * stdout, with --json to stderr. Never both: behind `| tee` they would share one terminal.
 */
static int watch(struct run *run)
{
    struct chg_cli *cli = run->cli;
    bool tree = cli->err.tty && (cli->out.tty || cli->json) && !cli->quiet && !cli->dumb;
    struct chg_plain_view plain;
    struct chg_tty_view tty;
    struct chg_follow follow = {
        .cli = cli,
        .engine = run->engine,
        .build = run->build,
        .model = &run->model,
        .signals = &run->signals,
        .events = run->events.fd > 0 ? &run->events : NULL,
        .to_the_end = true,
    };
    bool lines = !cli->quiet && !tree;
    int rc = 0;

    if (lines) {
        rc = chg_plain_init(&plain, cli->json ? &cli->err : &cli->out, run->build, &run->model);
        follow.plain = &plain;
    }
    if (rc == 0 && tree) {
        rc = chg_tty_init(&tty, &cli->err, run->build, &run->model);
        follow.tty = &tty;
    }
    if (rc == 0)
        rc = chg_follow(&follow);
    run->cancelled = follow.cancelled;
    if (lines)
        chg_plain_fini(&plain);
    if (tree && follow.tty != NULL)
        chg_tty_fini(&tty);
    return rc;
}

static int exit_of(const struct run *run)
{
    if (run->model.status == CHENGIS_STATUS_ABORTED && run->cancelled > 0)
        return 128 + run->signals.last;
    return chg_exit_of_build(run->model.status, run->model.reason);
}

static void print_workspace(struct run *run, struct chg_out *out)
{
    chg_autofree char *path = chg_context_workspace(run->cli, chengis_build_id(run->build));
    chg_auto(str) clean = CHG_STR_INIT;

    if (path == NULL || !chg_fs_is_dir(path)) /* it ended before there was one */
        return;
    chg_text_clean(&clean, path);
    chg_out_addf(out, "Workspace: %s\n", clean.ptr);
}

static void print_result(struct run *run, const json_t *object)
{
    struct chg_cli *cli = run->cli;
    struct chg_out *out = cli->json ? &cli->err : &cli->out;

    if (!cli->json || !cli->quiet) {
        if (!cli->quiet)
            chg_out_add(out, out->tty ? "" : "\n");
        chg_summary_print(cli, out, &run->model, run->build, object);
        if (out->tty && run->model.status == CHENGIS_STATUS_SUCCESS)
            chg_summary_log_hint(cli, out, &run->model);
        if (has(run, "keep") && !has(run, "in-place"))
            print_workspace(run, out);
        (void)chg_out_flush(out);
    }
    if (cli->json) {
        chg_autofree char *text = chg_json_dump(object);

        chg_cli_put_json(cli, text == NULL ? "{}" : text);
    }
}

static int finish(struct run *run)
{
    chg_autojson object = NULL;

    if (run->events.failed != 0)
        chg_cli_warn(run->cli, "cannot write events to '%s': %s",
                     chg_cli_option(run->cli, "events"), strerror(run->events.failed));
    object = chg_build_object(run->build);
    if (object == NULL || chg_run_model_build(&run->model, object) < 0)
        return chg_cli_fail(run->cli);
    print_result(run, object);
    (void)chengis_engine_clean(NULL, run->engine); /* old builds; what stays goes next time */
    return exit_of(run);
}

static int execute(struct run *run)
{
    raise_descriptor_limit();
    if (start(run) < 0 || watch(run) < 0) {
        int exit_code = chg_cli_fail(run->cli);

        if (run->build != NULL)
            (void)chengis_build_cancel(run->build, "the command that ran it failed");
        return exit_code;
    }
    return finish(run);
}

/* Conditions were decided for one branch: say for which. */
static int print_plan(struct run *run)
{
    const char *branch = run->branch;

    if (branch == NULL)
        branch = chg_kvlist_get(&run->inputs.parameters, "branch");
    if (branch == NULL)
        branch = "main (assumed: no git work tree)";
    if (!run->cli->json) {
        chg_out_add(&run->cli->out, "Branch   ");
        chg_cli_put_clean(run->cli, branch[0] == '\0' ? "none (detached head)" : branch);
        chg_out_add(&run->cli->out, "\n");
    }
    return chg_plan_print(run->cli, run->plan);
}

static int run_command(struct chg_cli *cli)
{
    struct run run = {
        .cli = cli,
        .place = CHG_PIPELINE_PLACE_INIT,
        .inputs = CHG_INPUTS_INIT,
        .model = CHG_RUN_MODEL_INIT,
        .signals = {.fd = -1},
    };
    int rc = check_options(&run), exit_code;

    if (rc == 0)
        rc = chg_inputs_read(&run.inputs, cli, !has(&run, "dry-run"));
    if (rc == 0)
        rc = load_pipeline(&run);
    if (rc == 0)
        rc = choose_stages(&run);
    if (rc < 0)
        exit_code = chg_cli_fail(cli);
    else if (has(&run, "dry-run"))
        exit_code = print_plan(&run);
    else
        exit_code = execute(&run);
    run_fini(&run);
    return exit_code;
}

static const struct chg_option options[] = {
    {.name = "param",
     .letter = 'p',
     .arg = "NAME=VALUE",
     .help = "build parameter; may be given often"},
    {.name = "env",
     .arg = "NAME[=VALUE]",
     .help = "variable for every step; without a value it is taken from the\n"
             "environment, of which steps see nothing else"},
    {.name = "secret",
     .arg = "NAME[=@FILE|=-]",
     .help = "secret variable for every step, masked in the log: taken from the\n"
             "environment, from FILE, or from stdin"},
    {.name = "stage", .arg = "NAME", .help = "run this stage only"},
    {.name = "from", .arg = "STAGE", .help = "run this stage and the later ones"},
    {.name = "timeout", .arg = "TIME", .help = "limit of the whole build, such as 90s, 10m or 2h"},
    {.name = "dry-run", .letter = 'n', .help = "show what would run, and stop"},
    {.name = "in-place", .help = "work in the folder itself instead of a copy"},
    {.name = "clean", .help = "work on the committed state, without local changes"},
    {.name = "keep", .help = "keep the workspace"},
    {.name = "events",
     .arg = "FILE",
     .complete = CHG_COMPLETE_FILE,
     .help = "write every event to FILE, one JSON object a line"},
    {.name = "json", .help = "print the build as JSON on stdout; progress goes to stderr"},
    {.name = NULL},
};

const struct chg_command chg_cmd_run = {
    .path = "run",
    .synopsis = "[FILE|DIR]",
    .summary = "run a pipeline here and show how it goes",
    .details =
        "Runs a pipeline on this machine. Without an argument it is the one of the current\n"
        "folder: Chengisfile, .chengis/workflow.yml, .chengis/workflow.yaml, chengis.yml or\n"
        "chengis.yaml, whichever is found first.\n"
        "FILE names another one ('-' is stdin).\n"
        "\n"
        "The steps work on a copy of your files (tracked and untracked, not what .gitignore\n"
        "leaves out), so they cannot spoil them; see --in-place and --clean. On a terminal a\n"
        "tree shows what runs; otherwise the output of the steps goes to stdout. The whole log\n"
        "is kept: 'chengis build log' shows it. Each run removes builds beyond the configured\n"
        "retention (100 of a job, 30 days).\n"
        "\n"
        "^C cancels the build with time to clean up, a second ^C kills it. The exit code tells\n"
        "the result: 0 success, 1 failure, 3 invalid pipeline, 6 timed out, 130 after ^C.\n",
    .examples = "chengis run\n"
                "chengis run ci/nightly.yml -p target=release --timeout 30m\n"
                "chengis run --stage test --env CC=clang\n"
                "API_TOKEN=... chengis run --secret API_TOKEN --secret KEY=@key.pem\n"
                "chengis run --json | jq -r .status",
    .options = options,
    .max_words = 1,
    .complete = CHG_COMPLETE_FILE,
    .run = run_command,
};
