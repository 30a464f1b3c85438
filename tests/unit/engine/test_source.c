/* SPDX-License-Identifier: MIT */
/* Where workspace and pipeline come from: snapshots of git repositories and folders, detection,
 * broken files. */
#include "engine_fixture.h"

#define OK_PIPELINE "stages:\n- name: A\n  steps:\n  - {name: s, run: 'cat data; ls -A'}\n"

static void shell(const char *dir, const char *command)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "cd '%s' && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ann "
             "GIT_AUTHOR_EMAIL=ann@example.org "
             "GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org && %s",
             dir, command);
    cr_assert_eq(system(text), 0, "%s", command);
}

static json_t *run_source(struct fixture *f, chengis_source source, const char *dir)
{
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;

    request.source = source;
    request.source_dir = dir;
    return run_with(f, NULL, &request);
}

Test(engine_source, copies_a_folder_that_is_not_in_git)
{
    FIXTURE(f);
    json_t *build;
    char *log;

    write_file(path_in(f.dir, "p/chengis.yml"), OK_PIPELINE);
    write_file(path_in(f.dir, "p/data"), "one\n");
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));
    log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_str_eq(text_of(build, "pipeline-source"), "yaml");
    cr_assert_str_eq(text_of(build, "job"), "p");
    cr_assert_str_eq(log, "one\nchengis.yml\ndata\n");
    free(log);
    json_decref(build);
}

Test(engine_source, snapshots_what_git_has_not_committed_and_leaves_out_what_it_ignores)
{
    FIXTURE(f);
    json_t *build;
    char *log;

    write_file(path_in(f.dir, "p/chengis.yml"), OK_PIPELINE);
    write_file(path_in(f.dir, "p/data"), "old\n");
    write_file(path_in(f.dir, "p/gone"), "x\n");
    write_file(path_in(f.dir, "p/.gitignore"), "ignored\n");
    shell(path_in(f.dir, "p"), "git init -q -b main && git add -A && git commit -qm first");
    write_file(path_in(f.dir, "p/data"), "changed\n");
    write_file(path_in(f.dir, "p/added"), "x\n");
    write_file(path_in(f.dir, "p/ignored"), "x\n");
    cr_assert_eq(unlink(path_in(f.dir, "p/gone")), 0);
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));
    log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(log, "changed\n.git\n.gitignore\nadded\nchengis.yml\ndata\n");
    free(log);
    json_decref(build);
}

Test(engine_source, builds_the_committed_state_when_asked)
{
    FIXTURE(f);
    json_t *build;
    char *log;

    write_file(path_in(f.dir, "p/chengis.yml"), OK_PIPELINE);
    write_file(path_in(f.dir, "p/data"), "old\n");
    shell(path_in(f.dir, "p"), "git init -q -b main && git add -A && git commit -qm first");
    write_file(path_in(f.dir, "p/data"), "changed\n");
    write_file(path_in(f.dir, "p/added"), "x\n");
    build = run_source(&f, CHENGIS_SOURCE_COMMITTED, path_in(f.dir, "p"));
    log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(log, "old\n.git\nchengis.yml\ndata\n");
    free(log);
    json_decref(build);
}

Test(engine_source, knows_branch_and_commit_of_a_snapshot)
{
    FIXTURE(f);
    json_t *build, *git;
    char *log;

    write_file(path_in(f.dir, "p/chengis.yml"),
               "stages:\n- name: A\n  when: {branch: feature/x}\n  steps:\n  - {name: s, run: "
               "'echo $GIT_BRANCH $GIT_AUTHOR $GIT_MESSAGE'}\n");
    shell(path_in(f.dir, "p"),
          "git init -q -b feature/x && git add -A && git commit -qm 'first one'");
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));
    git = json_object_get(build, "git");
    log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(text_of(git, "branch"), "feature/x");
    cr_assert_eq(strlen(text_of(git, "commit")), 40);
    cr_assert_str_eq(log, "feature/x Ann first one\n");
    free(log);
    json_decref(build);
}

