/* SPDX-License-Identifier: MIT */
/* The self-pipe. Its writing end is the only global of the command: a handler has no other
 * argument. */
#include "cli/signals.h"

#include <chengis/error.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/error.h"

#include "base/banned.h"

static int write_fd = -1;

static void on_signal(int number)
{
    int kept = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t count = write(write_fd, &byte, 1);

    (void)count; /* a full pipe wakes the loop as well */
    errno = kept;
}

static void handle(int number)
{
    struct sigaction action = {.sa_handler = on_signal}, old;

    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        (void)sigaction(number, &action, NULL);
}

int chg_signals_install(struct chg_signals *signals)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
    int fds[2];

    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "cannot make a pipe");
    signals->fd = fds[0];
    write_fd = fds[1];
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        handle(numbers[i]);
    return 0;
}

unsigned chg_signals_take(struct chg_signals *signals)
{
    unsigned char bytes[64];
    unsigned requests = 0;
    ssize_t count;

    if (signals->fd < 0)
        return 0;
    while ((count = read(signals->fd, bytes, sizeof(bytes))) > 0)
        for (ssize_t i = 0; i < count; i++)
            if (bytes[i] != SIGWINCH) {
                signals->last = bytes[i];
                requests++;
            }
    return requests;
}
