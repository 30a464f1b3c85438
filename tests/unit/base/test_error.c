/* SPDX-License-Identifier: MIT */
/* The error record: what it keeps, how messages are cut, and that threads do not share it. */
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/thread.h"
#include "support.h"

Test(base_error, is_ok_and_empty_before_anything_failed)
{
    const chengis_error *last = chengis_error_last();

    cr_expect_eq(last->code, CHENGIS_OK);
    cr_expect_str_eq(last->message, "");
    cr_expect_null(last->source);
}

Test(base_error, set_returns_the_code_and_records_where_it_happened)
{
    int rc = chg_error_set(CHENGIS_ERR_NOT_FOUND, "job '%s' does not exist", "app");
    const chengis_error *last = chengis_error_last();

    cr_expect_eq(rc, CHENGIS_ERR_NOT_FOUND);
    cr_expect_str_eq(last->message, "job 'app' does not exist");
    cr_expect_not_null(strstr(last->source, "test_error.c:"));
}

Test(base_error, source_is_relative_to_src)
{
    (void)chg_error_set_at(CHENGIS_ERR_IO, 0, "/home/src/x/src/base/fs.c", 12, "x");

    cr_expect_str_eq(chengis_error_last()->source, "base/fs.c:12");
}

Test(base_error, sys_appends_the_text_of_errno_and_keeps_errno)
{
    errno = EINTR;

    assert_err(chg_error_sys(CHENGIS_ERR_IO, EPIPE, "write failed"), CHENGIS_ERR_IO,
               "write failed: Broken pipe");
    cr_expect_eq(chengis_error_last()->sys_errno, EPIPE);
    cr_expect_eq(errno, EINTR);
}

struct errno_case {
    int err;
    int code;
};

