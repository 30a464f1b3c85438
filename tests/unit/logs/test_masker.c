/* SPDX-License-Identifier: MIT */
/* The public masker: its rules, and the leaks that users of other systems reported. */
#include <chengis/masker.h>

#include "base/thread.h"
#include "logs_fixture.h"

Test(logs_masker, asks_11_every_line_of_a_multi_line_secret_is_masked)
{
    static const char key[] = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7bq\nQmFzZTY0LXNvcnQ\n"
                              "-----END KEY-----\n";

    assert_masks(MASKER(key), "cat key:\n-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7bq\n",
                 "cat key:\n***\n***\n");
    assert_masks(MASKER(key), "> QmFzZTY0LXNvcnQ <", "> *** <");
    assert_masks(MASKER(key), key, "***\n");
}

Test(logs_masker, asks_11_a_multi_line_secret_is_masked_with_other_line_ends)
{
    assert_masks(MASKER("ab12\ncd34"), "x ab12\r\ncd34 y", "x *** y");
    assert_masks(MASKER("ab12\ncd34"), "x \"ab12\\ncd34\" y", "x \"***\" y");
    assert_masks(MASKER("ab12\r\ncd34"), "x ab12\ncd34 y", "x *** y");
}

/* base64 of "user:hunter2-and-more!", of "x" and of "xy" before it. */
Test(logs_masker, asks_12_base64_is_masked_at_any_place_of_a_longer_text)
{
    assert_masks(MASKER("hunter2-and-more"), "dXNlcjpodW50ZXIyLWFuZC1tb3JlIQ==", "dXNlcjp***IQ==");
    assert_masks(MASKER("hunter2-and-more"), "aHVudGVyMi1hbmQtbW9yZQ==", "***Q==");
    assert_masks(MASKER("hunter2-and-more"), "eGh1bnRlcjItYW5kLW1vcmU=", "eG***U=");
}

Test(logs_masker, asks_12_url_safe_base64_is_masked)
{
    assert_masks(MASKER("\xfb\xff\xbf\xfb\xff\xbf"), "a -_-_-_-_ b +/+/+/+/ c", "a *** b *** c");
}

Test(logs_masker, asks_12_base64_wrapped_into_lines_is_masked)
{
    static const char value[] = "The quick brown fox jumps over the lazy dog, then runs away from "
                                "all the other dogs of the wood.";
    static const char wrapped[] =
        "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgdGhlbiBydW5zIGF3\n"
        "YXkgZnJvbSBhbGwgdGhlIG90aGVyIGRvZ3Mgb2YgdGhlIHdvb2Qu\n";

    assert_masks(MASKER(value), wrapped, "***\n***\n");
}

Test(logs_masker, asks_12_percent_encoding_is_masked_in_both_cases)
{
    assert_masks(MASKER("p/ss w+rd"), "u=p%2Fss%20w%2Brd&v=p%2fss%20w%2brd", "u=***&v=***");
    assert_masks(MASKER("p/ss w+rd"), "u=p%2Fss+w%2Brd&v=p/ss%20w%2Brd", "u=***&v=***");
}

Test(logs_masker, asks_12_json_shell_and_hexadecimal_forms_are_masked)
{
    assert_masks(MASKER("a\"b\\c/d"), "{\"k\": \"a\\\"b\\\\c/d\", \"l\": \"a\\\"b\\\\c\\/d\"}",
                 "{\"k\": \"***\", \"l\": \"***\"}");
    assert_masks(MASKER("it's me"), "+ echo 'it'\\''s me'", "+ echo '***'");
    assert_masks(MASKER("hunter2"), "68756e74657232 68756E74657232", "*** ***");
}

Test(logs_masker, asks_13_short_values_are_refused_so_that_the_caller_can_warn)
{
    chengis_masker *masker;

    assert_ok(chengis_masker_new(&masker));
    cr_assert_eq(chengis_masker_add(masker, "1", 1), 1);
    cr_assert_eq(chengis_masker_add(masker, "abc", 3), 1);
    cr_assert_eq(chengis_masker_add(masker, "ab\n\n", 4), 1);
    cr_assert_eq(chengis_masker_add(masker, NULL, 0), 1);
    cr_assert_eq(chengis_masker_add(masker, "abcd", 4), 0);
    assert_masks(masker, "1 abc abcd", "1 abc ***");
}

