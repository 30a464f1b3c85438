/* SPDX-License-Identifier: MIT */
/* Opening stores: uris, files and their modes, versions, everything that can stand in the way. */
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/migrate.h"
#include "store_test.h"

static char *dir;
static chengis_store *store;

static void set_up(void)
{
    dir = temp_dir();
}

static void tear_down(void)
{
    store = chengis_store_unref(store);
    temp_dir_remove(dir);
}

TestSuite(store_store, .init = set_up, .fini = tear_down);

static unsigned mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0, "%s is missing", path);
    return st.st_mode & 07777;
}

Test(store_store, lives_in_memory_without_a_uri)
{
    assert_ok(chengis_store_open(&store, NULL, NULL));

    cr_assert_null(chg_store_path(store));
    cr_assert_null(chg_store_dir(store));
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds"), 0);
}

Test(store_store, keeps_two_stores_in_memory_apart)
{
    chengis_store *other = open_store(":memory:");

    store = open_store("sqlite::memory:");
    (void)make_build(store, 1);

    cr_assert_eq(scalar(other, "SELECT COUNT(*) FROM builds"), 0);
    (void)chengis_store_unref(other);
}

Test(store_store, remembers_across_handles)
{
    char uri[512];

    (void)snprintf(uri, sizeof(uri), "sqlite:%s/a.db", dir);
    store = open_store(uri);
    (void)make_build(store, 1);
    (void)chengis_store_unref(store);
    store = open_store(path_in(dir, "a.db"));

    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds"), 1);
}

Test(store_store, makes_files_nobody_else_can_read)
{
    mode_t before = umask(0);

    store = open_store(path_in(dir, "new/deep/a.db"));
    (void)make_build(store, 1);
    (void)umask(before);

    cr_assert_eq(mode_of(path_in(dir, "new")), 0700);
    cr_assert_eq(mode_of(path_in(dir, "new/deep")), 0700);
    cr_assert_eq(mode_of(path_in(dir, "new/deep/a.db")), 0600);
    cr_assert_eq(mode_of(path_in(dir, "new/deep/a.db-wal")), 0600);
    cr_assert_eq(mode_of(path_in(dir, "new/deep/a.db-shm")), 0600);
    cr_assert_eq(mode_of(path_in(dir, "new/deep/a.db.writer")), 0600);
}

Test(store_store, knows_its_place_without_links)
{
    assert_ok(mkdir(path_in(dir, "real"), 0700));
    assert_ok(symlink("real", path_in(dir, "link")));

    store = open_store(path_in(dir, "link/a.db"));

    cr_assert(strstr(chg_store_path(store), "/real/a.db") != NULL);
    cr_assert(strstr(chg_store_dir(store), "/real") != NULL);
}

Test(store_store, leaves_nothing_beside_the_database_when_closed)
{
    store = open_store(path_in(dir, "a.db"));
    (void)make_build(store, 1);
    store = chengis_store_unref(store);

    cr_assert_neq(access(path_in(dir, "a.db-wal"), F_OK), 0);
    cr_assert_neq(access(path_in(dir, "a.db-shm"), F_OK), 0);
}

Test(store_store, makes_nothing_when_it_must_exist)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;

    opts.must_exist = true;

    assert_err(chengis_store_open(&store, path_in(dir, "new/a.db"), &opts), CHENGIS_ERR_NOT_FOUND,
               "new/a.db' does not exist");
    cr_assert_neq(access(path_in(dir, "new"), F_OK), 0);
    cr_assert_null(store);
}

struct bad_uri {
    char uri[64];
    int code;
    char part[64];
};
ParameterizedTestParameters(store_store, refuses_uris_it_cannot_serve)
{
    static struct bad_uri uris[] = {
        {"", CHENGIS_ERR_INVALID, "no path"},
        {"sqlite:", CHENGIS_ERR_INVALID, "no path"},
        {"mysql://user:hunter2@host/db", CHENGIS_ERR_INVALID, "'mysql'"},
        {"postgresql://user:hunter2@host/db", CHENGIS_ERR_UNSUPPORTED, "PostgreSQL"},
        {"/", CHENGIS_ERR_DATABASE, "is a directory"},
        {"/dev/null/a.db", CHENGIS_ERR_EXISTS, "/dev/null"},
        {"/proc/a.db", CHENGIS_ERR_NOT_FOUND, "/proc/a.db"},
        {"/proc/none/a.db", CHENGIS_ERR_NOT_FOUND, "/proc/none"},
    };

    return cr_make_param_array(struct bad_uri, uris, sizeof(uris) / sizeof(uris[0]));
}

