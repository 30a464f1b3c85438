/* SPDX-License-Identifier: MIT */
/* After a crash: what the store says is enough to close, go on or begin again. A dead owner is
 * played by rows whose owner no process keeps locked. */
#include "engine_fixture.h"

#include "engine/run.h"
#include "store/rows.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#define DEAD_OWNER 4711

#define TWO_STAGES                                                                                 \
    "name: j\nstages:\n- name: A\n  steps:\n  - {name: a, run: 'echo a >> %s/ran'}\n"              \
    "- name: B\n  steps:\n  - {name: b, run: 'echo b >> %s/ran'}\n"

static char *two_stages(const struct fixture *f, const char *more)
{
    static char text[2048];

    snprintf(text, sizeof(text), TWO_STAGES "%s", f->dir, f->dir, more);
    return text;
}

struct change {
    const char *id;
    const char *sql;
};

static int change_build(struct chg_conn *conn, void *userdata)
{
    const struct change *change = userdata;
    struct chg_stmt q = CHG_STMT_INIT;
    int rc = chg_stmt_prepare(&q, conn, change->sql);

    if (rc == 0)
        rc = chg_stmt_bind(&q, "s", change->id);
    if (rc == 0)
        rc = chg_stmt_exec(&q);
    chg_stmt_fini(&q);
    return rc;
}

static void change(struct fixture *f, const char *id, const char *sql)
{
    assert_ok(chg_store_write(f->store, change_build, &(struct change){id, sql}));
}

/* Make a finished build look as if its process had died in the second stage. */
static void die_in_second_stage(struct fixture *f, const char *id)
{
    static const char running[] = "UPDATE builds SET status = 'running', owner_id = 4711, "
                                  "finished_at = NULL, reason = NULL WHERE id = ?1";
    static const char stage[] = "UPDATE build_stages SET status = 'running', finished_at = NULL "
                                "WHERE build_id = ?1 AND ordinal = 2";
    static const char step[] = "UPDATE build_steps SET status = 'running', finished_at = NULL "
                               "WHERE build_id = ?1 AND ordinal = 2";

    change(f, id, running);
    change(f, id, stage);
    change(f, id, step);
}

static json_t *object_of(struct fixture *f, const char *id)
{
    chengis_build *build = NULL;
    char *text = NULL;
    json_t *object;

    assert_ok(chengis_build_get(&build, f->engine, NULL, id));
    assert_ok(chengis_build_json(&text, build));
    object = json_loads(text, 0, NULL);
    chengis_free(text);
    (void)chengis_build_unref(build);
    return object;
}

Test(engine_recovery, asks_17_closes_the_running_build_of_a_dead_owner)
{
    FIXTURE(f);
    json_t *before = run_yaml(&f, two_stages(&f, "")), *after;
    char *events;

    die_in_second_stage(&f, text_of(before, "id"));
    fixture_close(&f);
    fixture_open(&f, NULL);
    after = object_of(&f, text_of(before, "id"));
    events = events_of(&f, text_of(before, "id"));

    cr_assert_str_eq(text_of(after, "status"), "aborted");
    cr_assert_str_eq(text_of(after, "reason"), "interrupted");
    cr_assert_str_eq(text_of(stage_of(after, 0), "status"), "success");
    cr_assert_str_eq(text_of(stage_of(after, 1), "status"), "aborted");
    cr_assert_str_eq(text_of(step_of(after, 1, 0), "status"), "aborted");
    cr_assert(
        strstr(events,
               "build-interrupted\nstep-completed B/b\nstage-completed B\nbuild-completed\n") !=
            NULL,
        "%s", events);
    free(events);
    json_decref(before);
    json_decref(after);
}

struct late {
    int fd;
    useconds_t after;
};

static void *close_late(void *userdata)
{
    struct late *late = userdata;

    usleep(late->after);
    (void)close(late->fd);
    return NULL;
}

