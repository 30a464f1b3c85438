/* SPDX-License-Identifier: MIT */
/* The key table of the pipeline language. Rows of one scope stand together, in the order in which
 * they are checked. */
#include "dsl/keys.h"

#include <string.h>

#include "base/str.h"
#include "dsl/reader_priv.h"

#include "base/banned.h"

#define NEAREST_MAX 64

const char *const chg_pull_policies[] = {"always", "if-not-present", "never", NULL};
const char *const chg_parameter_types[] = {"text", "choice", "boolean", NULL};
static const char *const interrupt_words[] = {"abort", "rerun", NULL};
static const char *const role_words[] = {"viewer", "developer", "admin", NULL};

#define AT(type, member) offsetof(struct type, member)
/* ROW(scope, canonical name, usual spelling, third spelling, kind, flags, offset, function, words,
 * summary) */
#define ROW(scope, name, usual, also, kind, flags, offset, read, words, summary)                   \
    {                                                                                              \
        CHG_SCOPE_##scope, name, usual, also, CHG_KIND_##kind, flags, offset, read, words, summary \
    }
#define SAME(scope, name, kind, flags, offset, read, summary)                                      \
    ROW(scope, name, name, NULL, kind, flags, offset, read, NULL, summary)
/* Known, but of a later version: an error, so that nothing is ignored that was meant to matter. */
#define LATER(scope, name) ROW(scope, name, name, NULL, ANY, 0, 0, NULL, NULL, "later version")

#define REQUIRED CHG_KEY_REQUIRED
#define PLAIN    CHG_KEY_PLAIN

