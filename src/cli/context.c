/* SPDX-License-Identifier: MIT */
/* The one place where the command reads the environment of the process for paths and configuration.
 */
#include "cli/context.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "cli/notes.h"

#include "base/banned.h"

/* $variable/chengis, else $HOME/fallback/chengis (XDG: a relative path is as good as none). Heap.
 */
static char *xdg_dir(const char *variable, const char *fallback)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    chg_autofree char *dir = NULL;

    if (base != NULL && base[0] == '/')
        return chg_path_join(base, "chengis");
    if (home == NULL || home[0] != '/') {
        (void)chg_error_set(CHENGIS_ERR_CONFIG,
                            "neither %s nor HOME is set: give the database with --db", variable);
        return NULL;
    }
    dir = chg_path_join(home, fallback);
    return dir == NULL ? NULL : chg_path_join(dir, "chengis");
}

static int make_state_dir(struct chg_cli *cli)
{
    if (cli->state_dir == NULL)
        cli->state_dir = xdg_dir("XDG_STATE_HOME", ".local/state");
    return cli->state_dir == NULL ? chg_error_code() : 0;
}

/* Read the configuration: the file of --config must exist, the user's own one may be missing. */
static int load_config(struct chg_cli *cli, const char *given)
{
    chengis_config_options opts = CHENGIS_CONFIG_OPTIONS_INIT;
    chg_autoptr(chengis_diagnostics) diags = NULL;
    chg_autofree char *dir = given != NULL ? NULL : xdg_dir("XDG_CONFIG_HOME", ".config");
    chg_autofree char *file = dir == NULL ? NULL : chg_path_join(dir, "chengis.yaml");
    int rc;

    opts.file = given != NULL ? given : file;
    opts.file_optional = given == NULL;
    opts.environ = (const char *const *)environ;
    opts.state_dir = cli->state_dir;
    rc = chengis_config_new(&cli->config, &diags, &opts);
    if (rc == CHENGIS_ERR_CONFIG && !cli->json) {
        chg_cli_diagnostics(&cli->err, diags);
        return chg_error_set(CHENGIS_ERR_CONFIG, "the configuration is not valid");
    }
    return rc;
}

int chg_context_config(chengis_config **out, struct chg_cli *cli)
{
    int rc = 0;

    if (cli->config == NULL) {
        /* With --db the state directory is not needed, so its absence is no error here. */
        rc = make_state_dir(cli);
        if (rc == 0 || chg_cli_option(cli, "db") != NULL)
            rc = load_config(cli, chg_cli_option(cli, "config"));
    }
    *out = cli->config;
    return rc;
}

int chg_context_database(const char **uri, bool *is_default, struct chg_cli *cli)
{
    chengis_config *config;
    int rc = chg_context_config(&config, cli);

    if (rc < 0)
        return rc;
    *uri = chg_cli_option(cli, "db");
    *is_default =
        *uri == NULL && chg_streq(chengis_config_origin(config, "database.path"), "default");
    if (*uri == NULL)
        *uri = chengis_config_text(config, "database.path");
    return 0;
}

static chengis_log_level log_level(struct chg_cli *cli)
{
    const char *word = chengis_config_text(cli->config, "log.level");

    if (cli->verbose > 0)
        return cli->verbose > 1 ? CHENGIS_LOG_DEBUG : CHENGIS_LOG_INFO;
    if (chg_streq(word, "debug"))
        return CHENGIS_LOG_DEBUG;
    if (chg_streq(word, "info"))
        return CHENGIS_LOG_INFO;
    return cli->quiet || chg_streq(word, "error") ? CHENGIS_LOG_ERROR : CHENGIS_LOG_WARNING;
}

static int make_sink(chengis_log_sink *sink, struct chg_cli *cli)
{
    int rc = cli->notes == NULL ? chg_notes_new(&cli->notes) : 0;

    if (rc == 0)
        *sink = chg_notes_sink(cli->notes, log_level(cli));
    return rc;
}

/* Every database holds the default organisation and, in this version, no other: a misspelt one must
 * not look empty. */
static int check_org(const struct chg_cli *cli)
{
    const char *org = chg_context_org(cli);

    return org == NULL
               ? 0
               : chg_error_set(CHENGIS_ERR_NOT_FOUND, "organisation '%s' does not exist", org);
}