/* What a child between clone and exec does to the lock of its killed parent. */
Test(engine_recovery, waits_for_the_lock_of_a_process_that_is_gone)
{
    static const char gone[] = "INSERT INTO owners (id, host, boot_id, pid, start_ticks, "
                               "started_at) SELECT 4711, host, boot_id, pid, 1, 1 FROM owners "
                               "WHERE ?1 IS NOT NULL LIMIT 1";
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = DEAD_OWNER, .l_len = 1};
    FIXTURE(f);
    json_t *before = run_yaml(&f, two_stages(&f, "")), *after;
    struct late late = {.after = 30000};
    pthread_t thread;

    die_in_second_stage(&f, text_of(before, "id"));
    change(&f, text_of(before, "id"), gone);
    late.fd = open(path_in(f.dir, "state/chengis.db.owners"), O_RDWR | O_CLOEXEC);
    cr_assert_eq(fcntl(late.fd, F_OFD_SETLK, &lock), 0);
    cr_assert_eq(pthread_create(&thread, NULL, close_late, &late), 0);
    fixture_close(&f);
    fixture_open(&f, NULL);
    after = object_of(&f, text_of(before, "id"));
    cr_assert_eq(pthread_join(thread, NULL), 0);

    cr_assert_str_eq(text_of(after, "status"), "aborted");
    json_decref(before);
    json_decref(after);
}

static int run_sql(struct chg_conn *conn, void *userdata)
{
    return chg_conn_exec(conn, userdata);
}

Test(engine_recovery, one_build_that_cannot_be_closed_keeps_no_other_open)
{
    static char refuse[] = "CREATE TRIGGER refuse BEFORE UPDATE ON builds "
                           "WHEN NEW.build_number = 1 AND NEW.status = 'aborted' "
                           "BEGIN SELECT RAISE(ABORT, 'refused'); END";
    FIXTURE(f);
    json_t *stuck = run_yaml(&f, two_stages(&f, "")), *other = run_yaml(&f, two_stages(&f, ""));
    json_t *stuck_after, *other_after;

    die_in_second_stage(&f, text_of(stuck, "id"));
    die_in_second_stage(&f, text_of(other, "id"));
    assert_ok(chg_store_write(f.store, run_sql, refuse));
    fixture_close(&f);
    fixture_open(&f, NULL);
    stuck_after = object_of(&f, text_of(stuck, "id"));
    other_after = object_of(&f, text_of(other, "id"));

    cr_assert_str_eq(text_of(stuck_after, "status"), "running");
    cr_assert_str_eq(text_of(other_after, "status"), "aborted");
    json_decref(stuck);
    json_decref(other);
    json_decref(stuck_after);
    json_decref(other_after);
}

/* The request says what the folder is: when it cannot be read, the name must do. */
Test(engine_recovery, removes_no_folder_that_was_not_made_for_the_build)
{
    static const char users_folder[] =
        "UPDATE builds SET request = '{\"source\": \"?\"}', workspace = (SELECT "
        "replace(log_path, '/logs/', '/workspaces/../mine/') FROM builds) WHERE id = ?1";
    FIXTURE(f);
    json_t *before = run_yaml(&f, two_stages(&f, ""));
    char *mine = strdup(path_in(f.dir, "state/mine"));
    char *folder = NULL;

    cr_assert_eq(mkdir(mine, 0700), 0);
    cr_assert(asprintf(&folder, "%s/%s.log", mine, text_of(before, "id")) > 0);
    cr_assert_eq(mkdir(folder, 0700), 0);
    die_in_second_stage(&f, text_of(before, "id"));
    change(&f, text_of(before, "id"), users_folder);
    fixture_close(&f);
    fixture_open(&f, NULL);

    cr_assert_eq(access(folder, F_OK), 0, "the user's folder '%s' is gone", folder);
    free(folder);
    free(mine);
    json_decref(before);
}

Test(engine_recovery, leaves_the_build_of_a_living_owner_alone)
{
    FIXTURE(f);
    struct fixture second = {.dir = f.dir};
    chengis_build *build =
        submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    json_t *object;

    fixture_open(&second, NULL);
    object = object_of(&second, chengis_build_id(build));
    cr_assert_str_eq(text_of(object, "status"), "running");
    json_decref(object);
    fixture_close(&second);

    assert_ok(chengis_build_cancel(build, NULL));
    json_decref(finish(build));
    (void)chengis_build_unref(build);
}

