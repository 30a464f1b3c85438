/* SPDX-License-Identifier: MIT */
/*
 * Two locked bytes make the ticket fair: whoever wants to write first takes the place at the door
 * (QUEUE), then the ticket itself (WRITER), then leaves the door. The holder, coming back at once,
 * finds the door taken and waits. Locks belong to the open file description, so two stores of one
 * process exclude each other as well.
 */
#include "store/ticket.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

#define WRITER_BYTE 0
#define QUEUE_BYTE  1

/* A commit takes a fraction of a millisecond, so the first naps are short; a long holder costs few
 * wake-ups. */
#define FIRST_NAP_NS 20000L
#define LAST_NAP_NS  5000000L

static int set_lock(const struct chg_ticket *ticket, int byte, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    return fcntl(ticket->fd, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

int chg_ticket_open(struct chg_ticket *ticket, const char *database)
{
    ticket->fd = -1;
    ticket->database = database;
    ticket->path = chg_asprintf("%s.writer", database);
    if (ticket->path == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    ticket->fd = open(ticket->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (ticket->fd < 0)
        return chg_error_sys(0, errno, "cannot open '%s'", ticket->path);
    /* Room for the count, so that a full disk cannot silence the watchers; what is there stays. */
    (void)fallocate(ticket->fd, 0, 0, sizeof(uint64_t));
    return 0;
}

void chg_ticket_close(struct chg_ticket *ticket)
{
    if (ticket->fd >= 0)
        (void)close(ticket->fd);
    ticket->fd = -1;
    chg_free(ticket->path);
    ticket->path = NULL;
}

static int take(const struct chg_ticket *ticket, int byte, int64_t deadline)
{
    struct timespec nap = {.tv_nsec = FIRST_NAP_NS};
    int err;

    while ((err = set_lock(ticket, byte, F_WRLCK)) != 0) {
        if (err != EAGAIN && err != EACCES && err != EINTR)
            return chg_error_sys(0, err, "cannot lock '%s'", ticket->path);
        if (chg_clock_mono_ms() >= deadline)
            return chg_error_set(CHENGIS_ERR_BUSY,
                                 "database '%s' is being written by another process",
                                 ticket->database);
        (void)nanosleep(&nap, NULL);
        if (nap.tv_nsec < LAST_NAP_NS)
            nap.tv_nsec += nap.tv_nsec / 4;
    }
    return 0;
}

int chg_ticket_acquire(struct chg_ticket *ticket, int timeout_ms)
{
    int64_t deadline;
    int rc;

    if (ticket->fd < 0)
        return 0;
    deadline = chg_clock_mono_ms() + timeout_ms;
    rc = take(ticket, QUEUE_BYTE, deadline);
    if (rc < 0)
        return rc;
    rc = take(ticket, WRITER_BYTE, deadline);
    (void)set_lock(ticket, QUEUE_BYTE, F_UNLCK);
    return rc;
}

void chg_ticket_release(struct chg_ticket *ticket)
{
    if (ticket->fd >= 0)
        (void)set_lock(ticket, WRITER_BYTE, F_UNLCK);
}

uint64_t chg_ticket_commits(const struct chg_ticket *ticket)
{
    uint64_t count = 0;

    if (ticket->fd < 0 || pread(ticket->fd, &count, sizeof(count), 0) != (ssize_t)sizeof(count))
        return 0;
    return count;
}

void chg_ticket_announce(struct chg_ticket *ticket)
{
    uint64_t count = chg_ticket_commits(ticket) + 1;
    ssize_t written;

    if (ticket->fd < 0)
        return;
    written = pwrite(ticket->fd, &count, sizeof(count), 0);
    (void)written; /* a failing disk: the watchers learn of this commit with the next one */
}
