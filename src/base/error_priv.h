/* SPDX-License-Identifier: MIT */
/* What the two keepers of the error record (error.c inside libchengis, error_client.c outside)
 * share. */
#ifndef CHG_BASE_ERROR_PRIV_H
#define CHG_BASE_ERROR_PRIV_H

#include <stdarg.h>
#include <stddef.h>

/* Size of the message with its NUL. */
#define CHG_ERROR_MESSAGE_SIZE 1024

/* The code that fits an errno value. */
int chg_error_code_of_errno(int err);

/*
 * Format "FORMAT[: text of sys_errno][: tail]" as one line. What does not fit is cut between two
 * characters and ends in "...". buffer has CHG_ERROR_MESSAGE_SIZE bytes and must not be among the
 * arguments.
 */
void chg_error_format(char *buffer, int sys_errno, const char *tail, const char *format,
                      va_list args) __attribute__((format(printf, 4, 0)));

#endif