static void adopting(chengis_engine_options *options)
{
    options->adopt = true;
}

Test(engine_recovery, runs_an_interrupted_build_again_when_the_pipeline_says_so)
{
    FIXTURE(f);
    json_t *before = run_yaml(&f, two_stages(&f, "on-interrupt: rerun\n"));
    chengis_build *again = NULL;
    json_t *object;

    die_in_second_stage(&f, text_of(before, "id"));
    fixture_close(&f);
    fixture_open(&f, adopting);
    assert_ok(chengis_build_get(&again, f.engine, NULL, "j#2"));
    object = finish(again);

    cr_assert_str_eq(text_of(object, "status"), "success", "%s", text_of(object, "message"));
    cr_assert_str_eq(text_of(object, "trigger"), "retry");
    json_decref(object);
    json_decref(before);
    (void)chengis_build_unref(again);
}

static void one_at_a_time(chengis_engine_options *options)
{
    options->max_builds = 1;
}

Test(engine_recovery, runs_queued_builds_of_an_engine_that_is_gone)
{
    FIXTURE_WITH(f, one_at_a_time);
    chengis_build *first =
        submit(&f, "name: x\nstages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *second = submit(&f, two_stages(&f, ""), NULL);
    chengis_build *found = NULL;
    json_t *object;

    assert_ok(chengis_engine_stop(f.engine, 0));
    (void)chengis_build_unref(first);
    (void)chengis_build_unref(second);
    fixture_close(&f);
    fixture_open(&f, adopting);
    assert_ok(chengis_build_get(&found, f.engine, NULL, "j#1"));
    object = finish(found);

    cr_assert_str_eq(text_of(object, "status"), "success", "%s", text_of(object, "message"));
    json_decref(object);
    (void)chengis_build_unref(found);
}

Test(engine_recovery, closes_a_queued_build_whose_secrets_are_gone)
{
    FIXTURE_WITH(f, one_at_a_time);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair secrets[] = {{"TOKEN", "planted-s3cret"}};
    chengis_build *first =
        submit(&f, "name: x\nstages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *second;
    json_t *object;

    request.secrets = secrets;
    request.secret_count = 1;
    second = submit(&f, two_stages(&f, ""), &request);
    assert_ok(chengis_engine_stop(f.engine, 0));
    (void)chengis_build_unref(first);
    (void)chengis_build_unref(second);
    fixture_close(&f);
    fixture_open(&f, adopting);
    object = object_of(&f, "j#1");

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "reason"), "interrupted");
    cr_assert(strstr(text_of(object, "message"), "secrets") != NULL);
    json_decref(object);
}

Test(engine_recovery, goes_on_from_the_stored_rows_alone)
{
    FIXTURE(f);
    static const char back[] =
        "UPDATE builds SET status = 'queued', finished_at = NULL, reason = NULL WHERE id = ?1";
    static const char no_step[] = "DELETE FROM build_steps WHERE build_id = ?1 AND ordinal = 2";
    static const char no_stage[] = "DELETE FROM build_stages WHERE build_id = ?1 AND ordinal = 2";
    chengis_build_request keep = CHENGIS_BUILD_REQUEST_INIT;
    struct chg_scope scope = {CHG_DEFAULT_ORG};
    struct chg_run *run = NULL;
    json_t *before, *after;
    char *ran;

    keep.keep_workspace = true;
    before = run_with(&f, two_stages(&f, ""), &keep);
    change(&f, text_of(before, "id"), no_step);
    change(&f, text_of(before, "id"), no_stage);
    change(&f, text_of(before, "id"), back);
    assert_ok(chg_run_load(&run, f.engine, &scope, text_of(before, "id"), false));
    chg_run_execute(run);
    (void)chg_run_unref(run);
    after = object_of(&f, text_of(before, "id"));
    ran = read_file(path_in(f.dir, "ran"));

    cr_assert_str_eq(text_of(after, "status"), "success", "%s", text_of(after, "message"));
    cr_assert_str_eq(ran, "a\nb\nb\n", "the first stage ran again");
    free(ran);
    json_decref(before);
    json_decref(after);
}

