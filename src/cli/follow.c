/* SPDX-License-Identifier: MIT */
/* The loop: poll the subscription and the signals, take events into the model, let the views show
 * them. */
#include "cli/follow.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/error.h"
#include "cli/notes.h"

#include "base/banned.h"

#define IDLE_MS   200 /* logs of other processes grow without a hint */
#define ENDING_MS 10  /* the last event was seen, the end is told at once */
#define BATCH     256 /* events taken before the views get their turn */

/* The stored types, and the hints that a log grew. */
#define TYPE_BIT(name, number, text) | (UINT64_C(1) << (number))
#define EVERY_TYPE                   (UINT64_C(0) CHENGIS_EVENT_LIST(TYPE_BIT))

static void say(struct chg_follow *follow, const char *text)
{
    if (follow->tty != NULL) {
        chg_str_addf(&follow->tty->above, "chengis: %s\n", text);
        return;
    }
    chg_out_addf(&follow->cli->err, "chengis: %s\n", text);
    (void)chg_out_flush(&follow->cli->err);
}

/* The first request cancels with grace, each later one kills. */
static void handle_signals(struct chg_follow *follow)
{
    static const char reason[] = "interrupted from the command line";
    unsigned requests = follow->signals == NULL ? 0 : chg_signals_take(follow->signals);

    for (; requests > 0; requests--) {
        if (follow->cancelled == 0)
            say(follow, "cancelling; press ^C again to kill");
        else if (follow->cancelled == 1)
            say(follow, "killing");
        if ((follow->cancelled++ == 0 ? chengis_build_cancel(follow->build, reason)
                                      : chengis_build_kill(follow->build, reason)) < 0)
            say(follow, chg_error_message());
    }
}

/* A write that is blocked: who asks twice does not want to wait for the reader either. */
static void write_interrupted(void *userdata)
{
    struct chg_follow *follow = userdata;

    handle_signals(follow);
    if (follow->cancelled > 1)
        follow->plain->out->closed = true;
}

/* Before the end of a step is shown, everything it printed is. */
static int drain_step(struct chg_follow *follow, struct chg_run_step *step)
{
    int rc = 1;

    while (rc == 1 && !follow->plain->out->closed) {
        rc = chg_plain_pump_step(follow->plain, step);
        handle_signals(follow);
    }
    return rc < 0 ? rc : 0;
}

/* What the model knows of the step an event is about, before the event is taken in. */
static int before_event(struct chg_follow *follow, const struct chg_run_event *event)
{
    struct chg_run_model *model = follow->model;

    if (follow->plain == NULL || event->type != CHENGIS_EVENT_STEP_COMPLETED)
        return 0;
    for (size_t i = 0; i < model->stages.len; i++) {
        struct chg_run_stage *stage = model->stages.items[i];

        for (size_t k = 0; k < stage->steps.len; k++) {
            struct chg_run_step *step = stage->steps.items[k];

            if (step->status == CHENGIS_STATUS_RUNNING && chg_streq(stage->name, event->stage) &&
                chg_streq(step->name, event->step)) {
                int rc = drain_step(follow, step);

                if (rc < 0)
                    return rc;
            }
        }
    }
    return 0;
}

static void write_event(struct chg_follow *follow, const chengis_event *event)
{
    if (follow->events == NULL || chengis_event_get_type(event) == CHENGIS_EVENT_LOG_LINE)
        return;
    chg_out_addf(follow->events, "%s\n", chengis_event_json(event));
    (void)chg_out_flush(follow->events);
}

static int take_event(struct chg_follow *follow, const chengis_event *event)
{
    const char *text = chengis_event_data(event);
    chg_autojson data = json_loads(text, 0, NULL);
    struct chg_run_event seen = {
        .type = chengis_event_get_type(event),
        .at = chengis_event_at(event),
        .stage = chengis_event_stage(event),
        .step = chengis_event_step(event),
        .status = chengis_event_status(event),
        .data = data,
    };
    struct chg_run_stage *stage;
    struct chg_run_step *step;
    int rc;

    write_event(follow, event);
    if (seen.type == CHENGIS_EVENT_LOG_LINE)
        return 0;
    rc = before_event(follow, &seen);
    if (rc == 0)
        rc = chg_run_model_event(follow->model, &seen, &stage, &step);
    if (rc == 0 && follow->plain != NULL)
        rc = chg_plain_event(follow->plain, seen.type, stage, step);
    return rc;
}

