/* SPDX-License-Identifier: MIT */
/*
 * The error record: one fixed thread-local struct, so that reporting a failure allocates nothing.
 * It exists once in a process, inside libchengis; executables reach it through error_client.c.
 */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error_priv.h"

#include "base/banned.h"

static _Thread_local struct {
    chengis_error view;
    char source[96];
    char message[CHG_ERROR_MESSAGE_SIZE];
} record;

/* "/any/where/src/base/fs.c" becomes "base/fs.c". */
static const char *below_src(const char *file)
{
    const char *found = file;

    for (const char *p = strstr(file, "src/"); p != NULL; p = strstr(p + 1, "src/")) {
        if (p == file || p[-1] == '/')
            found = p + 4;
    }
    return found;
}

static void record_put(int code, int sys_errno, const char *file, int line, const char *message)
{
    record.view.code = code < 0 ? code : CHENGIS_ERR_INTERNAL;
    record.view.sys_errno = sys_errno;
    record.source[0] = '\0';
    if (file != NULL)
        (void)snprintf(record.source, sizeof(record.source), "%s:%d", below_src(file), line);
    memcpy(record.message, message, strlen(message) + 1);
}

__attribute__((format(printf, 5, 0))) static int
record_vset(int code, int sys_errno, const char *file, int line, const char *format, va_list args)
{
    char message[CHG_ERROR_MESSAGE_SIZE];
    int kept = errno;

    if (code == 0 && sys_errno != 0)
        code = chg_error_code_of_errno(sys_errno);
    chg_error_format(message, sys_errno, NULL, format, args);
    record_put(code, sys_errno, file, line, message);
    errno = kept;
    return record.view.code;
}

__attribute__((format(printf, 1, 0))) static void record_vprefix(const char *format, va_list args)
{
    char message[CHG_ERROR_MESSAGE_SIZE];
    int kept = errno;

    chg_error_format(message, 0, record.message, format, args);
    memcpy(record.message, message, strlen(message) + 1);
    errno = kept;
}

int chg_error_set_at(int code, int sys_errno, const char *file, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    code = record_vset(code, sys_errno, file, line, format, args);
    va_end(args);
    return code;
}

int chg_error_prefix(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    record_vprefix(format, args);
    va_end(args);
    return record.view.code;
}

int chg_error_restore(const struct chg_error_saved *saved)
{
    if (saved->code == CHENGIS_OK) {
        chengis_error_clear();
        return CHENGIS_OK;
    }
    record_put(saved->code, saved->sys_errno, NULL, 0, saved->message);
    return record.view.code;
}

const chengis_error *chengis_error_last(void)
{
    record.view.message = record.message;
    record.view.source = record.source[0] != '\0' ? record.source : NULL;
    return &record.view;
}

const char *chengis_error_name(int32_t code)
{
#define NAME_CASE(name, number, text, meaning)                                                     \
    case CHENGIS_ERR_##name:                                                                       \
        return text;

    switch (code) {
    case CHENGIS_OK:
        return "ok";
        CHENGIS_ERR_LIST(NAME_CASE)
    default:
        return "unknown";
    }
#undef NAME_CASE
}

int chengis_error_set(int32_t code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    code = record_vset(code, 0, NULL, 0, format, args);
    va_end(args);
    return code;
}

int chengis_error_prefix(int32_t code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    record_vprefix(format, args);
    va_end(args);
    return code;
}

void chengis_error_clear(void)
{
    record.view.code = CHENGIS_OK;
    record.view.sys_errno = 0;
    record.source[0] = '\0';
    record.message[0] = '\0';
}

void chengis_free(void *ptr)
{
    chg_free(ptr);
}
