/* SPDX-License-Identifier: MIT */
/* Masking of streams: the same result however the text is cut, and nothing of a secret. */
#include "logs/masker.h"

#include "logs/mask_forms.h"
#include "logs_fixture.h"

Test(logs_mask_stream, masks_a_value_in_its_surroundings)
{
    assert_masks(MASKER("hunter2"), "login hunter2 ok", "login *** ok");
    assert_masks(MASKER("hunter2"), "hunter2", "***");
    assert_masks(MASKER("hunter2"), "hunter", "hunter");
    assert_masks(MASKER("hunter2"), "hunter hunter1 hhunter2", "hunter hunter1 h***");
}

Test(logs_mask_stream, text_without_secrets_is_not_copied)
{
    static const char text[] = "line one of the build\nline two of the build\n";
    chengis_masker *masker = MASKER("hunter2");
    struct chg_mask_stream *stream;
    const char *out;
    size_t len;

    assert_ok(chg_mask_stream_new(&stream, masker));
    assert_ok(chg_mask_stream_feed(stream, text, strlen(text), &out, &len));
    cr_assert(out == text && len == strlen(text));
    chg_mask_stream_free(stream);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, without_a_masker_bytes_pass_untouched)
{
    struct chg_mask_stream *stream;
    const char *out;
    size_t len;

    assert_ok(chg_mask_stream_new(&stream, NULL));
    assert_ok(chg_mask_stream_feed(stream, "hunter2", 7, &out, &len));
    cr_assert(len == 7 && memcmp(out, "hunter2", 7) == 0);
    assert_ok(chg_mask_stream_finish(stream, &out, &len));
    cr_assert_eq(len, 0);
    chg_mask_stream_free(stream);
}

Test(logs_mask_stream, overlapping_and_touching_values_give_one_mask)
{
    assert_masks(MASKER("abcdef", "defghi"), "-abcdefghi-", "-***-");
    assert_masks(MASKER("abcd", "efgh"), "-abcdefgh-", "-***-");
    assert_masks(MASKER("abcd"), "abcdabcdabcd", "***");
    assert_masks(MASKER("abcd"), "abcd abcd", "*** ***");
    assert_masks(MASKER("abcdefgh", "cdef"), "abcdefgx cdef abcdefgh", "ab***gx *** ***");
}

Test(logs_mask_stream, a_value_that_overlaps_itself_is_masked_to_its_end)
{
    assert_masks(MASKER("aaaa"), "baaaaaaab", "b***b");
    assert_masks(MASKER("abab1"), "ababab1", "ab***");
    assert_masks(MASKER("abaab"), "abaabaab", "***");
}

Test(logs_mask_stream, holds_back_no_more_than_may_begin_a_value)
{
    chengis_masker *masker = MASKER("hunter2");
    struct chg_mask_stream *stream;
    const char *out;
    size_t len;

    assert_ok(chg_mask_stream_new(&stream, masker));
    assert_ok(chg_mask_stream_feed(stream, "password: hunt", 14, &out, &len));
    cr_assert(len == 10 && memcmp(out, "password: ", 10) == 0);
    cr_assert_eq(chg_mask_stream_held(stream), 4);
    assert_ok(chg_mask_stream_feed(stream, "er2", 3, &out, &len));
    cr_assert(len == 3 && memcmp(out, "***", 3) == 0);
    cr_assert_eq(chg_mask_stream_held(stream), 0);
    chg_mask_stream_free(stream);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, finish_gives_the_rest_and_begins_anew)
{
    chengis_masker *masker = MASKER("hunter2");
    struct chg_mask_stream *stream;
    const char *out;
    size_t len;

    assert_ok(chg_mask_stream_new(&stream, masker));
    assert_ok(chg_mask_stream_feed(stream, "hunt", 4, &out, &len));
    cr_assert_eq(len, 0);
    assert_ok(chg_mask_stream_finish(stream, &out, &len));
    cr_assert(len == 4 && memcmp(out, "hunt", 4) == 0);
    assert_ok(chg_mask_stream_feed(stream, "er2hunter2", 10, &out, &len));
    cr_assert(len == 6 && memcmp(out, "er2***", 6) == 0);
    chg_mask_stream_free(stream);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, a_mask_open_at_the_end_of_a_chunk_is_written_once)
{
    struct chg_str out = CHG_STR_INIT;
    chengis_masker *masker = MASKER("aaaaaaaa", "bbbb");
    static const char text[] = "aaaaaaaaaaaaaaaaaaabbbbbbbbbbbbcc";

    for (size_t piece = 1; piece < sizeof text; piece++) {
        chg_str_reset(&out);
        mask_in_pieces(&out, masker, text, strlen(text), piece);
        cr_assert_str_eq(out.ptr, "***cc", "pieces of %zu: '%s'", piece, out.ptr);
    }
    chg_str_fini(&out);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, memory_stays_constant_in_a_text_of_prefixes)
{
    chengis_masker *masker = MASKER("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    struct chg_mask_stream *stream;
    char chunk[997];
    uint64_t total = 0;
    const char *out;
    size_t len;

    memset(chunk, 'a', sizeof chunk);
    assert_ok(chg_mask_stream_new(&stream, masker));
    for (int i = 0; i < 200; i++) {
        assert_ok(chg_mask_stream_feed(stream, chunk, sizeof chunk, &out, &len));
        cr_assert(chg_mask_stream_held(stream) <= 31);
        total += len;
    }
    cr_assert_eq(total + chg_mask_stream_held(stream), 200 * sizeof chunk);
    chg_mask_stream_free(stream);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, bytes_of_every_value_pass)
{
    chengis_masker *masker = MASKER("hunter2");
    struct chg_str out = CHG_STR_INIT;
    char text[1024];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7);
    mask_in_pieces(&out, masker, text, sizeof text, 100);
    cr_assert(out.len == sizeof text && memcmp(out.ptr, text, sizeof text) == 0);
    chg_str_fini(&out);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, no_memory_leaves_the_chunk_unconsumed)
{
    chengis_masker *masker = MASKER("hunter2");
    struct chg_mask_stream *stream;
    const char *out;
    size_t len;

    assert_ok(chg_mask_stream_new(&stream, masker));
    fault_alloc(1);
    cr_assert_eq(chg_mask_stream_feed(stream, "hunter2!", 8, &out, &len), CHENGIS_ERR_NO_MEMORY);
    cr_assert(fault_alloc_off());
    assert_ok(chg_mask_stream_feed(stream, "hunter2!", 8, &out, &len));
    cr_assert(len == 4 && memcmp(out, "***!", 4) == 0);
    chg_mask_stream_free(stream);
    (void)chengis_masker_unref(masker);
}

