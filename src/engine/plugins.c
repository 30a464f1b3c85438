/* SPDX-License-Identifier: MIT */
/* What all calls of plugins share. */
#include "engine/plugins.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

#include "base/banned.h"

int chg_plugin_result(int rc, const char *kind, const char *name)
{
    if (rc >= 0)
        return 0;
    if (chg_error_code() == CHENGIS_OK)
        return chg_error_set(CHENGIS_ERR_PLUGIN, "%s '%s' failed (%d) without saying why", kind,
                             name, rc);
    return chg_error_code();
}

int32_t chg_plugin_cancel_fd(struct chg_run *run)
{
    int32_t fd = chg_cancel_fd(run->cancel);

    chg_cancel_rearm(run->cancel, chg_cancel_level(run->cancel) > 0 ? 2 : 1);
    return fd;
}

int32_t chg_plugin_timeout(const struct chg_run *run, int64_t max)
{
    int64_t left = run->deadline > 0 ? run->deadline - chg_clock_mono_ms() : max;

    if (run->deadline > 0 && left <= 0)
        left = POST_GRACE_MS;
    if (max > 0 && left > max)
        left = max;
    return left < INT32_MAX ? (int32_t)left : INT32_MAX;
}

bool chg_plugin_was_stopped(const struct chg_run *run)
{
    const struct chg_limits limits = {1, run->deadline, "build-timed-out"};

    return run->result == CHENGIS_STATUS_SUCCESS && chg_loop_stop_reason(run, &limits) != NULL;
}

char *chg_plugin_build_json(const struct chg_run *run)
{
    struct chg_build_row row = run->row; /* borrows every text */
    chg_autojson object = NULL;

    row.status = run->result;
    row.reason = run->reason;
    row.message = run->message;
    row.finished_at = chg_clock_wall_ms();
    object = chg_build_row_to_json(&row);
    return object != NULL ? chg_json_dump(object) : NULL;
}
