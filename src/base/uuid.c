/* SPDX-License-Identifier: MIT */
/* Random bytes, and version 7 UUIDs that grow within the process. */
#include "base/uuid.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/error.h"

#include "base/banned.h"

/* The last stamp given out: 48 bits of milliseconds, then a 12 bit counter. Shared by all threads.
 */
static atomic_uint_least64_t last_stamp;

int chg_random_bytes(void *out, size_t len)
{
    unsigned char *p = out;

    while (len > 0) {
        ssize_t n = getrandom(p, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return chg_error_sys(CHENGIS_ERR_IO, errno, "no random bytes");
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/*
 * A stamp larger than every one before. When more than 4096 are taken in a millisecond, or the
 * clock went back, it runs ahead of the clock.
 */
static uint64_t next_stamp(void)
{
    uint64_t now = (uint64_t)chg_clock_wall_ms() << 12;
    uint64_t last = atomic_load_explicit(&last_stamp, memory_order_relaxed);
    uint64_t next;

    do {
        next = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak_explicit(&last_stamp, &last, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return next;
}

int chg_uuid7(char out[CHG_UUID_SIZE])
{
    unsigned char random[8];
    uint64_t stamp;
    int rc = chg_random_bytes(random, sizeof(random));

    if (rc < 0)
        return rc;
    stamp = next_stamp();
    random[0] = (unsigned char)(0x80 | (random[0] & 0x3F));
    (void)snprintf(out, CHG_UUID_SIZE, "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                   (unsigned)(stamp >> 28 & 0xFFFFFFFF), (unsigned)(stamp >> 12 & 0xFFFF),
                   (unsigned)(stamp & 0xFFF), random[0], random[1], random[2], random[3], random[4],
                   random[5], random[6], random[7]);
    return 0;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool chg_uuid_is_valid(const char *text)
{
    size_t i;

    if (text == NULL)
        return false;
    for (i = 0; i < CHG_UUID_SIZE - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : !is_hex(text[i]))
            return false;
    }
    return text[i] == '\0';
}
