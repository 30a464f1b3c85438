/* SPDX-License-Identifier: MIT */
/* What a step executor sees of its step, and the process it describes. */
#include "plugin/step_context.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/json.h"

#include <stdint.h>

#include "base/banned.h"

void chg_step_context_fini(struct chengis_step_context *context)
{
    chg_free(context->json);
    context->json = NULL;
}

void chg_step_process_fini(struct chengis_step_process *process)
{
    chg_strings_fini(&process->argv);
    chg_kvlist_wipe(&process->env);
    chg_kvlist_fini(&process->env);
}

const char *chengis_step_context_name(const chengis_step_context *context)
{
    return context->step->name;
}

const char *chengis_step_context_command(const chengis_step_context *context)
{
    return context->step->command != NULL ? context->step->command : "";
}

const char *chengis_step_context_workspace(const chengis_step_context *context)
{
    return context->workspace;
}

const char *chengis_step_context_dir(const chengis_step_context *context)
{
    return context->dir;
}

const char *chengis_step_context_env(const chengis_step_context *context, const char *name)
{
    return chg_kvlist_get(context->env, name);
}

const char *chengis_step_context_json(const chengis_step_context *context)
{
    chengis_step_context *own =
        (chengis_step_context *)(uintptr_t)context; /* a step has one reader */
    chg_autojson object = NULL;

    if (own->json == NULL) {
        object = chg_step_to_json(context->step);
        own->json = object != NULL ? chg_json_dump(object) : NULL;
    }
    return own->json;
}

int chengis_step_context_write(chengis_step_context *context, const char *data, size_t len)
{
    if (context->output_fd < 0)
        return chg_error_set(CHENGIS_ERR_STATE, "output can be written by run() only");
    if (chg_fs_write_all(context->output_fd, data, len) < 0)
        return chg_error_set(CHENGIS_ERR_CANCELLED, "the output of the step is closed");
    return 0;
}

int chengis_step_context_cancel_fd(int32_t *out, chengis_step_context *context)
{
    int fd;

    chengis_error_clear();
    CHG_REQUIRE(out != NULL && context != NULL);
    if (context->cancel == NULL)
        return chg_error_set(CHENGIS_ERR_STATE, "only run() can be told to end");
    fd = chg_cancel_fd(context->cancel);
    if (fd < 0)
        return chg_error_set(CHENGIS_ERR_LIMIT, "no descriptor is left to be told to end");
    *out = fd;
    return 0;
}

int chengis_step_process_add_argument(chengis_step_process *process, const char *argument)
{
    CHG_REQUIRE(process != NULL && argument != NULL);
    return chg_strings_add(&process->argv, argument);
}

int chengis_step_process_set_env(chengis_step_process *process, const char *name, const char *value)
{
    CHG_REQUIRE(process != NULL && name != NULL && value != NULL);
    return chg_kvlist_put(&process->env, name, value);
}
