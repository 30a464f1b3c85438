/* SPDX-License-Identifier: MIT */
/* Scope-bound release, reference counts and magic words. */
#include "base/cleanup.h"

#include <fcntl.h>

#include "base/ref.h"
#include "base/str.h"
#include "support.h"

static int closed_fd(void)
{
    chg_autofd int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    cr_assert(fd >= 0);
    return fd;
}

Test(base_cleanup, a_descriptor_is_closed_at_the_end_of_its_scope)
{
    cr_expect_eq(fcntl(closed_fd(), F_GETFD), -1);
}

static char *stolen_text(void)
{
    chg_autofree char *text = chg_strdup("kept");

    return chg_steal(&text);
}

Test(base_cleanup, a_stolen_value_survives)
{
    chg_autofree char *text = stolen_text();
    chg_autofd int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int stolen = chg_steal_fd(&fd);

    cr_expect_str_eq(text, "kept");
    cr_expect_eq(fd, -1);
    cr_expect_neq(fcntl(stolen, F_GETFD), -1);
    (void)close(stolen);
}

Test(base_cleanup, the_last_reference_is_told)
{
    struct chg_ref ref;

    chg_ref_init(&ref);
    chg_ref_get(&ref);

    cr_expect_not(chg_ref_put(&ref));
    cr_expect(chg_ref_put(&ref));
}

struct handle {
    uint32_t magic;
};

Test(base_cleanup, magic_words_tell_handles_apart)
{
    struct handle handle = {.magic = CHG_MAGIC('B', 'L', 'D', '1')};

    cr_expect(CHG_IS(&handle, CHG_MAGIC('B', 'L', 'D', '1')));
    cr_expect_not(CHG_IS(&handle, CHG_MAGIC('B', 'L', 'D', '2')));
    cr_expect_not(CHG_IS((struct handle *)NULL, 0));
}
