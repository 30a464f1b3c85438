/* SPDX-License-Identifier: MIT */
/* The tree of a build as text: stages, steps, times and the last lines of what runs. */
#ifndef CHG_CLI_TREE_H
#define CHG_CLI_TREE_H

#include "cli/output.h"
#include "cli/run_model.h"

struct chg_tree_options {
    struct chg_look look;
    size_t columns; /* of the terminal; 0: lines are not cut */
    size_t rows;    /* lines there is room for; 0: no limit. Less important lines give way */
    size_t frame;   /* of the spinner */
    int64_t now;    /* wall clock, for elapsed times */
    size_t tail;    /* lines shown of each running step */
};

/* Append the tree, every line with its end. Never more than `rows` lines. */
void chg_tree_render(struct chg_str *out, const struct chg_run_model *model,
                     const struct chg_tree_options *options);

/* "exit status 3", "killed by signal 9", or the reason: why a step ended as it did. Nothing for
 * success. */
void chg_tree_cause(struct chg_str *out, const struct chg_run_step *step);

#endif
