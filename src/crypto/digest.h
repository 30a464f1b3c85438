/* SPDX-License-Identifier: MIT */
/* SHA-256 of streams and files, as lower-case hexadecimal. */
#ifndef CHG_CRYPTO_DIGEST_H
#define CHG_CRYPTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* 64 digits and the NUL. */
#define CHG_DIGEST_HEX_SIZE 65

struct chg_digest;

/* All return 0, or CHENGIS_ERR_UNSUPPORTED where libcrypto cannot be loaded, NO_MEMORY or INTERNAL.
 */
int chg_digest_new(struct chg_digest **out);
int chg_digest_update(struct chg_digest *digest, const void *data, size_t len);
/* The digest starts afresh behind it. */
int chg_digest_final_hex(struct chg_digest *digest, char out[CHG_DIGEST_HEX_SIZE]);
void chg_digest_free(struct chg_digest *digest); /* NULL is fine */

/* Read fd from its position to the end. size may be NULL. Also CHENGIS_ERR_IO. */
int chg_digest_file(int fd, char out[CHG_DIGEST_HEX_SIZE], uint64_t *size);
/* The same while the bytes are written to copy_fd. Also CHENGIS_ERR_NO_SPACE. */
int chg_digest_copy(int fd, int copy_fd, char out[CHG_DIGEST_HEX_SIZE], uint64_t *size);

#endif
