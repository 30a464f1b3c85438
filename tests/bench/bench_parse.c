/* SPDX-License-Identifier: MIT */
/* How fast a pipeline is read: YAML into the model against libyaml's bare events, EDN of the same
 * content, and the largest files that are taken or refused. */
#include "bench.h"

#include <chengis/error.h>
#include <chengis/pipeline.h>
#include <yaml.h>

#include "base/str.h"
#include "dsl/dsl.h"

#define REPEATS 2000

struct work {
    const char *format;
    struct chg_str text;
    size_t repeats;
    bool refused;
};

/* A project of seven stages, as people write them: about 2.6 kB. */
static void fill_pipeline(struct chg_str *text)
{
    chg_str_add(text, "name: web-shop\n"
                      "description: Build, test and ship the shop\n"
                      "env:\n  CI_LEVEL: \"2\"\n  NODE_ENV: production\n"
                      "parameters:\n"
                      "  target: {type: choice, choices: [staging, production], default: staging}\n"
                      "artifacts:\n  - dist/**/*.js\n  - reports/*.xml\n"
                      "notify:\n  - type: slack\n    channel: \"#deploys\"\n"
                      "stages:\n");
    for (int i = 0; i < 7; i++) {
        chg_str_addf(text, "  - name: Stage %d\n", i);
        if (i == 3)
            chg_str_add(text, "    parallel: true\n");
        if (i == 6)
            chg_str_add(text, "    when:\n      branch: main\n");
        chg_str_add(text,
                    "    steps:\n"
                    "      - name: install\n        run: npm ci --prefer-offline\n"
                    "      - name: build\n        run: |\n          npm run build\n"
                    "          test -d dist\n        timeout: 600000\n"
                    "      - name: test\n        run: npm test -- --reporter junit\n"
                    "        env:\n          REPORT_DIR: reports\n          FORCE_COLOR: \"0\"\n");
    }
    chg_str_add(text, "post:\n  always:\n    - name: clean\n      run: rm -rf node_modules\n");
    bench_check(chg_str_check(text) == 0, "out of memory");
}

static double read_events(void *userdata)
{
    const struct work *work = userdata;
    double start = bench_cpu();

    for (size_t i = 0; i < work->repeats; i++) {
        yaml_parser_t parser;
        yaml_event_t event;
        bool more = true;

        bench_check(yaml_parser_initialize(&parser) == 1, "make a YAML parser");
        yaml_parser_set_input_string(&parser, (const unsigned char *)work->text.ptr,
                                     work->text.len);
        while (more) {
            bench_check(yaml_parser_parse(&parser, &event) == 1, "parse YAML");
            more = event.type != YAML_STREAM_END_EVENT;
            yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
    }
    return bench_cpu() - start;
}

static double read_model(void *userdata)
{
    const struct work *work = userdata;
    double start = bench_cpu();

    for (size_t i = 0; i < work->repeats; i++) {
        chengis_pipeline *pipeline = NULL;
        int rc =
            chengis_pipeline_parse(&pipeline, NULL, work->text.ptr, work->text.len, work->format);

        bench_check((rc < 0) == work->refused, chengis_error_last()->message);
        (void)chengis_pipeline_unref(pipeline);
    }
    return bench_cpu() - start;
}

static void show_rate(const char *what, struct work *work, size_t rounds)
{
    double rates[BENCH_ROUNDS_MAX];

    for (size_t i = 0; i < rounds; i++)
        rates[i] = (double)(work->text.len * work->repeats) / read_model(work) / 1e6;
    bench_show(what, rates, rounds, "MB/s");
}

static void show_time(const char *what, struct work *work, size_t rounds)
{
    double times[BENCH_ROUNDS_MAX];

    for (size_t i = 0; i < rounds; i++)
        times[i] = read_model(work) * 1e3 / (double)work->repeats;
    bench_show(what, times, rounds, "ms");
}

/* EDN of the same content, at least 50 MB/s. */
static bool compare_edn(const struct work *yaml, size_t rounds)
{
    struct work edn = {.format = "edn", .text = CHG_STR_INIT, .repeats = yaml->repeats};
    struct bench_ratio rate = {
        .id = "T16", .what = "EDN into the model, MB/s", .target = 50, .at_least = true};
    chengis_pipeline *pipeline = NULL;
    char *text = NULL;

    bench_check(chengis_pipeline_parse(&pipeline, NULL, yaml->text.ptr, yaml->text.len, "yaml") ==
                        0 &&
                    chengis_pipeline_format(&text, pipeline, "edn") == 0,
                "make the EDN");
    chg_str_add(&edn.text, text);
    (void)read_model(&edn);
    for (size_t i = 0; i < rounds; i++)
        bench_add(&rate, (double)(edn.text.len * edn.repeats) / read_model(&edn) / 1e6);
    chg_str_fini(&edn.text);
    chengis_free(text);
    (void)chengis_pipeline_unref(pipeline);
    return bench_report(&rate);
}

/* 1 MiB: as many steps as are taken, the rest in their commands; then steps beyond number. */
static void show_largest(size_t rounds)
{
    struct work work = {.format = "yaml", .text = CHG_STR_INIT, .repeats = 1};

    chg_str_add(&work.text, "stages:\n");
    for (int i = 0; i < CHG_MAX_STEPS; i++) {
        if (i % 10 == 0)
            chg_str_addf(&work.text, "  - name: stage %d\n    steps:\n", i);
        chg_str_addf(&work.text, "      - name: step %d\n        run: %0160d\n", i, i);
    }
    show_time("1 MiB of YAML, 500 stages, 5000 steps", &work, rounds);
    chg_str_reset(&work.text);
    chg_str_add(&work.text, "stages:\n");
    while (work.text.len < ((size_t)1 << 20) - 64)
        chg_str_add(&work.text, "  - {}\n");
    work.refused = true;
    show_time("1 MiB of YAML with too many stages", &work, rounds);
    chg_str_reset(&work.text);
    chg_str_add(&work.text, "stages:\n  - name: A\n    steps:\n");
    for (int i = 0; i < CHG_MAX_STEPS; i++)
        chg_str_add(&work.text, "      - {nmae: 1}\n");
    show_time("5000 steps, all of them wrong", &work, rounds);
    chg_str_fini(&work.text);
}

int main(int argc, char **argv)
{
    struct bench_options options = bench_options(argc, argv);
    struct work work = {.format = "yaml", .text = CHG_STR_INIT};
    struct bench_ratio ratio = {
        .id = "T16", .what = "YAML into the model against bare events", .target = 3.0};
    bool met;

    work.repeats = (size_t)REPEATS * options.scale / 100 + 1;
    fill_pipeline(&work.text);
    printf("   %zu bytes of YAML\n", work.text.len);
    ratio.per = work.repeats;
    bench_rounds(&ratio, options.rounds, read_model, &work, read_events, &work);
    met = bench_report(&ratio);
    show_rate("YAML into the model", &work, options.rounds);
    met = compare_edn(&work, options.rounds) && met;
    show_largest(options.rounds);
    chg_str_fini(&work.text);
    return met ? 0 : 1;
}
