/* SPDX-License-Identifier: MIT */
/*
 * What a process leaves that was killed before its build's first commit or after the last one:
 * folders and logs of builds that nobody knows, rows and cgroups of owners that are gone. Looked
 * for together with expired builds, at most once an hour.
 */
#include "engine/engine_priv.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "base/uuid.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define OLD_MS        ((int64_t)24 * 3600 * 1000) /* a living build is stored long before */
#define LOOK_EVERY_MS ((int64_t)3600 * 1000)

/* ---- files ---- */

struct visit {
    chengis_engine *engine;
    const char *dir;
};

/* Other databases in the folder have builds of their own in logs and workspaces. */
static int note_owners_file(const struct chg_fs_entry *entry, void *userdata)
{
    size_t *count = userdata;

    if (chg_ends_with(entry->name, ".owners"))
        (*count)++;
    return entry->is_dir;
}

static bool is_alone(const chengis_engine *engine)
{
    size_t databases = 0;

    return chg_streq(engine->state_dir, chg_store_dir(engine->store)) &&
           chg_fs_walk(engine->state_dir, note_owners_file, &databases) == 0 && databases == 1;
}

static bool is_old(const struct chg_fs_entry *entry)
{
    struct stat stat;

    return fstatat(entry->dir_fd, entry->name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
           (int64_t)stat.st_mtime * 1000 < chg_clock_wall_ms() - OLD_MS;
}

static int ask(struct chg_conn *conn, void *userdata)
{
    return chg_build_is_known(conn, userdata);
}

static int visit_entry(const struct chg_fs_entry *entry, void *userdata)
{
    const struct visit *visit = userdata;
    chg_autofree char *path = NULL;
    char id[CHG_UUID_SIZE] = "";
    int rc;

    if (strlen(entry->name) < sizeof(id) - 1)
        return entry->is_dir;
    memcpy(id, entry->name, sizeof(id) - 1);
    if (!chg_uuid_is_valid(id) || !is_old(entry))
        return entry->is_dir;
    rc = chg_store_read(visit->engine->store, ask, id);
    if (rc != 0)
        return rc < 0 ? rc : entry->is_dir;
    path = chg_path_join(visit->dir, entry->name);
    if (path == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = chg_fs_remove_tree(path);
    return rc < 0 ? rc : entry->is_dir;
}

static int remove_files(chengis_engine *engine)
{
    static const char *const folders[] = {"logs", "workspaces", "artifacts"};
    int rc = 0;

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && rc == 0; i++) {
        chg_autofree char *dir = chg_path_join(engine->state_dir, folders[i]);

        if (dir == NULL)
            return CHENGIS_ERR_NO_MEMORY;
        if (chg_fs_is_dir(dir))
            rc = chg_fs_walk(dir, visit_entry, &(struct visit){engine, dir});
    }
    return rc;
}

/* ---- owners ---- */

struct owners {
    CHG_VEC(int64_t) ids;
    char boot_id[37];
};

/* Nothing of an owner lives when the machine was restarted since: then only its row is left. */
static int note_owner(const struct chg_owner_row *row, void *userdata)
{
    struct owners *owners = userdata;
    bool restarted = !chg_streq(row->boot_id, owners->boot_id);

    return chg_vec_push(&owners->ids, restarted ? -row->id : row->id);
}

static int read_owners(struct chg_conn *conn, void *userdata)
{
    return chg_owner_list_idle(conn, note_owner, userdata);
}

static int delete_owners(struct chg_conn *conn, void *userdata)
{
    const struct owners *owners = userdata;
    int rc = 0;

    for (size_t i = 0; i < owners->ids.len && rc >= 0; i++) {
        if (owners->ids.items[i] != 0)
            rc = chg_owner_delete(conn, owners->ids.items[i]);
    }
    return rc;
}

/* The noted owner's id, or 0: it lives. */
static int bury(int64_t *id, chengis_engine *engine, int64_t noted)
{
    int64_t wanted = noted < 0 ? -noted : noted;
    chg_autofd int fd = -1;
    char name[32];
    int rc = chg_owner_seize(engine, wanted, &fd);

    *id = rc == 1 ? wanted : 0;
    (void)snprintf(name, sizeof(name), "chengis-%llx", (unsigned long long)wanted);
    if (rc == 1 && noted > 0)
        chg_tree_remove_named(name);
    return rc < 0 ? rc : 0;
}

static int remove_owners(chengis_engine *engine)
{
    struct owners owners = {.boot_id = ""};
    bool any = false;
    int rc;

    (void)chg_proc_boot_id(owners.boot_id);
    rc = chg_store_read(engine->store, read_owners, &owners);
    for (size_t i = 0; i < owners.ids.len && rc == 0; i++) {
        rc = bury(&owners.ids.items[i], engine, owners.ids.items[i]);
        any = any || owners.ids.items[i] != 0;
    }
    if (rc == 0 && any)
        rc = chg_store_write(engine->store, delete_owners, &owners);
    chg_vec_fini(&owners.ids);
    return rc;
}

/* Looking takes the longer the more builds there are. DB.owners is written when somebody looks. */
static bool is_due(const chengis_engine *engine)
{
    struct stat stat;
    bool due =
        fstat(engine->owner_fd, &stat) == 0 &&
        (stat.st_size == 0 || (int64_t)stat.st_mtime * 1000 < chg_clock_wall_ms() - LOOK_EVERY_MS);

    if (due)
        (void)!pwrite(engine->owner_fd, "\n", 1, 0); /* on a full disk everybody looks */
    return due;
}

int chg_remove_orphans(chengis_engine *engine)
{
    int rc = 0;

    if (chg_store_path(engine->store) == NULL || !is_due(engine))
        return 0;
    if (is_alone(engine))
        rc = remove_files(engine);
    return rc < 0 ? rc : remove_owners(engine);
}
