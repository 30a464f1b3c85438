/* SPDX-License-Identifier: MIT */
/* Time: monotonic for waits, wall clock for records. Tests replace both through chg_clock_set_fake(). */
#ifndef CHG_BASE_CLOCK_H
#define CHG_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t chg_clock_mono_ms(void);
int64_t chg_clock_mono_us(void);
int64_t chg_clock_wall_ms(void); /* epoch milliseconds, UTC */
/* "2026-01-31T12:00:00.123Z" (RFC 3339); buffer of at least 32 bytes. Returns buffer. */
const char *chg_time_format(char *buffer, size_t size, int64_t epoch_ms);
int chg_time_parse(int64_t *out, const char *text); /* RFC 3339; INVALID names the text */

/* For tests only: NULL restores the real clocks. */
struct chg_clock_fake {
    int64_t mono_us;
    int64_t wall_ms;
};
void chg_clock_set_fake(const struct chg_clock_fake *fake);

#endif
