/* SPDX-License-Identifier: MIT */
/* What a step sees of the world: a clean base, the precedence of its variables, secrets that never
 * show. */
#include "engine_fixture.h"

static char *env_of(struct fixture *f, const char *yaml, chengis_build_request *request)
{
    json_t *build = run_with(f, yaml, request);
    char *log;

    cr_assert_str_eq(text_of(build, "status"), "success");
    log = log_of(f, text_of(build, "id"), 1);
    json_decref(build);
    return log;
}

Test(engine_environment, holds_nothing_of_the_host_process)
{
    FIXTURE(f);
    char *log;

    setenv("HOST_SECRET", "planted", 1);
    log = env_of(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: env}\n", NULL);

    cr_assert(strstr(log, "HOST_SECRET") == NULL);
    cr_assert(strstr(log, "\nCI=true\n") != NULL || strncmp(log, "CI=true\n", 8) == 0, "%s", log);
    cr_assert(strstr(log, "CHENGIS=true\n") != NULL);
    cr_assert(strstr(log, "PATH=") != NULL);
    free(log);
}

Test(engine_environment, names_the_build)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, "name: j\nstages:\n- name: A\n  steps:\n"
                                 "  - {name: s, run: 'echo $BUILD_ID $BUILD_NUMBER $JOB_NAME; test "
                                 "\"$WORKSPACE\" = \"$PWD\"'}\n");
    char *log = log_of(&f, text_of(build, "id"), 1);
    char expected[128];

    snprintf(expected, sizeof(expected), "%s 1 j\n", text_of(build, "id"));
    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_str_eq(log, expected);
    free(log);
    json_decref(build);
}

Test(engine_environment, lets_later_sources_override_earlier_ones)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair secrets[] = {{"A", "secret-a"}, {"PARAM_B", "secret-b"}, {"C", "secret-c"}};
    const chengis_pair parameters[] = {{"b", "parameter"}};
    const chengis_pair env[] = {{"C", "request"}, {"D", "request"}};
    char *log;

    request.secrets = secrets;
    request.secret_count = 3;
    request.parameters = parameters;
    request.parameter_count = 1;
    request.env = env;
    request.env_count = 2;
    log =
        env_of(&f,
               "env: {A: pipeline, E: pipeline}\nstages:\n- name: A\n  steps:\n"
               "  - {name: s, env: {D: step}, run: 'test $A = secret-a; echo $PARAM_B $C $D $E'}\n",
               &request);

    cr_assert_str_eq(log, "parameter request step pipeline\n");
    free(log);
}

Test(engine_environment, masks_secrets_in_every_line_of_the_log)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair secrets[] = {{"TOKEN", "planted-s3cret"}};
    json_t *build;
    char *log, *text;

    request.secrets = secrets;
    request.secret_count = 1;
    build = run_with(&f,
                     "stages:\n- name: A\n  steps:\n  - {name: s, run: 'echo x${TOKEN}y; printf %s "
                     "$TOKEN | base64; exit 3'}\n",
                     &request);
    log = log_of(&f, text_of(build, "id"), -1);
    text = json_dumps(build, 0);

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert(strncmp(log, "x***y\n", 6) == 0, "%s", log);
    cr_assert(strstr(log, "cGxhbnRlZC1zM2NyZX") == NULL, "%s", log);
    cr_assert(strstr(text, "planted-s3cret") == NULL);
    free(log);
    free(text);
    json_decref(build);
}

Test(engine_environment, keeps_secrets_out_of_the_database_and_the_log_file)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair secrets[] = {{"TOKEN", "planted-s3cret"}};
    char command[600];

    request.secrets = secrets;
    request.secret_count = 1;
    json_decref(run_with(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'echo $TOKEN'}\n",
                         &request));
    snprintf(command, sizeof(command), "grep -rq planted-s3cret '%s'", f.dir);

    cr_assert_neq(system(command), 0);
}

Test(engine_environment, warns_of_a_secret_too_short_to_mask)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair secrets[] = {{"PIN", "12"}};
    json_t *build;
    char *log;

    request.secrets = secrets;
    request.secret_count = 1;
    build = run_with(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n", &request);
    log = log_of(&f, text_of(build, "id"), 0);

    cr_assert(strstr(log, "warning: secret 'PIN' is shorter than 4 bytes and is not masked") !=
                  NULL,
              "%s", log);
    free(log);
    json_decref(build);
}

Test(engine_environment, gives_a_step_no_input_and_no_descriptor_of_the_host)
{
    FIXTURE(f);
    char *log = env_of(
        &f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'cat; ls /proc/self/fd | wc -l'}\n",
        NULL);

    cr_assert_str_eq(log, "4\n"); /* 0, 1, 2 and ls's own directory */
    free(log);
}

Test(engine_environment, fills_in_declared_parameters)
{
    FIXTURE(f);
    char *log = env_of(&f,
                       "parameters: {env: {type: choice, choices: [dev, prod], default: "
                       "dev}}\nstages:\n- name: A\n"
                       "  steps:\n  - {name: s, run: 'echo $PARAM_ENV'}\n",
                       NULL);

    cr_assert_str_eq(log, "dev\n");
    free(log);
}

Test(engine_environment, refuses_a_parameter_outside_its_choices)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair parameters[] = {{"env", "moon"}};
    json_t *build;

    request.parameters = parameters;
    request.parameter_count = 1;
    build = run_with(&f,
                     "parameters: {env: {type: choice, choices: [dev, prod]}}\nstages:\n- name: A\n"
                     "  steps:\n  - {name: s, run: 'true'}\n",
                     &request);

    cr_assert_str_eq(text_of(build, "reason"), "invalid-parameter");
    cr_assert(strstr(text_of(build, "message"), "env") != NULL);
    json_decref(build);
}

Test(engine_environment, keeps_secrets_out_of_the_data_of_events)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    const chengis_pair secrets[] = {{"TOKEN", "planted-s3cret"}};
    chengis_build *build;
    char command[600];

    request.secrets = secrets;
    request.secret_count = 1;
    build = submit(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: sleep 60}\n", &request);
    assert_ok(chengis_build_cancel(build, "the token was planted-s3cret"));
    json_decref(finish(build));
    (void)chengis_build_unref(build);
    snprintf(command, sizeof(command), "grep -rq planted-s3cret '%s'", f.dir);

    cr_assert_neq(system(command), 0);
}