static void keep_two(chengis_engine_options *options)
{
    options->keep_builds = 2;
}

Test(engine_recovery, asks_05_removes_builds_beyond_the_retention_rule)
{
    FIXTURE_WITH(f, keep_two);
    json_t *oldest = run_yaml(&f, two_stages(&f, ""));
    chengis_build *build = NULL;
    int64_t removed = 0;
    char log[512];

    for (int i = 0; i < 2; i++)
        json_decref(run_yaml(&f, two_stages(&f, "")));
    snprintf(log, sizeof(log), "%s/logs/%s.log", chengis_engine_state_dir(f.engine),
             text_of(oldest, "id"));
    cr_assert_eq(access(log, F_OK), 0);
    assert_ok(chengis_engine_clean(&removed, f.engine));

    cr_assert_eq(removed, 1);
    cr_assert_neq(access(log, F_OK), 0);
    assert_err(chengis_build_get(&build, f.engine, NULL, text_of(oldest, "id")),
               CHENGIS_ERR_NOT_FOUND, "");
    json_decref(oldest);
}

/* ---- queued builds have one taker ---- */

static int claim_it(struct chg_conn *conn, void *userdata)
{
    return chg_build_claim(conn, userdata, 0, 99);
}

Test(engine_recovery, a_queued_build_is_taken_over_once)
{
    static const char queue[] =
        "UPDATE builds SET status = 'queued', owner_id = NULL WHERE id = ?1";
    FIXTURE(f);
    json_t *build = run_yaml(&f, two_stages(&f, ""));
    char *id = strdup(text_of(build, "id"));

    cr_assert_eq(chg_store_write(f.store, claim_it, id), 0, "a final build was taken");
    change(&f, id, queue);

    cr_assert_eq(chg_store_write(f.store, claim_it, id), 1);
    cr_assert_eq(chg_store_write(f.store, claim_it, id), 0);
    free(id);
    json_decref(build);
}

/* Stop the engine with a build in its queue; the next engine is made with `adjust`. */
static void leave_queued(struct fixture *f, void (*adjust)(chengis_engine_options *options))
{
    chengis_build *first =
        submit(f, "name: x\nstages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *second = submit(f, two_stages(f, ""), NULL);

    assert_ok(chengis_engine_stop(f->engine, 0));
    (void)chengis_build_unref(first);
    (void)chengis_build_unref(second);
    fixture_close(f);
    fixture_open(f, adjust);
}

Test(engine_recovery, a_waiter_leaves_queued_builds_alone)
{
    static const char final[] = "UPDATE builds SET status = 'success' WHERE ?1 IS NOT NULL";
    static const char queued[] = "UPDATE builds SET status = 'queued' WHERE ?1 IS NOT NULL";
    FIXTURE_WITH(f, one_at_a_time);
    chengis_build *found = NULL;
    json_t *object;

    leave_queued(&f, NULL);
    change(&f, "j", final); /* an engine that would adopt finds nothing when it is made */
    fixture_close(&f);
    fixture_open(&f, adopting);
    change(&f, "j", queued);
    assert_ok(chengis_build_get(&found, f.engine, NULL, "j#1"));

    cr_assert_eq(chengis_build_wait(found, 50), 0);
    object = object_of(&f, "j#1");
    cr_assert_str_eq(text_of(object, "status"), "queued");
    cr_assert_neq(access(path_in(f.dir, "ran"), F_OK), 0, "a step ran");
    json_decref(object);
    (void)chengis_build_unref(found);
}

Test(engine_recovery, cancels_a_queued_build_that_nobody_owns)
{
    FIXTURE_WITH(f, one_at_a_time);
    chengis_build *found = NULL;
    json_t *object;
    char *events;

    leave_queued(&f, NULL);
    assert_ok(chengis_build_get(&found, f.engine, NULL, "j#1"));
    assert_ok(chengis_build_cancel(found, "not needed"));
    object = object_of(&f, "j#1");
    events = events_of(&f, text_of(object, "id"));

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "reason"), "cancelled");
    cr_assert_str_eq(text_of(object, "message"), "not needed");
    cr_assert_str_eq(events, "build-queued\nbuild-completed\n");
    cr_assert_eq(chengis_build_wait(found, 0), 1);
    free(events);
    json_decref(object);
    (void)chengis_build_unref(found);
}

