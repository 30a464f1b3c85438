/* SPDX-License-Identifier: MIT */
/* Status words, the table of allowed moves, and the status of a whole from its parts. */
#include "model/status.h"

#include "base/error.h"
#include "base/str.h"

#include "base/banned.h"

#define BIT(name)   (1U << CHENGIS_STATUS_##name)
#define FINAL_BITS  (BIT(SUCCESS) | BIT(FAILURE) | BIT(ABORTED) | BIT(SKIPPED) | BIT(TIMED_OUT))
#define ENTRY_COUNT (CHENGIS_STATUS_TIMED_OUT + 1)

struct status_row {
    const char *word;
    unsigned next; /* statuses that may follow, as bits */
};

/* A queued thing may end without running: cancelled, not reached, refused or given up. A first
 * status may be any. */
static const struct status_row rows[ENTRY_COUNT] = {
    [CHENGIS_STATUS_UNKNOWN] = {"unknown", BIT(QUEUED) | BIT(RUNNING) | BIT(WAITING) | FINAL_BITS},
    [CHENGIS_STATUS_QUEUED] = {"queued", BIT(RUNNING) | BIT(WAITING) | BIT(FAILURE) | BIT(ABORTED) |
                                             BIT(SKIPPED) | BIT(TIMED_OUT)},
    [CHENGIS_STATUS_RUNNING] = {"running", BIT(WAITING) | FINAL_BITS},
    [CHENGIS_STATUS_WAITING] = {"waiting", BIT(RUNNING) | BIT(FAILURE) | BIT(ABORTED) |
                                               BIT(SKIPPED) | BIT(TIMED_OUT)},
    [CHENGIS_STATUS_SUCCESS] = {"success", 0},
    [CHENGIS_STATUS_FAILURE] = {"failure", 0},
    [CHENGIS_STATUS_ABORTED] = {"aborted", 0},
    [CHENGIS_STATUS_SKIPPED] = {"skipped", 0},
    [CHENGIS_STATUS_TIMED_OUT] = {"timed-out", 0},
};

static bool is_known(chengis_status status)
{
    return (unsigned)status < ENTRY_COUNT;
}

const char *chengis_status_name(chengis_status status)
{
    return is_known(status) ? rows[status].word : rows[CHENGIS_STATUS_UNKNOWN].word;
}

bool chengis_status_is_final(chengis_status status)
{
    return is_known(status) && (FINAL_BITS & 1U << status) != 0;
}

int chg_status_move(chengis_status *status, chengis_status to, const char *what)
{
    if (!is_known(*status) || !is_known(to) || (rows[*status].next & 1U << to) == 0)
        return chg_error_set(CHENGIS_ERR_STATE, "a %s cannot go from '%s' to '%s'", what,
                             chengis_status_name(*status), chengis_status_name(to));
    *status = to;
    return 0;
}

chengis_status chg_status_parse(const char *word)
{
    for (size_t i = 1; i < ENTRY_COUNT; i++) {
        if (chg_streq(rows[i].word, word))
            return (chengis_status)i;
    }
    return CHENGIS_STATUS_UNKNOWN;
}

chengis_status chg_status_combine(const chengis_status *parts, size_t count)
{
    unsigned seen = 0;

    for (size_t i = 0; i < count; i++)
        seen |= is_known(parts[i]) ? 1U << parts[i] : BIT(UNKNOWN);
    if (seen & BIT(ABORTED))
        return CHENGIS_STATUS_ABORTED;
    if (seen & (BIT(FAILURE) | BIT(TIMED_OUT)))
        return CHENGIS_STATUS_FAILURE;
    if (seen & (BIT(UNKNOWN) | BIT(QUEUED) | BIT(RUNNING) | BIT(WAITING)))
        return CHENGIS_STATUS_RUNNING;
    return seen & BIT(SUCCESS) ? CHENGIS_STATUS_SUCCESS : CHENGIS_STATUS_SKIPPED;
}
