/* SPDX-License-Identifier: MIT */
/* Exit codes of the command, the same for every subcommand, and where they come from. */
#ifndef CHG_CLI_EXIT_CODE_H
#define CHG_CLI_EXIT_CODE_H

#include <chengis/types.h>

/* X(NAME, number, "what it means"): also the list that --help prints. */
#define CHG_EXIT_LIST(X)                                                                           \
    X(OK, 0, "success")                                                                            \
    X(FAILED, 1, "the build failed")                                                               \
    X(USAGE, 2, "wrong usage")                                                                     \
    X(INVALID, 3, "invalid pipeline or configuration")                                             \
    X(NOT_FOUND, 4, "not found")                                                                   \
    X(ABORTED, 5, "the build was aborted by someone else")                                         \
    X(TIMED_OUT, 6, "the build reached its time limit")                                            \
    X(INFRASTRUCTURE, 7, "infrastructure: database, disk, processes")                              \
    X(NOT_ALLOWED, 8, "not allowed")                                                               \
    X(INTERRUPTED, 130, "interrupted by your own ^C (143 by SIGTERM, 129 by SIGHUP)")

#define CHG_EXIT_ENUM_(name, number, meaning) CHG_EXIT_##name = number,
enum chg_exit { CHG_EXIT_LIST(CHG_EXIT_ENUM_) };
#undef CHG_EXIT_ENUM_

/* The exit code for a CHENGIS_ERR_*; one this program does not know is infrastructure. */
int chg_exit_of_error(int code);
/* The exit code for a finished build. reason: its stable code, NULL for none; tells whose fault a
 * failure is. */
int chg_exit_of_build(chengis_status status, const char *reason);

#endif
