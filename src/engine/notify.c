/* SPDX-License-Identifier: MIT */
/* Phase: notifiers learn how the build ended, the console first. A notifier that fails never fails
 * the build. */
#include "engine/run.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/uuid.h"
#include "engine/journal.h"
#include "engine/plugins.h"

#include <string.h>

#include "base/banned.h"

static int say(void *data, const char *line)
{
    return chg_run_say(data, "%s", line);
}

static char *summary(const struct chg_run *run)
{
    char duration[32];

    (void)chg_format_duration(duration, sizeof(duration),
                              chg_clock_wall_ms() - run->row.started_at);
    return chg_asprintf("Build #%lld of %s: %s (%s, %zu stage%s)", (long long)run->row.number,
                        run->row.job_name, chengis_status_name(run->result), duration,
                        run->post_begin, run->post_begin == 1 ? "" : "s");
}

static void record(struct chg_run *run, const char *type, bool sent, const char *details)
{
    struct chg_notification_row row = {.created_at = chg_clock_wall_ms()};
    json_t *event = json_object();
    char id[CHG_UUID_SIZE];

    if (chg_uuid7(id) == 0)
        row.id = chg_strdup(id);
    row.build_id = chg_strdup(run->row.id);
    row.type = chg_strdup(type);
    row.status = chg_strdup(sent ? "sent" : "failed");
    row.details = chg_mask_text(run->masker, details != NULL ? details : "");
    row.sent_at = sent ? row.created_at : 0;
    (void)chg_json_set_str(event, "type", type);
    (void)chg_json_set_bool(event, "sent", sent);
    (void)chg_json_set_str(event, "details", row.details);
    chg_journal_event(run->journal, CHENGIS_EVENT_NOTIFICATION_SENT, NULL, NULL,
                      CHENGIS_STATUS_UNKNOWN, event);
    chg_journal_notification(run->journal, &row);
}

struct letter {
    const char *build_json;
    const char *summary;
};

static void notify(struct chg_run *run, const char *type, const char *config,
                   const struct letter *letter)
{
    const chengis_notifier *notifier = chg_registry_notifier(run->engine->registry, type);
    chg_autofree char *details = NULL;
    int rc;

    if (notifier == NULL) {
        rc = chg_error_set(CHENGIS_ERR_UNSUPPORTED, "no plugin provides notifications of type '%s'",
                           type);
    } else {
        chengis_notification notification = {
            .struct_size = sizeof(notification),
            .build_json = letter->build_json,
            .config_json = config,
            .summary = letter->summary,
            .status = run->result,
            .log = say,
            .log_data = run,
            .cancel_fd = chg_plugin_cancel_fd(run),
            .timeout_ms = CHG_REPORT_TIMEOUT_MS,
        };

        rc = CHG_PLUGIN_CALL("notifier", type,
                             notifier->send(notifier->self, &notification, &details));
    }
    record(run, type, rc >= 0, rc < 0 ? chg_error_message() : details);
    if (rc < 0)
        (void)chg_run_say(run, "warning: notification '%s' failed: %s", type, chg_error_message());
}

/* Nobody is told when there is no memory for it; the build stays what it is. */
int chg_phase_notify(struct chg_run *run)
{
    chg_autofree char *build_json = chg_plugin_build_json(run);
    chg_autofree char *line = summary(run);
    struct letter letter = {build_json, line};

    if (build_json == NULL || line == NULL) {
        (void)chg_run_say(run, "warning: no notification was sent: out of memory");
        return 0;
    }
    /* The summary in the log is not asked for: a host that leaves the console out has none. */
    if (chg_registry_notifier(run->engine->registry, "console") != NULL)
        notify(run, "console", "{}", &letter);
    for (size_t i = 0; run->plan != NULL && i < run->plan->notify_count; i++) {
        const struct chg_notify *entry = &run->plan->notify[i];
        chg_autofree char *config =
            entry->config != NULL ? chg_json_dump(entry->config) : chg_strdup("{}");

        if (config == NULL)
            (void)chg_run_say(run, "warning: notification '%s' failed: out of memory", entry->type);
        else if (!chg_streq(entry->type, "console"))
            notify(run, entry->type, config, &letter);
    }
    return 0;
}
