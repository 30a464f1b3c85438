/* SPDX-License-Identifier: MIT */
/**
 * @file
 * Step types. A step executor either describes a process, which the engine starts, watches, logs
 * and kills like any other, or runs in-process on a worker thread. Stable within a minor version.
 */
#ifndef CHENGIS_SYS_STEP_EXECUTOR_H
#define CHENGIS_SYS_STEP_EXECUTOR_H

#include <chengis/types.h>

CHENGIS_BEGIN_DECLS

/** What a step executor may know about its step. Borrowed for the call. */
typedef struct chengis_step_context chengis_step_context;
/** The process a step executor asks for. Borrowed for the call. */
typedef struct chengis_step_process chengis_step_process;

/**
 * A step type. Functions may be called from several build threads at once; `self` is passed first.
 * Exactly one of describe and run must be set.
 */
typedef struct chengis_step_executor {
    uint32_t struct_size; /**< sizeof(chengis_step_executor). */
    const char *name;     /**< the step type, e.g. "shell"; copied. */
    void *self;           /**< passed to every function. */
    /** Fill in the process to start. Called on the build's thread: must not block. 0, or
     * CHENGIS_ERR_* with a message: the step fails. */
    int (*describe)(void *self, const chengis_step_context *context, chengis_step_process *process);
    /** Do the work and give the exit code (0 = success). Called on a worker thread; ends soon after
     * the cancel descriptor becomes readable. */
    int (*run)(void *self, chengis_step_context *context, int32_t *exit_code);
    /** Release self; optional; called once. */
    void (*destroy)(void *self);
} chengis_step_executor;

/**
 * Add a step type to a registry.
 *
 * @param registry  not yet used by an engine.
 * @param executor  copied; on success the registry owns `self`.
 * @return 0, CHENGIS_ERR_EXISTS, CHENGIS_ERR_STATE (registry in use), or CHENGIS_ERR_INVALID.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_registry_add_step_executor(chengis_registry *registry,
                                                   const chengis_step_executor *executor);

/**
 * Return the name of the step.
 *
 * @param context  the context.
 * @return borrowed for the call.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_step_context_name(const chengis_step_context *context);

/**
 * Return the command text of the step.
 *
 * @param context  the context.
 * @return borrowed for the call; never NULL.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_step_context_command(const chengis_step_context *context);

/**
 * Return the absolute path of the workspace.
 *
 * @param context  the context.
 * @return borrowed for the call.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_step_context_workspace(const chengis_step_context *context);

/**
 * Return the absolute directory the step works in: the workspace, or the step's `dir` in it.
 *
 * @param context  the context.
 * @return borrowed for the call.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_step_context_dir(const chengis_step_context *context);

/**
 * Look up a variable of the step's environment.
 *
 * @param context  the context.
 * @param name     the variable.
 * @return borrowed for the call, or NULL.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_step_context_env(const chengis_step_context *context,
                                                 const char *name);

/**
 * Return the step's definition as a JSON object of the canonical pipeline form.
 *
 * @param context  the context.
 * @return borrowed for the call, or NULL with CHENGIS_ERR_NO_MEMORY.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API const char *chengis_step_context_json(const chengis_step_context *context);

/**
 * Write output of a step that runs in-process. It is masked and logged like a process's.
 *
 * @param context  the context given to run().
 * @param data     bytes.
 * @param len      how many.
 * @return 0, or CHENGIS_ERR_CANCELLED when nobody reads any more.
 * @thread one
 * @blocks until the log takes it
 * @since 0.1
 */
CHENGIS_API int chengis_step_context_write(chengis_step_context *context, const char *data,
                                           size_t len);

/**
 * Get a descriptor that becomes readable when the step shall end (cancel, timeout). Poll only.
 *
 * @param out      receives the descriptor, owned by the engine. Untouched on failure.
 * @param context  the context given to run(); in describe() there is none (CHENGIS_ERR_STATE).
 * @return 0 or CHENGIS_ERR_*.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_step_context_cancel_fd(int32_t *out, chengis_step_context *context);

/**
 * Append an argument to the process's argv. The first one is the program.
 *
 * @param process   the process.
 * @param argument  copied.
 * @return 0 or CHENGIS_ERR_NO_MEMORY.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_step_process_add_argument(chengis_step_process *process,
                                                  const char *argument);

/**
 * Set or replace a variable of the process's environment, which starts as the step's.
 *
 * @param process  the process.
 * @param name     the variable.
 * @param value    copied.
 * @return 0 or CHENGIS_ERR_NO_MEMORY.
 * @thread one
 * @blocks no
 * @since 0.1
 */
CHENGIS_API int chengis_step_process_set_env(chengis_step_process *process, const char *name,
                                             const char *value);

CHENGIS_END_DECLS

#endif