/* clang-format off */
const struct chg_key chg_keys[] = {
    ROW(PIPELINE, "pipeline-name", "name", NULL, TEXT, PLAIN, AT(chengis_pipeline, name), chg_read_name, NULL,
        "name of the pipeline"),
    SAME(PIPELINE, "description", TEXT, PLAIN, AT(chengis_pipeline, description), chg_read_text,
         "what it is for"),
    SAME(PIPELINE, "stages", LIST, REQUIRED, 0, chg_read_stages, "stages, in order"),
    SAME(PIPELINE, "container", MAP, 0, AT(chengis_pipeline, container), chg_read_container,
         "container of the stages without their own"),
    SAME(PIPELINE, "env", PAIRS, 0, AT(chengis_pipeline, env), chg_read_pairs, "variables of every step"),
    SAME(PIPELINE, "parameters", LIST, 0, 0, chg_read_parameters, "parameters of a build"),
    ROW(PIPELINE, "triggers", "on", NULL, MAP, 0, 0, chg_read_triggers, NULL, "what starts builds"),
    SAME(PIPELINE, "source", MAP, 0, 0, chg_read_source, "where the code comes from"),
    ROW(PIPELINE, "post-actions", "post", NULL, MAP, 0, 0, chg_read_post, NULL, "steps after the stages"),
    SAME(PIPELINE, "artifacts", STRINGS, 0, AT(chengis_pipeline, artifacts), chg_read_globs, "files to keep"),
    SAME(PIPELINE, "notify", LIST, 0, 0, chg_read_notify, "who is told"),
    SAME(PIPELINE, "matrix", MAP, 0, 0, chg_read_matrix, "dimensions every stage is repeated over"),
    SAME(PIPELINE, "strategy", MAP, 0, 0, chg_read_strategy, "a map that holds the matrix"),
    SAME(PIPELINE, "timeout", DURATION, 0, AT(chengis_pipeline, timeout_ms), chg_read_duration,
         "limit of the whole build"),
    ROW(PIPELINE, "on-interrupt", "on-interrupt", NULL, WORD, 0, AT(chengis_pipeline, on_interrupt),
        chg_read_word, interrupt_words, "what becomes of a build whose process died"),
    SAME(PIPELINE, "pipeline-source", WORD, 0, 0, chg_read_nothing, "recorded by older versions"),
    LATER(PIPELINE, "extends"),
    LATER(PIPELINE, "concurrency"),
    LATER(PIPELINE, "test-results"),

    ROW(STAGE, "stage-name", "name", NULL, TEXT, REQUIRED | PLAIN, AT(chg_stage, name), chg_read_stage_name,
        NULL, "name of the stage, unique"),
    SAME(STAGE, "steps", LIST, REQUIRED, 0, chg_read_steps, "steps, in order"),
    ROW(STAGE, "condition", "when", NULL, MAP, 0, AT(chg_stage, condition), chg_read_condition, NULL,
        "run only when this holds"),
    ROW(STAGE, "parallel?", "parallel", NULL, FLAG, 0, AT(chg_stage, parallel), chg_read_flag, NULL,
        "run the steps side by side"),
    SAME(STAGE, "container", MAP, 0, AT(chg_stage, container), chg_read_container,
         "container of the shell steps"),
    SAME(STAGE, "approval", MAP, 0, AT(chg_stage, approval), chg_read_approval, "who must agree first"),
    SAME(STAGE, "matrix-combination", PAIRS, 0, AT(chg_stage, matrix_combination), chg_read_combination,
         "set by matrix expansion"),
    SAME(STAGE, "matrix-stage", TEXT, PLAIN, AT(chg_stage, matrix_stage), chg_read_name,
         "set by matrix expansion"),
    LATER(STAGE, "depends-on"),
    LATER(STAGE, "timeout"),
    LATER(STAGE, "services"),
    LATER(STAGE, "cache"),
    LATER(STAGE, "test-results"),

    ROW(STEP, "step-name", "name", NULL, TEXT, REQUIRED | PLAIN, AT(chg_step, name), chg_read_step_name, NULL,
        "name of the step, unique in its stage"),
    ROW(STEP, "command", "run", NULL, TEXT, REQUIRED, AT(chg_step, command), chg_read_text, NULL,
        "shell text to run"),
    SAME(STEP, "type", WORD, 0, AT(chg_step, type), chg_read_word, "shell, docker, docker-compose or a plugin's"),
    SAME(STEP, "env", PAIRS, 0, AT(chg_step, env), chg_read_pairs, "variables of this step"),
    SAME(STEP, "timeout", DURATION, 0, AT(chg_step, timeout_ms), chg_read_duration, "limit of this step"),
    SAME(STEP, "dir", TEXT, 0, AT(chg_step, dir), chg_read_dir, "directory inside the workspace"),
    ROW(STEP, "condition", "when", NULL, MAP, 0, AT(chg_step, condition), chg_read_condition, NULL,
        "run only when this holds"),
    SAME(STEP, "image", TEXT, 0, AT(chg_step, container.image), chg_read_text, "container image to run in"),
    SAME(STEP, "volumes", STRINGS, 0, AT(chg_step, container.volumes), chg_read_strings, "mounts"),
    SAME(STEP, "workdir", TEXT, 0, AT(chg_step, container.workdir), chg_read_text,
         "directory inside the container"),
    SAME(STEP, "network", TEXT, 0, AT(chg_step, container.network), chg_read_text, "network of the container"),
    ROW(STEP, "pull-policy", "pull-policy", NULL, WORD, 0, AT(chg_step, container.pull_policy), chg_read_word,
        chg_pull_policies, "when the image is pulled"),
    SAME(STEP, "docker-args", STRINGS, 0, AT(chg_step, container.docker_args), chg_read_strings,
         "further arguments of docker run"),
    SAME(STEP, "container", MAP, 0, AT(chg_step, container), chg_read_step_container,
         "image, or a map with image, volumes, ..."),
    SAME(STEP, "service", TEXT, 0, AT(chg_step, service), chg_read_text, "compose service to run in"),
    SAME(STEP, "compose-file", TEXT, 0, AT(chg_step, compose_file), chg_read_text, "compose file"),
    LATER(STEP, "retry"),
    LATER(STEP, "allow-failure"),
    LATER(STEP, "outputs"),
    LATER(STEP, "shell"),

    SAME(POST, "always", LIST, 0, CHG_POST_ALWAYS, chg_read_post_group, "steps that always run"),
    ROW(POST, "on-success", "on-success", "on_success", LIST, 0, CHG_POST_ON_SUCCESS, chg_read_post_group, NULL,
        "steps after success"),
    ROW(POST, "on-failure", "on-failure", "on_failure", LIST, 0, CHG_POST_ON_FAILURE, chg_read_post_group, NULL,
        "steps after failure"),

    SAME(CONTAINER, "image", TEXT, REQUIRED, AT(chg_container, image), chg_read_text, "container image"),
    SAME(CONTAINER, "volumes", STRINGS, 0, AT(chg_container, volumes), chg_read_strings, "mounts"),
    SAME(CONTAINER, "workdir", TEXT, 0, AT(chg_container, workdir), chg_read_text,
         "directory inside the container"),
    SAME(CONTAINER, "network", TEXT, 0, AT(chg_container, network), chg_read_text, "network of the container"),
    ROW(CONTAINER, "pull-policy", "pull-policy", NULL, WORD, 0, AT(chg_container, pull_policy), chg_read_word,
        chg_pull_policies, "when the image is pulled"),
    SAME(CONTAINER, "docker-args", STRINGS, 0, AT(chg_container, docker_args), chg_read_strings,
         "further arguments of docker run"),

    SAME(CONDITION, "branch", STRINGS, 0, AT(chg_condition_uses, branch), chg_read_use,
         "branch name, glob, or a list of them"),
    SAME(CONDITION, "param", TEXT, 0, AT(chg_condition_uses, param), chg_read_use, "name of a parameter"),
    SAME(CONDITION, "value", TEXT, 0, AT(chg_condition_uses, value), chg_read_use, "value of the parameter"),
    SAME(CONDITION, "type", WORD, 0, AT(chg_condition_uses, type), chg_read_use, "always, branch, param or all"),
    SAME(CONDITION, "conditions", LIST, 0, AT(chg_condition_uses, conditions), chg_read_use,
         "what must hold together"),

    SAME(APPROVAL, "message", TEXT, PLAIN, AT(chg_approval, message), chg_read_text, "shown to approvers"),
    ROW(APPROVAL, "role", "role", NULL, WORD, 0, AT(chg_approval, role), chg_read_word, role_words,
        "minimum role"),
    SAME(APPROVAL, "timeout-minutes", NUMBER, 0, AT(chg_approval, timeout_minutes), chg_read_number,
         "how long it may be open"),
    SAME(APPROVAL, "approver-group", STRINGS, 0, AT(chg_approval, approver_group), chg_read_strings,
         "names of users"),
    SAME(APPROVAL, "min-approvals", NUMBER, CHG_KEY_POSITIVE, AT(chg_approval, min_approvals), chg_read_number,
         "how many must agree"),

    SAME(PARAMETER, "name", TEXT, PLAIN, AT(chg_parameter, name), chg_read_name, "name"),
    ROW(PARAMETER, "type", "type", NULL, WORD, 0, AT(chg_parameter, type), chg_read_word, chg_parameter_types,
        "text, choice or boolean"),
    SAME(PARAMETER, "choices", STRINGS, CHG_KEY_SCALARS, AT(chg_parameter, choices), chg_read_strings, "allowed values"),
    SAME(PARAMETER, "default", TEXT, CHG_KEY_SCALARS, AT(chg_parameter, default_value), chg_read_text, "value when not given"),
    SAME(PARAMETER, "description", TEXT, PLAIN, AT(chg_parameter, description), chg_read_text, "what it is for"),

    SAME(STRATEGY, "matrix", MAP, 0, 0, chg_read_matrix, "dimensions"),
    SAME(STRATEGY, "exclude", LIST, 0, 0, chg_read_excludes, "combinations to leave out"),
    LATER(STRATEGY, "include"),
    LATER(STRATEGY, "fail-fast"),
    LATER(STRATEGY, "max-parallel"),

    SAME(MATRIX, "exclude", LIST, 0, 0, chg_read_excludes, "combinations to leave out"),
    LATER(MATRIX, "include"),
    LATER(MATRIX, "fail-fast"),
    LATER(MATRIX, "max-parallel"),

    SAME(ON, "push", MAP, 0, 0, chg_read_push, "pushes start builds"),
    SAME(ON, "schedule", LIST, 0, 0, chg_read_schedule, "times that start builds"),
    SAME(PUSH, "branches", STRINGS, 0, 0, chg_read_branches, "branches whose pushes count"),
};
/* clang-format on */
const size_t chg_key_count = sizeof(chg_keys) / sizeof(chg_keys[0]);

