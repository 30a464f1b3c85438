/* SPDX-License-Identifier: MIT */
/* The unit of work of a build: see journal.h. Used by the build's thread only; write() may run on
 * another one while that waits. */
#include "engine/journal.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"

#include <string.h>

#include "base/banned.h"

struct log_index {
    int64_t step;
    struct chg_log_summary summary;
    void *blob;
    size_t len;
};

struct chg_journal {
    struct chg_run *run;
    bool build_dirty;
    bool build_stored;          /* the row exists */
    struct chg_build_row *also; /* another build to insert; NULL none */
    struct chg_event_row also_event;
    int failed; /* an append ran out of memory */
    CHG_VEC(struct chg_event_row) events;
    CHG_VEC(struct chg_artifact_row) artifacts;
    CHG_VEC(struct chg_notification_row) notifications;
    CHG_VEC(struct log_index) indexes;
};

int chg_journal_new(struct chg_journal **out, struct chg_run *run)
{
    struct chg_journal *journal = chg_new(struct chg_journal);

    if (journal == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    journal->run = run;
    journal->build_stored = run->row.number > 0;
    *out = journal;
    return 0;
}

static void clear(struct chg_journal *journal)
{
    for (size_t i = 0; i < journal->events.len; i++)
        chg_event_row_fini(&journal->events.items[i]);
    for (size_t i = 0; i < journal->artifacts.len; i++)
        chg_artifact_row_fini(&journal->artifacts.items[i]);
    for (size_t i = 0; i < journal->notifications.len; i++) {
        struct chg_notification_row *row = &journal->notifications.items[i];

        chg_free(row->id);
        chg_free(row->build_id);
        chg_free(row->type);
        chg_free(row->status);
        chg_free(row->details);
    }
    for (size_t i = 0; i < journal->indexes.len; i++)
        chg_free(journal->indexes.items[i].blob);
    journal->events.len = journal->artifacts.len = journal->notifications.len =
        journal->indexes.len = 0;
}

void chg_journal_free(struct chg_journal *journal)
{
    if (journal == NULL)
        return;
    clear(journal);
    chg_vec_fini(&journal->events);
    chg_vec_fini(&journal->artifacts);
    chg_vec_fini(&journal->notifications);
    chg_vec_fini(&journal->indexes);
    chg_free(journal);
}

void chg_journal_forget(struct chg_journal *journal)
{
    clear(journal);
    journal->failed = 0;
}

void chg_journal_insert_also(struct chg_journal *journal, struct chg_build_row *row)
{
    journal->also = row;
    journal->also_event = (struct chg_event_row){
        .build_id = row->id,
        .type = (char *)(uintptr_t)chengis_event_type_name(CHENGIS_EVENT_BUILD_QUEUED),
        .at = row->created_at,
        .status = CHENGIS_STATUS_QUEUED};
}

void chg_journal_touch_build(struct chg_journal *journal)
{
    journal->build_dirty = true;
}

/* Texts of event data come from anywhere (a provider's error, a diagnostic): none may show a
 * secret. */
static int mask_text(chengis_masker *masker, json_t *value)
{
    chg_autofree char *masked = chg_mask_text(masker, json_string_value(value));

    return masked != NULL && json_string_set(value, masked) == 0 ? 0 : CHENGIS_ERR_NO_MEMORY;
}

static int mask_json(chengis_masker *masker, json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;
    int rc = 0;

    if (json_is_string(value))
        return mask_text(masker, value);
    json_object_foreach (value, key, item) {
        if (rc == 0)
            rc = mask_json(masker, item);
    }
    json_array_foreach (value, i, item) {
        if (rc == 0)
            rc = mask_json(masker, item);
    }
    return rc;
}

void chg_journal_event(struct chg_journal *journal, chengis_event_type type,
                       const struct chg_stage_state *stage, const struct chg_step_state *step,
                       chengis_status status, json_t *data)
{
    struct chg_event_row row = {.at = chg_clock_wall_ms(), .status = status};

    row.build_id = chg_strdup(journal->run->row.id);
    row.type = chg_strdup(chengis_event_type_name(type));
    row.stage_name = stage != NULL ? chg_strdup(stage->row.name) : NULL;
    row.step_name = step != NULL ? chg_strdup(step->row.name) : NULL;
    if (data == NULL || journal->run->secrets.len == 0 ||
        mask_json(journal->run->masker, data) == 0)
        row.data = data != NULL ? chg_json_dump(data) : NULL;
    if (row.build_id == NULL || row.type == NULL || (stage != NULL && row.stage_name == NULL) ||
        (step != NULL && row.step_name == NULL) || (data != NULL && row.data == NULL) ||
        chg_vec_push(&journal->events, row) < 0) {
        chg_event_row_fini(&row);
        journal->failed = CHENGIS_ERR_NO_MEMORY;
    }
    json_decref(data);
}

void chg_journal_artifact(struct chg_journal *journal, struct chg_artifact_row *row)
{
    if (chg_vec_push(&journal->artifacts, *row) < 0) {
        chg_artifact_row_fini(row);
        journal->failed = CHENGIS_ERR_NO_MEMORY;
    }
}

void chg_journal_notification(struct chg_journal *journal, struct chg_notification_row *row)
{
    if (chg_vec_push(&journal->notifications, *row) < 0)
        journal->failed = CHENGIS_ERR_NO_MEMORY;
}

void chg_journal_log_index(struct chg_journal *journal, int64_t step,
                           const struct chg_log_step *log)
{
    struct log_index index = {.step = step};

    chg_log_step_summary(log, &index.summary);
    if (chg_log_writer_size(journal->run->log) < CHG_LOG_INDEX_FROM)
        return;
    if (chg_log_step_index(log, &index.blob, &index.len) < 0 ||
        chg_vec_push(&journal->indexes, index) < 0) {
        chg_free(index.blob);
        journal->failed = CHENGIS_ERR_NO_MEMORY;
    }
}

static int write_build(struct chg_conn *conn, struct chg_journal *journal)
{
    struct chg_run *run = journal->run;
    int rc;

    if (journal->build_stored)
        return journal->build_dirty ? chg_build_update(conn, &run->row) : 0;
    if (run->row.owner_id != 0 && !atomic_load(&run->engine->owner_stored)) {
        rc = chg_owner_put(conn, &run->engine->owner_row);
        if (rc < 0)
            return rc;
    }
    chg_free(run->row.job_id);
    run->row.job_id = NULL;
    rc = chg_job_ensure(conn, &run->scope, run->row.job_name, NULL, run->row.created_at,
                        &run->row.job_id);
    if (rc < 0)
        return rc;
    return chg_build_insert(conn, &run->row);
}

static int write_rows(struct chg_conn *conn, struct chg_run *run)
{
    int rc = 0;

    for (size_t i = 0; i < run->stage_count && rc == 0; i++) {
        if (run->stages[i].dirty)
            rc = chg_stage_put(conn, &run->stages[i].row);
    }
    for (size_t i = 0; i < run->step_count && rc == 0; i++) {
        if (run->steps[i].dirty)
            rc = chg_step_put(conn, &run->steps[i].row);
    }
    return rc;
}

static int write_also(struct chg_conn *conn, struct chg_journal *journal)
{
    int rc = chg_build_insert(conn, journal->also);

    if (rc == 0)
        rc = chg_event_append(conn, &journal->also_event);
    return rc;
}

static int write_all(struct chg_conn *conn, void *userdata)
{
    struct chg_journal *journal = userdata;
    const char *build_id = journal->run->row.id;
    int rc = write_build(conn, journal);

    if (rc == 0)
        rc = write_rows(conn, journal->run);
    if (rc == 0)
        rc = chg_event_append_all(conn, journal->events.items, journal->events.len);
    for (size_t i = 0; i < journal->indexes.len && rc == 0; i++) {
        const struct log_index *index = &journal->indexes.items[i];

        rc = chg_log_index_put(conn, build_id, index->step, (int64_t)index->summary.bytes,
                               (int64_t)index->summary.lines, index->blob, index->len);
    }
    for (size_t i = 0; i < journal->artifacts.len && rc == 0; i++)
        rc = chg_artifact_insert(conn, &journal->artifacts.items[i]);
    for (size_t i = 0; i < journal->notifications.len && rc == 0; i++)
        rc = chg_notification_put(conn, &journal->notifications.items[i]);
    if (rc == 0 && journal->also != NULL)
        rc = write_also(conn, journal);
    return rc;
}

int chg_journal_commit(struct chg_journal *journal)
{
    struct chg_run *run = journal->run;
    int rc;

    if (journal->failed < 0)
        return chg_error_no_memory();
    if (journal->events.len == 0 && !journal->build_dirty && journal->artifacts.len == 0 &&
        journal->notifications.len == 0 && journal->indexes.len == 0)
        return 0; /* rows change with an event only */
    rc = chg_store_write(run->engine->store, write_all, journal);
    if (rc < 0)
        return rc;
    if (run->row.owner_id != 0)
        atomic_store(&run->engine->owner_stored, true);
    journal->build_stored = true;
    journal->build_dirty = false;
    for (size_t i = 0; i < run->stage_count; i++)
        run->stages[i].dirty = false;
    for (size_t i = 0; i < run->step_count; i++)
        run->steps[i].dirty = false;
    chg_bus_publish(run->engine->bus, journal->events.items, journal->events.len, run->row.org_id);
    if (journal->also != NULL)
        chg_bus_publish(run->engine->bus, &journal->also_event, 1, run->row.org_id);
    journal->also = NULL;
    clear(journal);
    chg_run_set_stored(run, NULL);
    return 0;
}
