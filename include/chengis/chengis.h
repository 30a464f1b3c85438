/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The stable API of libchengis, and the contract between it and the program that embeds it.
 *
 * Threads   Functions may be called from any thread unless their comment says `@thread one` (one
 * thread at a time per object). The library starts its own threads with all signals blocked and
 * joins them in chengis_engine_stop(). Callbacks None but log sinks, wake-up functions and C
 * plugins are ever called from a thread the host did not lend. Events are pulled: poll the
 * descriptor of a subscription, then call chengis_subscription_next(). Process   The library never
 * exits, prints, handles signals, changes the directory, environment, locale or umask. It starts
 *           child processes and waits for exactly those: a host that reaps all children gets
 * CHENGIS_ERR_PROCESS for a step, never a hang. Leave SIGCHLD at its default or handle it without
 * waitpid(-1). fork      Handles are not usable in a forked child that does not exec. Errors    A
 * plain `int` result is a status: negative is a CHENGIS_ERR_* code with details in
 * chengis_error_last(). Memory    `chengis_x_unref()` releases handles, chengis_free() releases
 * text. Two engines in a process share nothing. Start     There is nothing to initialise and
 * nothing to shut down beyond the handles.
 */
#ifndef CHENGIS_CHENGIS_H
#define CHENGIS_CHENGIS_H

#include <chengis/build.h>
#include <chengis/diagnostics.h>
#include <chengis/engine.h>
#include <chengis/error.h>
#include <chengis/event.h>
#include <chengis/export.h>
#include <chengis/log.h>
#include <chengis/masker.h>
#include <chengis/pipeline.h>
#include <chengis/plugin.h>
#include <chengis/store.h>
#include <chengis/types.h>
#include <chengis/version.h>

#endif
