/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics of the library on their way to stderr. They come from any thread; while a tree is
 * drawn they are held back, and the loop that draws prints them between two frames.
 */
#ifndef CHG_CLI_NOTES_H
#define CHG_CLI_NOTES_H

#include <chengis/log.h>
#include <stdbool.h>

#include "base/str.h"

struct chg_notes;

int chg_notes_new(struct chg_notes **out);
void chg_notes_free(struct chg_notes *notes);
chengis_log_sink chg_notes_sink(struct chg_notes *notes, chengis_log_level min_level);
/* Hold messages back (true), or print those held and go on printing at once (false). */
void chg_notes_hold(struct chg_notes *notes, bool hold);
/* Append the messages held so far, a line each, and forget them. */
void chg_notes_take(struct chg_notes *notes, struct chg_str *out);

#endif