Test(logs_masker, asks_13_common_base64_parts_of_short_values_are_left_alone)
{
    assert_masks(MASKER("test"), "dGVzd dGVzb", "dGVzd dGVzb");
}

Test(logs_masker, masks_a_whole_text)
{
    chengis_masker *masker = MASKER("hunter2", "swordfish");
    char *out = NULL;
    size_t len = 0;

    assert_ok(chengis_masker_mask(&out, &len, masker, "hunter2\0swordfish!", 18));
    cr_assert(len == 8 && memcmp(out, "***\0***!", 9) == 0);
    chengis_free(out);
    assert_ok(chengis_masker_mask(&out, &len, masker, NULL, 0));
    cr_assert(len == 0 && *out == '\0');
    chengis_free(out);
    (void)chengis_masker_unref(masker);
}

Test(logs_masker, a_masker_without_values_changes_nothing)
{
    chengis_masker *masker;

    assert_ok(chengis_masker_new(&masker));
    assert_masks(masker, "anything", "anything");
}

Test(logs_masker, internal_texts_are_masked_and_may_lack_a_masker)
{
    chengis_masker *masker = MASKER("hunter2");
    char *masked = chg_mask_text(masker, "git clone https://u:hunter2@host failed");
    char *plain = chg_mask_text(NULL, "hunter2");

    cr_assert_str_eq(masked, "git clone https://u:***@host failed");
    cr_assert_str_eq(plain, "hunter2");
    chg_free(masked);
    chg_free(plain);
    (void)chengis_masker_unref(masker);
}

Test(logs_masker, nothing_can_be_added_after_the_first_use)
{
    chengis_masker *masker = MASKER("hunter2");
    chengis_mask_stream *stream;

    assert_ok(chengis_mask_stream_new(&stream, masker));
    assert_err(chengis_masker_add(masker, "swordfish", 9), CHENGIS_ERR_STATE, "before its first");
    (void)chengis_mask_stream_unref(stream);
    (void)chengis_masker_unref(masker);
}

Test(logs_masker, values_have_limits)
{
    size_t size = CHENGIS_MASK_MAX_LENGTH + 1;
    char *big = malloc(size);
    chengis_masker *masker;

    memset(big, 'k', size);
    assert_ok(chengis_masker_new(&masker));
    assert_err(chengis_masker_add(masker, big, size), CHENGIS_ERR_LIMIT, "65537 bytes");
    for (int i = 0; i < 16; i++)
        assert_ok(chengis_masker_add(masker, big, CHENGIS_MASK_MAX_LENGTH));
    assert_err(chengis_masker_add(masker, "hunter2", 7), CHENGIS_ERR_LIMIT, "too many values");
    (void)chengis_masker_unref(masker);
    free(big);
}

Test(logs_masker, error_messages_never_contain_the_value)
{
    chengis_masker *masker = MASKER("hunter2");
    char *out;
    size_t len;

    assert_ok(chengis_masker_mask(&out, &len, masker, "", 0));
    chengis_free(out);
    cr_assert(chengis_masker_add(masker, "swordfish", 9) < 0);
    cr_assert_null(strstr(chengis_error_last()->message, "swordfish"));
    (void)chengis_masker_unref(masker);
}

Test(logs_masker, the_longest_value_is_masked_across_chunks)
{
    size_t size = CHENGIS_MASK_MAX_LENGTH;
    char *big = malloc(size + 2);
    struct chg_str out = CHG_STR_INIT;
    chengis_masker *masker;

    for (size_t i = 0; i < size; i++)
        big[i + 1] = (char)('a' + i * i % 23);
    big[0] = '<';
    big[size + 1] = '>';
    assert_ok(chengis_masker_new(&masker));
    assert_ok(chengis_masker_add(masker, big + 1, size));
    mask_in_pieces(&out, masker, big, size + 2, 4096);
    cr_assert_str_eq(out.ptr, "<***>");
    chg_str_fini(&out);
    (void)chengis_masker_unref(masker);
    free(big);
}

