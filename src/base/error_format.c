/* SPDX-License-Identifier: MIT */
/* Error codes from errno, and error messages as one bounded line; no state. */
#include "base/error.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error_priv.h"

#include "base/banned.h"

static const struct {
    int err;
    int code;
} errno_codes[] = {
    {ENOMEM, CHENGIS_ERR_NO_MEMORY},
    {ENOENT, CHENGIS_ERR_NOT_FOUND},
    {EEXIST, CHENGIS_ERR_EXISTS},
    {ENOSPC, CHENGIS_ERR_NO_SPACE},
    {EDQUOT, CHENGIS_ERR_NO_SPACE},
    {EACCES, CHENGIS_ERR_PERMISSION},
    {EPERM, CHENGIS_ERR_PERMISSION},
    {EROFS, CHENGIS_ERR_PERMISSION},
    {EMFILE, CHENGIS_ERR_LIMIT},
    {ENFILE, CHENGIS_ERR_LIMIT},
    {EFBIG, CHENGIS_ERR_LIMIT},
    {ENAMETOOLONG, CHENGIS_ERR_LIMIT},
    {EBUSY, CHENGIS_ERR_BUSY},
    {ETXTBSY, CHENGIS_ERR_BUSY},
    {ETIMEDOUT, CHENGIS_ERR_TIMEOUT},
    {ENOSYS, CHENGIS_ERR_UNSUPPORTED},
    {EOPNOTSUPP, CHENGIS_ERR_UNSUPPORTED},
};

int chg_error_code_of_errno(int err)
{
    for (size_t i = 0; i < sizeof(errno_codes) / sizeof(errno_codes[0]); i++) {
        if (errno_codes[i].err == err)
            return errno_codes[i].code;
    }
    return CHENGIS_ERR_IO;
}

/* The English text of an errno value, whatever the host's locale is. */
static const char *errno_text(int err)
{
#ifdef __GLIBC__
    const char *text = strerrordesc_np(err);

    return text != NULL ? text : "unknown system error";
#else
    return strerror(err);
#endif
}

/* Append text; false when it did not fit. */
static bool append(char *buffer, size_t *len, const char *text)
{
    size_t room = CHG_ERROR_MESSAGE_SIZE - 1 - *len;
    size_t n = strnlen(text, room + 1);
    bool fits = n <= room;

    if (!fits)
        n = room;
    memcpy(buffer + *len, text, n);
    *len += n;
    buffer[*len] = '\0';
    return fits;
}

static void end_in_dots(char *buffer, size_t len)
{
    size_t cut = len - 3;

    while (cut > 0 && ((unsigned char)buffer[cut] & 0xC0) == 0x80)
        cut--;
    memcpy(buffer + cut, "...", 4);
}

void chg_error_format(char *buffer, int sys_errno, const char *tail, const char *format,
                      va_list args)
{
    int written = vsnprintf(buffer, CHG_ERROR_MESSAGE_SIZE, format, args);
    bool fits = written >= 0 && written < CHG_ERROR_MESSAGE_SIZE;
    size_t len;

    if (written < 0)
        buffer[0] = '\0';
    len = strlen(buffer);
    if (fits && sys_errno != 0)
        fits = append(buffer, &len, ": ") && append(buffer, &len, errno_text(sys_errno));
    if (fits && tail != NULL && tail[0] != '\0')
        fits = append(buffer, &len, ": ") && append(buffer, &len, tail);
    if (!fits && len == CHG_ERROR_MESSAGE_SIZE - 1)
        end_in_dots(buffer, len);
    for (char *p = buffer; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = ' ';
    }
}

int chg_error_code(void)
{
    return chengis_error_last()->code;
}

const char *chg_error_message(void)
{
    return chengis_error_last()->message;
}

int chg_error_no_memory(void)
{
    return chg_error_set(CHENGIS_ERR_NO_MEMORY, "out of memory");
}

void chg_error_save(struct chg_error_saved *out)
{
    const chengis_error *last = chengis_error_last();
    size_t len = strnlen(last->message, sizeof(out->message) - 1);

    out->code = last->code;
    out->sys_errno = last->sys_errno;
    memcpy(out->message, last->message, len);
    out->message[len] = '\0';
}

#ifndef NDEBUG
void chg_assert_failed(const char *cond, const char *file, int line)
{
    (void)dprintf(STDERR_FILENO, "%s:%d: defect: assertion failed: %s\n", file, line, cond);
    abort();
}
#endif
