/* SPDX-License-Identifier: MIT */
/* Plugins of every kind but steps: what they are told, what is made of their answers, and what of
 * answers that are wrong. */
#include "engine_fixture.h"

#include <chengis/plugin.h>
#include <chengis/sys/artifact_handler.h>
#include <chengis/sys/notifier.h>
#include <chengis/sys/pipeline_format.h>
#include <chengis/sys/scm.h>
#include <chengis/sys/scm_status.h>
#include <chengis/sys/step_executor.h>
#include <poll.h>

/* What the plugins of a test do, and what they saw. */
static struct {
    const char *info;     /* of the provider */
    bool silent_failure;  /* every plugin fails without a message */
    bool no_pipeline;     /* the format succeeds with nothing */
    bool no_digest;       /* the artifact handler leaves it out */
    bool wait_for_cancel; /* provider and artifact handler */
    char waiting[256];    /* made once they wait */
    int reports;
    chengis_status status;
    char text[4096]; /* build_json, or the step's JSON */
    int32_t timeout_ms;
} plugin;

static int until_cancelled(int32_t fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    write_file(plugin.waiting, "");
    if (poll(&p, 1, 30000) != 1)
        return chengis_error_set(CHENGIS_ERR_TIMEOUT, "nobody cancelled");
    return chengis_error_set(CHENGIS_ERR_CANCELLED, "told to end");
}

static int checkout(void *self, const chengis_scm_request *request, char **info)
{
    char path[512];

    (void)self;
    plugin.timeout_ms = request->timeout_ms;
    if (plugin.wait_for_cancel)
        return until_cancelled(request->cancel_fd);
    if (plugin.silent_failure)
        return CHENGIS_ERR_NETWORK;
    snprintf(path, sizeof(path), "%s/fetched", request->workspace);
    write_file(path, "content\n");
    if (plugin.info != NULL)
        *info = strdup(plugin.info);
    return 0;
}

static bool accepts(void *self, const char *url)
{
    (void)self;
    return strstr(url, "example.org") != NULL;
}

static int report(void *self, const chengis_scm_status *status)
{
    (void)self;
    if (plugin.silent_failure)
        return CHENGIS_ERR_NETWORK;
    plugin.reports++;
    plugin.status = status->status;
    plugin.timeout_ms = status->timeout_ms;
    snprintf(plugin.text, sizeof(plugin.text), "%s", status->build_json);
    return 0;
}

static int send(void *self, const chengis_notification *notification, char **details)
{
    (void)self;
    (void)details;
    if (plugin.silent_failure)
        return CHENGIS_ERR_NETWORK;
    plugin.status = notification->status;
    snprintf(plugin.text, sizeof(plugin.text), "%s", notification->build_json);
    return 0;
}

static int parse(void *self, chengis_pipeline **out, chengis_diagnostics **diags, const char *file,
                 const char *text, size_t len)
{
    (void)self;
    (void)file;
    if (plugin.silent_failure)
        return CHENGIS_ERR_INVALID;
    return plugin.no_pipeline ? 0 : chengis_pipeline_parse(out, diags, text, len, "yaml");
}

static int collect(void *self, const chengis_artifact_request *request)
{
    chengis_artifact_info info = {
        .struct_size = sizeof(info),
        .filename = "f",
        .original_path = request->patterns[0],
        .path = "https://example.org/f",
        .size_bytes = 3,
        .sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        .content_type = "text/plain"};

    (void)self;
    if (plugin.wait_for_cancel)
        return until_cancelled(request->cancel_fd);
    if (plugin.silent_failure)
        return CHENGIS_ERR_NETWORK;
    if (plugin.no_digest)
        info.sha256 = NULL;
    return request->add(request->add_data, &info);
}

static int describe_json(void *self, const chengis_step_context *context,
                         chengis_step_process *process)
{
    (void)self;
    if (plugin.silent_failure)
        return CHENGIS_ERR_INVALID;
    snprintf(plugin.text, sizeof(plugin.text), "%s", chengis_step_context_json(context));
    return chengis_step_process_add_argument(process, "/bin/true");
}

