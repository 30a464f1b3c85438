/* SPDX-License-Identifier: MIT */
/* The tables that turn error codes and build results into exit codes. */
#include "cli/exit_code.h"

#include <chengis/error.h>
#include <stddef.h>

#include "base/str.h"

#include "base/banned.h"

static const struct {
    int code;
    enum chg_exit exit_code;
} error_exits[] = {
    {CHENGIS_OK, CHG_EXIT_OK},
    {CHENGIS_ERR_INVALID, CHG_EXIT_USAGE},
    {CHENGIS_ERR_PIPELINE, CHG_EXIT_INVALID},
    {CHENGIS_ERR_CONFIG, CHG_EXIT_INVALID},
    {CHENGIS_ERR_LIMIT, CHG_EXIT_INVALID},
    {CHENGIS_ERR_NOT_FOUND, CHG_EXIT_NOT_FOUND},
    {CHENGIS_ERR_PERMISSION, CHG_EXIT_NOT_ALLOWED},
    {CHENGIS_ERR_CANCELLED, CHG_EXIT_ABORTED},
    {CHENGIS_ERR_TIMEOUT, CHG_EXIT_TIMED_OUT},
};

int chg_exit_of_error(int code)
{
    for (size_t i = 0; i < sizeof(error_exits) / sizeof(error_exits[0]); i++)
        if (error_exits[i].code == code)
            return (int)error_exits[i].exit_code;
    return CHG_EXIT_INFRASTRUCTURE;
}

/* Failures that are not the work's own: nothing of it ran, or the machine gave way. */
static const struct {
    const char *reason;
    enum chg_exit exit_code;
} reason_exits[] = {
    {"invalid-pipeline", CHG_EXIT_INVALID},  {"no-pipeline", CHG_EXIT_INVALID},
    {"invalid-parameter", CHG_EXIT_INVALID}, {"unknown-stage", CHG_EXIT_INVALID},
    {"unknown-step-type", CHG_EXIT_INVALID}, {"workspace", CHG_EXIT_INFRASTRUCTURE},
    {"checkout", CHG_EXIT_INFRASTRUCTURE},   {"checkout-failed", CHG_EXIT_INFRASTRUCTURE},
    {"log-failed", CHG_EXIT_INFRASTRUCTURE}, {"stages", CHG_EXIT_INFRASTRUCTURE},
    {"post", CHG_EXIT_INFRASTRUCTURE},
};

static int exit_of_failure(const char *reason)
{
    for (size_t i = 0; i < sizeof(reason_exits) / sizeof(reason_exits[0]); i++)
        if (chg_streq(reason, reason_exits[i].reason))
            return (int)reason_exits[i].exit_code;
    return CHG_EXIT_FAILED;
}

int chg_exit_of_build(chengis_status status, const char *reason)
{
    switch (status) {
    case CHENGIS_STATUS_SUCCESS:
    case CHENGIS_STATUS_SKIPPED:
        return CHG_EXIT_OK;
    case CHENGIS_STATUS_FAILURE:
        return exit_of_failure(reason);
    case CHENGIS_STATUS_ABORTED:
        return CHG_EXIT_ABORTED;
    case CHENGIS_STATUS_TIMED_OUT:
        return CHG_EXIT_TIMED_OUT;
    default:
        return CHG_EXIT_INFRASTRUCTURE;
    }
}
