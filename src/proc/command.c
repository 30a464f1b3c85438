/* SPDX-License-Identifier: MIT */
/* Runs a short command of our own to its end, with bounded time and bounded memory. */
#include "proc/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "proc/spawn_priv.h"

#include "base/banned.h"

#define DEFAULT_TIMEOUT_MS 60000
#define DEFAULT_OUTPUT_MAX ((size_t)16 << 20)
#define GRACE_MS           1000
#define CANCEL_POLL_MS     100 /* where no cancel descriptor can be had */
#define READ_CHUNK         16384

enum { WATCH_CHILD, WATCH_OUT, WATCH_ERR, WATCH_CANCEL, WATCH_COUNT };

/* One captured stream. */
struct capture {
    int fd; /* our end, or -1 */
    struct chg_str *into;
    bool cut; /* there was more than `into` may hold */
};

struct run {
    const struct chg_command *command;
    struct chg_tree *tree; /* may be NULL */
    struct chg_child *child;
    struct capture captures[2];
    int64_t kill_at; /* of the next step towards the end */
    bool stopping;   /* has been sent TERM */
    int failure;     /* TIMEOUT or CANCELLED once the run is being ended, else 0 */
};

static void capture_read(struct capture *capture)
{
    size_t max = capture->into->max != 0 ? capture->into->max : DEFAULT_OUTPUT_MAX;
    char chunk[READ_CHUNK];
    ssize_t n;

    do {
        n = read(capture->fd, chunk, sizeof(chunk));
        if (n > 0) {
            size_t room = capture->into->len < max ? max - capture->into->len : 0;

            capture->cut |= (size_t)n > room;
            chg_str_add_len(capture->into, chunk, (size_t)n < room ? (size_t)n : room);
        }
    } while (n > 0 || (n < 0 && errno == EINTR));
    if (n == 0) {
        (void)close(capture->fd);
        capture->fd = -1;
    }
}

static void send_signal(struct run *run, int sig)
{
    if (run->tree == NULL)
        chg_child_signal(run->child, sig);
    else if (sig == SIGKILL)
        chg_tree_kill(run->tree);
    else
        chg_tree_signal(run->tree, sig);
}

/* TERM now and KILL after the grace, or KILL at once. */
static void stop(struct run *run, bool at_once)
{
    run->kill_at = chg_clock_mono_ms() + GRACE_MS;
    send_signal(run, at_once || run->stopping ? SIGKILL : SIGTERM);
    run->stopping = true;
}

static int cancel_level(const struct run *run)
{
    return run->command->cancel != NULL ? chg_cancel_level(run->command->cancel) : 0;
}

static void check_limits(struct run *run)
{
    int level = cancel_level(run);

    if (run->failure == 0 && level > 0) {
        run->failure = CHENGIS_ERR_CANCELLED;
        stop(run, level > 1);
    } else if (chg_clock_mono_ms() >= run->kill_at) {
        if (run->failure == 0)
            run->failure = CHENGIS_ERR_TIMEOUT;
        stop(run, false);
    }
}

static int wait_ms(const struct run *run, bool poll_cancel)
{
    int64_t left = run->kill_at - chg_clock_mono_ms();

    if (left < 0)
        left = 0;
    if (poll_cancel && left > CANCEL_POLL_MS)
        left = CANCEL_POLL_MS;
    return left > INT32_MAX ? INT32_MAX : (int)left;
}

/* Until the child has ended; 1 with *result, or CHENGIS_ERR_PROCESS. */
static int watch(struct chg_exit *result, struct run *run)
{
    int cancel_fd = run->command->cancel != NULL ? chg_cancel_fd(run->command->cancel) : -1;
    bool poll_cancel = run->command->cancel != NULL && cancel_fd < 0;
    int rc = 0;

    while (rc == 0) {
        struct pollfd fds[WATCH_COUNT] = {
            [WATCH_CHILD] = {.fd = chg_child_fd(run->child), .events = POLLIN},
            [WATCH_OUT] = {.fd = run->captures[0].fd, .events = POLLIN},
            [WATCH_ERR] = {.fd = run->captures[1].fd, .events = POLLIN},
            /* Once cancelled it stays readable: it has said what it had to say. */
            [WATCH_CANCEL] = {.fd = run->failure == 0 ? cancel_fd : -1, .events = POLLIN},
        };

        if (poll(fds, WATCH_COUNT, wait_ms(run, poll_cancel)) < 0 && errno != EINTR)
            return chg_error_sys(CHENGIS_ERR_PROCESS, errno, "cannot wait for '%s'",
                                 run->command->argv[0]);
        if (fds[WATCH_OUT].revents != 0)
            capture_read(&run->captures[0]);
        if (fds[WATCH_ERR].revents != 0)
            capture_read(&run->captures[1]);
        if (fds[WATCH_CHILD].revents != 0)
            rc = chg_child_reap(run->child, result);
        if (rc == 0)
            check_limits(run);
    }
    /* What it wrote is in the pipes by now; what it left behind may hold them open, and is not
     * waited for. */
    if (run->captures[0].fd >= 0)
        capture_read(&run->captures[0]);
    if (run->captures[1].fd >= 0)
        capture_read(&run->captures[1]);
    return rc;
}

