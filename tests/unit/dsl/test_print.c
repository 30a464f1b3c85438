/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

/* Reading what was printed gives the same pipeline, in every format. */
static void expect_round_trip(const chg_pipeline *pipeline)
{
    static const char *const formats[] = {"json", "yaml", "edn"};

    for (size_t i = 0; i < 3; i++) {
        struct chg_str text = CHG_STR_INIT;
        chg_autofree char *messages = NULL;
        chg_autopipeline back = NULL;

        assert_ok(chg_pipeline_print(&text, pipeline, formats[i]));
        back = read_text(&messages, text.ptr, formats[i]);
        cr_assert_not_null(back, "%s:\n%s\n%s", formats[i], messages, text.ptr);
        cr_expect(chg_pipeline_equal(back, pipeline), "%s:\n%s", formats[i], text.ptr);
        chg_str_fini(&text);
    }
}

struct file_case {
    char name[32];
};

ParameterizedTestParameters(dsl_print, written_pipelines_survive_every_format)
{
    static struct file_case files[] = {
        {"chengisfile.edn"},     {"workflow.yml"},  {"canonical.json"},
        {"canonical-names.edn"}, {"expanded.json"}, {"warnings.yml"},
    };

    return cr_make_param_array(struct file_case, files, sizeof(files) / sizeof(files[0]));
}

ParameterizedTest(struct file_case *file, dsl_print, written_pipelines_survive_every_format)
{
    char *text = read_file(path_in(path_in(TEST_DATA_DIR, "good"), file->name));
    chg_autopipeline pipeline =
        read_good(text, chg_pipeline_format_of(file->name, text, strlen(text)));

    expect_round_trip(pipeline);
    free(text);
}

Test(dsl_print, asks_29_a_stored_plan_reads_back_as_the_very_plan)
{
    char *text = read_file(path_in(TEST_DATA_DIR, "good/chengisfile.edn"));
    chg_autopipeline plan = read_good(text, "edn");

    assert_ok(chg_plan_propagate_container(plan));
    assert_ok(chg_plan_expand_matrix(plan, 0));

    expect_round_trip(plan);
    free(text);
}

/* Pipelines made by chance, from one seed each, so that a failure can be repeated. */
struct chance {
    uint64_t state;
};

static size_t below(struct chance *chance, size_t n)
{
    chance->state = chance->state * 6364136223846793005U + 1442695040888963407U;
    return (size_t)(chance->state >> 33) % n;
}

/* What formats must quote: words that look like other types, markup, quotes, blanks at the ends,
 * line ends. */
static const char *const texts[] = {
    "plain",      "two words",
    "true",       "null",
    "~",          "1.10",
    "0x1F",       "-",
    "- a",        "a: b",
    "a #b",       "#c",
    "'q'",        "\"d\"",
    "\\n",        "a\nb",
    "a\n\nb\n",   " lead",
    "trail ",     "\ttab",
    "{x}",        "[y]",
    ":kw",        "*alias",
    "&anchor",    "!tag",
    "%dir",       "@at",
    "`tick",      "|",
    ">",          "?",
    "2024-01-01", "\xC3\xA9\xE2\x82\xAC",
    "yes",        "a\r\nb",
    "=",          "<<",
    "---",        "\x01",
};

static char *any_text(struct chance *chance)
{
    return chg_strdup(texts[below(chance, sizeof(texts) / sizeof(texts[0]))]);
}

static char *any_name(struct chance *chance, size_t number)
{
    static const char *const names[] = {"Build", "1.10", "true", "a: b", "[x]", "\xC3\xA9", "#n"};

    return chg_asprintf("%s %zu", names[below(chance, 7)], number);
}

static void any_pairs(struct chance *chance, struct chg_kvlist *pairs)
{
    static const char *const names[] = {"A", "type", "_x", "NULL", "exclude", "Y"};

    for (size_t i = below(chance, 4); i > 0; i--) {
        chg_autofree char *value = any_text(chance);

        assert_ok(chg_kvlist_put(pairs, names[below(chance, 6)], value));
    }
}

static void any_strings(struct chance *chance, struct chg_strings *strings)
{
    for (size_t i = below(chance, 3); i > 0; i--) {
        chg_autofree char *value = any_text(chance);

        assert_ok(chg_strings_add(strings, value));
    }
}

static struct chg_condition *any_condition(struct chance *chance)
{
    struct chg_condition *condition = NULL;
    enum chg_condition_type type = below(chance, 4);
    chg_autofree char *value = any_text(chance);

