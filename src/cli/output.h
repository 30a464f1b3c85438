/* SPDX-License-Identifier: MIT */
/*
 * Output streams of the command: buffered, written whole, with colours only where they are wanted.
 * A reader that goes away (EPIPE) silences the stream; other failures are remembered and reported
 * once at the end.
 */
#ifndef CHG_CLI_OUTPUT_H
#define CHG_CLI_OUTPUT_H

#include <chengis/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum chg_style {
    CHG_STYLE_RESET,
    CHG_STYLE_BOLD,
    CHG_STYLE_DIM,
    CHG_STYLE_RED,
    CHG_STYLE_GREEN,
    CHG_STYLE_YELLOW,
    CHG_STYLE_BLUE,
};

/* How text for one stream looks. */
struct chg_look {
    bool colour;
    bool unicode;
};

/* The sequence that starts a style, or "" without colours. */
const char *chg_style(struct chg_look look, enum chg_style style);
/* Append text in a style, and the reset after it. */
void chg_paint(struct chg_str *out, struct chg_look look, enum chg_style style, const char *text);
/* The style a status is shown in. */
enum chg_style chg_style_of_status(chengis_status status);

/* What decides about colours. NULL texts: the variable is not set, the flag not given. */
struct chg_colour_inputs {
    const char *flag; /* of --color: auto, always, never */
    const char *no_color;
    const char *clicolor_force;
    const char *term;
    bool tty;
};
bool chg_colour_wanted(const struct chg_colour_inputs *inputs);
/* Does the locale (LC_ALL, LC_CTYPE, LANG; the first that is set) speak UTF-8? */
bool chg_unicode_wanted(const char *lc_all, const char *lc_ctype, const char *lang);

struct chg_out {
    int fd;
    bool tty;
    struct chg_look look;
    bool closed;                         /* nobody reads any more */
    int failed;                          /* errno of the first failed write, 0: none */
    void (*interrupted)(void *userdata); /* a signal came while a write was blocked; NULL: go on */
    void *userdata;
    struct chg_str buffer;
};

void chg_out_init(struct chg_out *out, int fd);
/* Columns of the terminal; 0 when it is none or does not say. */
size_t chg_out_columns(const struct chg_out *out);
void chg_out_fini(struct chg_out *out); /* flushes */
void chg_out_add(struct chg_out *out, const char *text);
void chg_out_add_len(struct chg_out *out, const void *data, size_t len);
void chg_out_addf(struct chg_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Write what is buffered. False when the stream is closed or has failed. */
bool chg_out_flush(struct chg_out *out);

#endif
