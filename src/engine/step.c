/* SPDX-License-Identifier: MIT */
/* The life of one step: begun (row), launched (process or worker), read, stopped, completed. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "engine/journal.h"
#include "engine/plugins.h"
#include "plugin/step_context.h"
#include "proc/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/banned.h"

#define LOG_FAILED      "log-failed" /* what the step prints cannot be kept */
#define BIG_PIPE        ((int)1 << 20)
#define DEFAULT_PIPE    ((size_t)64 << 10)
#define MAX_FINAL_READS 32 /* what a background process goes on writing is not waited for */

/* ---- rows and events ---- */

static json_t *completion_data(const struct chg_step_row *row)
{
    json_t *data = json_object();

    if (row->exit_code >= 0)
        (void)chg_json_set_i64(data, "exit-code", row->exit_code);
    if (row->signal > 0)
        (void)chg_json_set_i64(data, "signal", row->signal);
    (void)chg_json_set_str(data, "reason", row->reason);
    (void)chg_json_set_str(data, "message", row->message);
    if (row->started_at > 0)
        (void)chg_json_set_i64(data, "duration-ms", row->finished_at - row->started_at);
    (void)chg_json_set_take(data, "log",
                            json_pack("{s:i,s:I,s:I}", "step", (int)row->ordinal, "bytes",
                                      (json_int_t)row->log_bytes, "lines",
                                      (json_int_t)row->log_lines));
    return data;
}

int chg_step_record(struct chg_run *run, struct chg_stage_state *stage, struct chg_step_state *step,
                    chengis_status status, const char *reason, const char *message)
{
    int rc = chg_status_move(&step->row.status, status, "step");

    if (rc < 0)
        return rc;
    step->row.finished_at = chg_clock_wall_ms();
    chg_free(step->row.reason);
    chg_free(step->row.message);
    step->row.reason = chg_strdup(reason);
    step->row.message = message != NULL ? chg_mask_text(run->masker, message) : NULL;
    step->dirty = true;
    chg_journal_event(run->journal, CHENGIS_EVENT_STEP_COMPLETED, stage, step, status,
                      completion_data(&step->row));
    return 0;
}

int chg_step_begin(struct chg_run *run, struct chg_stage_state *stage, struct chg_step_state *step)
{
    int rc = chg_status_move(&step->row.status, CHENGIS_STATUS_RUNNING, "step");

    if (rc < 0)
        return rc;
    step->row.started_at = chg_clock_wall_ms();
    step->dirty = true;
    chg_journal_event(
        run->journal, CHENGIS_EVENT_STEP_STARTED, stage, step, CHENGIS_STATUS_RUNNING,
        json_pack("{s:s,s:i}", "type", step->def->type, "log", (int)step->row.ordinal));
    return 0;
}

/* ---- launch ---- */

static int step_dir(struct chg_run *run, const struct chg_step *def, char **dir)
{
    if (def->dir == NULL) {
        *dir = chg_strdup(run->row.workspace);
        return *dir != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
    }
    *dir = chg_path_join_inside(run->row.workspace, def->dir);
    if (*dir == NULL)
        return chg_error_code();
    if (!chg_fs_is_dir(*dir))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "dir '%s' is not a folder of the workspace",
                             def->dir);
    return 0;
}

static int step_env(struct chg_run *run, const struct chg_step *def, struct chg_kvlist *env)
{
    char number[24];

    (void)snprintf(number, sizeof(number), "%lld", (long long)run->row.number);
    if (chg_kvlist_put(&run->build_env, "BUILD_NUMBER", number) <
        0) /* known since the first commit */
        return CHENGIS_ERR_NO_MEMORY;
    return chg_step_env(env,
                        &(struct chg_env_sources){.base = &run->engine->base_env,
                                                  .build = &run->build_env,
                                                  .git = &run->git_env,
                                                  .pipeline = &run->plan->env,
                                                  .secrets = &run->secrets,
                                                  .parameters = &run->parameters,
                                                  .extra = &run->given_env},
                        def);
}

static void free_envp(const char ***envp)
{
    chg_envp_wipe(*envp);
    chg_free(*envp);
}

/* A process in a tree of its own, stdout and stderr in one pipe: what the step prints stays in the
 * order it was printed. */