Test(engine_source, snapshots_a_repository_without_a_commit)
{
    FIXTURE(f);
    json_t *build;

    write_file(path_in(f.dir, "p/chengis.yml"), OK_PIPELINE);
    write_file(path_in(f.dir, "p/data"), "one\n");
    shell(path_in(f.dir, "p"), "git init -q -b main");
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    json_decref(build);
}

Test(engine_source, never_writes_through_a_link_of_the_repository)
{
    FIXTURE(f);
    json_t *build;

    write_file(path_in(f.dir, "p/chengis.yml"),
               "stages:\n- name: A\n  steps:\n  - {name: s, run: 'cat link/x'}\n");
    write_file(path_in(f.dir, "outside/y"), "y\n");
    shell(path_in(f.dir, "p"),
          "ln -s ../outside link && git init -q -b main && git add -A && git commit -qm first");
    shell(path_in(f.dir, "p"), "rm link && mkdir link && echo in > link/x");
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    cr_assert_neq(access(path_in(f.dir, "outside/x"), F_OK), 0);
    json_decref(build);
}

Test(engine_source, works_in_place_and_keeps_the_folder)
{
    FIXTURE(f);
    json_t *build;

    write_file(path_in(f.dir, "p/chengis.yml"),
               "stages:\n- name: A\n  steps:\n  - {name: s, run: 'echo made > made'}\n");
    build = run_source(&f, CHENGIS_SOURCE_IN_PLACE, path_in(f.dir, "p"));

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert_eq(access(path_in(f.dir, "p/made"), F_OK), 0);
    json_decref(build);
}

Test(engine_source, finds_a_chengisfile_before_a_workflow)
{
    FIXTURE(f);
    json_t *build;
    char *events;

    write_file(path_in(f.dir, "p/Chengisfile"),
               "{:stages [{:name \"E\" :steps [{:name \"s\" :run \"true\"}]}]}");
    write_file(path_in(f.dir, "p/.chengis/workflow.yml"), OK_PIPELINE);
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));
    events = events_of(&f, text_of(build, "id"));

    cr_assert_str_eq(text_of(build, "pipeline-source"), "chengisfile");
    cr_assert_str_eq(text_of(stage_of(build, 0), "stage-name"), "E");
    cr_assert(strstr(events, "chengisfile-detected") != NULL);
    free(events);
    json_decref(build);
}

Test(engine_source, asks_35_fails_a_build_whose_file_is_broken_with_its_diagnostics)
{
    FIXTURE(f);
    json_t *build;
    char *log, *events;

    write_file(path_in(f.dir, "p/Chengisfile"),
               "{:stages [{:name \"E\"\n :steps [{:name \"s\"}]} {:steps []}]}");
    write_file(path_in(f.dir, "p/chengis.yml"), OK_PIPELINE);
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));
    log = log_of(&f, text_of(build, "id"), 0);
    events = events_of(&f, text_of(build, "id"));

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "invalid-pipeline");
    cr_assert(strstr(log, "Chengisfile:2:") != NULL, "%s", log);
    cr_assert(strstr(log, "Stage 1 (E), Step 1 (s): missing :run") != NULL, "%s", log);
    cr_assert(strstr(log, "Stage 2: missing :name") != NULL, "%s", log);
    cr_assert(strstr(events, "chengisfile-error") != NULL);
    cr_assert(strstr(events, "step-started") == NULL);
    free(log);
    free(events);
    json_decref(build);
}

Test(engine_source, fails_a_build_without_a_pipeline_file)
{
    FIXTURE(f);
    json_t *build;

    write_file(path_in(f.dir, "p/README"), "x");
    build = run_source(&f, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert_str_eq(text_of(build, "reason"), "no-pipeline");
    json_decref(build);
}

Test(engine_source, refuses_a_source_that_is_no_folder)
{
    FIXTURE(f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build = NULL;

    request.source = CHENGIS_SOURCE_SNAPSHOT;
    request.source_dir = "/nonexistent/folder";

    assert_err(chengis_engine_submit(&build, f.engine, &request), CHENGIS_ERR_NOT_FOUND,
               "/nonexistent/folder");
}
