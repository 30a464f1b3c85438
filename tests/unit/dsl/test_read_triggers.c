/* SPDX-License-Identifier: MIT */
#include "dsl_test.h"

static void expect_json(json_t *value, const char *expected)
{
    chg_autofree char *got = value != NULL ? chg_json_dump(value) : NULL;

    cr_assert_not_null(got);
    cr_expect_str_eq(got, expected);
}

struct triggers_case {
    char yaml[96];
    char json[128];
};

ParameterizedTestParameters(dsl_read_triggers, triggers_become_their_canonical_map)
{
    static struct triggers_case cases[] = {
        {"on: {push: {branches: [main, v2]}}", "{\"push\":{\"branches\":[\"main\",\"v2\"]}}"},
        {"on: {push: {branches: main}}", "{\"push\":{\"branches\":[\"main\"]}}"},
        {"on: {push: }", "{\"push\":{}}"},
        {"on: {push: {}}", "{\"push\":{}}"},
        {"'on': {schedule: [{interval: 30}]}", "{\"schedule\":[{\"interval\":30}]}"},
        {"on: {schedule: [{cron: '0 * * * *'}]}", "{\"schedule\":[{\"cron\":\"0 * * * *\"}]}"},
        {"triggers: {push: {branches: [a]}}", "{\"push\":{\"branches\":[\"a\"]}}"},
        {"triggers: [{type: interval, minutes: 5}]", "[{\"type\":\"interval\",\"minutes\":5}]"},
    };

    return cr_make_param_array(struct triggers_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct triggers_case *row, dsl_read_triggers, triggers_become_their_canonical_map)
{
    chg_autofree char *text = chg_asprintf("%s\n" ONE_STAGE, row->yaml);
    chg_autopipeline pipeline = read_good(text, "yaml");

    expect_json(pipeline->triggers, row->json);
}

ParameterizedTestParameters(dsl_read_triggers, wrong_shapes_are_refused)
{
    static struct triggers_case cases[] = {
        {"on: push", "'on' must be a map"},
        {"on: {push: main}", "'push' must be a map"},
        {"on: {push: {branches: {a: b}}}", "'branches' must be a list"},
        {"on: {schedule: {cron: x}}", "'schedule' must be a list"},
        {"on: {schedule: [x]}", "'schedule': every entry must be a map"},
        {"on: {}\ntriggers: {}", "'triggers' is given twice, first as 'on' in line 1"},
        {"triggers: x", "'triggers' must be a map"},
        {"triggers: {a: \"x\\0\"}", "a text contains a NUL byte"},
        {"source: git", "'source' must be a map"},
        {"source: {url: x}", "'source': missing 'type'"},
        {"notify: {type: slack}", "'notify' must be a list"},
        {"notify: [slack]", "'notify': every entry must be a map"},
        {"notify: [{channel: x}]", "'notify': an entry has no 'type'"},
    };

    return cr_make_param_array(struct triggers_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct triggers_case *row, dsl_read_triggers, wrong_shapes_are_refused)
{
    chg_autofree char *text = chg_asprintf("%s\n" ONE_STAGE, row->yaml);

    expect_refused(text, "yaml", row->json);
}

Test(dsl_read_triggers, notifications_keep_their_settings_with_types)
{
    chg_autopipeline pipeline = read_good(
        "{:notify [{:type :email :to [\"a\" \"b\"] :email {:port 25 :tls true :pause 0.5 :x nil}}] "
        ":stages [{:name \"A\" :steps [{:name \"s\" :run \"x\"}]}]}",
        "edn");

    cr_expect_str_eq(pipeline->notify[0].type, "email");
    expect_json(pipeline->notify[0].config,
                "{\"to\":[\"a\",\"b\"],\"email\":{\"port\":25,\"tls\":true,\"pause\":0.5,"
                "\"x\":null}}");
}

Test(dsl_read_triggers, keys_must_be_text)
{
    expect_refused("{:notify [{:type :slack [a] 1}] :stages []}", "edn",
                   "a key must be text, not a list");
}

Test(dsl_read_triggers, sources_are_kept_as_they_are)
{
    chg_autopipeline pipeline =
        read_good("source: {type: git, url: u, depth: 1}\n" ONE_STAGE, "yaml");

    expect_json(pipeline->source, "{\"type\":\"git\",\"url\":\"u\",\"depth\":1}");
}

Test(dsl_read_triggers, infinity_becomes_text)
{
    chg_autopipeline pipeline = read_good("notify: [{type: x, n: .inf}]\n" ONE_STAGE, "yaml");

    expect_json(pipeline->notify[0].config, "{\"n\":\".inf\"}");
}

Test(dsl_read_triggers, a_hundred_notifications_are_the_limit)
{
    chg_autofree char *entries = repeated("{type: x},", 101);
    chg_autofree char *text = chg_asprintf("notify: [%s]\n" ONE_STAGE, entries);

    expect_refused(text, "yaml", "'notify' has 101 entries, the limit is 100");
}