int chg_context_store(chengis_store **out, struct chg_cli *cli, enum chg_store_use use)
{
    chengis_store_options opts = CHENGIS_STORE_OPTIONS_INIT;
    const char *uri;
    bool is_default = false;
    int rc;

    if (cli->store != NULL) {
        *out = cli->store;
        return 0;
    }
    rc = check_org(cli);
    if (rc == 0)
        rc = chg_context_database(&uri, &is_default, cli);
    if (rc == 0)
        rc = make_sink(&opts.log, cli);
    if (rc < 0)
        return rc;
    opts.no_migrate = use == CHG_STORE_RAW || use == CHG_STORE_RAW_MAKE;
    opts.must_exist = use == CHG_STORE_READ || use == CHG_STORE_RAW;
    if (is_default && use == CHG_STORE_READ && !chg_fs_exists(uri)) {
        opts.must_exist = false;
        uri = NULL;
    }
    if (is_default && !opts.must_exist && uri != NULL)
        rc = chg_fs_mkdirs(cli->state_dir, 0700);
    if (rc == 0)
        rc = chengis_store_open(&cli->store, uri, &opts);
    *out = cli->store;
    return rc;
}

#define BASE_ENV_MAX 6

/* What steps see of the environment of this process, unless --env adds to it. */
static size_t base_env(chengis_pair pairs[BASE_ENV_MAX])
{
    static const char *const names[BASE_ENV_MAX] = {"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR"};
    size_t count = 0;

    for (size_t i = 0; i < BASE_ENV_MAX; i++) {
        const char *value = getenv(names[i]);

        if (value == NULL && i == 0)
            value = "/usr/local/bin:/usr/bin:/bin";
        if (value != NULL)
            pairs[count++] = (chengis_pair){.name = names[i], .value = value};
    }
    return count;
}

/* By default these lie beside the database, wherever that is. */
static const char *given_path(const chengis_config *config, const char *key)
{
    if (strcmp(chengis_config_origin(config, key), "default") == 0)
        return NULL;
    return chengis_config_text(config, key);
}

int chg_context_engine(chengis_engine **out, struct chg_cli *cli, enum chg_store_use use)
{
    chengis_engine_options opts = CHENGIS_ENGINE_OPTIONS_INIT;
    chengis_pair env[BASE_ENV_MAX];
    chengis_store *store;
    int rc = 0;

    if (cli->engine == NULL) {
        rc = chg_context_store(&store, cli, use);
        if (rc == 0)
            rc = make_sink(&opts.log, cli);
        if (rc < 0)
            return rc;
        opts.max_builds = (uint32_t)chengis_config_int(cli->config, "builds.max-parallel");
        opts.grace_ms = (uint32_t)chengis_config_int(cli->config, "cancel.grace");
        opts.max_combinations =
            (uint32_t)chengis_config_int(cli->config, "matrix.max-combinations");
        opts.keep_builds = (uint32_t)chengis_config_int(cli->config, "retention.builds");
        opts.keep_days = (uint32_t)chengis_config_int(cli->config, "retention.days");
        opts.workspace_dir = given_path(cli->config, "workspace.root");
        opts.artifact_dir = given_path(cli->config, "artifacts.root");
        opts.base_env = env;
        opts.base_env_count = base_env(env);
        rc = chengis_engine_new(&cli->engine, store, NULL, &opts);
    }
    *out = cli->engine;
    return rc;
}

int chg_context_settled_store(chengis_store **out, struct chg_cli *cli)
{
    chengis_engine *engine;
    int rc = chg_context_engine(&engine, cli, CHG_STORE_READ);

    *out = cli->store;
    return rc;
}

int chg_context_build(chengis_build **out, struct chg_cli *cli, size_t index)
{
    chengis_engine *engine;
    int rc = chg_context_engine(&engine, cli, CHG_STORE_READ);

    return rc < 0 ? rc
                  : chengis_build_get(out, engine, chg_context_org(cli), chg_cli_word(cli, index));
}

char *chg_context_workspace(struct chg_cli *cli, const char *build_id)
{
    const char *root = given_path(cli->config, "workspace.root");

    if (root != NULL)
        return chg_path_join(root, build_id);
    return chg_asprintf("%s/workspaces/%s", chengis_engine_state_dir(cli->engine), build_id);
}

const char *chg_context_org(const struct chg_cli *cli)
{
    const char *org = chg_cli_option(cli, "org");

    return chg_streq(org, "default") ? NULL : org;
}

void chg_context_fini(struct chg_cli *cli)
{
    cli->engine = chengis_engine_unref(cli->engine);
    cli->store = chengis_store_unref(cli->store);
    cli->config = chengis_config_unref(cli->config);
    chg_notes_free(cli->notes);
    cli->notes = NULL;
    chg_free(cli->state_dir);
    cli->state_dir = NULL;
}
