/* SPDX-License-Identifier: MIT */
/* The sink of the command. `lock` guards text and hold; it is held while stderr is written, so
 * lines stay whole. */
#include "cli/notes.h"

#include <chengis/error.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fs.h"
#include "base/thread.h"
#include "cli/term_text.h"

#include "base/banned.h"

struct chg_notes {
    struct chg_mutex lock;
    struct chg_str text;
    bool hold;
};

int chg_notes_new(struct chg_notes **out)
{
    struct chg_notes *notes = chg_new(struct chg_notes);

    if (notes == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    chg_mutex_init(&notes->lock);
    notes->text = (struct chg_str)CHG_STR_INIT;
    *out = notes;
    return 0;
}

void chg_notes_free(struct chg_notes *notes)
{
    if (notes == NULL)
        return;
    chg_notes_hold(notes, false);
    chg_str_fini(&notes->text);
    chg_mutex_fini(&notes->lock);
    chg_free(notes);
}

static void write_out(struct chg_notes *notes)
{
    if (notes->text.len > 0)
        (void)chg_fs_write_all(STDERR_FILENO, notes->text.ptr, notes->text.len);
    chg_str_reset(&notes->text);
}

static const char *level_word(chengis_log_level level)
{
    switch (level) {
    case CHENGIS_LOG_DEBUG:
        return "debug";
    case CHENGIS_LOG_INFO:
        return "info";
    case CHENGIS_LOG_WARNING:
        return "warning";
    default:
        return "error";
    }
}

static void receive(void *userdata, chengis_log_level level, const char *module,
                    const char *message)
{
    struct chg_notes *notes = userdata;

    chg_mutex_lock(&notes->lock);
    chg_str_addf(&notes->text, "chengis: %s: %s: ", level_word(level), module);
    chg_text_clean(&notes->text, message);
    chg_str_add_char(&notes->text, '\n');
    if (!notes->hold)
        write_out(notes);
    chg_mutex_unlock(&notes->lock);
}

chengis_log_sink chg_notes_sink(struct chg_notes *notes, chengis_log_level min_level)
{
    return (chengis_log_sink){.fn = receive, .userdata = notes, .min_level = min_level};
}

void chg_notes_hold(struct chg_notes *notes, bool hold)
{
    chg_mutex_lock(&notes->lock);
    notes->hold = hold;
    if (!hold)
        write_out(notes);
    chg_mutex_unlock(&notes->lock);
}

void chg_notes_take(struct chg_notes *notes, struct chg_str *out)
{
    chg_mutex_lock(&notes->lock);
    chg_str_add_len(out, notes->text.ptr, notes->text.len);
    chg_str_reset(&notes->text);
    chg_mutex_unlock(&notes->lock);
}
