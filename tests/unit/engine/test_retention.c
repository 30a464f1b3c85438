/* SPDX-License-Identifier: MIT */
/* What retention removes, from where, and what it leaves alone. */
#include "engine_fixture.h"

#include "store/db.h"
#include "store/store.h"

#include <sys/stat.h>

#define OK "name: j\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'echo x'}\n"

static const char *other_workspaces;

static void keep_one(chengis_engine_options *options)
{
    options->keep_builds = 1;
    options->workspace_dir = other_workspaces;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

Test(engine_retention, removes_a_workspace_from_where_it_was_made)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {.dir = temp_dir()};
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    int64_t removed = 0;
    char workspace[512];
    json_t *build;

    request.keep_workspace = true;
    other_workspaces = path_in(f.dir, "elsewhere");
    fixture_open(&f, keep_one);
    build = run_with(&f, OK, &request);
    snprintf(workspace, sizeof(workspace), "%s/elsewhere/%s", f.dir, text_of(build, "id"));
    cr_assert(is_there(workspace), "'%s'", workspace);
    fixture_close(&f);
    other_workspaces = NULL;
    fixture_open(&f, keep_one);
    json_decref(run_yaml(&f, OK));
    assert_ok(chengis_engine_clean(&removed, f.engine));

    cr_assert_eq(removed, 1);
    cr_assert_not(is_there(workspace));
    json_decref(build);
}

Test(engine_retention, keeps_the_folder_of_a_build_in_place)
{
    FIXTURE_WITH(f, keep_one);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    int64_t removed = 0;

    write_file(path_in(f.dir, "p/data"), "x");
    request.source = CHENGIS_SOURCE_IN_PLACE;
    request.source_dir = path_in(f.dir, "p");
    json_decref(run_with(&f, OK, &request));
    json_decref(run_yaml(&f, OK));
    assert_ok(chengis_engine_clean(&removed, f.engine));

    cr_assert_eq(removed, 1);
    cr_assert(is_there(path_in(f.dir, "p/data")));
}

Test(engine_retention, says_how_many_it_removed_before_it_failed)
{
    FIXTURE_WITH(f, keep_one);
    json_t *first = run_yaml(&f, OK), *second = run_yaml(&f, OK);
    int64_t removed = 0;
    char log[512];

    json_decref(run_yaml(&f, OK));
    snprintf(log, sizeof(log), "%s/logs/%s.log", chengis_engine_state_dir(f.engine),
             text_of(second, "id"));
    cr_assert_eq(unlink(log), 0);
    cr_assert_eq(mkdir(log, 0700), 0);

    assert_err(chengis_engine_clean(&removed, f.engine), CHENGIS_ERR_IO, text_of(second, "id"));
    cr_assert_eq(removed, 1, "%lld", (long long)removed);
    json_decref(first);
    json_decref(second);
}

/* 600 builds that ended, all copies of the first. */
static int multiply(struct chg_conn *conn, void *userdata)
{
    (void)userdata;
    return chg_conn_exec(
        conn, "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 601) "
              "INSERT INTO builds (id, job_id, org_id, build_number, status, created_at, "
              "finished_at) SELECT printf('00000000-0000-7000-8000-%012d', n.i), job_id, org_id, "
              "n.i, status, created_at, finished_at FROM builds, n WHERE build_number = 1; "
              "UPDATE jobs SET next_build_number = 603;");
}

Test(engine_retention, removes_more_than_one_portion)
{
    FIXTURE_WITH(f, keep_one);
    int64_t removed = 0;

    json_decref(run_yaml(&f, OK));
    assert_ok(chg_store_write(chengis_engine_store(f.engine), multiply, NULL));
    assert_ok(chengis_engine_clean(&removed, f.engine));

    cr_assert_geq(removed, 600, "%lld", (long long)removed);
}