static void add_plugins(chengis_registry *registry)
{
    const char *files[] = {"pipeline.own", NULL};
    char source[] = "own";
    chengis_pipeline_format_plugin format = {.struct_size = sizeof(format),
                                             .name = "own",
                                             .files = files,
                                             .source = source,
                                             .priority = 50,
                                             .parse = parse};

    assert_ok(chengis_registry_add_pipeline_format(registry, &format));
    files[0] = "x"; /* the registry has copies */
    source[0] = 'x';
    assert_ok(chengis_registry_add_scm_provider(
        registry, &(chengis_scm_provider){.struct_size = sizeof(chengis_scm_provider),
                                          .name = "own",
                                          .checkout = checkout}));
    assert_ok(chengis_registry_add_status_reporter(
        registry, &(chengis_status_reporter){.struct_size = sizeof(chengis_status_reporter),
                                             .name = "own",
                                             .accepts = accepts,
                                             .report = report}));
    assert_ok(chengis_registry_add_notifier(
        registry,
        &(chengis_notifier){.struct_size = sizeof(chengis_notifier), .name = "own", .send = send}));
    assert_ok(chengis_registry_add_step_executor(
        registry, &(chengis_step_executor){.struct_size = sizeof(chengis_step_executor),
                                           .name = "json",
                                           .describe = describe_json}));
}

/* Without the builtin plugins only what is added here exists. */
static void open_with(struct fixture *f, bool builtins)
{
    chengis_registry *registry = NULL;

    f->dir = temp_dir();
    snprintf(plugin.waiting, sizeof(plugin.waiting), "%s", path_in(f->dir, "waiting"));
    assert_ok(chengis_registry_new(&registry, NULL));
    if (builtins)
        assert_ok(chengis_registry_add_builtins(registry));
    else
        assert_ok(chengis_registry_add_artifact_handler(
            registry, &(chengis_artifact_handler){.struct_size = sizeof(chengis_artifact_handler),
                                                  .name = "local",
                                                  .collect = collect}));
    add_plugins(registry);
    assert_ok(chengis_store_open(&f->store, path_in(f->dir, "state/chengis.db"), NULL));
    assert_ok(chengis_engine_new(&f->engine, f->store, registry, NULL));
    (void)chengis_registry_unref(registry);
}

#define KINDS_FIXTURE(name, builtins)                                                              \
    __attribute__((cleanup(fixture_cleanup))) struct fixture name = {0};                           \
    open_with(&name, builtins)

#define FETCH                                                                                      \
    "name: j\nsource: {type: own, url: 'https://example.org/r'}\nstages:\n- name: A\n  steps:\n"   \
    "  - {name: s, run: 'cat fetched; echo $GIT_BRANCH $GIT_COMMIT $GIT_AUTHOR'}\n"
#define INFO                                                                                       \
    "{\"branch\":\"main\",\"commit\":\"c0ffee\",\"author\":\"Ann\","                               \
    "\"url\":\"https://example.org/r\"}"

static void assert_failed(const json_t *build, const char *reason, const char *part)
{
    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), reason);
    cr_assert(strstr(text_of(build, "message"), part) != NULL, "%s", text_of(build, "message"));
}

static bool has_event(struct fixture *f, const json_t *build, const char *name)
{
    char *events = events_of(f, text_of(build, "id"));
    bool has = strstr(events, name) != NULL;

    free(events);
    return has;
}

/* ---- source providers ---- */

Test(engine_plugin_kinds, a_provider_fills_the_workspace_and_the_variables)
{
    KINDS_FIXTURE(f, true);
    json_t *build;
    char *log;

    plugin.info = INFO;
    build = run_yaml(&f, FETCH);
    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(log, "content\nmain c0ffee Ann\n");
    cr_assert_str_eq(text_of(json_object_get(build, "git"), "commit"), "c0ffee");
    cr_assert(has_event(&f, build, "git-started\n"));
    cr_assert(has_event(&f, build, "git-completed\n"));
    free(log);
    json_decref(build);
}

Test(engine_plugin_kinds, a_provider_may_know_nothing)
{
    KINDS_FIXTURE(f, true);
    json_t *build = run_yaml(&f, FETCH);

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    json_decref(build);
}

static void refuses_info(const char *info, const char *part)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.info = info;
    build = run_yaml(&f, FETCH);
    assert_failed(build, "checkout-failed", part);
    cr_assert(has_event(&f, build, "git-failed\n"));
    json_decref(build);
}

