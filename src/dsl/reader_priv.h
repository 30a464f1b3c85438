/* SPDX-License-Identifier: MIT */
/* What the files of the pipeline reader share: its state, reporting, and the functions named in the
 * key table. */
#ifndef CHG_DSL_READER_PRIV_H
#define CHG_DSL_READER_PRIV_H

#include "document/document.h"
#include "dsl/keys.h"
#include "model/pipeline.h"

/* How a format writes keys, and what its messages call things. */
struct chg_dialect {
    const char *format;
    const char *what; /* "Chengisfile": the whole */
    const char *before;
    const char *after; /* around a key: `:name`, `'name'` */
    const char *list;  /* "a vector" */
    bool canonical;    /* keys are called by their canonical names */
    bool lenient;      /* numbers and booleans are text where text is wanted */
};

/* What is being read, as the start of messages: "Stage 2 (Test), Step 1 (Unit): container: ". */
struct chg_subject {
    const char *group; /* of post actions; NULL in stages */
    size_t stage;      /* from 1; 0 outside */
    size_t step;
    const char *stage_name; /* NULL before it is read */
    const char *step_name;
    const char *part; /* a map below, or NULL */
};

struct chg_reader {
    struct chg_diagnostics *diags;
    const char *file;
    const struct chg_dialect *dialect;
    chg_pipeline *pipeline;
    struct chg_subject subject;
    struct chg_map *names; /* of the stages, or of the steps of the stage, read so far */
    size_t step_total;
    int failed; /* CHENGIS_ERR_NO_MEMORY */
};

/* A key in a message: "%s%s%s" with CHG_KEY(r, text) or CHG_USE(r, use). */
#define CHG_KEY(r, text) (r)->dialect->before, (text), (r)->dialect->after
#define CHG_USE(r, use)  CHG_KEY(r, chg_shown((use)->name))

/* Put a message in the list, at the place of node (NULL: the file), with the subject in front. */
void chg_report(struct chg_reader *r, chengis_severity severity, const struct chg_node *node,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
#define chg_report_error(r, node, ...)   chg_report(r, CHENGIS_SEVERITY_ERROR, node, __VA_ARGS__)
#define chg_report_warning(r, node, ...) chg_report(r, CHENGIS_SEVERITY_WARNING, node, __VA_ARGS__)
void chg_report_missing(struct chg_reader *r, const struct chg_node *map,
                        const struct chg_key *key);
void chg_out_of_memory(struct chg_reader *r);

/* A key's text for messages: "?" for what cannot be shown in a line. */
const char *chg_shown(const struct chg_node *node);

/* Hand the keys of a map to their functions, in the order of the table; report unknown, doubled and
 * missing ones. */
void chg_read_map(struct chg_reader *r, enum chg_scope scope, const struct chg_node *map,
                  void *target);

enum chg_accept {
    CHG_ACCEPT_SCALARS = 1U << 0, /* numbers and booleans, by their spelling */
    CHG_ACCEPT_WORDS = 1U << 1,   /* keywords and symbols */
    CHG_ACCEPT_PLAIN = 1U << 2,   /* ${{ is no expression */
};
/* The text of a node, or NULL after a report. item: NULL for the value itself, else what part of it
 * node is. */
const char *chg_text_of(struct chg_reader *r, const struct chg_use *use, const char *item,
                        const struct chg_node *node, unsigned accept);
/* Copy text into an empty *out. */
void chg_keep_text(struct chg_reader *r, char **out, const char *text);
bool chg_is_absent(const struct chg_node *node); /* no node or null */
/* Names: not blank, at most CHG_MAX_NAME bytes, no control characters. */
bool chg_check_name(struct chg_reader *r, const struct chg_use *use, const struct chg_node *node,
                    const char *name);
bool chg_expect_map(struct chg_reader *r, const struct chg_use *use);
/* A vector, else a report; an EDN list is none. */
bool chg_expect_list(struct chg_reader *r, const struct chg_use *use);
void chg_read_strings_into(struct chg_reader *r, const struct chg_use *use, struct chg_strings *out,
                           unsigned accept);
/* Where item i of strings came from; the whole value when some items were refused. */
const struct chg_node *chg_item_node(const struct chg_use *use, const struct chg_strings *strings,
                                     size_t i);
/* Is prefix + name usable as the name of a variable once it is upper-cased? */
bool chg_is_variable_source(const char *name);
json_t *chg_node_to_json(struct chg_reader *r, const struct chg_node *node);

/* The functions of the key table. */
void chg_read_text(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_name(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_dir(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_word(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_flag(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_number(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_duration(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_strings(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_globs(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_pairs(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_nothing(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_use(struct chg_reader *r, const struct chg_use *use, void *target);

void chg_read_stages(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_stage_name(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_steps(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_step_name(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_post(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_post_group(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_condition(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_container(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_step_container(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_approval(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_combination(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_parameters(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_matrix(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_excludes(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_strategy(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_triggers(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_push(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_schedule(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_branches(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_source(struct chg_reader *r, const struct chg_use *use, void *target);
void chg_read_notify(struct chg_reader *r, const struct chg_use *use, void *target);

/* What the functions of the condition scope fill. */
struct chg_condition_uses {
    struct chg_use type;
    struct chg_use branch;
    struct chg_use param;
    struct chg_use value;
    struct chg_use conditions;
};

#endif
