/* SPDX-License-Identifier: MIT */
/* Moving a store between versions from outside. */
#include "store/migrate.h"
#include "store_test.h"

static char *dir;
static chengis_store *store;

static void set_up(void)
{
    dir = temp_dir();
    store = open_store(path_in(dir, "a.db"));
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
    temp_dir_remove(dir);
}

TestSuite(store_version, .init = set_up, .fini = tear_down);

static int64_t version(void)
{
    int64_t current = -1;

    assert_ok(chengis_store_version(&current, NULL, store));
    return current;
}

Test(store_version, is_the_newest_after_opening)
{
    int64_t newest = 0;
    int64_t current = 0;

    assert_ok(chengis_store_version(&current, &newest, store));

    cr_assert_eq(current, newest);
    cr_assert_eq(newest, chg_migrate_newest());
}

Test(store_version, moves_down_and_up)
{
    assert_ok(chengis_store_migrate(store, 30));
    cr_assert_eq(version(), 30);
    assert_ok(chengis_store_migrate(store, 0));
    cr_assert_eq(version(), 0);
    assert_ok(chengis_store_migrate(store, -1));

    cr_assert_eq(version(), chg_migrate_newest());
    (void)make_build(store, 1);
}

Test(store_version, enforces_references_after_a_move)
{
    assert_ok(chengis_store_migrate(store, 30));
    assert_ok(chengis_store_migrate(store, -1));

    assert_err(run_script(store, "INSERT INTO build_events (build_id, seq, type, at) "
                                 "VALUES ('none', 1, 'x', 1)"),
               CHENGIS_ERR_DATABASE, "FOREIGN KEY");
}

Test(store_version, refuses_versions_nobody_knows)
{
    assert_err(chengis_store_migrate(store, -2), CHENGIS_ERR_INVALID, "version -2");
    assert_err(chengis_store_migrate(store, 4000), CHENGIS_ERR_INVALID, "expected 0 to");
}

Test(store_version, lists_all_migrations_with_their_times)
{
    char *json = NULL;
    json_t *list;
    json_t *last;

    assert_ok(chengis_store_migrate(store, 34));
    assert_ok(chengis_store_migrations_json(&json, store));
    list = chg_json_parse(json, strlen(json));

    cr_assert_eq(json_array_size(list), (size_t)chg_migrate_newest());
    cr_assert(strstr(json, "{\"number\":1,\"name\":\"core\",\"applied-at\":\"20") == json + 1, "%s",
              json);
    last = json_array_get(list, 34);
    cr_assert_str_eq(json_string_value(json_object_get(last, "name")), "lean-indexes");
    cr_assert(json_is_null(json_object_get(last, "applied-at")));
    json_decref(list);
    chengis_free(json);
}

Test(store_version, lists_migrations_of_an_empty_database)
{
    char *json = NULL;

    assert_ok(chengis_store_migrate(store, 0));
    assert_ok(chengis_store_migrations_json(&json, store));

    cr_assert(strstr(json, "\"applied-at\":\"") == NULL);
    chengis_free(json);
}

Test(store_version, refuses_what_is_no_store)
{
    int64_t current = 0;
    char *json = NULL;

    assert_err(chengis_store_version(&current, NULL, NULL), CHENGIS_ERR_INVALID, "store");
    assert_err(chengis_store_version(NULL, NULL, store), CHENGIS_ERR_INVALID, "current");
    assert_err(chengis_store_migrate(NULL, 1), CHENGIS_ERR_INVALID, "store");
    assert_err(chengis_store_migrations_json(&json, NULL), CHENGIS_ERR_INVALID, "store");
}
