/* SPDX-License-Identifier: MIT */
/* The build object: exactly the shape users rely on. */
#include "base/alloc.h"
#include "base/error.h"
#include "store_test.h"

static chengis_store *store;
static char *id;

static void set_up(void)
{
    store = open_store(NULL);
    id = make_build(store, 1);
}

static void tear_down(void)
{
    (void)chengis_store_unref(store);
}

TestSuite(store_build_json, .init = set_up, .fini = tear_down);

static int json_fn(struct chg_conn *conn, void *userdata)
{
    return chg_build_to_json(conn, &default_scope, id, userdata);
}

static json_t *build_json(void)
{
    json_t *object = NULL;

    assert_ok(chg_store_read(store, json_fn, &object));
    return object;
}

/* What is at "key/0/key"; the test ends when there is nothing. */
static json_t *at(json_t *value, const char *path)
{
    char copy[128];
    char *rest = copy;
    char *part;

    (void)snprintf(copy, sizeof(copy), "%s", path);
    while ((part = strsep(&rest, "/")) != NULL) {
        value = json_is_array(value) ? json_array_get(value, (size_t)(part[0] - '0'))
                                     : json_object_get(value, part);
        cr_assert_not_null(value, "nothing at %s of %s", part, path);
    }
    return value;
}

static const char *string_at(json_t *value, const char *path)
{
    const char *string = json_string_value(at(value, path));

    cr_assert_not_null(string, "%s is no string", path);
    return string;
}

static void add_rows(void)
{
    char sql[2048];

    (void)snprintf(
        sql, sizeof(sql),
        "UPDATE builds SET status = 'failure', reason = 'step-failed', message = 'make: exit 2', "
        "started_at = 1700000000000, finished_at = 1700000001234, parameters = '{\"A\":\"1\"}', "
        "git = '{\"branch\":\"main\",\"commit\":\"abc\"}';"
        "INSERT INTO build_stages (build_id, ordinal, stage_name, status, started_at, finished_at) "
        "VALUES ('%s', 1, 'Build', 'failure', 10, 30), ('%s', 2, 'Deploy', 'skipped', NULL, NULL);"
        "INSERT INTO build_steps (build_id, ordinal, stage_ordinal, stage_name, step_name, status, "
        "exit_code, started_at, finished_at, log_bytes, log_lines, attempt, signal) VALUES "
        "('%s', 1, 1, 'Build', 'configure', 'success', 0, 10, 15, 40, 2, 1, NULL), "
        "('%s', 2, 1, 'Build', 'make', 'failure', NULL, 15, 30, 900, 33, 2, 9), "
        "('%s', 3, 2, 'Deploy', 'push', 'skipped', NULL, NULL, NULL, 0, 0, 1, NULL);"
        "INSERT INTO build_events (build_id, seq, type, at, stage_name, step_name, data) VALUES "
        "('%s', 1, 'step-attempt', 1, 'Build', 'make', '{\"attempt\":1,\"exit-code\":2}'), "
        "('%s', 2, 'step-completed', 1, 'Build', 'make', '{}'), "
        "('%s', 3, 'step-attempt', 1, 'Build', 'make', '{\"attempt\":2,\"exit-code\":2}');"
        "INSERT INTO build_artifacts (id, build_id, filename, path, size_bytes, sha256, "
        "content_type, created_at) VALUES ('a', '%s', 'x.txt', '/s/x.txt', 5, 'd1', 'text/plain', "
        "1);",
        id, id, id, id, id, id, id, id, id);
    assert_ok(run_script(store, sql));
}

Test(store_build_json, holds_the_facts_of_the_build)
{
    json_t *object;

    add_rows();
    object = build_json();

    cr_assert_str_eq(string_at(object, "id"), id);
    cr_assert_str_eq(string_at(object, "job"), "demo");
    cr_assert_eq(strlen(string_at(object, "job-id")), 36);
    cr_assert_eq(json_integer_value(at(object, "number")), 1);
    cr_assert_str_eq(string_at(object, "status"), "failure");
    cr_assert_str_eq(string_at(object, "reason"), "step-failed");
    cr_assert_str_eq(string_at(object, "message"), "make: exit 2");
    cr_assert_str_eq(string_at(object, "trigger"), "manual");
    cr_assert_str_eq(string_at(object, "parameters/A"), "1");
    cr_assert_str_eq(string_at(object, "git/branch"), "main");
    cr_assert_str_eq(string_at(object, "created-at"), "1970-01-01T00:00:01.001Z");
    cr_assert_str_eq(string_at(object, "started-at"), "2023-11-14T22:13:20.000Z");
    cr_assert_str_eq(string_at(object, "finished-at"), "2023-11-14T22:13:21.234Z");
    cr_assert_eq(json_integer_value(at(object, "duration-ms")), 1234);
    cr_assert_str_eq(string_at(object, "pipeline-source"), "file");
    json_decref(object);
}

