/* SPDX-License-Identifier: MIT */
/* Snapshots: every change of the working tree arrives as it is, a folder in a repository is one,
 * too, and the engine's own files are neither copied nor opened. */
#include "engine_fixture.h"

#include "store/store.h"

#include <sys/stat.h>

#define LIST "stages:\n- name: A\n  steps:\n  - {name: s, run: 'ls -AF'}\n"

static void shell(const char *dir, const char *command)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "cd '%s' && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ann "
             "GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann "
             "GIT_COMMITTER_EMAIL=ann@example.org && %s",
             dir, command);
    cr_assert_eq(system(text), 0, "%s", command);
}

#define COMMIT "git init -q -b main && git add -A && git commit -qm first"

static json_t *run_source(struct fixture *f, const char *yaml, chengis_source source,
                          const char *dir)
{
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;

    request.source = source;
    request.source_dir = dir;
    return run_with(f, yaml, &request);
}

/* What the only step prints in a snapshot of `dir`; free(). */
static char *output(struct fixture *f, const char *yaml, const char *dir)
{
    json_t *build = run_source(f, yaml, CHENGIS_SOURCE_SNAPSHOT, dir);
    char *log;

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    log = log_of(f, text_of(build, "id"), 1);
    json_decref(build);
    return log;
}

#define assert_output(f, script, dir, expected)                                                    \
    do {                                                                                           \
        char *text_ = output(                                                                      \
            f, "stages:\n- name: A\n  steps:\n  - name: s\n    run: |\n      " script "\n", dir);  \
                                                                                                   \
        cr_assert_str_eq(text_, expected);                                                         \
        free(text_);                                                                               \
    } while (0)

/* POSIX locks that this process holds. */
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

Test(engine_snapshot, keeps_the_locks_of_a_database_inside_the_folder)
{
    FIXTURE(f);
    json_t *build;
    int before;

    write_file(path_in(f.dir, "data"), "x");
    cr_assert_eq(link(path_in(f.dir, "state/chengis.db"), path_in(f.dir, "other-name")), 0);
    before = count_locks();
    build = run_source(&f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'ls . state'}\n",
                       CHENGIS_SOURCE_SNAPSHOT, f.dir);

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    cr_assert_gt(before, 0, "SQLite holds locks while a database is open");
    cr_assert_geq(count_locks(), before);
    json_decref(build);
}

Test(engine_snapshot, commits_a_build_in_a_small_folder_twice)
{
    FIXTURE(f);
    uint64_t before = chg_store_commits(f.store);

    write_file(path_in(f.dir, "data"), "x");
    json_decref(run_source(&f, LIST, CHENGIS_SOURCE_SNAPSHOT, f.dir));

    cr_assert_eq(chg_store_commits(f.store) - before, 2);
}

Test(engine_snapshot, stores_a_build_before_it_copies_a_large_file)
{
    FIXTURE(f);
    uint64_t before = chg_store_commits(f.store);

    write_file(path_in(f.dir, "data"), "x");
    cr_assert_eq(truncate(path_in(f.dir, "data"), (off_t)16 << 20), 0);
    json_decref(run_source(&f, LIST, CHENGIS_SOURCE_SNAPSHOT, f.dir));

    cr_assert_eq(chg_store_commits(f.store) - before, 3);
}

Test(engine_snapshot, says_that_a_folder_outside_git_is_copied_and_skips_its_pipes)
{
    FIXTURE(f);
    json_t *build;
    char *log;

    write_file(path_in(f.dir, "src/data"), "x");
    cr_assert_eq(mkfifo(path_in(f.dir, "src/pipe"), 0600), 0);
    build = run_source(&f, LIST, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "src"));
    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    log = log_of(&f, text_of(build, "id"), 0);

    cr_expect_not_null(strstr(log, "copying the folder '"), "%s", log);
    cr_expect_not_null(strstr(log, "/src'; put it under git to build only what is tracked"));
    free(log);
    json_decref(build);
    assert_output(&f, "ls -A", path_in(f.dir, "src"), "data\n");
}

Test(engine_snapshot, leaves_the_state_out)
{
    FIXTURE(f);

    write_file(path_in(f.dir, "data"), "x");
    cr_assert_eq(link(path_in(f.dir, "state/chengis.db"), path_in(f.dir, "other-name")), 0);

    assert_output(&f, "ls; ls -A state", f.dir, "data\nstate\n");
}

