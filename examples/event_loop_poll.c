/* SPDX-License-Identifier: MIT */
/*
 * A host with its own event loop and its own children: one poll() over a subscription, a self-pipe
 * fed by the SIGCHLD handler, and a timer. The handler reaps the child of this program and no
 * other, so the children of libchengis stay for libchengis to reap.
 */
#define _GNU_SOURCE 1 /* pipe2 */
#include <chengis/chengis.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int child_pipe[2]; /* written by the handler, read by the loop */

static void on_child(int signal_number)
{
    int kept = errno;
    ssize_t ignored = write(child_pipe[1], "c", 1);

    (void)signal_number;
    (void)ignored;
    errno = kept;
}

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, chengis_error_last()->message);
    return 1;
}

/* A child of the host's own, to show that both sides see the ends of their children. */
static pid_t start_own_child(void)
{
    char *const argv[] = {(char[]){"sleep"}, (char[]){"0.1"}, NULL};
    pid_t pid = -1;

    return posix_spawnp(&pid, "sleep", NULL, NULL, argv, environ) == 0 ? pid : -1;
}

/* Take what is there; true once the build is over. */
static bool drain_events(chengis_subscription *subscription)
{
    chengis_event *event = NULL;
    bool over = false;

    while (chengis_subscription_next(&event, subscription, 0) == 1) {
        const char *step = chengis_event_step(event);

        printf("%3lld %-16s %s%s%s\n", (long long)chengis_event_seq(event),
               chengis_event_name(event), chengis_event_stage(event), step[0] != '\0' ? "/" : "",
               step);
        over = over || chengis_event_get_type(event) == CHENGIS_EVENT_BUILD_COMPLETED;
        event = chengis_event_unref(event);
    }
    return over;
}

static int loop(chengis_subscription *subscription, pid_t own)
{
    struct pollfd fds[2] = {{.events = POLLIN}, {.fd = child_pipe[0], .events = POLLIN}};
    bool over = false;
    int status = 0;
    char byte;

    if (chengis_subscription_fd(&fds[0].fd, subscription) < 0)
        return fail("subscription");
    while (!over || own > 0) {
        if (poll(fds, 2, 10000) == 0)
            return fail("nothing happened for ten seconds");
        if ((fds[1].revents & POLLIN) != 0 && read(child_pipe[0], &byte, 1) == 1 && own > 0 &&
            waitpid(own, &status, WNOHANG) == own) {
            printf("    own child ended with status %d\n", WEXITSTATUS(status));
            own = 0;
        }
        if ((fds[0].revents & POLLIN) != 0)
            over = drain_events(subscription) || over;
    }
    return 0;
}

static int run(chengis_engine *engine, const char *path)
{
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_subscription *subscription = NULL;
    chengis_build *build = NULL;
    chengis_status status = CHENGIS_STATUS_UNKNOWN;
    int result = 1;

    if (chengis_pipeline_load(&request.pipeline, NULL, path) < 0)
        return fail(path);
    if (chengis_engine_submit(&build, engine, &request) < 0) {
        fail("submit");
    } else {
        options.build_id =
            chengis_build_id(build); /* from its first event, though it is already running */
        if (chengis_subscription_new(&subscription, engine, &options) < 0)
            fail("subscription");
        else if (loop(subscription, start_own_child()) == 0 &&
                 chengis_build_status(&status, build) == 0)
            result = status == CHENGIS_STATUS_SUCCESS ? 0 : 1;
    }
    chengis_subscription_unref(subscription);
    chengis_build_unref(build);
    chengis_pipeline_unref(request.pipeline);
    return result;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    chengis_engine *engine = NULL;
    int result;

    if (argc != 2) {
        fprintf(stderr, "usage: %s PIPELINE\n", argv[0]);
        return 2;
    }
    if (pipe2(child_pipe, O_CLOEXEC | O_NONBLOCK) < 0 || sigaction(SIGCHLD, &action, NULL) < 0) {
        perror("signals");
        return 1;
    }
    if (chengis_engine_new(&engine, NULL, NULL, NULL) < 0)
        return fail("engine");
    result = run(engine, argv[1]);
    chengis_engine_unref(engine);
    return result;
}
