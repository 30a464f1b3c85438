/* SPDX-License-Identifier: MIT */
/* What Criterion tests share: checks of a return code together with its error record, directories,
 * files. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <chengis/error.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The call succeeds: 0 or positive. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        int assert_rc_;                                                                            \
                                                                                                   \
        chengis_error_clear();                                                                     \
        assert_rc_ = (call);                                                                       \
        cr_assert(assert_rc_ >= 0, "%s: %d (%s)", #call, assert_rc_,                               \
                  chengis_error_last()->message);                                                  \
    } while (0)

/* The call fails with this code, and the record says so in one line that contains `part`. */
#define assert_err(call, expected, part)                                                           \
    do {                                                                                           \
        int assert_rc_;                                                                            \
                                                                                                   \
        chengis_error_clear();                                                                     \
        assert_rc_ = (call);                                                                       \
        assert_failure_(#call, __FILE__, __LINE__, assert_rc_, expected, part);                    \
    } while (0)

/* For functions that give a pointer: it is NULL, and the record has this code and text. */
#define assert_null_err(call, expected, part)                                                      \
    do {                                                                                           \
        const void *assert_ptr_;                                                                   \
                                                                                                   \
        chengis_error_clear();                                                                     \
        assert_ptr_ = (call);                                                                      \
        cr_assert(assert_ptr_ == NULL, "%s: not NULL", #call);                                     \
        assert_failure_(#call, __FILE__, __LINE__, expected, expected, part);                      \
    } while (0)

static inline void assert_failure_(const char *call, const char *file, int line, int rc,
                                   int expected, const char *part)
{
    const chengis_error *last = chengis_error_last();
    size_t len = strlen(last->message);

    cr_assert(rc == expected, "%s:%d: %s: returned %d (%s), expected %s", file, line, call, rc,
              last->message, chengis_error_name(expected));
    cr_assert(last->code == expected, "%s:%d: %s: recorded %s, expected %s", file, line, call,
              chengis_error_name(last->code), chengis_error_name(expected));
    cr_assert(strstr(last->message, part) != NULL, "%s:%d: %s: '%s' lacks '%s'", file, line, call,
              last->message, part);
    cr_assert(strchr(last->message, '\n') == NULL && len > 0 && last->message[len - 1] != '.',
              "%s:%d: %s: '%s' is not one line without a period", file, line, call, last->message);
}

/* A new directory below TMPDIR (else /tmp). Release with temp_dir_remove(), which empties and
 * removes it. */
char *temp_dir(void);
void temp_dir_remove(char *dir);
/* The same for one scope: TEMP_DIR(dir); */
#define TEMP_DIR(name) __attribute__((cleanup(temp_dir_cleanup_))) char *name = temp_dir()
void temp_dir_cleanup_(char **dir);

/* "DIR/NAME" in one of 16 static buffers used in turn. */
const char *path_in(const char *dir, const char *name);

/* Directories on the way are made. Both end the test when they fail. */
void write_file(const char *path, const char *text);
char *read_file(const char *path); /* NUL-terminated; free() it */

/* Make the allocation number `nth` from now on (1 is the next) of the calling thread fail, and only
 * that one. */
void fault_alloc(unsigned nth);
bool fault_alloc_off(void); /* true: it was reached */

#endif
