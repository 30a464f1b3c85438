/* SPDX-License-Identifier: MIT */
/* Parameters, variables and secrets of a build. No message here holds a value. */
#include "cli/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/secret.h"

#include "base/banned.h"

#define SECRET_MAX ((size_t)131071) /* what one variable can hold */

void chg_inputs_fini(struct chg_inputs *inputs)
{
    chg_kvlist_fini(&inputs->parameters);
    chg_kvlist_fini(&inputs->env);
    chg_kvlist_wipe(&inputs->secrets);
    chg_kvlist_fini(&inputs->secrets);
}

int chg_inputs_pair(struct chg_kvlist *list, const char *option, const char *text)
{
    const char *equals = strchr(text, '=');
    chg_autofree char *name = NULL;

    if (equals == NULL || equals == text)
        return chg_error_set(CHENGIS_ERR_INVALID, "option '--%s' needs NAME=VALUE", option);
    name = chg_strndup(text, (size_t)(equals - text));
    return name == NULL ? CHENGIS_ERR_NO_MEMORY : chg_kvlist_put(list, name, equals + 1);
}

static int add_env(struct chg_kvlist *list, const char *text)
{
    const char *value;

    if (strchr(text, '=') != NULL)
        return chg_inputs_pair(list, "env", text);
    value = getenv(text);
    if (value == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID, "--env %s: the variable is not set", text);
    return chg_kvlist_put(list, text, value);
}

/* Everything the descriptor gives, without one line end at the end. Heap, for chg_secret_free(). */
static int read_secret(char **out, const char *name, int fd)
{
    char *buffer = chg_calloc(1, SECRET_MAX + 2);
    size_t len = 0;
    ssize_t count = 1;

    if (buffer == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    while (count != 0 && len <= SECRET_MAX) {
        count = read(fd, buffer + len, SECRET_MAX + 1 - len);
        if (count < 0 && errno != EINTR)
            break;
        len += count > 0 ? (size_t)count : 0;
    }
    if (count >= 0 && len <= SECRET_MAX && memchr(buffer, '\0', len) == NULL) {
        if (len > 0 && buffer[len - 1] == '\n')
            buffer[--len] = '\0';
        *out = buffer;
        return 0;
    }
    chg_wipe(buffer, SECRET_MAX + 2);
    chg_free(buffer);
    if (count < 0)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "secret '%s' cannot be read", name);
    return chg_error_set(CHENGIS_ERR_INVALID, "secret '%s' has more than %zu bytes, or a zero byte",
                         name, SECRET_MAX);
}

static int secret_from_file(char **out, const char *name, const char *path)
{
    chg_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return chg_error_sys(errno == ENOENT ? CHENGIS_ERR_NOT_FOUND : CHENGIS_ERR_IO, errno,
                             "secret '%s': cannot open '%s'", name, path);
    return read_secret(out, name, fd);
}

static int secret_from_stdin(char **out, const char *name)
{
    if (isatty(STDIN_FILENO) == 1)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "--secret %s=-: stdin is a terminal; pipe the value in", name);
    return read_secret(out, name, STDIN_FILENO);
}

/* Where the value of NAME, NAME=@FILE or NAME=- comes from. */
static int secret_value(char **out, const char *name, const char *source)
{
    const char *value;

    if (source != NULL && source[0] == '@')
        return secret_from_file(out, name, source + 1);
    if (chg_streq(source, "-"))
        return secret_from_stdin(out, name);
    if (source != NULL)
        return chg_error_set(
            CHENGIS_ERR_INVALID,
            "--secret %s: no values on the command line, where every user of the machine can read "
            "them; give '--secret %s' (taken from the environment), '%s=@FILE' or '%s=-' (stdin)",
            name, name, name, name);
    value = getenv(name);
    if (value == NULL)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "--secret %s: no such variable in the environment; '%s=@FILE' reads a "
                             "file, '%s=-' stdin",
                             name, name, name);
    *out = chg_secret_dup(value);
    return *out == NULL ? CHENGIS_ERR_NO_MEMORY : 0;
}

