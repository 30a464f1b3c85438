/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 through libcrypto's EVP interface.
 *
 * libcrypto is not linked: mapping and relocating it costs every process that embeds the library
 * several milliseconds at start-up, and most never need a digest. It is loaded by the first call
 * instead, typed with OpenSSL's own prototypes so that a mismatch does not compile. A static build,
 * which has no loader to ask, defines CHG_LINK_LIBCRYPTO and takes the functions directly.
 */
#include "crypto/digest.h"

#include <dlfcn.h>
#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/fs.h"

#include "base/banned.h"

#define LIBCRYPTO  "libcrypto.so.3"
#define READ_BLOCK 65536

/* The functions of libcrypto that are used here. */
#define EVP_FUNCTIONS(X)                                                                           \
    X(EVP_MD_CTX_new)                                                                              \
    X(EVP_MD_CTX_free)                                                                             \
    X(EVP_sha256)                                                                                  \
    X(EVP_DigestInit_ex)                                                                           \
    X(EVP_DigestUpdate)                                                                            \
    X(EVP_DigestFinal_ex)

#ifdef CHG_LINK_LIBCRYPTO

#define EVP(name) name

static int evp_load(void)
{
    return 0;
}

#else

#define EVP(name) evp.name

#define EVP_MEMBER(name) __typeof__(name) *name;
static struct {
    EVP_FUNCTIONS(EVP_MEMBER)
} evp; /* written once, by evp_load_once() */
static bool evp_loaded;
static pthread_once_t evp_once = PTHREAD_ONCE_INIT;

static bool evp_find(void *library, const char *name, void *function_address)
{
    void *symbol = dlsym(library, name);

    /* POSIX has data and function pointers of one representation, ISO C has no cast between them.
     */
    memcpy(function_address, &symbol, sizeof(symbol));
    return symbol != NULL;
}

static void evp_load_once(void)
{
    /* Never closed: libcrypto has exit handlers and thread-local data. */
    void *library = dlopen(LIBCRYPTO, RTLD_NOW | RTLD_LOCAL);

#define EVP_FIND(name) &&evp_find(library, #name, &evp.name)
    evp_loaded = library != NULL EVP_FUNCTIONS(EVP_FIND);
}

static int evp_load(void)
{
    (void)pthread_once(&evp_once, evp_load_once);
    if (!evp_loaded)
        return chg_error_set(CHENGIS_ERR_UNSUPPORTED,
                             "SHA-256 needs %s (OpenSSL 3), which cannot be loaded", LIBCRYPTO);
    return 0;
}

#endif

struct chg_digest {
    EVP_MD_CTX *ctx;
};

static int evp_failed(void)
{
    return chg_error_set(CHENGIS_ERR_INTERNAL, "libcrypto cannot compute SHA-256");
}

static int start(struct chg_digest *digest)
{
    return EVP(EVP_DigestInit_ex)(digest->ctx, EVP(EVP_sha256)(), NULL) == 1 ? 0 : evp_failed();
}

int chg_digest_new(struct chg_digest **out)
{
    struct chg_digest *digest;
    int rc = evp_load();

    if (rc < 0)
        return rc;
    digest = chg_new(struct chg_digest);
    if (digest == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    digest->ctx = EVP(EVP_MD_CTX_new)();
    rc = digest->ctx != NULL ? start(digest) : chg_error_no_memory();
    if (rc < 0) {
        chg_digest_free(digest);
        return rc;
    }
    *out = digest;
    return 0;
}

int chg_digest_update(struct chg_digest *digest, const void *data, size_t len)
{
    return EVP(EVP_DigestUpdate)(digest->ctx, data, len) == 1 ? 0 : evp_failed();
}

int chg_digest_final_hex(struct chg_digest *digest, char out[CHG_DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (EVP(EVP_DigestFinal_ex)(digest->ctx, bytes, &len) != 1 ||
        len != (CHG_DIGEST_HEX_SIZE - 1) / 2)
        return evp_failed();
    for (unsigned i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[CHG_DIGEST_HEX_SIZE - 1] = '\0';
    return start(digest);
}

void chg_digest_free(struct chg_digest *digest)
{
    if (digest == NULL)
        return;
    EVP(EVP_MD_CTX_free)(digest->ctx);
    chg_free(digest);
}

/* copy_fd -1: only digest. */
static int digest_blocks(struct chg_digest *digest, int fd, int copy_fd, uint64_t *size)
{
    chg_autofree char *block = chg_malloc(READ_BLOCK);

    if (block == NULL)
        return CHENGIS_ERR_NO_MEMORY;
    for (;;) {
        ssize_t n = read(fd, block, READ_BLOCK);
        int rc;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return chg_error_sys(CHENGIS_ERR_IO, errno, "a file cannot be read for its digest");
        if (n == 0)
            return 0;
        rc = chg_digest_update(digest, block, (size_t)n);
        if (rc == 0 && copy_fd >= 0)
            rc = chg_fs_write_all(copy_fd, block, (size_t)n);
        if (rc < 0)
            return rc;
        *size += (uint64_t)n;
    }
}

int chg_digest_copy(int fd, int copy_fd, char out[CHG_DIGEST_HEX_SIZE], uint64_t *size)
{
    struct chg_digest *digest;
    uint64_t total = 0;
    int rc = chg_digest_new(&digest);

    if (rc < 0)
        return rc;
    rc = digest_blocks(digest, fd, copy_fd, &total);
    if (rc == 0)
        rc = chg_digest_final_hex(digest, out);
    chg_digest_free(digest);
    if (rc == 0 && size != NULL)
        *size = total;
    return rc;
}

int chg_digest_file(int fd, char out[CHG_DIGEST_HEX_SIZE], uint64_t *size)
{
    return chg_digest_copy(fd, -1, out, size);
}