ParameterizedTest(struct bad_uri *bad, store_store, refuses_uris_it_cannot_serve)
{
    assert_err(chengis_store_open(&store, bad->uri, NULL), bad->code, bad->part);
    cr_assert(strstr(chengis_error_last()->message, "hunter2") == NULL);
}

Test(store_store, refuses_a_file_that_is_no_database)
{
    write_file(path_in(dir, "a.db"), "#!/bin/sh\necho this is a script and has more than a hundred "
                                     "bytes of text in it, to be read as a header\n");

    assert_err(chengis_store_open(&store, path_in(dir, "a.db"), NULL), CHENGIS_ERR_DATABASE,
               "a.db' is not a database");
}

Test(store_store, touches_no_database_of_another_program)
{
    store = open_store(path_in(dir, "a.db"));
    assert_ok(run_script(store, "PRAGMA application_id = 0; PRAGMA user_version = 0"));
    store = chengis_store_unref(store);

    assert_err(chengis_store_open(&store, path_in(dir, "a.db"), NULL), CHENGIS_ERR_DATABASE,
               "a.db' belongs to another program");
}

Test(store_store, refuses_a_newer_version_naming_both)
{
    char expected[32];

    store = open_store(path_in(dir, "a.db"));
    assert_ok(run_script(store, "PRAGMA user_version = 4711"));
    store = chengis_store_unref(store);
    (void)snprintf(expected, sizeof(expected), "known here is %d", (int)chg_migrate_newest());

    assert_err(chengis_store_open(&store, path_in(dir, "a.db"), NULL), CHENGIS_ERR_VERSION,
               "version 4711");
    cr_assert(strstr(chengis_error_last()->message, expected) != NULL);
}

Test(store_store, upgrades_an_older_version_on_opening)
{
    int64_t current = 0;
    int64_t newest = 0;

    store = open_store(path_in(dir, "a.db"));
    assert_ok(chengis_store_migrate(store, 28));
    (void)chengis_store_unref(store);
    store = open_store(path_in(dir, "a.db"));

    assert_ok(chengis_store_version(&current, &newest, store));
    cr_assert_eq(current, newest);
}

Test(store_store, opens_an_older_version_as_it_is_when_told)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;
    int64_t current = 0;

    store = open_store(path_in(dir, "a.db"));
    assert_ok(chengis_store_migrate(store, 28));
    (void)chengis_store_unref(store);
    opts.no_migrate = true;
    assert_ok(chengis_store_open(&store, path_in(dir, "a.db"), &opts));

    assert_ok(chengis_store_version(&current, NULL, store));
    cr_assert_eq(current, 28);
}

Test(store_store, says_who_may_not_read_it)
{
    const char *path = path_in(dir, "a.db");

    if (geteuid() == 0)
        cr_skip_test("root may read everything");
    store = open_store(path);
    store = chengis_store_unref(store);
    assert_ok(chmod(path, 0));

    assert_err(chengis_store_open(&store, path, NULL), CHENGIS_ERR_PERMISSION, "a.db");
}

Test(store_store, says_that_its_directory_cannot_be_written)
{
    const char *path = path_in(dir, "ro/a.db");
    int rc;

    assert_ok(mkdir(path_in(dir, "ro"), 0700));
    if (mount("none", path_in(dir, "ro"), "tmpfs", MS_RDONLY, NULL) != 0) {
        if (geteuid() == 0)
            cr_skip_test("no mounts here");
        assert_ok(chmod(path_in(dir, "ro"), 0500));
    }
    chengis_error_clear();
    rc = chengis_store_open(&store, path, NULL);
    (void)umount(path_in(dir, "ro"));

    cr_assert_eq(rc, CHENGIS_ERR_PERMISSION);
    cr_assert(strstr(chengis_error_last()->message, "ro/a.db") != NULL);
}