static int open_capture(struct capture *capture, int *child_end, struct chg_str *into)
{
    int ends[2];

    if (into == NULL)
        return 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot make a pipe");
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    capture->into = into;
    capture->fd = ends[0];
    *child_end = ends[1];
    return 0;
}

/* The input as an unnamed file: the child reads at its own pace and we never write to a closed
 * pipe. */
static int open_input(int *out, const struct chg_command *command)
{
    chg_autofd int fd = -1;

    if (command->input == NULL)
        return 0;
    fd = memfd_create("chengis-input", MFD_CLOEXEC);
    if (fd < 0)
        return chg_error_sys(CHENGIS_ERR_LIMIT, errno, "cannot hold the input of '%s'",
                             command->argv[0]);
    if (chg_fs_write_all(fd, command->input, command->input_len) < 0)
        return chg_error_prefix("input of '%s'", command->argv[0]);
    (void)lseek(fd, 0, SEEK_SET);
    *out = chg_steal_fd(&fd);
    return 0;
}

static int start(struct run *run, struct chg_str *out, struct chg_str *err)
{
    const struct chg_command *command = run->command;
    chg_autofd int stdin_fd = -1;
    chg_autofd int stdout_fd = -1;
    chg_autofd int stderr_fd = -1;
    int rc = open_input(&stdin_fd, command);

    if (rc == 0)
        rc = open_capture(&run->captures[0], &stdout_fd, out);
    if (rc == 0)
        rc = open_capture(&run->captures[1], &stderr_fd, err);
    if (rc == 0 && command->trees != NULL)
        rc = chg_tree_new(&run->tree, command->trees);
    if (rc < 0)
        return rc;

    const struct chg_spawn request = {
        .argv = command->argv,
        .envp = command->envp,
        .dir = command->dir,
        .stdin_fd = stdin_fd,
        .stdout_fd = stdout_fd,
        .stderr_fd = stderr_fd,
        .tree = run->tree,
    };
    return chg_child_spawn(&run->child, &request);
}

static int finish(const struct run *run, int64_t timeout_ms)
{
    if (run->failure == CHENGIS_ERR_TIMEOUT)
        return chg_error_set(CHENGIS_ERR_TIMEOUT, "'%s' did not end within %lld ms",
                             run->command->argv[0], (long long)timeout_ms);
    if (run->failure == CHENGIS_ERR_CANCELLED)
        return chg_cancel_check(run->command->cancel);
    return 0;
}

static int check_output(const struct run *run)
{
    const struct capture *out = &run->captures[0], *err = &run->captures[1];

    if (out->cut)
        return chg_error_set(CHENGIS_ERR_LIMIT, "'%s' printed more than %zu bytes",
                             run->command->argv[0], out->into->len);
    if (out->into != NULL && chg_str_check(out->into) < 0)
        return chg_error_code();
    return err->into != NULL ? chg_str_check(err->into) : 0;
}

int chg_command_run(struct chg_exit *result, struct chg_str *out, struct chg_str *err,
                    const struct chg_command *command)
{
    struct run run = {.command = command, .captures = {{.fd = -1}, {.fd = -1}}};
    int64_t timeout_ms = command->timeout_ms > 0 ? command->timeout_ms : DEFAULT_TIMEOUT_MS;
    int rc = chg_cancel_check(command->cancel);

    if (rc == 0)
        rc = start(&run, out, err);
    if (rc == 0) {
        run.kill_at = chg_clock_mono_ms() + timeout_ms;
        rc = watch(result, &run);
    }
    if (rc == 1)
        rc = finish(&run, timeout_ms);
    if (rc == 0)
        rc = check_output(&run);

    chg_child_free(run.child);
    chg_tree_release(run.tree);
    if (run.captures[0].fd >= 0)
        (void)close(run.captures[0].fd);
    if (run.captures[1].fd >= 0)
        (void)close(run.captures[1].fd);
    return rc;
}