    if (below(chance, 2) == 0)
        return NULL;
    assert_ok(chg_condition_new(&condition, type));
    if (type == CHG_CONDITION_PARAM) {
        condition->param = any_text(chance);
        if (below(chance, 2) == 0)
            assert_ok(chg_strings_add(&condition->values, value));
    } else if (type == CHG_CONDITION_BRANCH) {
        assert_ok(chg_strings_add(&condition->values, "main"));
        if (below(chance, 2) == 0)
            assert_ok(chg_strings_add(&condition->values, "rel/*"));
    } else if (type == CHG_CONDITION_ALL) {
        struct chg_condition *child = any_condition(chance);

        if (child != NULL)
            assert_ok(chg_condition_add_child(condition, child));
    }
    return condition;
}

static void any_step(struct chance *chance, struct chg_step *step, size_t number)
{
    step->name = any_name(chance, number);
    step->type = chg_strdup("shell");
    step->command = any_text(chance);
    any_pairs(chance, &step->env);
    step->condition = any_condition(chance);
    step->timeout_ms = (int64_t)below(chance, 1000);
    if (below(chance, 2) == 0)
        return;
    chg_free(step->type);
    step->type = chg_strdup("docker");
    step->container.image = any_text(chance);
    step->container.pull_policy = chg_strdup("if-not-present");
    any_strings(chance, &step->container.volumes);
    any_strings(chance, &step->container.docker_args);
}

static chg_pipeline *any_pipeline(struct chance *chance)
{
    chg_pipeline *p = NULL;

    assert_ok(chg_pipeline_new(&p));
    p->name = any_name(chance, 0);
    p->description = any_text(chance);
    any_pairs(chance, &p->env);
    p->stage_count = 1 + below(chance, 3);
    p->stages = chg_calloc(p->stage_count, sizeof(*p->stages));
    for (size_t i = 0; i < p->stage_count; i++) {
        struct chg_stage *stage = &p->stages[i];

        stage->name = any_name(chance, i);
        stage->parallel = below(chance, 2) == 0;
        stage->condition = any_condition(chance);
        stage->step_count = 1 + below(chance, 3);
        stage->steps = chg_calloc(stage->step_count, sizeof(*stage->steps));
        for (size_t k = 0; k < stage->step_count; k++)
            any_step(chance, &stage->steps[k], k);
    }
    p->notify_count = 1;
    p->notify = chg_calloc(1, sizeof(*p->notify));
    p->notify[0].type = chg_strdup("email");
    p->notify[0].config =
        json_pack("{s:s, s:[i, b, n, f], s:{s:s}}", "a key", texts[below(chance, 40)], "list", -5,
                  1, 0.25, "env", "type", "x");
    return p;
}

Test(dsl_print, pipelines_made_by_chance_survive_every_format)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct chance chance = {seed};
        chg_autopipeline pipeline = any_pipeline(&chance);

        expect_round_trip(pipeline);
    }
}

Test(dsl_print, edn_writes_words_as_keywords_and_users_text_as_text)
{
    chg_autopipeline pipeline =
        read_good("stages: [{name: A, steps: [{name: s, run: x, image: i, pull-policy: never, "
                  "env: {type: shell}}]}]\nmatrix: {type: [shell], exclude: [{type: shell}]}\n",
                  "yaml");
    struct chg_str text = CHG_STR_INIT;

    assert_ok(chg_pipeline_print(&text, pipeline, "edn"));

    cr_expect_not_null(strstr(text.ptr, ":type :docker"));
    cr_expect_not_null(strstr(text.ptr, ":pull-policy :never"));
    cr_expect_not_null(strstr(text.ptr, ":env {:type \"shell\"}"));
    cr_expect_not_null(strstr(text.ptr, "[{:type \"shell\"}]"));
    cr_expect_not_null(strstr(text.ptr, ":step-name \"s\""));
    chg_str_fini(&text);
}

Test(dsl_print, an_unknown_format_is_refused)
{
    chg_autopipeline pipeline = read_good(ONE_STAGE, "yaml");
    struct chg_str text = CHG_STR_INIT;

    assert_err(chg_pipeline_print(&text, pipeline, "toml"), CHENGIS_ERR_INVALID,
               "unknown pipeline format 'toml'; known are json, yaml and edn");
    chg_str_fini(&text);
}

Test(dsl_print, every_failing_allocation_is_an_error)
{
    static const char *const formats[] = {"json", "yaml", "edn"};
    chg_autopipeline pipeline = read_good("env: {A: b}\n" ONE_STAGE, "yaml");
    unsigned failures = 0;

    for (size_t i = 0; i < 3; i++) {
        unsigned nth = 1;

        for (bool reached = true; reached; nth++, failures++) {
            struct chg_str text = CHG_STR_INIT;
            int rc;

            fault_alloc(nth);
            rc = chg_pipeline_print(&text, pipeline, formats[i]);
            reached = fault_alloc_off();
            cr_expect(reached ? rc < 0 : rc == 0, "%s, allocation %u: %d", formats[i], nth, rc);
            chg_str_fini(&text);
        }
    }
    cr_expect_gt(failures, 30);
}