Test(engine_plugin_kinds, information_that_is_not_json_fails_the_build)
{
    refuses_info("oops", "source provider 'own' gave information that is no JSON object");
}

Test(engine_plugin_kinds, information_that_is_no_object_fails_the_build)
{
    refuses_info("[1]", "source provider 'own' gave information that is no JSON object");
}

Test(engine_plugin_kinds, information_that_is_no_text_fails_the_build)
{
    refuses_info("{\"branch\": 5}", "source provider 'own' gave information 'branch'");
}

Test(engine_plugin_kinds, a_provider_that_fails_silently_is_named)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.silent_failure = true;
    build = run_yaml(&f, FETCH);
    assert_failed(build, "checkout-failed", "source provider 'own' failed (");
    json_decref(build);
}

static json_t *cancel_when_waiting(struct fixture *f, const char *yaml)
{
    chengis_build *build;
    json_t *object;

    plugin.wait_for_cancel = true;
    build = submit(f, yaml, NULL);
    await_file(plugin.waiting);
    assert_ok(chengis_build_cancel(build, "enough"));
    object = finish(build);
    (void)chengis_build_unref(build);
    return object;
}

Test(engine_plugin_kinds, a_checkout_that_is_cancelled_aborts_the_build)
{
    KINDS_FIXTURE(f, true);
    json_t *build = cancel_when_waiting(&f, FETCH);

    cr_assert_str_eq(text_of(build, "status"), "aborted", "%s", text_of(build, "message"));
    cr_assert_str_eq(text_of(build, "reason"), "cancelled");
    json_decref(build);
}

Test(engine_plugin_kinds, a_provider_knows_the_time_it_has)
{
    KINDS_FIXTURE(f, true);
    json_t *build = run_yaml(&f, FETCH);

    cr_assert_eq(plugin.timeout_ms, 0, "no limit");
    json_decref(build);

    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;

    request.timeout_ms = 20000;
    build = run_with(&f, FETCH, &request);
    cr_assert(plugin.timeout_ms > 0 && plugin.timeout_ms <= 20000, "%d", plugin.timeout_ms);
    json_decref(build);
}

/* ---- status reporters ---- */

Test(engine_plugin_kinds, a_reporter_is_told_the_final_status)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.info = INFO;
    build = run_yaml(&f, FETCH);

    cr_assert_eq(plugin.reports, 1);
    cr_assert_eq(plugin.status, CHENGIS_STATUS_SUCCESS);
    cr_assert_eq(plugin.timeout_ms, 30000);
    cr_assert(strstr(plugin.text, "\"status\":\"success\"") != NULL, "%s", plugin.text);
    cr_assert(has_event(&f, build, "status-reported\n"));
    json_decref(build);
}

Test(engine_plugin_kinds, a_reporter_of_another_host_is_not_asked)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.info = "{\"commit\":\"c0ffee\",\"url\":\"https://elsewhere.net/r\"}";
    build = run_yaml(&f, FETCH);

    cr_assert_eq(plugin.reports, 0);
    cr_assert_not(has_event(&f, build, "status-reported"));
    json_decref(build);
}

/* ---- notifiers ---- */

#define NOTIFY                                                                                     \
    "notify: [{type: own}]\nstages:\n- name: A\n  steps:\n  - {name: s, type: shell, run: "        \
    "'exit 3'}\n"

Test(engine_plugin_kinds, a_notifier_is_told_the_final_status)
{
    KINDS_FIXTURE(f, true);
    json_t *build = run_yaml(&f, NOTIFY);

    cr_assert_eq(plugin.status, CHENGIS_STATUS_FAILURE);
    cr_assert(strstr(plugin.text, "\"status\":\"failure\"") != NULL, "%s", plugin.text);
    json_decref(build);
}

Test(engine_plugin_kinds, a_notifier_that_fails_silently_is_named)
{
    KINDS_FIXTURE(f, true);
    json_t *build;
    char *log;

    plugin.silent_failure = true;
    build = run_yaml(&f, NOTIFY);
    log = log_of(&f, text_of(build, "id"), 0);

    cr_assert(strstr(log, "notification 'own' failed: notifier 'own' failed (") != NULL, "%s", log);
    free(log);
    json_decref(build);
}

