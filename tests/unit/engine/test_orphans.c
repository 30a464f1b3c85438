/* SPDX-License-Identifier: MIT */
/* What killed processes left is removed with the expired builds, and nothing else is. */
#include "engine_fixture.h"

#include "engine/engine_priv.h"
#include "store/rows.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define UNKNOWN "01890000-0000-7000-8000-000000000000"
#define ONE     "stages:\n- name: A\n  steps:\n  - {name: a, run: 'echo a'}\n"

static char *in_state(struct fixture *f, const char *relative)
{
    char *path = NULL;

    cr_assert(asprintf(&path, "%s/%s", chengis_engine_state_dir(f->engine), relative) > 0);
    return path;
}

/* Make a file below the state folder that was last written so many days ago. */
static char *make_old(struct fixture *f, const char *relative, int days)
{
    const struct timespec then = {.tv_sec = time(NULL) - days * 24L * 3600};
    const struct timespec times[2] = {then, then};
    char *path = in_state(f, relative);
    FILE *file = fopen(path, "w");

    cr_assert(file != NULL, "%s", path);
    (void)fclose(file);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    return path;
}

static void clean(struct fixture *f)
{
    int64_t removed = 0;

    assert_ok(chengis_engine_clean(&removed, f->engine));
}

Test(engine_orphans, removes_old_files_of_builds_that_nobody_knows)
{
    FIXTURE(f);
    char *log = make_old(&f, "logs/" UNKNOWN ".log", 2);
    char *workspace = make_old(&f, "workspaces/" UNKNOWN, 2);

    clean(&f);

    cr_assert_neq(access(log, F_OK), 0);
    cr_assert_neq(access(workspace, F_OK), 0);
    free(log);
    free(workspace);
}

Test(engine_orphans, looks_for_them_once_an_hour)
{
    FIXTURE(f);
    const struct timespec hour_ago[2] = {{.tv_sec = time(NULL) - 3601},
                                         {.tv_sec = time(NULL) - 3601}};
    char *log;

    clean(&f);
    log = make_old(&f, "logs/" UNKNOWN ".log", 2);
    clean(&f);
    cr_assert_eq(access(log, F_OK), 0);
    cr_assert_eq(utimensat(AT_FDCWD, path_in(f.dir, "state/chengis.db.owners"), hour_ago, 0), 0);
    clean(&f);

    cr_assert_neq(access(log, F_OK), 0);
    free(log);
}

Test(engine_orphans, keeps_new_files_of_a_build_that_may_be_about_to_be_stored)
{
    FIXTURE(f);
    char *log = make_old(&f, "logs/" UNKNOWN ".log", 0);

    clean(&f);

    cr_assert_eq(access(log, F_OK), 0);
    free(log);
}

Test(engine_orphans, keeps_old_files_of_a_known_build_and_foreign_ones)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, ONE);
    char name[128];
    char *log, *other;

    snprintf(name, sizeof(name), "logs/%s.log", text_of(build, "id"));
    log = make_old(&f, name, 900);
    other = make_old(&f, "logs/notes-that-somebody-else-keeps-here-for-later.txt", 900);
    clean(&f);

    cr_assert_eq(access(log, F_OK), 0);
    cr_assert_eq(access(other, F_OK), 0);
    free(log);
    free(other);
    json_decref(build);
}

Test(engine_orphans, touches_no_file_where_another_database_lies)
{
    FIXTURE(f);
    char *owners = make_old(&f, "other.db.owners", 0);
    char *log = make_old(&f, "logs/" UNKNOWN ".log", 2);

    clean(&f);

    cr_assert_eq(access(log, F_OK), 0);
    free(owners);
    free(log);
}

struct owner_rows {
    size_t count;
    int64_t id;
};

static int count_owner(const struct chg_owner_row *row, void *userdata)
{
    struct owner_rows *rows = userdata;

    rows->count++;
    rows->id = row->id;
    return 0;
}

static int list_owners(struct chg_conn *conn, void *userdata)
{
    return chg_owner_list_idle(conn, count_owner, userdata);
}

Test(engine_orphans, forgets_owners_that_are_gone_and_keeps_the_living)
{
    FIXTURE(f);
    struct owner_rows rows = {0};

    json_decref(run_yaml(&f, ONE));
    fixture_close(&f);
    fixture_open(&f, NULL);
    json_decref(run_yaml(&f, ONE));
    clean(&f);
    assert_ok(chg_store_read(f.store, list_owners, &rows));

    cr_assert_eq(rows.count, 1);
    cr_assert_eq(rows.id, f.engine->owner_id);
}

Test(engine_orphans, removes_the_workspace_before_the_end_of_the_build_is_told)
{
    FIXTURE(f);
    chengis_subscription_options options = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chengis_subscription *sub = NULL;
    chengis_event *event = NULL;
    chengis_build *build = submit(
        &f, "stages:\n- name: A\n  steps:\n  - {name: a, run: 'mkdir -p d/e; seq 900 > d/e/f'}\n",
        NULL);
    char name[128];
    char *workspace;

    options.build_id = chengis_build_id(build);
    options.types = (uint64_t)1 << CHENGIS_EVENT_BUILD_COMPLETED;
    assert_ok(chengis_subscription_new(&sub, f.engine, &options));
    cr_assert_eq(chengis_subscription_next(&event, sub, 20000), 1);
    snprintf(name, sizeof(name), "workspaces/%s", chengis_build_id(build));
    workspace = in_state(&f, name);

    cr_assert_neq(access(workspace, F_OK), 0);
    free(workspace);
    (void)chengis_event_unref(event);
    (void)chengis_subscription_unref(sub);
    (void)chengis_build_unref(build);
}
