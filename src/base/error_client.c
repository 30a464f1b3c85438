/* SPDX-License-Identifier: MIT */
/* The internal error functions for executables: over the public ones, so the record stays the
 * library's. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>

#include "base/error_priv.h"

#include "base/banned.h"

int chg_error_set_at(int code, int sys_errno, const char *file, int line, const char *format, ...)
{
    char message[CHG_ERROR_MESSAGE_SIZE];
    int kept = errno;
    va_list args;

    (void)file;
    (void)line;
    if (code == 0)
        code = sys_errno != 0 ? chg_error_code_of_errno(sys_errno) : CHENGIS_ERR_INTERNAL;
    va_start(args, format);
    chg_error_format(message, sys_errno, NULL, format, args);
    va_end(args);
    code = chengis_error_set(code, "%s", message);
    errno = kept;
    return code;
}

int chg_error_prefix(const char *format, ...)
{
    char context[CHG_ERROR_MESSAGE_SIZE];
    va_list args;

    va_start(args, format);
    chg_error_format(context, 0, NULL, format, args);
    va_end(args);
    return chengis_error_prefix(chengis_error_last()->code, "%s", context);
}

int chg_error_restore(const struct chg_error_saved *saved)
{
    if (saved->code == CHENGIS_OK) {
        chengis_error_clear();
        return CHENGIS_OK;
    }
    return chengis_error_set(saved->code, "%s", saved->message);
}