Test(engine_recovery, does_not_run_a_queued_build_that_was_cancelled_meanwhile)
{
    static const char request[] = "UPDATE builds SET cancel_level = 1, cancel_reason = 'late', "
                                  "cancel_requested_at = 1 WHERE job_id IN (SELECT id FROM jobs "
                                  "WHERE name = ?1)";
    FIXTURE_WITH(f, one_at_a_time);
    json_t *object;

    leave_queued(&f, NULL);
    change(&f, "j", request);
    fixture_close(&f);
    fixture_open(&f, adopting);
    object = object_of(&f, "j#1");

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "message"), "late");
    cr_assert_neq(access(path_in(f.dir, "ran"), F_OK), 0, "a step ran");
    json_decref(object);
}

Test(engine_recovery, cancelling_a_running_build_of_a_dead_owner_closes_it)
{
    FIXTURE(f);
    json_t *before = run_yaml(&f, two_stages(&f, "")), *after;
    chengis_build *found = NULL;

    fixture_close(&f);
    fixture_open(&f, NULL);
    die_in_second_stage(&f, text_of(before, "id"));
    assert_ok(chengis_build_get(&found, f.engine, NULL, text_of(before, "id")));
    assert_ok(chengis_build_cancel(found, NULL));
    after = object_of(&f, text_of(before, "id"));

    cr_assert_str_eq(text_of(after, "status"), "aborted");
    cr_assert_str_eq(text_of(after, "reason"), "interrupted");
    json_decref(before);
    json_decref(after);
    (void)chengis_build_unref(found);
}

Test(engine_recovery, a_rerun_is_queued_with_the_end_of_the_interrupted_build_or_not_at_all)
{
    static char refuse[] = "CREATE TRIGGER refuse BEFORE INSERT ON builds "
                           "BEGIN SELECT RAISE(ABORT, 'refused'); END";
    static char allow[] = "DROP TRIGGER refuse";
    FIXTURE(f);
    json_t *before = run_yaml(&f, two_stages(&f, "on-interrupt: rerun\n")), *after;

    die_in_second_stage(&f, text_of(before, "id"));
    assert_ok(chg_store_write(f.store, run_sql, refuse));
    fixture_close(&f);
    fixture_open(&f, NULL);
    after = object_of(&f, text_of(before, "id"));
    cr_assert_str_eq(text_of(after, "status"), "running");
    json_decref(after);

    assert_ok(chg_store_write(f.store, run_sql, allow));
    fixture_close(&f);
    fixture_open(&f, NULL);
    after = object_of(&f, text_of(before, "id"));
    cr_assert_str_eq(text_of(after, "status"), "aborted");
    json_decref(after);
    after = object_of(&f, "j#2");
    cr_assert_str_eq(text_of(after, "status"), "queued");
    json_decref(after);
    json_decref(before);
}

/* ---- two engines in one process, each with a store of its own ---- */

Test(engine_recovery, another_engine_sees_the_build_and_cancels_it)
{
    FIXTURE(f);
    struct fixture second = {.dir = f.dir};
    chengis_build *build =
        submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", NULL);
    chengis_build *seen = NULL;
    json_t *object;

    fixture_open(&second, NULL);
    assert_ok(chengis_build_get(&seen, second.engine, NULL, chengis_build_id(build)));
    cr_assert_eq(chengis_build_wait(seen, 0), 0);
    assert_ok(chengis_build_cancel(seen, "from there"));
    cr_assert_eq(chengis_build_wait(seen, 30000), 1);
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "aborted");
    cr_assert_str_eq(text_of(object, "message"), "from there");
    json_decref(object);
    (void)chengis_build_unref(seen);
    (void)chengis_build_unref(build);
    fixture_close(&second);
}
