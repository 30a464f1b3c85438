/* SPDX-License-Identifier: MIT */
/*
 * A step that computes in-process: its executor's run() on a thread of its own, output through a
 * pipe like a process's. The worker owns copies of what the executor may look at; the build's
 * thread joins it.
 */
#include "engine/run.h"

#include "base/error.h"
#include "plugin/step_context.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/banned.h"

struct chg_worker {
    const chengis_step_executor *executor;
    struct chengis_step_context context;
    struct chg_kvlist env;
    char *dir;
    struct chg_cancel *cancel;
    struct chg_thread thread;
    int done_fd;
    int32_t exit_code;
    struct chg_error_saved error;
};

static void work(void *userdata)
{
    struct chg_worker *worker = userdata;
    const uint64_t one = 1;
    ssize_t written;
    int rc;

    chengis_error_clear();
    rc = worker->executor->run(worker->executor->self, &worker->context, &worker->exit_code);
    if (rc < 0) {
        worker->exit_code = -1;
        if (chg_error_code() == CHENGIS_OK)
            (void)chg_error_set(CHENGIS_ERR_PLUGIN, "step type '%s' failed without saying why",
                                worker->executor->name);
        chg_error_save(&worker->error);
    }
    (void)close(worker->context.output_fd);
    written = write(worker->done_fd, &one, sizeof(one));
    (void)written; /* an eventfd takes it */
}

static void free_worker(struct chg_worker *worker)
{
    if (worker->done_fd >= 0)
        (void)close(worker->done_fd);
    chg_step_context_fini(&worker->context);
    chg_kvlist_wipe(&worker->env);
    chg_kvlist_fini(&worker->env);
    chg_free(worker->dir);
    (void)chg_cancel_unref(worker->cancel);
    chg_free(worker);
}

static int prepare(struct chg_worker *worker, const struct chg_run *run,
                   const struct chg_step_state *step, const char *dir)
{
    worker->dir = chg_strdup(dir);
    if (worker->dir == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    worker->done_fd = eventfd(0, EFD_CLOEXEC);
    if (worker->done_fd < 0)
        return chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot make an eventfd");
    worker->context.step = step->def;
    worker->context.workspace = run->row.workspace;
    worker->context.dir = worker->dir;
    worker->context.env = &worker->env;
    return chg_cancel_new(&worker->cancel, NULL);
}

int chg_worker_start(struct chg_worker **out, struct chg_run *run,
                     const chengis_step_executor *executor, struct chg_step_state *step,
                     const char *dir, const struct chg_kvlist *env, int *output_fd)
{
    struct chg_worker *worker = chg_new(struct chg_worker);
    int fds[2];
    int rc;

    if (worker == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    worker->executor = executor;
    worker->done_fd = -1;
    rc = prepare(worker, run, step, dir);
    if (rc == 0)
        rc = chg_kvlist_merge(&worker->env, env);
    if (rc == 0 && pipe2(fds, O_CLOEXEC) < 0)
        rc = chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot make a pipe");
    if (rc < 0) {
        free_worker(worker);
        return rc;
    }
    (void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
    worker->context.output_fd = fds[1];
    worker->context.cancel = worker->cancel;
    rc = chg_thread_start(&worker->thread, "chengis-step", work, worker);
    if (rc < 0) {
        (void)close(fds[0]);
        (void)close(fds[1]);
        free_worker(worker);
        return rc;
    }
    *output_fd = fds[0];
    *out = worker;
    return 0;
}

int chg_worker_fd(const struct chg_worker *worker)
{
    return worker->done_fd;
}

void chg_worker_cancel(struct chg_worker *worker)
{
    chg_cancel_request(worker->cancel, 1, NULL);
}

int32_t chg_worker_join(struct chg_worker *worker, struct chg_error_saved *error)
{
    int32_t exit_code;

    chg_thread_join(&worker->thread);
    exit_code = worker->exit_code;
    *error = worker->error;
    free_worker(worker);
    return exit_code;
}