static int add_secret(struct chg_inputs *inputs, struct chg_cli *cli, const char *text,
                      bool with_value)
{
    const char *equals = strchr(text, '=');
    chg_autofree char *name =
        chg_strndup(text, equals == NULL ? strlen(text) : (size_t)(equals - text));
    char *value = NULL;
    int rc;

    if (name == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    if (name[0] == '\0')
        return chg_error_set(CHENGIS_ERR_INVALID, "--secret needs a name");
    if (!with_value)
        return chg_kvlist_put(&inputs->secrets, name, "");
    rc = secret_value(&value, name, equals == NULL ? NULL : equals + 1);
    if (rc < 0 || value == NULL)
        return rc;
    if (strlen(value) < CHENGIS_MASK_MIN_LENGTH)
        chg_cli_warn(cli, "secret '%s' is shorter than %d bytes and will not be masked in the log",
                     name, CHENGIS_MASK_MIN_LENGTH);
    rc = chg_kvlist_put(&inputs->secrets, name, value);
    chg_secret_free(value);
    return rc;
}

int chg_inputs_read(struct chg_inputs *inputs, struct chg_cli *cli, bool with_values)
{
    int rc = 0;

    for (size_t i = 0; i < cli->args.options.len && rc == 0; i++) {
        const struct chg_option_use *use = &cli->args.options.items[i];

        if (chg_streq(use->option->name, "param"))
            rc = chg_inputs_pair(&inputs->parameters, "param", use->value);
        else if (chg_streq(use->option->name, "env"))
            rc = add_env(&inputs->env, use->value);
        else if (chg_streq(use->option->name, "secret"))
            rc = add_secret(inputs, cli, use->value, with_values);
    }
    return rc;
}

int chg_inputs_pairs(chengis_pair **out, const struct chg_kvlist *list)
{
    chengis_pair *pairs;

    *out = NULL;
    if (list->len == 0)
        return 0;
    pairs = chg_calloc(list->len, sizeof(*pairs));
    if (pairs == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < list->len; i++)
        pairs[i] = (chengis_pair){.name = list->items[i].name, .value = list->items[i].value};
    *out = pairs;
    return 0;
}

/* The pipeline's parameters: an array of objects. New reference; NULL: none are declared. */
static json_t *declared_parameters(const chengis_pipeline *pipeline)
{
    chg_autojson map = NULL;
    char *text = NULL;

    if (chengis_pipeline_format(&text, pipeline, "json") < 0)
        return NULL;
    map = chg_json_parse(text, strlen(text));
    chengis_free(text);
    return json_incref(json_object_get(map, "parameters"));
}

static void warn_unless_declared(struct chg_cli *cli, const char *name, const char *const *names,
                                 size_t count)
{
    const char *near;

    for (size_t i = 0; i < count; i++)
        if (chg_streq(names[i], name))
            return;
    near = chg_nearest(name, names, count);
    chg_cli_warn(cli, "the pipeline declares no parameter '%s'%s%s%s", name,
                 near == NULL ? "" : "; the nearest one is '", near == NULL ? "" : near,
                 near == NULL ? "" : "'");
}

int chg_inputs_check(const struct chg_inputs *inputs, struct chg_cli *cli,
                     const chengis_pipeline *pipeline)
{
    chg_autojson declared = inputs->parameters.len == 0 ? NULL : declared_parameters(pipeline);
    size_t count = json_array_size(declared);
    chg_autofree const char **names = NULL;

    if (count == 0)
        return 0;
    names = chg_calloc(count, sizeof(*names));
    if (names == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        names[i] = json_string_value(json_object_get(json_array_get(declared, i), "name"));
    for (size_t i = 0; i < inputs->parameters.len; i++)
        warn_unless_declared(cli, inputs->parameters.items[i].name, names, count);
    return 0;
}
