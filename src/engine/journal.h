/* SPDX-License-Identifier: MIT */
/*
 * The unit of work of a build: row changes and events collected since the last commit, written in
 * one transaction, the events published after it. Event first: nothing happens to a build that is
 * not an event here.
 */
#ifndef CHG_ENGINE_JOURNAL_H
#define CHG_ENGINE_JOURNAL_H

#include "base/json.h"
#include "engine/run.h"

struct chg_journal;

int chg_journal_new(struct chg_journal **out, struct chg_run *run);
void chg_journal_free(struct chg_journal *journal);
/* data: takes; may be NULL. stage and step may be NULL. A failed allocation sticks and fails the
 * commit. */
void chg_journal_event(struct chg_journal *journal, chengis_event_type type,
                       const struct chg_stage_state *stage, const struct chg_step_state *step,
                       chengis_status status, json_t *data);
void chg_journal_touch_build(struct chg_journal *journal);
void chg_journal_artifact(struct chg_journal *journal,
                          struct chg_artifact_row *row); /* takes the strings */
void chg_journal_notification(struct chg_journal *journal,
                              struct chg_notification_row *row); /* takes the strings */
void chg_journal_log_index(struct chg_journal *journal, int64_t step,
                           const struct chg_log_step *log);
/* Drop what was collected and the failure of collecting it; rows stay to be written. */
void chg_journal_forget(struct chg_journal *journal);
/* Insert this queued build (a rerun; borrowed until the commit) in the same transaction, too. */
void chg_journal_insert_also(struct chg_journal *journal, struct chg_build_row *row);
/* Write and publish. Nothing to do: 0 without a transaction. On failure everything stays for the
 * next try. */
int chg_journal_commit(struct chg_journal *journal);

#endif