static int start_process(struct chg_run *run, struct chg_running *running,
                         const struct chengis_step_process *process, const char *dir)
{
    __attribute__((cleanup(free_envp))) const char **envp = NULL; /* holds secrets */
    chg_autofree const char **argv = NULL;
    int fds[2];
    int rc;

    if (process->argv.len == 0)
        return chg_error_set(CHENGIS_ERR_PLUGIN, "step type '%s' described no program",
                             running->step->def->type);
    rc = chg_kvlist_envp(&process->env, &envp);
    if (rc == 0)
        rc = chg_strings_argv(&process->argv, &argv);
    if (rc == 0)
        rc = chg_tree_new(&running->tree, run->engine->trees);
    if (rc < 0)
        return rc;
    if (pipe2(fds, O_CLOEXEC) < 0)
        return chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot make a pipe");
    running->output_fd = fds[0];
    (void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
    rc = chg_child_spawn(&running->child, &(struct chg_spawn){.argv = argv,
                                                              .envp = envp,
                                                              .dir = dir,
                                                              .stdin_fd = -1,
                                                              .stdout_fd = fds[1],
                                                              .stderr_fd = fds[1],
                                                              .tree = running->tree});
    (void)close(fds[1]);
    if (rc == 0 && chg_tree_host_method(run->engine->trees) != CHG_TREE_CGROUP) {
        pid_t pid = chg_child_pid(running->child);

        rc = chg_log_writer_process(run->log, (uint32_t)running->step->row.ordinal, pid,
                                    chg_proc_start_ticks(pid));
        if (rc < 0)
            running->stop_reason = LOG_FAILED;
    }
    return rc;
}

static int start(struct chg_run *run, struct chg_running *running)
{
    const struct chg_step *def = running->step->def;
    const chengis_step_executor *executor =
        chg_registry_step_executor(run->engine->registry, def->type);
    struct chengis_step_context context = {
        .step = def, .workspace = run->row.workspace, .output_fd = -1};
    struct chengis_step_process process = {0};
    chg_autofree char *dir = NULL;
    chg_auto(kvlist) env = CHG_KVLIST_INIT;
    int rc = chg_log_step_open(&running->step->log, run->log, (uint32_t)running->step->row.ordinal,
                               run->engine->options.max_log_bytes);

    if (rc == 0)
        rc = step_dir(run, def, &dir);
    if (rc == 0)
        rc = step_env(run, def, &env);
    if (rc < 0)
        return rc;
    if (executor->run != NULL) {
        rc = chg_worker_start(&running->worker, run, executor, running->step, dir, &env,
                              &running->output_fd);
    } else {
        context.dir = dir;
        context.env = &env;
        rc = chg_kvlist_merge(&process.env, &env);
        if (rc == 0)
            rc = CHG_PLUGIN_CALL("step type", def->type,
                                 executor->describe(executor->self, &context, &process));
        if (rc == 0)
            rc = start_process(run, running, &process, dir);
        chg_step_context_fini(&context);
        chg_step_process_fini(&process);
    }
    chg_kvlist_wipe(&env);
    return rc;
}

static void close_output(struct chg_run *run, struct chg_running *running)
{
    (void)epoll_ctl(run->epoll_fd, EPOLL_CTL_DEL, running->output_fd, NULL);
    (void)close(running->output_fd);
    running->output_fd = -1;
}

/* The reading end goes first: a worker that is about to write must not wait for a reader for ever.
 */
static void join_worker(struct chg_run *run, struct chg_running *running,
                        struct chg_error_saved *error)
{
    if (running->output_fd >= 0)
        close_output(run, running);
    running->exit = (struct chg_exit){chg_worker_join(running->worker, error), 0};
    running->worker = NULL;
}

static void release(struct chg_run *run, struct chg_running *running)
{
    if (running->child != NULL)
        chg_child_free(running->child);
    if (running->output_fd >= 0)
        (void)close(running->output_fd);
    if (running->tree != NULL) {
        /* What the step left in the background lives until the build ends: a later step may need
         * it. Its output has no reader from here on: what it prints must go to a file. */
        if (chg_tree_is_empty(running->tree) || chg_vec_push(&run->leftovers, running->tree) < 0)
            chg_tree_release(running->tree);
    }
    chg_pool_give_step(run->engine);
    chg_free(running);
}

/* A step that could not be started fails; the log says why, too, if it could be made. */
static int fail_start(struct chg_run *run, struct chg_running *running)
{
    struct chg_error_saved error;
    struct chg_stage_state *stage = running->stage;
    struct chg_step_state *step = running->step;
    bool log_failed = step->log == NULL || running->stop_reason != NULL;

    chg_error_save(&error);
    if (running->tree != NULL)
        chg_tree_kill(running->tree);
    if (running->worker != NULL) {
        struct chg_error_saved ignored;

        chg_worker_cancel(running->worker);
        join_worker(run, running, &ignored);
    }
    if (step->log != NULL) {
        chg_autofree char *line = chg_asprintf("chengis: %s\n", error.message);
        struct chg_log_summary summary;

        if (line != NULL)
            (void)chg_log_step_write(step->log, CHG_LOG_ENGINE, line, strlen(line));
        (void)chg_log_step_finish(step->log);
        chg_log_step_summary(step->log, &summary);
        step->row.log_bytes = (int64_t)summary.bytes;
        step->row.log_lines = (int64_t)summary.lines;
        chg_journal_log_index(run->journal, step->row.ordinal, step->log);
        chg_log_step_close(chg_steal(&step->log));
    }
    release(run, running);
    return chg_step_record(run, stage, step, CHENGIS_STATUS_FAILURE,
                           log_failed ? LOG_FAILED : "start-failed", error.message);
}

int chg_step_launch(struct chg_run *run, struct chg_stage_state *stage, struct chg_step_state *step)
{
    struct chg_running *running = chg_new(struct chg_running);
    int rc;

    if (running == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    running->stage = stage;
    running->step = step;
    running->output_fd = -1;
    if (step->def->timeout_ms > 0)
        running->deadline = chg_clock_mono_ms() + step->def->timeout_ms;
    rc = start(run, running);
    if (rc == 0)
        rc = chg_loop_add(run, running);
    if (rc < 0) {
        chg_loop_remove(run, running);
        return fail_start(run, running);
    }
    running->next = run->running;
    run->running = running;
    return 0;
}

/* ---- while it runs ---- */

void chg_step_stop(struct chg_run *run, struct chg_running *running, const char *reason,
                   bool at_once)
{
    if (running->stop_reason == NULL) {
        running->stop_reason = reason;
        running->kill_at = chg_clock_mono_ms() + run->engine->options.grace_ms;
        if (running->worker != NULL)
            chg_worker_cancel(running->worker);
        else if (!at_once)
            chg_tree_signal(running->tree, SIGTERM);
    }
    if (at_once && !running->killed) {
        running->killed = true;
        if (running->tree != NULL)
            chg_tree_kill(running->tree);
    }
}

/* Output that cannot be kept must not be lost silently: the step ends. */
static void keep(struct chg_run *run, struct chg_running *running, size_t len)
{
    if (chg_log_step_write(running->step->log, CHG_LOG_STDOUT, run->buffer, len) == 0) {
        running->hint_due = true;
        return;
    }
    if (running->stop_reason == NULL) {
        chg_free(running->step->row.message);
        running->step->row.message = chg_strdup(chg_error_message());
        chg_step_stop(run, running, LOG_FAILED, true);
    }
}

/* One read; false when there is nothing now. */
static bool read_once(struct chg_run *run, struct chg_running *running)
{
    ssize_t got;

    if (running->output_fd < 0)
        return false;
    got = read(running->output_fd, run->buffer, CHG_READ_SIZE);
    if (got > 0) {
        keep(run, running, (size_t)got);
        /* A pipe found full belongs to a program that writes much: a larger one halves the
         * switches. */
        if ((size_t)got >= DEFAULT_PIPE && !running->output_grown) {
            running->output_grown = true;
            (void)fcntl(running->output_fd, F_SETPIPE_SZ, BIG_PIPE);
        }
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR))
        close_output(run, running);
    return false;
}

void chg_step_read(struct chg_run *run, struct chg_running *running)
{
    (void)read_once(run, running);
}

/* ---- the end ---- */

static void drain(struct chg_run *run, struct chg_running *running)
{
    for (int i = 0; i < MAX_FINAL_READS && read_once(run, running); i++)
        ;
}

static void finish_log(struct chg_run *run, struct chg_running *running)
{
    struct chg_step_state *step = running->step;
    struct chg_log_summary summary;

    if (chg_log_step_finish(step->log) < 0 && running->stop_reason == NULL) {
        running->stop_reason = LOG_FAILED;
        chg_free(step->row.message);
        step->row.message = chg_strdup(chg_error_message());
    }
    chg_log_step_summary(step->log, &summary);
    step->row.log_bytes = (int64_t)summary.bytes;
    step->row.log_lines = (int64_t)summary.lines;
    chg_journal_log_index(run->journal, step->row.ordinal, step->log);
    chg_log_step_close(chg_steal(&step->log));
}

static int record_outcome(struct chg_run *run, struct chg_running *running,
                          const char *worker_error)
{
    struct chg_step_state *step = running->step;
    chengis_status status = CHENGIS_STATUS_FAILURE;
    const char *reason = running->stop_reason;
    chg_autofree char *message = NULL;

    step->row.exit_code = running->exit.code;
    step->row.signal = running->exit.signal;
    if (reason != NULL) {
        if (strcmp(reason, "timed-out") == 0) {
            status = CHENGIS_STATUS_TIMED_OUT;
            message = chg_asprintf("timed out after %lld ms", (long long)step->def->timeout_ms);
        } else if (strcmp(reason, LOG_FAILED) == 0) {
            message = chg_steal(&step->row.message);
        } else {
            status = CHENGIS_STATUS_ABORTED;
        }
    } else if (running->lost != NULL || worker_error != NULL) {
        reason = running->lost != NULL ? "process-lost" : "executor-failed";
        message = chg_strdup(running->lost != NULL ? running->lost : worker_error);
    } else if (running->exit.code == 0) {
        status = CHENGIS_STATUS_SUCCESS;
    } else {
        reason = running->exit.signal > 0 ? "killed-by-signal" : "exit-status";
    }
    return chg_step_record(run, running->stage, step, status, reason, message);
}

static void unlink_running(struct chg_run *run, const struct chg_running *running)
{
    struct chg_running **at = &run->running;

    while (*at != running)
        at = &(*at)->next;
    *at = running->next;
}

int chg_step_complete(struct chg_run *run, struct chg_running *running)
{
    struct chg_error_saved error = {0};
    int rc;

    drain(run, running);
    chg_loop_remove(run, running);
    if (running->worker != NULL)
        join_worker(run, running, &error);
    finish_log(run, running);
    rc = record_outcome(run, running, error.code < 0 ? error.message : NULL);
    unlink_running(run, running);
    release(run, running);
    return rc;
}
