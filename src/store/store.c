/* SPDX-License-Identifier: MIT */
/* Opening and closing a store: its uri, its files, its version. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fs.h"
#include "base/options.h"
#include "base/path.h"
#include "base/str.h"
#include "store/migrate.h"
#include "store/store_priv.h"

#include "base/banned.h"

#define DEFAULT_BUSY_MS 10000

/* The path in a uri, "" for a store in memory; borrowed. */
static int path_of_uri(const char **out, const char *uri)
{
    const char *path = uri;

    if (uri == NULL || strcmp(uri, ":memory:") == 0) {
        *out = "";
        return 0;
    }
    if (chg_starts_with(uri, "postgresql:") || chg_starts_with(uri, "postgres:"))
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "PostgreSQL stores are not supported, expected sqlite:PATH");
    if (chg_starts_with(uri, "sqlite:")) {
        path = uri + strlen("sqlite:");
        if (chg_starts_with(path, "///"))
            path += 2;
        if (strcmp(path, ":memory:") == 0) {
            *out = "";
            return 0;
        }
    } else if (strstr(uri, "://") != NULL) {
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "unknown kind of store uri '%.*s', expected "
                             "sqlite:PATH or a path",
                             (int)strcspn(uri, ":"), uri);
    }
    if (*path == '\0')
        return chg_error_set(CHENGIS_ERR_INVALID, "store uri '%s' has no path", uri);
    *out = path;
    return 0;
}

