/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdio.h>

#include "dsl_test.h"

#define MAX_FILES 128

struct data_file {
    char dir[8];
    char name[64];
};

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strstr(entry->d_name, ".expect") == NULL;
}

static size_t list_files(struct data_file *files, size_t count, const char *dir)
{
    struct dirent **entries = NULL;
    int found = scandir(path_in(TEST_DATA_DIR, dir), &entries, is_input, alphasort);

    cr_assert_gt(found, 0);
    for (int i = 0; i < found; i++) {
        cr_assert_lt(count, MAX_FILES);
        (void)snprintf(files[count].dir, sizeof(files[count].dir), "%s", dir);
        (void)snprintf(files[count++].name, sizeof(files[0].name), "%.63s", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return count;
}

ParameterizedTestParameters(dsl_read, files_give_what_stands_beside_them)
{
    static struct data_file files[MAX_FILES];
    size_t count = list_files(files, 0, "good");

    count = list_files(files, count, "bad");
    return cr_make_param_array(struct data_file, files, count);
}

/* Every message with its place, then the canonical map of a good file. */
static char *outcome(const char *path, const char *name)
{
    struct chg_diagnostics *diags = NULL;
    chg_autopipeline pipeline = NULL;
    char *text = read_file(path);
    chg_autofree char *messages = NULL;
    struct chg_str out = CHG_STR_INIT;
    int rc;

    assert_ok(chg_diagnostics_new(&diags));
    rc = chg_pipeline_read(&pipeline, diags, name, text, strlen(text),
                           chg_pipeline_format_of(name, text, strlen(text)));
    cr_expect_eq(rc, diags->errors > 0 ? CHENGIS_ERR_PIPELINE : 0);
    messages = chengis_diagnostics_format(diags);
    chg_str_add(&out, messages);
    if (pipeline != NULL)
        assert_ok(chg_pipeline_print(&out, pipeline, "json"));
    (void)chengis_diagnostics_unref(diags);
    free(text);
    return chg_str_take(&out);
}

ParameterizedTest(struct data_file *file, dsl_read, files_give_what_stands_beside_them)
{
    char path[512];
    char beside[520];
    char *expected;
    chg_autofree char *got = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s/%s", TEST_DATA_DIR, file->dir, file->name);
    (void)snprintf(beside, sizeof(beside), "%s.expect", path);
    expected = read_file(beside);
    got = outcome(path, file->name);

    cr_expect_str_eq(got, expected, "%s:\n%s\nexpected:\n%s", file->name, got, expected);
    free(expected);
}

Test(dsl_read, asks_35_errors_name_file_line_column_and_the_thing)
{
    struct chg_diagnostics *diags = NULL;
    chg_pipeline *pipeline = NULL;
    static const char text[] = "{:stages [{:name \"Test\" :steps [{:run \"x\"} {}]}]}";

    assert_ok(chg_diagnostics_new(&diags));
    assert_err(chg_pipeline_read(&pipeline, diags, "Chengisfile", text, strlen(text), "edn"),
               CHENGIS_ERR_PIPELINE, "Chengisfile:1:33: Stage 1 (Test), Step 1: missing :name");
    cr_expect_null(pipeline);
    cr_expect_eq(chengis_diagnostics_count(diags), 3);
    (void)chengis_diagnostics_unref(diags);
}

Test(dsl_read, an_unknown_format_is_an_argument_error)
{
    struct chg_diagnostics *diags = NULL;
    chg_pipeline *pipeline = NULL;

    assert_ok(chg_diagnostics_new(&diags));
    assert_err(chg_pipeline_read(&pipeline, diags, "F", "", 0, "toml"), CHENGIS_ERR_INVALID,
               "unknown pipeline format 'toml'; known are edn, yaml and json");
    (void)chengis_diagnostics_unref(diags);
}

Test(dsl_read, a_text_beyond_one_mebibyte_is_refused)
{
    size_t len = ((size_t)1 << 20) + 1;
    chg_autofree char *text = chg_malloc(len + 1);

    memset(text, ' ', len);
    text[len] = '\0';

    expect_refused(text, "edn", "F: error: Chengisfile exceeds 1MB size limit");
    expect_refused(text, "yaml", "F: error: YAML workflow exceeds 1MB size limit");
}

Test(dsl_read, five_hundred_stages_are_the_limit)
{
    struct chg_str text = CHG_STR_INIT;
    chg_autopipeline pipeline = NULL;

    chg_str_add(&text, "stages:\n");
    for (int i = 0; i < CHG_MAX_STAGES; i++)
        chg_str_addf(&text, "- {name: s%d, steps: [{name: a, run: x}]}\n", i);
    pipeline = read_good(text.ptr, "yaml");
    cr_expect_eq(pipeline->stage_count, CHG_MAX_STAGES);
    chg_str_add(&text, "- {name: more, steps: [{name: a, run: x}]}\n");

    expect_refused(text.ptr, "yaml", "the pipeline has 501 stages, the limit is 500");
    chg_str_fini(&text);
}

Test(dsl_read, five_thousand_steps_are_the_limit_of_the_whole)
{
    struct chg_str text = CHG_STR_INIT;

    chg_str_add(&text, "stages:\n");
    for (int stage = 0; stage < 2; stage++) {
        chg_str_addf(&text, "- name: s%d\n  steps:\n", stage);
        for (int i = 0; i < CHG_MAX_STEPS / 2; i++)
            chg_str_addf(&text, "  - {name: a%d, run: x}\n", i);
    }
    (void)chengis_pipeline_unref(read_good(text.ptr, "yaml"));
    chg_str_add(&text, "post: {always: [{name: a, run: x}]}\n");

    expect_refused(text.ptr, "yaml", "the pipeline has more than 5000 steps");
    chg_str_fini(&text);
}

Test(dsl_read, names_end_at_256_bytes)
{
    chg_autofree char *name = repeated("x", CHG_MAX_NAME);
    chg_autofree char *good =
        chg_asprintf("stages: [{name: %s, steps: [{name: %s, run: x}]}]", name, name);
    chg_autofree char *bad =
        chg_asprintf("stages: [{name: %sx, steps: [{name: %sx, run: x}]}]", name, name);

    (void)chengis_pipeline_unref(read_good(good, "yaml"));

    expect_refused(bad, "yaml", "Stage 1: 'name' is 257 bytes long, the limit is 256");
    expect_refused(bad, "yaml", "Step 1: 'name' is 257 bytes long, the limit is 256");
}

Test(dsl_read, commands_and_variables_end_at_the_kernels_limit)
{
    chg_autofree char *most = repeated("x", CHG_MAX_ARG);
    chg_autofree char *good =
        chg_asprintf("stages: [{name: A, steps: [{name: s, run: %s}]}]", most);
    chg_autofree char *bad =
        chg_asprintf("stages: [{name: A, steps: [{name: s, run: %sx}]}]", most);
    chg_autofree char *variable = chg_asprintf("env: {A: %s}\n" ONE_STAGE, most);

    (void)chengis_pipeline_unref(read_good(good, "yaml"));

    expect_refused(bad, "yaml", "'run' is 131072 bytes long, the limit is 131071");
    expect_refused(variable, "yaml", "'env' A is 131073 bytes long with its name");
}

Test(dsl_read, more_errors_than_are_kept_are_counted)
{
    chg_autofree char *steps = repeated("{},", 300);
    chg_autofree char *text = chg_asprintf("stages: [{name: A, steps: [%s]}]", steps);

    expect_refused(text, "yaml", "Stage 1 (A), Step 99 (?): missing 'run'");
}

Test(dsl_read, both_spellings_give_the_same_pipeline)
{
    chg_autopipeline usual =
        read_good("{:name \"p\" :stages [{:name \"A\" :parallel true :when {:branch \"b\"} "
                  ":steps [{:name \"s\" :run \"x\" :when {:param \"p\" :value \"v\"}}]}] "
                  ":post {:on-success [{:name \"c\" :run \"y\"}]}}",
                  "edn");
    chg_autopipeline canonical = read_good(
        "pipeline-name: p\n"
        "stages:\n"
        "  - stage-name: A\n"
        "    parallel?: true\n"
        "    condition: {type: branch, value: b}\n"
        "    steps:\n"
        "      - {step-name: s, command: x, condition: {type: param, param: p, value: v}}\n"
        "post-actions: {on-success: [{step-name: c, command: y}]}\n",
        "yaml");

    cr_expect(chg_pipeline_equal(usual, canonical));
}

Test(dsl_read, anchors_and_merge_keys_share_definitions)
{
    chg_autopipeline pipeline = read_good("x-step: &step {run: make, timeout: 5s}\n"
                                          "stages:\n"
                                          "  - name: A\n"
                                          "    steps:\n"
                                          "      - {<<: *step, name: one}\n"
                                          "      - {<<: *step, name: two, run: test}\n",
                                          "yaml");

    cr_expect_str_eq(pipeline->stages[0].steps[0].command, "make");
    cr_expect_str_eq(pipeline->stages[0].steps[1].command, "test");
    cr_expect_eq(pipeline->stages[0].steps[1].timeout_ms, 5000);
}

Test(dsl_read, every_failing_allocation_is_an_error_and_leaks_nothing)
{
    char *text = read_file(path_in(TEST_DATA_DIR, "good/workflow.yml"));
    unsigned failures = 0;

    for (bool reached = true; reached; failures++) {
        struct chg_diagnostics *diags = NULL;
        chg_pipeline *pipeline = NULL;
        int rc;

        assert_ok(chg_diagnostics_new(&diags));
        fault_alloc(failures + 1);
        rc = chg_pipeline_read(&pipeline, diags, "F", text, strlen(text), "yaml");
        reached = fault_alloc_off();
        cr_expect(reached ? rc < 0 : rc == 0, "allocation %u: %d", failures + 1, rc);
        (void)chengis_pipeline_unref(pipeline);
        (void)chengis_diagnostics_unref(diags);
    }
    cr_expect_gt(failures, 100);
    free(text);
}