/* Every byte in any occurrence of any form is masked: the definition, form by form and place by
 * place. */
static void mask_naively(struct chg_str *out, const struct chg_mask_forms *forms, const char *text,
                         size_t len)
{
    bool *masked = calloc(len + 1, sizeof *masked);

    for (size_t f = 0; f < forms->len; f++)
        for (size_t at = 0; at + forms->items[f].len <= len; at++)
            if (memcmp(text + at, forms->items[f].ptr, forms->items[f].len) == 0)
                memset(masked + at, true, forms->items[f].len);
    for (size_t i = 0; i < len; i++) {
        if (!masked[i])
            chg_str_add_char(out, text[i]);
        else if (i == 0 || !masked[i - 1])
            chg_str_add(out, "***");
    }
    free(masked);
}

static size_t fill(char *out, size_t max, const char *alphabet, uint32_t *seed)
{
    size_t len = random_next(seed) % max;

    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[random_next(seed) % strlen(alphabet)];
    return len;
}

/* Random values over few letters, a random text cut at random, against the definition. */
static void try_case(uint32_t seed, const char *alphabet, size_t values, size_t value_max)
{
    struct chg_mask_forms forms = {0};
    struct chg_str expected = CHG_STR_INIT;
    struct chg_str got = CHG_STR_INIT;
    chengis_masker *masker;
    char text[600];
    char value[64];
    size_t len = fill(text, sizeof text, alphabet, &seed);

    assert_ok(chengis_masker_new(&masker));
    for (size_t i = 0; i < values; i++) {
        size_t value_len = fill(value, value_max, alphabet, &seed);

        assert_ok(chengis_masker_add(masker, value, value_len));
        assert_ok(chg_mask_forms_add(&forms, value, value_len));
    }
    mask_naively(&expected, &forms, text, len);
    mask_in_pieces(&got, masker, text, len, 1 + random_next(&seed) % 80);
    cr_assert(got.len == expected.len && memcmp(got.ptr, expected.ptr, got.len) == 0,
              "seed %u: '%.*s': '%s', expected '%s'", seed, (int)len, text, got.ptr, expected.ptr);
    chg_str_fini(&expected);
    chg_str_fini(&got);
    chg_mask_forms_fini(&forms);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, equals_the_definition_for_random_values_and_cuts)
{
    for (uint32_t seed = 0; seed < 1500; seed++) {
        try_case(seed, "ab", 1 + seed % 4, 14);
        try_case(seed, "abc\n", 1 + seed % 3, 30);
        try_case(seed, "0163", 1 + seed % 9, 9);
    }
}

static void try_pieces(uint32_t seed)
{
    chengis_masker *masker = MASKER("secret-value-1", "cret-va", "value-1 and more");
    struct chg_str whole = CHG_STR_INIT;
    struct chg_str cut = CHG_STR_INIT;
    char text[600];
    size_t len = fill(text, sizeof text - 40, "secrtvalu-1 ", &seed);

    memcpy(text + len / 2, "secret-value-1 and more", 23);
    len = len < len / 2 + 23 ? len / 2 + 23 : len;
    mask_in_pieces(&whole, masker, text, len, sizeof text);
    mask_in_pieces(&cut, masker, text, len, 1 + random_next(&seed) % 30);
    cr_assert_str_eq(cut.ptr, whole.ptr);
    cr_assert(strstr(cut.ptr, "***") != NULL && strstr(cut.ptr, "secret-v") == NULL);
    chg_str_fini(&whole);
    chg_str_fini(&cut);
    (void)chengis_masker_unref(masker);
}

Test(logs_mask_stream, the_cuts_do_not_matter)
{
    for (uint32_t seed = 0; seed < 500; seed++)
        try_pieces(seed);
}
