/* SPDX-License-Identifier: MIT */
/* SHA-256 of streams and files. */
#include "crypto/digest.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "support.h"

/* Test vectors of FIPS 180. */
#define SHA256_EMPTY   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA256_ABC     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA256_MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

Test(crypto_digest, computes_the_standard_vectors)
{
    struct chg_digest *digest = NULL;
    char hex[CHG_DIGEST_HEX_SIZE];

    assert_ok(chg_digest_new(&digest));
    assert_ok(chg_digest_final_hex(digest, hex));
    cr_expect_str_eq(hex, SHA256_EMPTY);
    assert_ok(chg_digest_update(digest, "a", 1));
    assert_ok(chg_digest_update(digest, "bc", 2));
    assert_ok(chg_digest_final_hex(digest, hex));
    cr_expect_str_eq(hex, SHA256_ABC);
    chg_digest_free(digest);
}

Test(crypto_digest, starts_afresh_after_the_end)
{
    struct chg_digest *digest = NULL;
    char first[CHG_DIGEST_HEX_SIZE];
    char second[CHG_DIGEST_HEX_SIZE];

    assert_ok(chg_digest_new(&digest));
    assert_ok(chg_digest_update(digest, "abc", 3));
    assert_ok(chg_digest_final_hex(digest, first));
    assert_ok(chg_digest_update(digest, "abc", 3));
    assert_ok(chg_digest_final_hex(digest, second));

    cr_expect_str_eq(first, second);
    chg_digest_free(digest);
}

Test(crypto_digest, reads_a_large_file_to_its_end)
{
    TEMP_DIR(dir);
    static char text[1000001];
    chg_autofd int fd = -1;
    char hex[CHG_DIGEST_HEX_SIZE];
    uint64_t size = 0;

    memset(text, 'a', sizeof(text) - 1);
    write_file(path_in(dir, "million"), text);
    fd = open(path_in(dir, "million"), O_RDONLY | O_CLOEXEC);
    assert_ok(chg_digest_file(fd, hex, &size));

    cr_expect_str_eq(hex, SHA256_MILLION);
    cr_expect_eq(size, 1000000);
}

Test(crypto_digest, the_size_is_optional)
{
    chg_autofd int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char hex[CHG_DIGEST_HEX_SIZE];

    assert_ok(chg_digest_file(fd, hex, NULL));
    cr_expect_str_eq(hex, SHA256_EMPTY);
}

Test(crypto_digest, a_file_that_cannot_be_read_is_reported)
{
    char hex[CHG_DIGEST_HEX_SIZE];
    uint64_t size = 42;

    assert_err(chg_digest_file(-1, hex, &size), CHENGIS_ERR_IO, "cannot be read for its digest");
    cr_expect_eq(size, 42);
}

Test(crypto_digest, missing_memory_is_reported)
{
    struct chg_digest *digest = NULL;
    char hex[CHG_DIGEST_HEX_SIZE];

    fault_alloc(1);
    assert_err(chg_digest_new(&digest), CHENGIS_ERR_NO_MEMORY, "out of memory");
    fault_alloc(2);
    assert_err(chg_digest_file(0, hex, NULL), CHENGIS_ERR_NO_MEMORY, "out of memory");
    chg_digest_free(NULL);
}
