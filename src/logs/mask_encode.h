/* SPDX-License-Identifier: MIT */
/* The ways in which programs print a value in other letters: hexadecimal, base64, percent, JSON,
 * shell, line ends. */
#ifndef CHG_LOGS_MASK_ENCODE_H
#define CHG_LOGS_MASK_ENCODE_H

#include <stddef.h>

/* No encoder writes more than this many bytes for one of the input. */
#define CHG_MASK_EXPANSION 6

enum {
    CHG_MASK_HEX_UPPER = 1,
};
enum {
    CHG_MASK_BASE64_ALIGN = 3, /* mask: bytes modulo 3 that stand before the value */
    CHG_MASK_BASE64_URL = 4,
};
enum {
    CHG_MASK_PERCENT_LOWER = 1,
    CHG_MASK_PERCENT_PLUS = 2,  /* space as '+', as HTML forms do */
    CHG_MASK_PERCENT_SLASH = 4, /* '/' stays, as in paths */
    CHG_MASK_PERCENT_MARKS = 8, /* !'()* stay, as encodeURIComponent() does */
};
enum {
    CHG_MASK_JSON_SLASH = 1, /* '/' as \/ */
    CHG_MASK_JSON_HTML = 2,  /* < > & as \u003c and so on */
    CHG_MASK_JSON_ASCII = 4, /* everything beyond ASCII as \uXXXX */
    CHG_MASK_JSON_UPPER = 8, /* digits of \uXXXX in upper case */
};
enum {
    CHG_MASK_NEWLINE_LF,
    CHG_MASK_NEWLINE_CRLF,
    CHG_MASK_NEWLINE_ESCAPE, /* the two characters \n */
};

/*
 * An encoder writes `in` in other letters to `out`, which has room for CHG_MASK_EXPANSION * len
 * bytes, and returns how many it wrote. `variant` is one of the sets above.
 */
typedef size_t (*chg_mask_encode_fn)(unsigned char *out, const unsigned char *in, size_t len,
                                     unsigned variant);
size_t chg_mask_encode_hex(unsigned char *out, const unsigned char *in, size_t len,
                           unsigned variant);
/* Only the characters that depend on nothing but the value; no padding. */
size_t chg_mask_encode_base64(unsigned char *out, const unsigned char *in, size_t len,
                              unsigned variant);
size_t chg_mask_encode_percent(unsigned char *out, const unsigned char *in, size_t len,
                               unsigned variant);
size_t chg_mask_encode_json(unsigned char *out, const unsigned char *in, size_t len,
                            unsigned variant);
/* Inside single quotes of a shell: ' becomes '\''. No variants. */
size_t chg_mask_encode_shell(unsigned char *out, const unsigned char *in, size_t len,
                             unsigned variant);
size_t chg_mask_encode_newline(unsigned char *out, const unsigned char *in, size_t len,
                               unsigned variant);

#endif
