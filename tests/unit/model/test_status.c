/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "model/status.h"
#include "support.h"

static const chengis_status all[] = {
    CHENGIS_STATUS_QUEUED,  CHENGIS_STATUS_RUNNING,   CHENGIS_STATUS_WAITING,
    CHENGIS_STATUS_SUCCESS, CHENGIS_STATUS_FAILURE,   CHENGIS_STATUS_ABORTED,
    CHENGIS_STATUS_SKIPPED, CHENGIS_STATUS_TIMED_OUT,
};
#define COUNT (sizeof(all) / sizeof(all[0]))

Test(model_status, every_word_parses_back_to_its_status)
{
    for (size_t i = 0; i < COUNT; i++)
        cr_expect_eq(chg_status_parse(chengis_status_name(all[i])), all[i]);
}

Test(model_status, unknown_words_and_values_are_tolerated)
{
    cr_expect_eq(chg_status_parse("unknown"), CHENGIS_STATUS_UNKNOWN);
    cr_expect_eq(chg_status_parse("Success"), CHENGIS_STATUS_UNKNOWN);
    cr_expect_eq(chg_status_parse(""), CHENGIS_STATUS_UNKNOWN);
    cr_expect_eq(chg_status_parse(NULL), CHENGIS_STATUS_UNKNOWN);
    cr_expect_str_eq(chengis_status_name((chengis_status)99), "unknown");
    cr_expect_str_eq(chengis_status_name((chengis_status)-1), "unknown");
    cr_expect_not(chengis_status_is_final((chengis_status)99));
    cr_expect_not(chengis_status_is_final(CHENGIS_STATUS_UNKNOWN));
}

Test(model_status, words_are_those_of_the_documents)
{
    static const char *const words[] = {"queued",  "running", "waiting", "success",
                                        "failure", "aborted", "skipped", "timed-out"};

    for (size_t i = 0; i < COUNT; i++)
        cr_expect_str_eq(chengis_status_name(all[i]), words[i]);
}

Test(model_status, final_statuses_never_move)
{
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < COUNT && chengis_status_is_final(all[i]); k++) {
            chengis_status status = all[i];

            cr_expect_eq(chg_status_move(&status, all[k], "build"), CHENGIS_ERR_STATE);
            cr_expect_eq(status, all[i]);
        }
    }
}

Test(model_status, five_statuses_are_final)
{
    size_t count = 0;

    for (size_t i = 0; i < COUNT; i++)
        count += chengis_status_is_final(all[i]) ? 1 : 0;

    cr_expect_eq(count, 5);
    cr_expect_not(chengis_status_is_final(CHENGIS_STATUS_WAITING));
}

struct move {
    chengis_status from;
    chengis_status to;
    bool allowed;
};

ParameterizedTestParameters(model_status, moves_follow_the_table)
{
    static struct move moves[] = {
        {CHENGIS_STATUS_UNKNOWN, CHENGIS_STATUS_QUEUED, true},
        {CHENGIS_STATUS_UNKNOWN, CHENGIS_STATUS_UNKNOWN, false},
        {CHENGIS_STATUS_QUEUED, CHENGIS_STATUS_RUNNING, true},
        {CHENGIS_STATUS_QUEUED, CHENGIS_STATUS_WAITING, true},
        {CHENGIS_STATUS_QUEUED, CHENGIS_STATUS_ABORTED, true},
        {CHENGIS_STATUS_QUEUED, CHENGIS_STATUS_SKIPPED, true},
        {CHENGIS_STATUS_QUEUED, CHENGIS_STATUS_SUCCESS, false},
        {CHENGIS_STATUS_QUEUED, CHENGIS_STATUS_QUEUED, false},
        {CHENGIS_STATUS_RUNNING, CHENGIS_STATUS_SUCCESS, true},
        {CHENGIS_STATUS_RUNNING, CHENGIS_STATUS_TIMED_OUT, true},
        {CHENGIS_STATUS_RUNNING, CHENGIS_STATUS_WAITING, true},
        {CHENGIS_STATUS_RUNNING, CHENGIS_STATUS_QUEUED, false},
        {CHENGIS_STATUS_WAITING, CHENGIS_STATUS_RUNNING, true},
        {CHENGIS_STATUS_WAITING, CHENGIS_STATUS_FAILURE, true},
        {CHENGIS_STATUS_WAITING, CHENGIS_STATUS_SUCCESS, false},
        {CHENGIS_STATUS_RUNNING, CHENGIS_STATUS_UNKNOWN, false},
        {CHENGIS_STATUS_RUNNING, (chengis_status)99, false},
        {(chengis_status)99, CHENGIS_STATUS_RUNNING, false},
    };

    return cr_make_param_array(struct move, moves, sizeof(moves) / sizeof(moves[0]));
}

ParameterizedTest(struct move *move, model_status, moves_follow_the_table)
{
    chengis_status status = move->from;

    cr_expect_eq(chg_status_move(&status, move->to, "step"), move->allowed ? 0 : CHENGIS_ERR_STATE,
                 "%s to %s", chengis_status_name(move->from), chengis_status_name(move->to));
    cr_expect_eq(status, move->allowed ? move->to : move->from);
}

Test(model_status, refused_moves_name_the_thing_and_both_words)
{
    chengis_status status = CHENGIS_STATUS_SUCCESS;

    assert_err(chg_status_move(&status, CHENGIS_STATUS_RUNNING, "stage"), CHENGIS_ERR_STATE,
               "a stage cannot go from 'success' to 'running'");
}

#define COMBINE(...)                                                                               \
    chg_status_combine((const chengis_status[]){__VA_ARGS__},                                      \
                       sizeof((const chengis_status[]){__VA_ARGS__}) / sizeof(chengis_status))

Test(model_status, a_whole_is_as_bad_as_its_worst_part)
{
    const chengis_status ok = CHENGIS_STATUS_SUCCESS;
    const chengis_status skipped = CHENGIS_STATUS_SKIPPED;

    cr_expect_eq(COMBINE(ok, ok), ok);
    cr_expect_eq(COMBINE(ok, skipped), ok);
    cr_expect_eq(COMBINE(skipped, skipped), skipped);
    cr_expect_eq(COMBINE(ok, CHENGIS_STATUS_FAILURE, skipped), CHENGIS_STATUS_FAILURE);
    cr_expect_eq(COMBINE(CHENGIS_STATUS_TIMED_OUT, ok), CHENGIS_STATUS_FAILURE);
    cr_expect_eq(COMBINE(CHENGIS_STATUS_FAILURE, CHENGIS_STATUS_ABORTED), CHENGIS_STATUS_ABORTED);
    cr_expect_eq(COMBINE(ok, CHENGIS_STATUS_RUNNING), CHENGIS_STATUS_RUNNING);
    cr_expect_eq(COMBINE(ok, (chengis_status)99), CHENGIS_STATUS_RUNNING);
    cr_expect_eq(chg_status_combine(NULL, 0), skipped);
}
