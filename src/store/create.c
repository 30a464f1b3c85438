/* SPDX-License-Identifier: MIT */
/*
 * A new database appears whole or not at all: it is made in memory, written to a temporary file and
 * renamed. Made in place it would cost a rollback journal, a write-ahead log and a checkpoint, with
 * nine syncs.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/migrate.h"
#include "store/store_priv.h"

#include "base/banned.h"

#define USUAL_PAGE 4096 /* what SQLite expects of a new database; none of ours is smaller */

/* Missing, or an empty file that somebody made in advance. */
static bool is_new(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 || (S_ISREG(st.st_mode) && st.st_size == 0);
}

/* SQLite takes a file shorter than a page for an empty database, and would write over it. A longer
 * one it looks at itself, and it must be left to it: were the file open in this process already,
 * our close() would drop the locks that SQLite holds on it. */
static int check_header(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char header[sizeof(magic)] = "";
    chg_autofd int fd = -1;
    struct stat st;

    if (stat(path, &st) == 0 && st.st_size >= USUAL_PAGE)
        return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return chg_error_sys(0, errno, "cannot open database '%s'", path);
    if (pread(fd, header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
        memcmp(header, magic, sizeof(magic)) != 0)
        return chg_error_set(CHENGIS_ERR_DATABASE, "'%s' is not a database", path);
    return 0;
}

static int write_image(const chengis_store *store)
{
    struct chg_sqlite_options opts = {.busy_timeout_ms = store->busy_timeout_ms};
    struct chg_conn *conn = NULL;
    int rc = chg_sqlite_open(&conn, &opts);

    if (rc >= 0)
        rc = chg_migrate(conn, 0, chg_migrate_newest());
    if (rc >= 0)
        rc = chg_sqlite_save(conn, store->path);
    chg_conn_close(conn);
    return rc;
}

int chg_store_create(chengis_store *store)
{
    int rc;

    if (!is_new(store->path))
        return check_header(store->path);
    rc = chg_ticket_acquire(&store->ticket, store->busy_timeout_ms);
    if (rc < 0)
        return rc;
    /* With the ticket: another process may have been here first, and its file must not be replaced.
     */
    if (is_new(store->path))
        rc = write_image(store);
    chg_ticket_release(&store->ticket);
    return rc;
}