/* 1 when there may be more events at once, 0 when not. */
static int take_events(struct chg_follow *follow, chengis_subscription *sub)
{
    for (int i = 0; i < BATCH; i++) {
        chg_autoptr(chengis_event) event = NULL;
        int rc = chengis_subscription_next(&event, sub, 0);

        if (rc <= 0)
            return rc;
        rc = take_event(follow, event);
        if (rc < 0)
            return rc;
    }
    return 1;
}

/* 1 when a view has more to show at once. */
static int show(struct chg_follow *follow)
{
    int more = 0;

    if (follow->plain != NULL && !follow->plain->out->closed)
        more = chg_plain_pump(follow->plain);
    if (follow->tty != NULL) {
        if (follow->cli->notes != NULL)
            chg_notes_take(follow->cli->notes, &follow->tty->above);
        chg_tty_draw(follow->tty, false);
    }
    return more;
}

static int wait_for_more(struct chg_follow *follow, chengis_subscription *sub, int timeout_ms)
{
    struct pollfd fds[2] = {{.events = POLLIN}, {.fd = -1, .events = POLLIN}};
    int32_t sub_fd;
    int rc = chengis_subscription_fd(&sub_fd, sub);

    if (rc < 0)
        return rc;
    fds[0].fd = sub_fd;
    if (follow->signals != NULL)
        fds[1].fd = follow->signals->fd;
    if (follow->tty != NULL && timeout_ms > chg_tty_wait_ms(follow->tty))
        timeout_ms = chg_tty_wait_ms(follow->tty);
    if (poll(fds, 2, timeout_ms) < 0 && errno != EINTR)
        return chg_error_sys(CHENGIS_ERR_IO, errno, "cannot wait for events");
    return 0;
}

/* One turn. 1: go on, 0: the end. */
static int turn(struct chg_follow *follow, chengis_subscription *sub)
{
    int final = chengis_build_wait(follow->build, 0), events, more, rc;

    if (final < 0)
        return final;
    handle_signals(follow);
    events = take_events(follow, sub);
    if (events < 0)
        return events;
    more = show(follow);
    if (more < 0)
        return more;
    if (events == 1 || more == 1)
        return 1;
    /* Asked before the events were taken: then nothing is missing. */
    if (final == 1 || !follow->to_the_end)
        return 0;
    if (chengis_status_is_final(follow->model->status))
        rc = chengis_build_wait(follow->build, ENDING_MS);
    else
        rc = wait_for_more(follow, sub, IDLE_MS);
    return rc < 0 ? rc : 1;
}

static int loop(struct chg_follow *follow, chengis_subscription *sub)
{
    int rc = 1;

    if (follow->tty != NULL && follow->cli->notes != NULL)
        chg_notes_hold(follow->cli->notes, true);
    if (follow->plain != NULL) {
        follow->plain->engine_waits = follow->to_the_end;
        follow->plain->out->interrupted = write_interrupted;
        follow->plain->out->userdata = follow;
    }
    while (rc == 1)
        rc = turn(follow, sub);
    if (follow->plain != NULL)
        follow->plain->out->interrupted = NULL;
    if (follow->tty != NULL)
        chg_tty_clear(follow->tty);
    if (follow->tty != NULL && follow->cli->notes != NULL)
        chg_notes_hold(follow->cli->notes, false);
    return rc;
}

int chg_follow(struct chg_follow *follow)
{
    chengis_subscription_options opts = CHENGIS_SUBSCRIPTION_OPTIONS_INIT;
    chg_autoptr(chengis_subscription) sub = NULL;
    int rc;

    opts.build_id = chengis_build_id(follow->build);
    opts.types = EVERY_TYPE;
    rc = chengis_subscription_new(&sub, follow->engine, &opts);
    return rc < 0 ? rc : loop(follow, sub);
}