#define JSON_STEP "stages:\n- name: A\n  steps:\n  - {name: s, type: json, run: x, timeout: 9000}\n"

Test(engine_plugin_kinds, a_host_without_a_console_is_not_warned_of_it)
{
    KINDS_FIXTURE(f, false);
    json_t *build = run_yaml(&f, JSON_STEP);
    char *log = log_of(&f, text_of(build, "id"), 0);

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    cr_assert(strstr(log, "console") == NULL, "%s", log);
    cr_assert_not(has_event(&f, build, "notification-sent"));
    free(log);
    json_decref(build);
}

/* ---- formats ---- */

static json_t *run_folder(struct fixture *f)
{
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;

    write_file(path_in(f->dir, "p/Chengisfile"), "{:broken");
    write_file(path_in(f->dir, "p/pipeline.own"),
               "stages:\n- name: Own\n  steps:\n  - {name: s, run: 'true'}\n");
    request.source = CHENGIS_SOURCE_SNAPSHOT;
    request.source_dir = path_in(f->dir, "p");
    return run_with(f, NULL, &request);
}

Test(engine_plugin_kinds, a_format_of_lower_priority_number_is_looked_for_first)
{
    KINDS_FIXTURE(f, true);
    json_t *build = run_folder(&f);

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    cr_assert_str_eq(text_of(build, "pipeline-source"), "own");
    json_decref(build);
}

Test(engine_plugin_kinds, a_format_that_gives_no_pipeline_fails_the_build)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.no_pipeline = true;
    build = run_folder(&f);
    assert_failed(build, "invalid-pipeline", "pipeline format 'own' gave no pipeline");
    json_decref(build);
}

Test(engine_plugin_kinds, a_format_that_fails_silently_is_named)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.silent_failure = true;
    build = run_folder(&f);
    assert_failed(build, "invalid-pipeline", "pipeline format 'own' failed (");
    json_decref(build);
}

/* ---- artifacts ---- */

#define KEEP "artifacts: ['out.txt']\n" JSON_STEP

Test(engine_plugin_kinds, an_artifact_handler_may_keep_files_elsewhere)
{
    KINDS_FIXTURE(f, false);
    json_t *build = run_yaml(&f, KEEP);
    json_t *artifact = json_array_get(json_object_get(build, "artifacts"), 0);

    cr_assert_str_eq(text_of(artifact, "path"), "https://example.org/f");
    cr_assert_str_eq(text_of(artifact, "original-path"), "out.txt");
    json_decref(build);
}

Test(engine_plugin_kinds, an_artifact_without_a_digest_fails_the_build)
{
    KINDS_FIXTURE(f, false);
    json_t *build;

    plugin.no_digest = true;
    build = run_yaml(&f, KEEP);
    assert_failed(build, "artifacts-failed", "artifact 'f': the handler gave no SHA-256");
    json_decref(build);
}

Test(engine_plugin_kinds, a_cancel_while_artifacts_are_kept_aborts_the_build)
{
    KINDS_FIXTURE(f, false);
    json_t *build = cancel_when_waiting(&f, KEEP);

    cr_assert_str_eq(text_of(build, "status"), "aborted", "%s", text_of(build, "message"));
    json_decref(build);
}

/* ---- steps ---- */

Test(engine_plugin_kinds, a_step_type_sees_the_definition_of_its_step)
{
    KINDS_FIXTURE(f, true);
    json_t *build = run_yaml(&f, JSON_STEP);
    json_t *step = json_loads(plugin.text, 0, NULL);

    cr_assert_not_null(step, "%s", plugin.text);
    cr_assert_str_eq(text_of(step, "step-name"), "s");
    cr_assert_str_eq(text_of(step, "type"), "json");
    cr_assert_str_eq(text_of(step, "command"), "x");
    cr_assert_eq(json_integer_value(json_object_get(step, "timeout")), 9000);
    json_decref(step);
    json_decref(build);
}

Test(engine_plugin_kinds, a_step_type_that_fails_silently_is_named)
{
    KINDS_FIXTURE(f, true);
    json_t *build;

    plugin.silent_failure = true;
    build = run_yaml(&f, JSON_STEP);
    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert(strstr(text_of(build, "message"), "step type 'json' failed (") != NULL, "%s",
              text_of(build, "message"));
    json_decref(build);
}