ParameterizedTestParameters(base_error, sys_picks_a_code_by_errno)
{
    static struct errno_case cases[] = {
        {ENOMEM, CHENGIS_ERR_NO_MEMORY},   {ENOENT, CHENGIS_ERR_NOT_FOUND},
        {EEXIST, CHENGIS_ERR_EXISTS},      {ENOSPC, CHENGIS_ERR_NO_SPACE},
        {EDQUOT, CHENGIS_ERR_NO_SPACE},    {EACCES, CHENGIS_ERR_PERMISSION},
        {EROFS, CHENGIS_ERR_PERMISSION},   {EMFILE, CHENGIS_ERR_LIMIT},
        {EBUSY, CHENGIS_ERR_BUSY},         {ETIMEDOUT, CHENGIS_ERR_TIMEOUT},
        {ENOSYS, CHENGIS_ERR_UNSUPPORTED}, {EIO, CHENGIS_ERR_IO},
    };

    return cr_make_param_array(struct errno_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct errno_case *c, base_error, sys_picks_a_code_by_errno)
{
    assert_err(chg_error_sys(0, c->err, "x"), c->code, "x: ");
}

Test(base_error, a_code_that_is_no_failure_is_recorded_as_a_defect)
{
    assert_err(chg_error_set(0, "nothing"), CHENGIS_ERR_INTERNAL, "nothing");
    assert_err(chg_error_set(7, "positive"), CHENGIS_ERR_INTERNAL, "positive");
}

Test(base_error, prefix_keeps_the_code)
{
    (void)chg_error_set(CHENGIS_ERR_LIMIT, "too long");

    cr_expect_eq(chg_error_prefix("stage '%s'", "build"), CHENGIS_ERR_LIMIT);
    cr_expect_str_eq(chg_error_message(), "stage 'build': too long");
}

Test(base_error, the_recorded_message_may_be_an_argument)
{
    (void)chg_error_set(CHENGIS_ERR_IO, "inner");
    (void)chg_error_set(CHENGIS_ERR_STATE, "outer (%s)", chg_error_message());

    cr_expect_str_eq(chg_error_message(), "outer (inner)");
}

Test(base_error, a_message_is_one_line)
{
    (void)chg_error_set(CHENGIS_ERR_IO, "a\nb\tc\x7f"
                                        "d");

    cr_expect_str_eq(chg_error_message(), "a b c d");
}

Test(base_error, a_long_message_is_cut_between_characters)
{
    char text[1200];

    for (size_t i = 0; i + 2 < sizeof(text); i += 2)
        memcpy(text + i, "\xC3\xA9", 3);
    (void)chg_error_set(CHENGIS_ERR_IO, "%s", text);

    cr_expect_eq(strlen(chg_error_message()), 1023 - 1023 % 2 - 2 + 3);
    cr_expect_str_eq(chg_error_message() + strlen(chg_error_message()) - 5, "\xC3\xA9...");
}

Test(base_error, a_prefix_that_fills_the_record_is_marked_as_cut)
{
    char text[1100];
    size_t len;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    (void)chg_error_set(CHENGIS_ERR_IO, "%.1000s", text);
    (void)chg_error_prefix("context of some length to go beyond");

    len = strlen(chg_error_message());
    cr_expect_eq(len, 1023);
    cr_expect_str_eq(chg_error_message() + len - 4, "x...");
}

Test(base_error, clear_empties_the_record)
{
    (void)chg_error_sys(CHENGIS_ERR_IO, EIO, "x");
    chengis_error_clear();

    cr_expect_eq(chg_error_code(), CHENGIS_OK);
    cr_expect_eq(chengis_error_last()->sys_errno, 0);
    cr_expect_null(chengis_error_last()->source);
    cr_expect_str_eq(chg_error_message(), "");
}

Test(base_error, public_set_and_prefix_serve_plugins)
{
    cr_expect_eq(chengis_error_set(CHENGIS_ERR_PLUGIN, "no %s", "luck"), CHENGIS_ERR_PLUGIN);
    cr_expect_eq(chengis_error_prefix(CHENGIS_ERR_STATE, "plugin '%s'", "p"), CHENGIS_ERR_STATE);
    cr_expect_eq(chg_error_code(), CHENGIS_ERR_PLUGIN);
    cr_expect_str_eq(chg_error_message(), "plugin 'p': no luck");
    cr_expect_null(chengis_error_last()->source);
}

Test(base_error, a_saved_record_can_be_set_again)
{
    struct chg_error_saved saved;

    (void)chg_error_sys(CHENGIS_ERR_IO, EIO, "disk");
    chg_error_save(&saved);
    chengis_error_clear();

    assert_err(chg_error_restore(&saved), CHENGIS_ERR_IO, "disk: Input/output error");
    cr_expect_eq(chengis_error_last()->sys_errno, EIO);
}

Test(base_error, restoring_success_clears)
{
    struct chg_error_saved saved;

    chg_error_save(&saved);
    (void)chg_error_set(CHENGIS_ERR_IO, "x");

    cr_expect_eq(chg_error_restore(&saved), CHENGIS_OK);
    cr_expect_eq(chg_error_code(), CHENGIS_OK);
}

static void fail_there(void *userdata)
{
    (void)userdata;
    (void)chg_error_set(CHENGIS_ERR_BUSY, "there");
}

Test(base_error, each_thread_has_its_own_record)
{
    struct chg_thread thread;

    (void)chg_error_set(CHENGIS_ERR_LIMIT, "here");
    assert_ok(chg_thread_start(&thread, "other", fail_there, NULL));
    (void)chg_error_set(CHENGIS_ERR_LIMIT, "here");
    chg_thread_join(&thread);

    cr_expect_str_eq(chg_error_message(), "here");
}

static int require_positive(int n)
{
    CHG_REQUIRE(n > 0);
    return n;
}

Test(base_error, require_names_the_function_and_the_condition)
{
    assert_ok(require_positive(1));
    assert_err(require_positive(0), CHENGIS_ERR_INVALID,
               "require_positive: argument check failed: n > 0");
}

struct name_case {
    int code;
    char name[16];
};

ParameterizedTestParameters(base_error, every_code_has_its_stable_name)
{
#define NAME_CASE(name, number, text, meaning) {number, text},
    static struct name_case cases[] = {
        CHENGIS_ERR_LIST(NAME_CASE){0, "ok"}, {-999, "unknown"}, {1, "unknown"}};

    return cr_make_param_array(struct name_case, cases, sizeof(cases) / sizeof(cases[0]));
}

ParameterizedTest(struct name_case *c, base_error, every_code_has_its_stable_name)
{
    cr_expect_str_eq(chengis_error_name(c->code), c->name);
}

Test(base_error, setting_allocates_nothing)
{
    fault_alloc(1);
    (void)chg_error_sys(CHENGIS_ERR_IO, EIO, "%s", "x");
    (void)chg_error_prefix("y");

    cr_expect_not(fault_alloc_off());
}

Test(base_error, free_takes_null_and_what_the_library_gave)
{
    chengis_free(NULL);
    chengis_free(chg_strdup("x"));
}
