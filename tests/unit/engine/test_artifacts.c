/* SPDX-License-Identifier: MIT */
/* Kept files: which, under which name, with which digest, and what is never kept. */
#include "engine_fixture.h"

static json_t *artifact(const json_t *build, const char *original)
{
    size_t i;
    json_t *item;

    json_array_foreach (json_object_get(build, "artifacts"), i, item) {
        if (strcmp(text_of(item, "original-path"), original) == 0)
            return item;
    }
    return NULL;
}

Test(engine_artifacts, keeps_matching_files_with_size_type_and_digest)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "artifacts: ['dist/**/*.json']\nstages:\n- name: A\n  steps:\n"
                     "  - {name: s, run: 'mkdir -p dist/deep; printf {} > dist/deep/a.json; printf "
                     "x > dist/b.txt; printf {} > dist/c.json'}\n");
    json_t *deep = artifact(build, "dist/deep/a.json");
    char *content;

    cr_assert_eq(json_array_size(json_object_get(build, "artifacts")), 2);
    cr_assert_not_null(artifact(build, "dist/c.json"), "** matches no folder, too");
    cr_assert_str_eq(text_of(deep, "filename"), "dist_deep_a.json");
    cr_assert_eq(json_integer_value(json_object_get(deep, "size-bytes")), 2);
    cr_assert_str_eq(text_of(deep, "content-type"), "application/json");
    cr_assert_str_eq(text_of(deep, "sha256"),
                     "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    content = read_file(text_of(deep, "path"));
    cr_assert_str_eq(content, "{}");
    free(content);
    json_decref(build);
}

Test(engine_artifacts, finds_a_bare_pattern_at_the_root_and_below)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, "artifacts: ['*.jar']\nstages:\n- name: A\n  steps:\n"
                                 "  - {name: s, run: 'mkdir -p t; touch app.jar t/app.jar'}\n");

    cr_assert_not_null(artifact(build, "app.jar"));
    cr_assert_not_null(artifact(build, "t/app.jar"));
    json_decref(build);
}

Test(engine_artifacts, keeps_both_files_whose_names_collide)
{
    FIXTURE(f);
    json_t *build =
        run_yaml(&f, "artifacts: ['**/*.txt']\nstages:\n- name: A\n  steps:\n"
                     "  - {name: s, run: 'mkdir -p a; echo 1 > a/b.txt; echo 2 > a_b.txt'}\n");
    json_t *first = artifact(build, "a/b.txt"), *second = artifact(build, "a_b.txt");
    char *one, *two;

    cr_assert_not_null(first);
    cr_assert_not_null(second);
    cr_assert_str_neq(text_of(first, "filename"), text_of(second, "filename"));
    one = read_file(text_of(first, "path"));
    two = read_file(text_of(second, "path"));
    cr_assert_str_eq(one, "1\n");
    cr_assert_str_eq(two, "2\n");
    free(one);
    free(two);
    json_decref(build);
}

Test(engine_artifacts, never_follows_a_link)
{
    FIXTURE(f);
    json_t *build;
    char yaml[1024];

    write_file(path_in(f.dir, "outside/secret.txt"), "x");
    snprintf(yaml, sizeof(yaml),
             "artifacts: ['**/*.txt']\nstages:\n- name: A\n  steps:\n"
             "  - {name: s, run: 'ln -s %s/outside dir; ln -s %s/outside/secret.txt file.txt; "
             "touch own.txt'}\n",
             f.dir, f.dir);
    build = run_yaml(&f, yaml);

    cr_assert_eq(json_array_size(json_object_get(build, "artifacts")), 1);
    cr_assert_not_null(artifact(build, "own.txt"));
    json_decref(build);
}

Test(engine_artifacts, keeps_a_file_once_though_two_patterns_match)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, "artifacts: ['*.txt', 'a.*']\nstages:\n- name: A\n  steps:\n  - "
                                 "{name: s, run: 'touch a.txt'}\n");

    cr_assert_eq(json_array_size(json_object_get(build, "artifacts")), 1);
    json_decref(build);
}

Test(engine_artifacts, says_in_the_log_that_nothing_matched)
{
    FIXTURE(f);
    json_t *build = run_yaml(
        &f, "artifacts: ['*.jar']\nstages:\n- name: A\n  steps:\n  - {name: s, run: 'true'}\n");
    char *log = log_of(&f, text_of(build, "id"), 0);

    cr_assert_str_eq(text_of(build, "status"), "success");
    cr_assert(strstr(log, "artifacts: no file matches '*.jar'") != NULL);
    free(log);
    json_decref(build);
}

Test(engine_artifacts, keeps_them_of_failed_builds_too)
{
    FIXTURE(f);
    json_t *build = run_yaml(&f, "artifacts: ['report.xml']\nstages:\n- name: A\n  steps:\n  - "
                                 "{name: s, run: 'touch report.xml; exit 1'}\n");

    cr_assert_not_null(artifact(build, "report.xml"));
    json_decref(build);
}
