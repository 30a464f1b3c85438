/* SPDX-License-Identifier: MIT */
/* The internal error functions outside the library: they work on the record that the library keeps.
 */
#include <errno.h>

#include "base/alloc.h"
#include "base/error.h"
#include "support.h"

Test(base_error_client, set_reaches_the_record_of_the_library)
{
    assert_err(chg_error_set(CHENGIS_ERR_NOT_FOUND, "file '%s' does not exist", "a"),
               CHENGIS_ERR_NOT_FOUND, "file 'a' does not exist");
    assert_err(chg_error_set(0, "no code"), CHENGIS_ERR_INTERNAL, "no code");
}

Test(base_error_client, sys_appends_errno_and_picks_the_code)
{
    errno = EINTR;

    assert_err(chg_error_sys(0, EACCES, "open"), CHENGIS_ERR_PERMISSION, "open: Permission denied");
    cr_expect_eq(errno, EINTR);
}

Test(base_error_client, prefix_keeps_the_code_of_the_library)
{
    (void)chengis_error_set(CHENGIS_ERR_LIMIT, "too long");

    cr_expect_eq(chg_error_prefix("job '%s'", "x"), CHENGIS_ERR_LIMIT);
    cr_expect_str_eq(chg_error_message(), "job 'x': too long");
}

Test(base_error_client, a_saved_record_can_be_set_again)
{
    struct chg_error_saved saved;

    (void)chg_error_set(CHENGIS_ERR_IO, "50%% of '%s'", "%s");
    chg_error_save(&saved);
    chengis_error_clear();

    assert_err(chg_error_restore(&saved), CHENGIS_ERR_IO, "50% of '%s'");
    saved.code = CHENGIS_OK;
    cr_expect_eq(chg_error_restore(&saved), CHENGIS_OK);
    cr_expect_eq(chg_error_code(), CHENGIS_OK);
}

Test(base_error_client, functions_of_base_report_there_too)
{
    fault_alloc(1);

    assert_null_err(chg_malloc(1), CHENGIS_ERR_NO_MEMORY, "out of memory");
}
