/* SPDX-License-Identifier: MIT */
/* Delivery of messages to a sink. */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

struct heard {
    int count;
    chengis_log_level level;
    char module[16];
    char message[4096];
};

static void hear(void *userdata, chengis_log_level level, const char *module, const char *message)
{
    struct heard *heard = userdata;

    heard->count++;
    heard->level = level;
    (void)snprintf(heard->module, sizeof(heard->module), "%s", module);
    (void)snprintf(heard->message, sizeof(heard->message), "%s", message);
    errno = EIO;
}

Test(base_log, the_sink_gets_level_module_and_message)
{
    struct heard heard = {0};
    chengis_log_sink sink = {.fn = hear, .userdata = &heard};

    errno = 0;
    chg_log(&sink, CHENGIS_LOG_WARNING, "store", "try %d", 2);

    cr_expect_eq(heard.level, CHENGIS_LOG_WARNING);
    cr_expect_str_eq(heard.module, "store");
    cr_expect_str_eq(heard.message, "try 2");
    cr_expect_eq(errno, 0);
}

Test(base_log, messages_below_the_level_are_left_out)
{
    struct heard heard = {0};
    chengis_log_sink sink = {.fn = hear, .userdata = &heard, .min_level = CHENGIS_LOG_INFO};

    chg_log(&sink, CHENGIS_LOG_DEBUG, "x", "no");
    chg_log(&sink, CHENGIS_LOG_INFO, "x", "yes");

    cr_expect_eq(heard.count, 1);
    cr_expect_str_eq(heard.message, "yes");
}

Test(base_log, no_sink_is_silent)
{
    chengis_log_sink sink = {0};

    chg_log(NULL, CHENGIS_LOG_ERROR, "x", "y");
    chg_log(&sink, CHENGIS_LOG_ERROR, "x", "y");
}

Test(base_log, a_long_message_is_cut)
{
    struct heard heard = {0};
    chengis_log_sink sink = {.fn = hear, .userdata = &heard};

    chg_log(&sink, CHENGIS_LOG_INFO, "x", "%05000d", 1);

    cr_expect_eq(strlen(heard.message), 2047);
}