Test(engine_snapshot, leaves_the_state_out_of_a_repository)
{
    FIXTURE(f);
    int before;

    write_file(path_in(f.dir, "data"), "x");
    shell(f.dir, "git init -q -b main && git add data && git commit -qm first");
    before = count_locks();

    assert_output(&f, "ls -AF", f.dir, ".git/\ndata\n");
    cr_assert_geq(count_locks(), before);
}

Test(engine_snapshot, keeps_no_database_as_artifact)
{
    FIXTURE(f);
    json_t *build, *artifacts;
    int before;

    write_file(path_in(f.dir, "data"), "x");
    before = count_locks();
    build = run_source(
        &f, "artifacts: ['**/*']\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n",
        CHENGIS_SOURCE_IN_PLACE, f.dir);
    artifacts = json_object_get(build, "artifacts");

    cr_assert_str_eq(text_of(build, "status"), "success", "%s", text_of(build, "message"));
    cr_assert_eq(json_array_size(artifacts), 1);
    cr_assert_str_eq(text_of(json_array_get(artifacts, 0), "original-path"), "data");
    cr_assert_geq(count_locks(), before);
    json_decref(build);
}

Test(engine_snapshot, replaces_a_folder_by_a_file)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/x/deep/a"), "old");
    shell(dir, COMMIT " && rm -r x && echo new > x");

    assert_output(&f, "ls -F; cat x", dir, "x\nnew\n");
}

Test(engine_snapshot, replaces_a_staged_folder_by_a_file)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/x/deep/a"), "old");
    shell(dir, COMMIT " && rm -r x && echo new > x && git add -A");

    assert_output(&f, "ls -F; cat x", dir, "x\nnew\n");
}

Test(engine_snapshot, replaces_a_file_by_a_folder)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/x"), "old");
    shell(dir, COMMIT " && rm x && mkdir -p x/deep && echo new > x/deep/a");

    assert_output(&f, "ls -F; cat x/deep/a", dir, "x/\nnew\n");
}

Test(engine_snapshot, copies_links_as_links)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/one"), "1");
    write_file(path_in(f.dir, "p/folder/a"), "a");
    shell(dir, "ln -s one changed && " COMMIT " && ln -sf two changed && ln -s gone added && "
               "rm -r folder && ln -s /nonexistent folder");

    assert_output(&f, "readlink changed added folder", dir, "two\ngone\n/nonexistent\n");
}

Test(engine_snapshot, removes_nothing_through_a_link)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/x/a"), "old");
    write_file(path_in(f.dir, "outside/b"), "kept");
    shell(dir, COMMIT " && rm -r x && ln -s ../outside x && git add -A");

    assert_output(&f, "readlink x", dir, "../outside\n");
    cr_assert_eq(access(path_in(f.dir, "outside/b"), F_OK), 0);
}

Test(engine_snapshot, removes_folders_whose_files_are_gone)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/x/deep/a"), "old");
    write_file(path_in(f.dir, "p/kept"), "k");
    shell(dir, COMMIT " && rm -r x");

    assert_output(&f, "ls -F", dir, "kept\n");
}

Test(engine_snapshot, keeps_the_mode_of_a_changed_file)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");

    write_file(path_in(f.dir, "p/tool"), "#!/bin/sh\n");
    shell(dir, COMMIT " && printf '#!/bin/sh\\necho ran\\n' > tool && chmod 755 tool");

    assert_output(&f, "./tool", dir, "ran\n");
}

Test(engine_snapshot, takes_a_folder_of_a_repository_without_what_git_ignores)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p/sub");
    json_t *build;
    char *log;

    write_file(path_in(f.dir, "p/.gitignore"), "*.o\n");
    write_file(path_in(f.dir, "p/top"), "t");
    write_file(path_in(f.dir, "p/sub/deep/a"), "a");
    write_file(path_in(f.dir, "p/sub/gone"), "g");
    shell(path_in(f.dir, "p"), COMMIT " && rm sub/gone && touch sub/b sub/c.o");
    build = run_source(
        &f, "stages:\n- name: A\n  steps:\n  - {name: s, run: 'ls -AF; echo $GIT_BRANCH'}\n",
        CHENGIS_SOURCE_SNAPSHOT, dir);
    log = log_of(&f, text_of(build, "id"), 1);

    cr_assert_str_eq(log, "b\ndeep/\nmain\n");
    cr_assert_eq(strlen(text_of(json_object_get(build, "git"), "commit")), 40);
    free(log);
    json_decref(build);
}