static const char *const scope_names[CHG_SCOPES] = {
    [CHG_SCOPE_PIPELINE] = "a pipeline",   [CHG_SCOPE_STAGE] = "a stage",
    [CHG_SCOPE_STEP] = "a step",           [CHG_SCOPE_POST] = "post actions",
    [CHG_SCOPE_CONTAINER] = "a container", [CHG_SCOPE_CONDITION] = "a condition",
    [CHG_SCOPE_APPROVAL] = "an approval",  [CHG_SCOPE_PARAMETER] = "a parameter",
    [CHG_SCOPE_STRATEGY] = "a strategy",   [CHG_SCOPE_MATRIX] = "a matrix",
    [CHG_SCOPE_ON] = "triggers",           [CHG_SCOPE_PUSH] = "a push trigger",
};

const char *chg_scope_name(enum chg_scope scope)
{
    return scope_names[scope];
}

const struct chg_key *chg_keys_of(enum chg_scope scope, size_t *count)
{
    size_t first = 0;
    size_t end;

    while (first < chg_key_count && chg_keys[first].scope != scope)
        first++;
    for (end = first; end < chg_key_count && chg_keys[end].scope == scope;)
        end++;
    *count = end - first;
    return &chg_keys[first];
}

static bool is_called(const struct chg_key *key, const char *name)
{
    return strcmp(key->usual, name) == 0 || strcmp(key->name, name) == 0 ||
           (key->also != NULL && strcmp(key->also, name) == 0);
}

const struct chg_key *chg_key_find(enum chg_scope scope, const char *name)
{
    size_t count;
    const struct chg_key *rows = chg_keys_of(scope, &count);

    for (size_t i = 0; i < count; i++) {
        if (is_called(&rows[i], name))
            return &rows[i];
    }
    return NULL;
}

const char *chg_key_nearest(enum chg_scope scope, const char *name, bool canonical)
{
    const char *names[NEAREST_MAX];
    size_t count;
    const struct chg_key *rows = chg_keys_of(scope, &count);

    if (count > NEAREST_MAX)
        count = NEAREST_MAX;
    for (size_t i = 0; i < count; i++)
        names[i] = canonical ? rows[i].name : rows[i].usual;
    return chg_nearest(name, names, count);
}
