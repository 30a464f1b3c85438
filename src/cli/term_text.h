/* SPDX-License-Identifier: MIT */
/*
 * Text for terminals: makes foreign text (names, messages, output of steps) harmless, and measures
 * it in columns. What a step prints must not move the cursor, change the title or hide what
 * follows; colours may stay.
 */
#ifndef CHG_CLI_TERM_TEXT_H
#define CHG_CLI_TERM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum chg_clean_state {
    CHG_CLEAN_TEXT,
    CHG_CLEAN_ESCAPE,       /* after ESC */
    CHG_CLEAN_CSI,          /* after ESC [ */
    CHG_CLEAN_STRING,       /* OSC, DCS, APC, PM, SOS: until BEL or ST */
    CHG_CLEAN_STRING_ESCAPE /* ESC within such a string */
};

/* A filter for a stream of bytes; sequences and characters may be split anywhere. */
struct chg_clean {
    bool keep_colour; /* let SGR sequences (colours, bold) through */
    bool keep_lines;  /* let \n through; else it becomes a space */
    enum chg_clean_state state;
    char pending[64]; /* of a CSI sequence, or of a UTF-8 character */
    size_t pending_len;
    bool coloured; /* an SGR sequence other than a reset is in force */
};

void chg_clean_feed(struct chg_clean *clean, struct chg_str *out, const char *data, size_t len);
/* End of the stream (or of a line that stands alone): what is incomplete is dropped, colours are
 * reset. */
void chg_clean_end(struct chg_clean *clean, struct chg_str *out);

/* Append text as one harmless line: no control characters, sequences or line ends. NULL is "". */
void chg_text_clean(struct chg_str *out, const char *text);

/* Columns a terminal needs for UTF-8 text without control characters. SGR sequences count nothing.
 */
size_t chg_text_width(const char *text);

/* Append as much of the (clean) text as fits in `columns`; what is cut ends with "…" (or "~"
 * without Unicode). */
void chg_text_fit(struct chg_str *out, const char *text, size_t columns, bool unicode);

/* Append spaces. */
void chg_text_pad(struct chg_str *out, size_t count);

#endif