Test(store_build_json, holds_stages_with_their_steps)
{
    json_t *object;

    add_rows();
    object = build_json();

    cr_assert_eq(json_array_size(at(object, "stages")), 2);
    cr_assert_str_eq(string_at(object, "stages/0/stage-name"), "Build");
    cr_assert_str_eq(string_at(object, "stages/0/status"), "failure");
    cr_assert_eq(json_integer_value(at(object, "stages/0/duration-ms")), 20);
    cr_assert_eq(json_array_size(at(object, "stages/0/steps")), 2);
    cr_assert_str_eq(string_at(object, "stages/0/steps/1/step-name"), "make");
    cr_assert(json_is_null(at(object, "stages/0/steps/1/exit-code")));
    cr_assert_eq(json_integer_value(at(object, "stages/0/steps/1/signal")), 9);
    cr_assert_eq(json_integer_value(at(object, "stages/0/steps/0/exit-code")), 0);
    cr_assert(json_is_null(at(object, "stages/0/steps/0/signal")));
    cr_assert_eq(json_integer_value(at(object, "stages/0/steps/1/log/offset")), 0);
    cr_assert_eq(json_integer_value(at(object, "stages/0/steps/1/log/bytes")), 900);
    cr_assert_eq(json_integer_value(at(object, "stages/0/steps/1/log/lines")), 33);
    cr_assert_str_eq(string_at(object, "stages/1/steps/0/status"), "skipped");
    cr_assert(json_is_null(at(object, "stages/1/duration-ms")));
    json_decref(object);
}

Test(store_build_json, records_every_attempt_of_a_retried_step)
{
    json_t *object;

    add_rows();
    object = build_json();

    cr_assert_eq(json_array_size(at(object, "stages/0/steps/0/attempts")), 0);
    cr_assert_eq(json_array_size(at(object, "stages/0/steps/1/attempts")), 2);
    cr_assert_eq(json_integer_value(at(object, "stages/0/steps/1/attempts/1/attempt")), 2);
    json_decref(object);
}

Test(store_build_json, lists_the_artifacts)
{
    json_t *object;

    add_rows();
    object = build_json();

    cr_assert_eq(json_array_size(at(object, "artifacts")), 1);
    cr_assert_str_eq(string_at(object, "artifacts/0/filename"), "x.txt");
    cr_assert_str_eq(string_at(object, "artifacts/0/path"), "/s/x.txt");
    cr_assert_eq(json_integer_value(at(object, "artifacts/0/size-bytes")), 5);
    cr_assert_str_eq(string_at(object, "artifacts/0/sha256"), "d1");
    cr_assert_str_eq(string_at(object, "artifacts/0/content-type"), "text/plain");
    json_decref(object);
}

Test(store_build_json, has_every_key_from_the_first_moment_on)
{
    json_t *object = build_json();
    char *line = chg_json_dump(object);

    cr_assert(strstr(line, "\"status\":\"running\",\"reason\":null,\"message\":null,"
                           "\"trigger\":\"manual\",\"parameters\":{},\"git\":null,") != NULL,
              "%s", line);
    cr_assert(strstr(line, "\"started-at\":null,\"finished-at\":null,\"duration-ms\":null,"
                           "\"pipeline-source\":\"file\",\"stages\":[],\"artifacts\":[]}") != NULL,
              "%s", line);
    chg_free(line);
    json_decref(object);
}

Test(store_build_json, says_when_stored_json_is_damaged)
{
    json_t *object = NULL;

    assert_ok(run_script(store, "UPDATE builds SET parameters = '{oops'"));

    assert_err(chg_store_read(store, json_fn, &object), CHENGIS_ERR_INVALID, "parameters");
    cr_assert_null(object);
}

Test(store_build_json, says_when_a_step_has_lost_its_stage)
{
    json_t *object = NULL;

    add_rows();
    assert_ok(run_script(store, "DELETE FROM build_stages WHERE ordinal = 2"));

    assert_err(chg_store_read(store, json_fn, &object), CHENGIS_ERR_CORRUPT, "step 'push'");
}