Test(engine_snapshot, copies_a_folder_that_the_repository_around_it_ignores)
{
    FIXTURE(f);

    write_file(path_in(f.dir, "p/.gitignore"), "sub\n");
    write_file(path_in(f.dir, "p/sub/a"), "a");
    shell(path_in(f.dir, "p"), COMMIT);

    assert_output(&f, "ls -AF", path_in(f.dir, "p/sub"), "a\n");
}

Test(engine_snapshot, refuses_the_committed_state_of_a_folder_in_a_repository)
{
    FIXTURE(f);
    json_t *build;

    write_file(path_in(f.dir, "p/sub/a"), "a");
    shell(path_in(f.dir, "p"), COMMIT);
    build = run_source(&f, LIST, CHENGIS_SOURCE_COMMITTED, path_in(f.dir, "p/sub"));

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert(strstr(text_of(build, "message"), "only a whole repository") != NULL, "%s",
              text_of(build, "message"));
    json_decref(build);
}

Test(engine_snapshot, repeats_what_git_says_about_a_broken_repository)
{
    FIXTURE(f);
    json_t *build;

    write_file(path_in(f.dir, "p/.git"), "gitdir: /nonexistent/place\n");
    build = run_source(&f, LIST, CHENGIS_SOURCE_SNAPSHOT, path_in(f.dir, "p"));

    cr_assert_str_eq(text_of(build, "status"), "failure");
    cr_assert(strstr(text_of(build, "message"), "/nonexistent/place") != NULL, "%s",
              text_of(build, "message"));
    json_decref(build);
}

Test(engine_snapshot, says_that_submodules_are_left_out)
{
    FIXTURE(f);
    const char *dir = path_in(f.dir, "p");
    json_t *build;
    char *log;

    write_file(path_in(f.dir, "p/.gitmodules"), "[submodule \"s\"]\n\tpath = s\n\turl = x\n");
    shell(dir, COMMIT);
    build = run_source(&f, LIST, CHENGIS_SOURCE_SNAPSHOT, dir);
    log = log_of(&f, text_of(build, "id"), 0);

    cr_assert(strstr(log, "submodules") != NULL, "%s", log);
    free(log);
    json_decref(build);
}

/* ---- a git that does not end ---- */

static chengis_pair slow_path[1];

static void use_slow_git(chengis_engine_options *options)
{
    options->base_env = slow_path;
    options->base_env_count = 1;
}

/* An engine whose git makes the file `waiting` and waits; free the text. */
static char *open_with_slow_git(struct fixture *f)
{
    char *text = malloc(4096);

    f->dir = temp_dir();
    snprintf(text, 4096, "#!/bin/sh\ntouch '%s/waiting'\nexec sleep 60\n", f->dir);
    write_file(path_in(f->dir, "bin/git"), text);
    cr_assert_eq(chmod(path_in(f->dir, "bin/git"), 0755), 0);
    write_file(path_in(f->dir, "p/.git/x"), "");
    snprintf(text, 4096, "%s/bin:/usr/bin:/bin", f->dir);
    slow_path[0] = (chengis_pair){"PATH", text};
    fixture_open(f, use_slow_git);
    return text;
}

Test(engine_snapshot, ends_git_when_the_build_is_cancelled)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {0};
    char *text = open_with_slow_git(&f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    chengis_build *build;
    json_t *object;

    request.source = CHENGIS_SOURCE_SNAPSHOT;
    request.source_dir = path_in(f.dir, "p");
    build = submit(&f, LIST, &request);
    await_file(path_in(f.dir, "waiting"));
    assert_ok(chengis_build_cancel(build, "enough"));
    object = finish(build);

    cr_assert_str_eq(text_of(object, "status"), "aborted", "%s", text_of(object, "message"));
    cr_assert_str_eq(text_of(object, "reason"), "cancelled");
    json_decref(object);
    (void)chengis_build_unref(build);
    free(text);
}

Test(engine_snapshot, ends_git_when_the_time_of_the_build_is_over)
{
    __attribute__((cleanup(fixture_cleanup))) struct fixture f = {0};
    char *text = open_with_slow_git(&f);
    chengis_build_request request = CHENGIS_BUILD_REQUEST_INIT;
    json_t *build;

    request.source = CHENGIS_SOURCE_SNAPSHOT;
    request.source_dir = path_in(f.dir, "p");
    request.timeout_ms = 300;
    build = run_with(&f, LIST, &request);

    cr_assert_str_eq(text_of(build, "status"), "timed-out", "%s", text_of(build, "message"));
    json_decref(build);
    free(text);
}
