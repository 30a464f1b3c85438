/* SPDX-License-Identifier: MIT */
/* Setting the thread's error record from inside. The record lives once, in libchengis (chengis/error.h). */
#ifndef CHG_BASE_ERROR_H
#define CHG_BASE_ERROR_H

#include <chengis/error.h>
#include <stddef.h>

/* Set code and message at the deepest place that knows the cause; return what it returns. */
#define chg_error_set(code, ...) chg_error_set_at(code, 0, __FILE__, __LINE__, __VA_ARGS__)

/* As chg_error_set(), with ": " and strerror(err) appended. Code 0 picks one by errno (ENOMEM, ENOSPC, EACCES, ...). */
#define chg_error_sys(code, err, ...) chg_error_set_at(code, err, __FILE__, __LINE__, __VA_ARGS__)

int chg_error_set_at(int code, int sys_errno, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Put "CONTEXT: " in front of the recorded message; returns the recorded code. */
int chg_error_prefix(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The recorded code, or CHENGIS_OK. */
int chg_error_code(void);
/* The recorded message, never NULL. */
const char *chg_error_message(void);
int chg_error_no_memory(void);

/* A copy of the record that can be carried to another thread and set there again. */
struct chg_error_saved {
    int code;
    int sys_errno;
    char message[1024];
};
void chg_error_save(struct chg_error_saved *out);
int chg_error_restore(const struct chg_error_saved *saved); /* returns the code */

/* Entry checks of public functions. */
#define CHG_REQUIRE(cond)                                                                          \
    do {                                                                                           \
        if (!(cond))                                                                               \
            return chg_error_set(CHENGIS_ERR_INVALID, "%s: argument check failed: %s", __func__,   \
                                 #cond);                                                           \
    } while (0)

/* A defect inside libchengis: aborts in debug builds, vanishes with NDEBUG. */
#ifdef NDEBUG
#define chg_assert(cond) ((void)sizeof(cond))
#else
#define chg_assert(cond) ((cond) ? (void)0 : chg_assert_failed(#cond, __FILE__, __LINE__))
#endif
void chg_assert_failed(const char *cond, const char *file, int line) __attribute__((noreturn));

#endif