/* Fill path and dir with absolute names without links, making the directory unless must_exist. */
static int locate(chengis_store *store, const char *path, bool must_exist)
{
    chg_autofree char *parent = chg_path_dirname(path);
    int rc;

    if (parent == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (chg_fs_is_dir(path))
        return chg_error_set(CHENGIS_ERR_DATABASE, "database '%s' is a directory", path);
    if (must_exist && !chg_fs_exists(path))
        return chg_error_set(CHENGIS_ERR_NOT_FOUND, "database '%s' does not exist", path);
    rc = must_exist ? 0 : chg_fs_mkdirs(parent, 0700);
    if (rc < 0)
        return chg_error_prefix("database '%s'", path);
    if (chg_fs_exists(path)) {
        rc = chg_fs_realpath(&store->path, path);
    } else {
        chg_autofree char *real = NULL;

        rc = chg_fs_realpath(&real, parent);
        if (rc >= 0)
            store->path = chg_path_join(real, chg_path_basename(path));
    }
    if (rc < 0)
        return rc;
    store->dir = store->path == NULL ? NULL : chg_path_dirname(store->path);
    return store->dir == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

/* The database is made by us, so that nobody else may read it, nor the files SQLite makes after its
 * mode. */
static int make_file(const chengis_store *store)
{
    /* One that is there is not opened: our close() would drop the locks that SQLite holds on it for
     * another handle of this process. */
    chg_autofd int fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EEXIST)
        return chg_error_sys(0, errno, "cannot open database '%s'", store->path);
    return 0;
}

static int check_version(const chengis_store *store, int64_t version)
{
    const char *name = store->writer->name;

    if (version < 0)
        return chg_error_set(CHENGIS_ERR_DATABASE, "database '%s' belongs to another program",
                             name);
    if (version > chg_migrate_newest())
        return chg_error_set(CHENGIS_ERR_VERSION,
                             "database '%s' has version %lld, the newest known here is %lld", name,
                             (long long)version, (long long)chg_migrate_newest());
    return 0;
}

/* With the ticket held: another process may have been here first, so the version is read again. */
static int upgrade(chengis_store *store)
{
    int64_t version = 0;
    int rc = store->path == NULL ? 0 : chg_sqlite_use_wal(store->writer);

    if (rc >= 0)
        rc = store->writer->driver->get_version(store->writer, &version);
    if (rc >= 0)
        rc = check_version(store, version);
    if (rc >= 0)
        rc = chg_migrate(store->writer, version, chg_migrate_newest());
    return rc;
}

static int bring_up_to_date(chengis_store *store, bool no_migrate)
{
    int64_t version = 0;
    int rc = store->writer->driver->get_version(store->writer, &version);

    if (rc >= 0)
        rc = check_version(store, version);
    if (rc >= 0 && version < chg_migrate_newest() && !no_migrate) {
        rc = chg_ticket_acquire(&store->ticket, store->busy_timeout_ms);
        if (rc >= 0) {
            rc = upgrade(store);
            chg_ticket_release(&store->ticket);
        }
    } else if (rc >= 0 && store->path != NULL) {
        rc = chg_sqlite_use_wal(store->writer);
    }
    if (rc < 0)
        return rc;
    return store->writer->driver->set_foreign_keys(store->writer, true);
}

static int open_files(chengis_store *store, const char *path, const chengis_store_options *opts)
{
    struct chg_sqlite_options sqlite = {.busy_timeout_ms = store->busy_timeout_ms};
    int rc = 0;

    if (*path != '\0') {
        rc = locate(store, path, opts->must_exist);
        if (rc >= 0)
            rc = chg_ticket_open(&store->ticket, store->path);
        if (rc >= 0)
            rc = opts->no_migrate ? make_file(store) : chg_store_create(store);
    }
    if (rc < 0)
        return rc;
    sqlite.path = store->path;
    rc = chg_sqlite_open(&store->writer, &sqlite);
    return rc < 0 ? rc : bring_up_to_date(store, opts->no_migrate);
}

static chengis_store *new_store(const chengis_store_options *opts)
{
    chengis_store *store = chg_new(chengis_store);

    if (store == NULL)
        return NULL;
    store->magic = CHG_STORE_MAGIC;
    chg_ref_init(&store->ref);
    store->busy_timeout_ms = opts->busy_timeout_ms == 0 ? DEFAULT_BUSY_MS : opts->busy_timeout_ms;
    store->ticket.fd = -1;
    store->queue_end = &store->queue;
    chg_mutex_init(&store->lock);
    chg_cond_init(&store->writer_free);
    chg_cond_init(&store->reader_free);
    return store;
}

int chengis_store_open(chengis_store **out, const char *uri, const chengis_store_options *opts)
{
    chengis_store_options known;
    chengis_store *store;
    const char *path = NULL;
    int rc;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL);
    rc = chg_options_import(&known, sizeof(known), sizeof(known), opts, "chengis_store_options");
    if (rc < 0)
        return rc;
    if (known.busy_timeout_ms < 0)
        return chg_error_set(CHENGIS_ERR_INVALID, "busy_timeout_ms is %ld, expected 0 or more",
                             (long)known.busy_timeout_ms);
    rc = path_of_uri(&path, uri);
    if (rc < 0)
        return rc;
    store = new_store(&known);
    if (store == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    rc = open_files(store, path, &known);
    if (rc < 0) {
        (void)chengis_store_unref(store);
        return rc;
    }
    store->log = known.log; /* from here on the sink is ours to destroy */
    *out = store;
    return 0;
}

chengis_store *chengis_store_ref(chengis_store *store)
{
    if (CHG_IS(store, CHG_STORE_MAGIC))
        chg_ref_get(&store->ref);
    return store;
}

chengis_store *chengis_store_unref(chengis_store *store)
{
    if (!CHG_IS(store, CHG_STORE_MAGIC) || !chg_ref_put(&store->ref))
        return NULL;
    store->magic = 0;
    for (size_t i = 0; i < store->idle_count; i++)
        chg_conn_close(store->idle[i]);
    chg_conn_close(store->writer);
    chg_ticket_close(&store->ticket);
    chg_cond_fini(&store->reader_free);
    chg_cond_fini(&store->writer_free);
    chg_mutex_fini(&store->lock);
    if (store->log.destroy != NULL)
        store->log.destroy(store->log.userdata);
    chg_free(store->dir);
    chg_free(store->path);
    chg_free(store);
    return NULL;
}

bool chg_store_engage(chengis_store *store)
{
    return !atomic_exchange(&store->engaged, true);
}

void chg_store_disengage(chengis_store *store)
{
    atomic_store(&store->engaged, false);
}

const char *chg_store_dir(const chengis_store *store)
{
    return store->dir;
}

const char *chg_store_path(const chengis_store *store)
{
    return store->path;
}