Test(store_store, gives_up_when_somebody_holds_the_ticket_for_ever)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    int fd;

    opts.busy_timeout_ms = 30;
    assert_ok(chengis_store_open(&store, path_in(dir, "a.db"), &opts));
    fd = open(path_in(dir, "a.db.writer"), O_RDWR);
    assert_ok(fcntl(fd, F_OFD_SETLK, &lock));

    assert_err(run_script(store, "DELETE FROM builds"), CHENGIS_ERR_BUSY, "a.db' is being written");
    (void)close(fd);
    assert_ok(run_script(store, "DELETE FROM builds"));
}

Test(store_store, refuses_nonsense_in_its_options)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;

    opts.busy_timeout_ms = -1;
    assert_err(chengis_store_open(&store, NULL, &opts), CHENGIS_ERR_INVALID, "busy_timeout_ms");
    opts = (chengis_store_options){0};
    assert_err(chengis_store_open(&store, NULL, &opts), CHENGIS_ERR_INVALID, "struct_size");
    assert_err(chengis_store_open(NULL, NULL, NULL), CHENGIS_ERR_INVALID, "out");
}

static void count_destroy(void *userdata)
{
    ++*(int *)userdata;
}

Test(store_store, destroys_its_log_sink_with_the_last_reference)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;
    int destroyed = 0;

    opts.log.destroy = count_destroy;
    opts.log.userdata = &destroyed;
    assert_ok(chengis_store_open(&store, NULL, &opts));
    (void)chengis_store_ref(store);
    (void)chengis_store_unref(store);
    cr_assert_eq(destroyed, 0);
    store = chengis_store_unref(store);

    cr_assert_eq(destroyed, 1);
    cr_assert_null(chengis_store_unref(NULL));
    cr_assert_null(chengis_store_ref(NULL));
}

Test(store_store, survives_each_failing_allocation_of_an_opening)
{
    char *path = strdup(path_in(dir, "a.db"));
    bool reached = true;

    store = open_store(path);
    store = chengis_store_unref(store);
    for (unsigned nth = 1; reached && nth < 5000; nth += 1 + nth / 40) {
        int rc;

        fault_alloc(nth);
        rc = chengis_store_open(&store, path, NULL);
        reached = fault_alloc_off();
        cr_assert(rc == 0 || store == NULL, "allocation %u: %d", nth, rc);
        cr_assert(rc == 0 || rc == CHENGIS_ERR_NO_MEMORY, "allocation %u: %s", nth,
                  chengis_error_last()->message);
        store = chengis_store_unref(store);
    }
    cr_assert_not(reached);
    free(path);
}

/* POSIX locks of this process, which any close() of the same file drops. */
static int count_locks(void)
{
    FILE *file = fopen("/proc/locks", "r");
    char line[256];
    int count = 0;

    cr_assert_not_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        int pid;

        if (sscanf(line, "%*d: POSIX %*s %*s %d", &pid) == 1 && pid == (int)getpid())
            count++;
    }
    fclose(file);
    return count;
}

Test(store_store, a_second_handle_leaves_the_locks_of_the_first)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;
    char *own = temp_dir();
    chengis_store *first = NULL, *second = NULL, *third = NULL;
    int before;

    assert_ok(chengis_store_open(&first, path_in(own, "a.db"), NULL));
    before = count_locks();
    assert_ok(chengis_store_open(&second, path_in(own, "a.db"), NULL));
    second = chengis_store_unref(second);
    cr_expect_gt(before, 0, "a handle holds locks");
    cr_expect_geq(count_locks(), before);
    opts.no_migrate = true;
    assert_ok(chengis_store_open(&third, path_in(own, "a.db"), &opts));
    third = chengis_store_unref(third);
    cr_expect_geq(count_locks(), before);

    first = chengis_store_unref(first);
    temp_dir_remove(own);
}
