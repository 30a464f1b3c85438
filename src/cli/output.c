/* SPDX-License-Identifier: MIT */
/* Buffered streams over write(2), and the decision about colours. */
#include "cli/output.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/banned.h"

#define FLUSH_BYTES ((size_t)64 << 10)

const char *chg_style(struct chg_look look, enum chg_style style)
{
    static const char *const sequences[] = {
        [CHG_STYLE_RESET] = "\033[0m",  [CHG_STYLE_BOLD] = "\033[1m",
        [CHG_STYLE_DIM] = "\033[2m",    [CHG_STYLE_RED] = "\033[31m",
        [CHG_STYLE_GREEN] = "\033[32m", [CHG_STYLE_YELLOW] = "\033[33m",
        [CHG_STYLE_BLUE] = "\033[34m",
    };

    return look.colour ? sequences[style] : "";
}

void chg_paint(struct chg_str *out, struct chg_look look, enum chg_style style, const char *text)
{
    chg_str_add(out, chg_style(look, style));
    chg_str_add(out, text);
    chg_str_add(out, chg_style(look, CHG_STYLE_RESET));
}

enum chg_style chg_style_of_status(chengis_status status)
{
    switch (status) {
    case CHENGIS_STATUS_SUCCESS:
        return CHG_STYLE_GREEN;
    case CHENGIS_STATUS_FAILURE:
    case CHENGIS_STATUS_TIMED_OUT:
        return CHG_STYLE_RED;
    case CHENGIS_STATUS_ABORTED:
    case CHENGIS_STATUS_WAITING:
        return CHG_STYLE_YELLOW;
    case CHENGIS_STATUS_RUNNING:
        return CHG_STYLE_BLUE;
    default:
        return CHG_STYLE_DIM;
    }
}

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0';
}

bool chg_colour_wanted(const struct chg_colour_inputs *inputs)
{
    if (chg_streq(inputs->flag, "always"))
        return true;
    if (chg_streq(inputs->flag, "never"))
        return false;
    if (is_set(inputs->no_color))
        return false;
    if (is_set(inputs->clicolor_force) && !chg_streq(inputs->clicolor_force, "0"))
        return true;
    return inputs->tty && is_set(inputs->term) && !chg_streq(inputs->term, "dumb");
}

bool chg_unicode_wanted(const char *lc_all, const char *lc_ctype, const char *lang)
{
    const char *locale = is_set(lc_all) ? lc_all : is_set(lc_ctype) ? lc_ctype : lang;

    if (locale == NULL)
        return false;
    for (; *locale != '\0'; locale++)
        if (strncasecmp(locale, "utf-8", 5) == 0 || strncasecmp(locale, "utf8", 4) == 0)
            return true;
    return false;
}

void chg_out_init(struct chg_out *out, int fd)
{
    *out = (struct chg_out){.fd = fd, .tty = isatty(fd) == 1, .buffer = CHG_STR_INIT};
}

size_t chg_out_columns(const struct chg_out *out)
{
    struct winsize size;

    return out->tty && ioctl(out->fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void chg_out_fini(struct chg_out *out)
{
    (void)chg_out_flush(out);
    chg_str_fini(&out->buffer);
}

/* Somebody else may have made the descriptor non-blocking (it is shared with other processes): wait
 * for it. */
static void wait_writable(int fd)
{
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};

    (void)poll(&waiting, 1, -1);
}

bool chg_out_flush(struct chg_out *out)
{
    const char *at = out->buffer.ptr;
    size_t left = out->buffer.len;

    while (left > 0 && !out->closed && out->failed == 0) {
        ssize_t count = write(out->fd, at, left);

        /* A signal shows as EINTR, or as a short count when some bytes went before it. */
        if (out->interrupted != NULL && (count < 0 ? errno == EINTR : (size_t)count < left)) {
            int kept = errno;

            out->interrupted(out->userdata);
            errno = kept;
        }
        if (count >= 0) {
            at += count;
            left -= (size_t)count;
        } else if (errno == EAGAIN) {
            wait_writable(out->fd);
        } else if (errno == EPIPE) {
            out->closed = true;
        } else if (errno != EINTR) {
            out->failed = errno;
        }
    }
    chg_str_reset(&out->buffer);
    return !out->closed && out->failed == 0;
}

void chg_out_add_len(struct chg_out *out, const void *data, size_t len)
{
    if (out->closed || out->failed != 0)
        return;
    chg_str_add_len(&out->buffer, data, len);
    if (out->buffer.failed != 0)
        out->failed = ENOMEM;
    if (out->buffer.len >= FLUSH_BYTES)
        (void)chg_out_flush(out);
}

void chg_out_add(struct chg_out *out, const char *text)
{
    chg_out_add_len(out, text, strlen(text));
}

void chg_out_addf(struct chg_out *out, const char *format, ...)
{
    va_list args;

    if (out->closed || out->failed != 0)
        return;
    va_start(args, format);
    chg_str_vaddf(&out->buffer, format, args);
    va_end(args);
    chg_out_add_len(out, "", 0);
}
