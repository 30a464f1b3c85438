/* SPDX-License-Identifier: MIT */
/* Notifier "console": one line in the build's own log. The library itself prints nothing. */
#include "builtin/builtin.h"

#include <chengis/sys/notifier.h>

#include "base/banned.h"

static int send_line(void *self, const chengis_notification *notification, char **details)
{
    (void)self;
    (void)details;
    return notification->log(notification->log_data, notification->summary);
}

int chg_builtin_console_add(chengis_registry *registry)
{
    return chengis_registry_add_notifier(
        registry, &(chengis_notifier){.struct_size = sizeof(chengis_notifier),
                                      .name = "console",
                                      .send = send_line});
}