Test(logs_masker, public_streams_mask_across_pieces)
{
    chengis_masker *masker = MASKER("hunter2");
    chengis_mask_stream *stream;
    const char *out;
    size_t len;

    assert_ok(chengis_mask_stream_new(&stream, masker));
    masker = chengis_masker_unref(masker);
    assert_ok(chengis_mask_stream_feed(&out, &len, stream, "a hun", 5));
    cr_assert(len == 2 && memcmp(out, "a ", 2) == 0);
    assert_ok(chengis_mask_stream_feed(&out, &len, stream, "ter2 h", 6));
    cr_assert(len == 4 && memcmp(out, "*** ", 4) == 0);
    assert_ok(chengis_mask_stream_finish(&out, &len, stream));
    cr_assert(len == 1 && *out == 'h');
    cr_assert_null(chengis_mask_stream_unref(stream));
}

Test(logs_masker, wrong_arguments_are_refused)
{
    chengis_masker *masker = MASKER("hunter2");
    chengis_mask_stream *stream;
    const char *part;
    char *out;
    size_t len;

    assert_err(chengis_masker_new(NULL), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_masker_add(NULL, "hunter2", 7), CHENGIS_ERR_INVALID, "masker");
    assert_err(chengis_masker_add(masker, NULL, 7), CHENGIS_ERR_INVALID, "value");
    assert_err(chengis_masker_mask(&out, &len, masker, NULL, 7), CHENGIS_ERR_INVALID, "text");
    assert_err(chengis_masker_mask(&out, &len, NULL, "", 0), CHENGIS_ERR_INVALID, "masker");
    assert_err(chengis_masker_mask(NULL, &len, masker, "", 0), CHENGIS_ERR_INVALID, "out");
    assert_err(chengis_mask_stream_new(&stream, NULL), CHENGIS_ERR_INVALID, "masker");
    assert_err(chengis_mask_stream_feed(&part, &len, NULL, "", 0), CHENGIS_ERR_INVALID, "stream");
    assert_err(chengis_mask_stream_finish(&part, &len, NULL), CHENGIS_ERR_INVALID, "stream");
    (void)chengis_masker_unref(masker);
}

Test(logs_masker, null_handles_are_released_quietly)
{
    cr_assert_null(chengis_masker_ref(NULL));
    cr_assert_null(chengis_masker_unref(NULL));
    cr_assert_null(chengis_mask_stream_unref(NULL));
    chg_mask_stream_free(NULL);
}

Test(logs_masker, references_keep_it_alive)
{
    chengis_masker *masker = MASKER("hunter2");

    cr_assert_eq(chengis_masker_ref(masker), masker);
    cr_assert_null(chengis_masker_unref(masker));
    assert_masks(masker, "hunter2", "***");
}

static void use(void *userdata)
{
    char *text = chg_mask_text(userdata, "a hunter2 b");

    cr_assert_str_eq(text, "a *** b");
    chg_free(text);
}

Test(logs_masker, threads_may_use_it_first_at_the_same_time)
{
    chengis_masker *masker = MASKER("hunter2");
    struct chg_thread threads[4] = {0};

    for (size_t i = 0; i < 4; i++)
        assert_ok(chg_thread_start(&threads[i], "mask", use, masker));
    for (size_t i = 0; i < 4; i++)
        chg_thread_join(&threads[i]);
    (void)chengis_masker_unref(masker);
}

static int mask_with_fault(unsigned nth, bool *reached)
{
    chengis_masker *masker = NULL;
    char *out = NULL;
    size_t len;
    int rc;

    fault_alloc(nth);
    rc = chengis_masker_new(&masker);
    if (rc == 0)
        rc = chengis_masker_add(masker, "hunter2", 7);
    if (rc == 0)
        rc = chengis_masker_mask(&out, &len, masker, "a hunter2", 9);
    *reached = fault_alloc_off();
    chengis_free(out);
    (void)chengis_masker_unref(masker);
    return rc;
}

Test(logs_masker, any_failing_allocation_is_reported)
{
    unsigned nth = 1;

    for (bool reached = true; reached; nth++)
        cr_assert_eq(mask_with_fault(nth, &reached), reached ? CHENGIS_ERR_NO_MEMORY : 0);
    cr_assert(nth > 15);
}
