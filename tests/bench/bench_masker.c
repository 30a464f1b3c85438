/* SPDX-License-Identifier: MIT */
/* How fast text is masked: 100 secrets against 5, against copying, and the texts that are hardest.
 */
#include "bench.h"
#include "logs/masker.h"

#include <stdint.h>

#define CHUNK (256 * 1024)

static size_t text_len = (size_t)64 << 20;
static uint32_t seed = 12345;

static uint32_t next_random(void)
{
    seed = seed * 1664525U + 1013904223U;
    return seed >> 8;
}

/* Values as they are in CI: tokens and passwords of 8 to 40 letters. */
static chengis_masker *random_masker(size_t secrets)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/+";
    chengis_masker *masker = NULL;
    char value[41];

    bench_check(chengis_masker_new(&masker) == 0, "make a masker");
    for (size_t i = 0; i < secrets; i++) {
        size_t len = 8 + next_random() % 33;

        for (size_t k = 0; k < len; k++)
            value[k] = letters[next_random() % (sizeof letters - 1)];
        bench_check(chengis_masker_add(masker, value, len) == 0, "add a secret");
    }
    return masker;
}

static chengis_masker *masker_of(const char *value)
{
    chengis_masker *masker = NULL;

    bench_check(chengis_masker_new(&masker) == 0, "make a masker");
    bench_check(chengis_masker_add(masker, value, strlen(value)) == 0, "add a secret");
    return masker;
}

/* Lines as a build prints them. */
static void fill_log(char *text, size_t len)
{
    static const char *const words[] = {
        "[ 42%]", "Building", "C",     "object",  "src/logs/CMakeFiles/logs.dir/masker.c.o",
        "ok",     "warning:", "npm",   "install", "https://registry.npmjs.org/left-pad",
        "PASS",   "0.013s",   "test_", "--",      "Linking",
        "the",    "cache",    "for",   "commit",  "3f786850e387550fdab836ed7e6dc881de23001b",
    };
    size_t at = 0;

    while (at < len) {
        const char *word = words[next_random() % (sizeof words / sizeof *words)];
        size_t n = strlen(word) < len - at ? strlen(word) : len - at;

        memcpy(text + at, word, n);
        at += n;
        if (at < len)
            text[at++] = next_random() % 9 == 0 ? '\n' : ' ';
    }
}

static void fill_random(char *text, size_t len)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < len; i++)
        text[i] = i % 77 == 76 ? '\n' : letters[next_random() % 64];
}

static void fill_with(char *text, size_t len, const char *pattern)
{
    for (size_t i = 0; i < len; i++)
        text[i] = pattern[i % strlen(pattern)];
}

struct work {
    chengis_masker *masker;
    const char *text;
};

static double mask(void *userdata)
{
    const struct work *work = userdata;
    struct chg_mask_stream *stream = NULL;
    double start = bench_cpu();
    const char *out;
    size_t len;

    bench_check(chg_mask_stream_new(&stream, work->masker) == 0, "make a stream");
    for (size_t at = 0; at < text_len; at += CHUNK)
        bench_check(chg_mask_stream_feed(stream, work->text + at,
                                         text_len - at < CHUNK ? text_len - at : CHUNK, &out,
                                         &len) == 0,
                    "mask");
    chg_mask_stream_free(stream);
    return bench_cpu() - start;
}

static double copy(void *userdata)
{
    static char chunk[CHUNK];
    const struct work *work = userdata;
    double start = bench_cpu();

    for (size_t at = 0; at < text_len; at += CHUNK) {
        memcpy(chunk, work->text + at, text_len - at < CHUNK ? text_len - at : CHUNK);
        __asm__ volatile("" : : "r"(chunk) : "memory");
    }
    return bench_cpu() - start;
}

static void show_rate(const char *what, bench_fn fn, struct work *work, size_t rounds)
{
    double rates[BENCH_ROUNDS_MAX];

    (void)fn(work);
    for (size_t i = 0; i < rounds; i++)
        rates[i] = (double)text_len / fn(work) / 1e6;
    bench_show(what, rates, rounds, "MB/s");
}

static bool compare(struct work *five, struct work *hundred, const char *what, size_t rounds)
{
    struct bench_ratio ratio = {.id = "T17", .what = what, .target = 0.5, .at_least = true};

    bench_rounds(&ratio, rounds, mask, five, mask, hundred); /* time of 5 / time of 100 = rates */
    return bench_report(&ratio);
}

static void show_worst(char *text, size_t rounds)
{
    static const char a32[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const char prefix[] = "correct-horse-battery-stapl ";
    struct work work = {.text = text};

    fill_with(text, text_len, "a");
    work.masker = masker_of(a32);
    show_rate("secret aaaa..., text of a", mask, &work, rounds);
    (void)chengis_masker_unref(work.masker);
    work.masker = masker_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    show_rate("secret aaaa...b, text of a", mask, &work, rounds);
    (void)chengis_masker_unref(work.masker);
    work.masker = masker_of("correct-horse-battery-staple");
    fill_with(text, text_len, prefix);
    show_rate("text full of prefixes", mask, &work, rounds);
    fill_with(text, text_len, "correct-horse-battery-staple ");
    show_rate("text full of secrets", mask, &work, rounds);
    (void)chengis_masker_unref(work.masker);
}

int main(int argc, char **argv)
{
    struct bench_options options = bench_options(argc, argv);
    struct work five = {.masker = random_masker(5)};
    struct work hundred = {.masker = random_masker(100)};
    bool met;
    char *text;

    text_len = text_len * options.scale / 100;
    text = malloc(text_len + 1);
    bench_check(text != NULL, "out of memory");
    five.text = text;
    hundred.text = text;
    fill_log(text, text_len);
    show_rate("copying, for comparison", copy, &five, options.rounds);
    met = compare(&five, &hundred, "build log, 100 secrets against 5", options.rounds);
    show_rate("build log, 5 secrets", mask, &five, options.rounds);
    show_rate("build log, 100 secrets", mask, &hundred, options.rounds);
    fill_random(text, text_len);
    met = compare(&five, &hundred, "base64 text, 100 secrets against 5", options.rounds) && met;
    show_rate("base64 text, 5 secrets", mask, &five, options.rounds);
    show_rate("base64 text, 100 secrets", mask, &hundred, options.rounds);
    show_worst(text, options.rounds);
    (void)chengis_masker_unref(five.masker);
    (void)chengis_masker_unref(hundred.masker);
    free(text);
    return met ? 0 : 1;
}
