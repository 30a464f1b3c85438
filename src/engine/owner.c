/* SPDX-License-Identifier: MIT */
/*
 * Who runs a build. An engine on a file store takes a random owner id and keeps that byte of
 * DB.owners locked (an open file description lock): the kernel drops it when the process dies,
 * however it dies. No file is made per engine.
 */
#include "engine/engine_priv.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"
#include "base/uuid.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/banned.h"

static int open_owners(chengis_engine *engine, int *fd)
{
    chg_autofree char *path = chg_asprintf("%s.owners", chg_store_path(engine->store));

    if (path == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return chg_error_sys(0, errno, "cannot open '%s'", path);
    return 0;
}

/* 1 locked, 0 somebody else has it. */
static int lock_byte(int fd, int64_t owner_id)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = owner_id, .l_len = 1};

    if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
        return 1;
    if (errno == EAGAIN || errno == EACCES)
        return 0;
    return chg_error_sys(0, errno, "cannot lock the table of owners");
}

static int describe(chengis_engine *engine)
{
    char boot_id[37] = "", host[256] = "";

    (void)chg_proc_boot_id(boot_id);
    (void)gethostname(host, sizeof(host) - 1);
    engine->owner_row.id = engine->owner_id;
    engine->owner_row.host = chg_strdup(host);
    engine->owner_row.boot_id = chg_strdup(boot_id);
    engine->owner_row.pid = getpid();
    engine->owner_row.start_ticks = (int64_t)chg_proc_start_ticks(getpid());
    engine->owner_row.started_at = chg_clock_wall_ms();
    return engine->owner_row.host != NULL && engine->owner_row.boot_id != NULL
               ? 0
               : CHENGIS_ERR_NO_MEMORY;
}

static int random_id(int64_t *out)
{
    uint64_t random;
    int rc = chg_random_bytes(&random, sizeof(random));

    *out = (int64_t)(random >> 16) | 1; /* 48 bits, never 0 */
    return rc;
}

int chg_owner_lock(chengis_engine *engine)
{
    int rc = random_id(&engine->owner_id);

    if (rc == 0)
        rc = describe(engine);
    if (rc < 0 || chg_store_path(engine->store) == NULL)
        return rc; /* in memory nobody else can see the builds */
    rc = open_owners(engine, &engine->owner_fd);
    if (rc < 0)
        return rc;
    rc = lock_byte(engine->owner_fd, engine->owner_id);
    if (rc == 0)
        return chg_error_set(CHENGIS_ERR_INTERNAL, "owner id %lld is taken",
                             (long long)engine->owner_id);
    return rc < 0 ? rc : 0;
}

int chg_owner_seize(chengis_engine *engine, int64_t owner_id, int *fd)
{
    int rc;

    if (owner_id == engine->owner_id)
        return 0;
    rc = open_owners(engine, fd);
    if (rc < 0)
        return rc;
    rc = lock_byte(*fd, owner_id);
    if (rc != 1) {
        (void)close(*fd);
        *fd = -1;
    }
    return rc;
}
