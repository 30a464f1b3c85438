/* SPDX-License-Identifier: MIT */
/* New databases: whole or not at all, never in the place of another. */
#include <dirent.h>
#include <unistd.h>

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

TestSuite(store_create, .init = set_up, .fini = tear_down);

static int files_in(const char *path)
{
    DIR *stream = opendir(path);
    int count = -2; /* . and .. */

    while (readdir(stream) != NULL)
        count++;
    (void)closedir(stream);
    return count;
}

Test(store_create, makes_a_database_that_keeps_a_log_ahead)
{
    char header[20] = "";
    FILE *file;

    store = open_store(path_in(dir, "a.db"));
    store = chengis_store_unref(store);
    file = fopen(path_in(dir, "a.db"), "rb");

    cr_assert_eq(fread(header, 1, sizeof(header), file), sizeof(header));
    cr_assert_str_eq(header, "SQLite format 3");
    cr_assert_eq(header[18], 2);
    cr_assert_eq(header[19], 2);
    (void)fclose(file);
}

Test(store_create, makes_a_database_without_a_flaw)
{
    store = open_store(path_in(dir, "a.db"));

    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM pragma_integrity_check "
                               "WHERE integrity_check <> 'ok'"),
                 0);
    (void)make_build(store, 1);
    store = chengis_store_unref(store);
    store = open_store(path_in(dir, "a.db"));
    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM builds"), 1);
}

Test(store_create, leaves_no_temporary_file)
{
    store = open_store(path_in(dir, "a.db"));
    store = chengis_store_unref(store);

    cr_assert_eq(files_in(dir), 2, "a.db and a.db.writer");
}

Test(store_create, fills_an_empty_file)
{
    write_file(path_in(dir, "a.db"), "");

    store = open_store(path_in(dir, "a.db"));

    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM organizations"), 1);
}

Test(store_create, replaces_no_file_that_has_bytes)
{
    char *kept;

    write_file(path_in(dir, "a.db"), "x");

    assert_err(chengis_store_open(&store, path_in(dir, "a.db"), NULL), CHENGIS_ERR_DATABASE,
               "a.db' is not a database");
    kept = read_file(path_in(dir, "a.db"));
    cr_assert_str_eq(kept, "x");
    free(kept);
}

Test(store_create, leaves_the_place_empty_for_migration_tools)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;
    int64_t version = -1;

    opts.no_migrate = true;
    assert_ok(chengis_store_open(&store, path_in(dir, "a.db"), &opts));
    assert_ok(chengis_store_version(&version, NULL, store));
    cr_assert_eq(version, 0);
    assert_ok(chengis_store_migrate(store, -1));

    cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM organizations"), 1);
}

Test(store_create, leaves_nothing_half_made_when_memory_is_out)
{
    char *path = strdup(path_in(dir, "a.db"));

    for (unsigned nth = 1; nth < 3000; nth += 1 + nth / 10) {
        int rc;

        fault_alloc(nth);
        rc = chengis_store_open(&store, path, NULL);
        (void)fault_alloc_off();
        cr_assert(rc == 0 || rc == CHENGIS_ERR_NO_MEMORY, "allocation %u: %s", nth,
                  chengis_error_last()->message);
        store = chengis_store_unref(store);
        store = open_store(path);
        cr_assert_eq(scalar(store, "SELECT COUNT(*) FROM organizations"), 1);
        store = chengis_store_unref(store);
        assert_ok(unlink(path));
    }
    free(path);
}
