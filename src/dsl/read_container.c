/* SPDX-License-Identifier: MIT */
/* Reading of containers (of pipelines, stages and steps) and approvals. */
#include "dsl/reader_priv.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"

#include "base/banned.h"

void chg_read_container(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_container **out = target;
    bool top = use->key->scope == CHG_SCOPE_PIPELINE;

    if (use->value->kind != CHG_NODE_MAP) {
        chg_report_error(r, use->value, "%s%s%s%s must be a map", top ? "Top-level " : "",
                         CHG_USE(r, use));
        return;
    }
    *out = chg_new(struct chg_container);
    if (*out == NULL) {
        chg_out_of_memory(r);
        return;
    }
    r->subject.part = top ? "Top-level container" : "container";
    chg_read_map(r, CHG_SCOPE_CONTAINER, use->value, *out);
    r->subject.part = NULL;
}

static void move_text(struct chg_reader *r, const struct chg_use *use, const char *key, char **to,
                      char **from)
{
    if (*from == NULL)
        return;
    if (*to != NULL)
        chg_report_error(r, use->name, "%s%s%s stands in the step and in its %s%s%s",
                         CHG_KEY(r, key), CHG_USE(r, use));
    else
        *to = chg_steal(from);
}

static void move_strings(struct chg_reader *r, const struct chg_use *use, const char *key,
                         struct chg_strings *to, struct chg_strings *from)
{
    if (from->len == 0)
        return;
    if (to->len > 0) {
        chg_report_error(r, use->name, "%s%s%s stands in the step and in its %s%s%s",
                         CHG_KEY(r, key), CHG_USE(r, use));
        return;
    }
    chg_strings_fini(to);
    *to = *from;
    *from = (struct chg_strings){0};
}

/* A step's container is its image, or a map; both join the keys of the step itself, which are read
 * before. */
void chg_read_step_container(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_container *own = target;
    struct chg_container given = {0};

    if (use->value->kind == CHG_NODE_STRING) {
        chg_read_text(r, use, &given.image);
    } else if (use->value->kind == CHG_NODE_MAP) {
        r->subject.part = "container";
        chg_read_map(r, CHG_SCOPE_CONTAINER, use->value, &given);
        r->subject.part = NULL;
    } else {
        chg_report_error(r, use->value, "%s%s%s must be an image name or a map", CHG_USE(r, use));
    }
    move_text(r, use, "image", &own->image, &given.image);
    move_strings(r, use, "volumes", &own->volumes, &given.volumes);
    move_text(r, use, "workdir", &own->workdir, &given.workdir);
    move_text(r, use, "network", &own->network, &given.network);
    move_text(r, use, "pull-policy", &own->pull_policy, &given.pull_policy);
    move_strings(r, use, "docker-args", &own->docker_args, &given.docker_args);
    chg_container_fini(&given);
}

void chg_read_approval(struct chg_reader *r, const struct chg_use *use, void *target)
{
    struct chg_approval **out = target;

    if (!chg_expect_map(r, use))
        return;
    *out = chg_new(struct chg_approval);
    if (*out == NULL) {
        chg_out_of_memory(r);
        return;
    }
    (*out)->timeout_minutes = -1;
    r->subject.part = "approval";
    chg_read_map(r, CHG_SCOPE_APPROVAL, use->value, *out);
    r->subject.part = NULL;
}
