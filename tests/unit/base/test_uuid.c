/* SPDX-License-Identifier: MIT */
/* Identifiers that grow, and random bytes. */
#include "base/uuid.h"

#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "support.h"

Test(base_uuid, has_version_variant_and_form)
{
    char id[CHG_UUID_SIZE];

    assert_ok(chg_uuid7(id));

    cr_expect_eq(strlen(id), 36);
    cr_expect(chg_uuid_is_valid(id));
    cr_expect_eq(id[14], '7');
    cr_expect_not_null(strchr("89ab", id[19]));
}

Test(base_uuid, begins_with_the_time)
{
    static const struct chg_clock_fake fake = {.wall_ms = 0x0198ABCDEF01};
    char id[CHG_UUID_SIZE];

    chg_clock_set_fake(&fake);
    assert_ok(chg_uuid7(id));

    cr_expect_eq(strncmp(id, "0198abcd-ef01-7000-", 19), 0, "%s", id);
}

Test(base_uuid, grows_although_the_clock_stands_or_goes_back)
{
    struct chg_clock_fake fake = {.wall_ms = 1000000};
    char before[CHG_UUID_SIZE] = "";
    char now[CHG_UUID_SIZE];
    int wrong = 0;

    chg_clock_set_fake(&fake);
    for (int i = 0; i < 10000; i++) {
        fake.wall_ms -= i % 100 == 0;
        assert_ok(chg_uuid7(now));
        wrong += strcmp(before, now) >= 0;
        memcpy(before, now, sizeof(now));
    }

    cr_expect_eq(wrong, 0);
}

struct maker {
    char ids[500][CHG_UUID_SIZE];
};

static void make_ids(void *userdata)
{
    struct maker *maker = userdata;

    for (int i = 0; i < 500; i++)
        (void)chg_uuid7(maker->ids[i]);
}

Test(base_uuid, threads_never_share_a_stamp)
{
    static struct maker makers[2];
    struct chg_thread threads[2];
    int same = 0;

    for (int i = 0; i < 2; i++)
        assert_ok(chg_thread_start(&threads[i], "ids", make_ids, &makers[i]));
    for (int i = 0; i < 2; i++)
        chg_thread_join(&threads[i]);
    for (int a = 0; a < 500; a++) {
        for (int b = 0; b < 500; b++)
            same += strncmp(makers[0].ids[a], makers[1].ids[b], 18) == 0;
    }

    cr_expect_eq(same, 0);
}

Test(base_uuid, validity_is_judged_by_form)
{
    cr_expect(chg_uuid_is_valid("0198ABCD-ef01-7000-8000-0123456789ab"));
    cr_expect_not(chg_uuid_is_valid("0198abcd-ef01-7000-8000-0123456789a"));
    cr_expect_not(chg_uuid_is_valid("0198abcd-ef01-7000-8000-0123456789abc"));
    cr_expect_not(chg_uuid_is_valid("0198abcdef01-7000-8000-0123456789ab-"));
    cr_expect_not(chg_uuid_is_valid("0198abcg-ef01-7000-8000-0123456789ab"));
    cr_expect_not(chg_uuid_is_valid(""));
    cr_expect_not(chg_uuid_is_valid(NULL));
}

Test(base_uuid, random_bytes_fill_the_buffer)
{
    static const unsigned char zeros[64];
    unsigned char bytes[64] = {0};

    assert_ok(chg_random_bytes(bytes, sizeof(bytes)));
    cr_expect_neq(memcmp(bytes, zeros, sizeof(bytes)), 0);
    assert_ok(chg_random_bytes(NULL, 0));
}
