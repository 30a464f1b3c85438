/* SPDX-License-Identifier: MIT */
/* UUIDs (RFC 9562): version 7 for everything stored, so ids sort by creation time. */
#ifndef CHG_BASE_UUID_H
#define CHG_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHG_UUID_SIZE 37

int chg_uuid7(char out[CHG_UUID_SIZE]); /* monotonic within the process; fails only when the kernel gives no random bytes */
bool chg_uuid_is_valid(const char *text);
int chg_random_bytes(void *out, size_t len); /* getrandom(2) */

#endif
