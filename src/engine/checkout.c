/* SPDX-License-Identifier: MIT */
/* Phase: the source code. A snapshot of a folder here, or a provider's checkout when the pipeline
 * names a source. */
#include "engine/run.h"

#include "base/error.h"
#include "base/str.h"
#include "engine/journal.h"
#include "engine/plugins.h"

#include <string.h>

#include "base/banned.h"

static const struct {
    const char *key;
    const char *variable;
} git_variables[] = {
    {"branch", "GIT_BRANCH"}, {"commit", "GIT_COMMIT"},   {"commit-short", "GIT_COMMIT_SHORT"},
    {"author", "GIT_AUTHOR"}, {"message", "GIT_MESSAGE"}, {"email", "GIT_EMAIL"},
};

/* What a provider tells must be storable and readable by every reader after us. */
static int take_info(struct chg_run *run, const char *type, const char *text)
{
    chg_autojson info = NULL;
    json_t *value;
    const char *key;

    if (text == NULL)
        return 0;
    info = chg_json_parse(text, strlen(text));
    if (info == NULL && chg_error_code() == CHENGIS_ERR_NO_MEMORY)
        return CHENGIS_ERR_NO_MEMORY;
    if (!json_is_object(info))
        return chg_error_set(CHENGIS_ERR_PLUGIN,
                             "source provider '%s' gave information that is no JSON object", type);
    json_object_foreach (info, key, value) {
        if (!json_is_string(value) && !json_is_null(value))
            return chg_error_set(CHENGIS_ERR_PLUGIN,
                                 "source provider '%s' gave information '%s' that is no text", type,
                                 key);
    }
    run->row.git = chg_json_dump(info);
    return run->row.git != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

/* row.git is what the provider found out: it becomes GIT_* and the branch that conditions compare
 * with. */
static int take_git_info(struct chg_run *run)
{
    chg_autojson info = NULL;
    const char *branch;

    if (run->row.git == NULL)
        return 0;
    info = chg_json_parse(run->row.git, strlen(run->row.git));
    if (info == NULL)
        return chg_error_prefix("information of the checkout");
    for (size_t i = 0; i < sizeof(git_variables) / sizeof(git_variables[0]); i++) {
        const char *value;
        int rc = chg_json_get_str(&value, info, git_variables[i].key);

        if (rc == 0 && value != NULL)
            rc = chg_kvlist_put(&run->git_env, git_variables[i].variable, value);
        if (rc < 0)
            return rc;
    }
    branch = chg_kvlist_get(&run->git_env, "GIT_BRANCH");
    run->branch = chg_strdup(
        branch != NULL ? branch : ""); /* a detached head is on no branch, also not on "main" */
    return run->branch != NULL ? 0 : CHENGIS_ERR_NO_MEMORY;
}

static int say(void *log_data, const char *line)
{
    return chg_run_say(log_data, "%s", line);
}

static int fetch(struct chg_run *run, const char *type, const json_t *source)
{
    const chengis_scm_provider *provider = chg_registry_scm_provider(run->engine->registry, type);
    chg_autofree char *text = chg_json_dump(source);
    chg_autofree char *info = NULL;
    chengis_scm_request request = {.struct_size = sizeof(request),
                                   .source_json = text,
                                   .workspace = run->row.workspace,
                                   .branch = chg_kvlist_get(&run->given_parameters, "branch"),
                                   .commit = chg_kvlist_get(&run->given_parameters, "commit"),
                                   .log = say,
                                   .log_data = run};
    int rc;

    if (provider == NULL)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED, "no plugin provides sources of type '%s'",
                             type);
    if (text == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    request.cancel_fd = chg_plugin_cancel_fd(run);
    request.timeout_ms = chg_plugin_timeout(run, 0);
    rc = CHG_PLUGIN_CALL("source provider", type,
                         provider->checkout(provider->self, &request, &info));
    return rc < 0 ? rc : take_info(run, type, info);
}

static int checkout(struct chg_run *run)
{
    const json_t *source = run->given->source;
    const char *type;
    json_t *data;
    int rc = chg_json_get_str(&type, source, "type");

    if (rc < 0)
        return rc;
    chg_journal_event(run->journal, CHENGIS_EVENT_GIT_STARTED, NULL, NULL, CHENGIS_STATUS_UNKNOWN,
                      NULL);
    rc = chg_journal_commit(run->journal); /* a checkout takes its time: let it be seen */
    if (rc == 0)
        rc = fetch(run, type != NULL ? type : "", source);
    data = json_object();
    if (rc < 0) {
        struct chg_error_saved error;

        chg_error_save(&error);
        (void)chg_json_set_str(data, "error", error.message);
        chg_journal_event(run->journal, CHENGIS_EVENT_GIT_FAILED, NULL, NULL,
                          CHENGIS_STATUS_FAILURE, data);
        chg_run_fail_phase(run, "checkout-failed", error.message);
        return chg_error_restore(&error);
    }
    if (run->row.git != NULL)
        (void)chg_json_set_take(data, "git", chg_json_parse(run->row.git, strlen(run->row.git)));
    chg_journal_event(run->journal, CHENGIS_EVENT_GIT_COMPLETED, NULL, NULL, CHENGIS_STATUS_SUCCESS,
                      data);
    return 0;
}

int chg_phase_checkout(struct chg_run *run)
{
    int rc = 0;

    if (!run->resumed &&
        (run->source == CHENGIS_SOURCE_SNAPSHOT || run->source == CHENGIS_SOURCE_COMMITTED)) {
        rc = chg_snapshot(run);
    } else if (!run->resumed && run->source == CHENGIS_SOURCE_EMPTY && run->given != NULL &&
               run->given->source != NULL) {
        rc = checkout(run);
    }
    if (rc < 0)
        return rc;
    chg_journal_touch_build(run->journal);
    return take_git_info(run);
}
