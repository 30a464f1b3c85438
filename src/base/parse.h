/* SPDX-License-Identifier: MIT */
/* Text to numbers, the only way numbers are parsed here. All refuse empty text, trailing bytes and overflow, with CHENGIS_ERR_INVALID. */
#ifndef CHG_BASE_PARSE_H
#define CHG_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int chg_parse_i64(int64_t *out, const char *text);
int chg_parse_u64_base(uint64_t *out, const char *text, unsigned base);
int chg_parse_double(double *out, const char *text); /* independent of the locale */
int chg_parse_bool(bool *out, const char *text);     /* true/false only */
/* "1500" (milliseconds), "500ms", "90s", "10m", "2h", "1d", also combined from large to small "1h30m". Must be positive. */
int chg_parse_duration_ms(int64_t *out, const char *text);
/* "512", "10k", "1MiB", "2GB"; decimal and binary suffixes. */
int chg_parse_size(uint64_t *out, const char *text);
/* "812 ms", "1.2 s", "3 m 04 s", "1 h 02 m": for people. buffer of at least 32 bytes. Returns buffer. */
const char *chg_format_duration(char *buffer, size_t size, int64_t ms);
/* "812 B", "1.4 KiB", "3.0 MiB": for people. Returns buffer. */
const char *chg_format_size(char *buffer, size_t size, uint64_t bytes);

#endif
