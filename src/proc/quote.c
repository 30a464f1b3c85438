/* SPDX-License-Identifier: MIT */
/* Quoting for a POSIX shell: single quotes, and a word that needs none is left as it is. */
#include "proc/quote.h"

#include <string.h>

#include "base/banned.h"

#define SAFE_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-"

static void add_quoted(struct chg_str *out, const char *word)
{
    chg_str_add_char(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            chg_str_add(out, "'\\''");
        else
            chg_str_add_char(out, *word);
    }
    chg_str_add_char(out, '\'');
}

void chg_shell_quote(struct chg_str *out, const char *word)
{
    if (word[0] != '\0' && word[strspn(word, SAFE_CHARS)] == '\0')
        chg_str_add(out, word);
    else
        add_quoted(out, word);
}

void chg_shell_quote_argv(struct chg_str *out, const char *const *argv)
{
    size_t i;

    for (i = 0; argv[i] != NULL; i++) {
        if (i > 0)
            chg_str_add_char(out, ' ');
        /* As the first word, NAME=VALUE would be an assignment. */
        if (i == 0 && strchr(argv[i], '=') != NULL)
            add_quoted(out, argv[i]);
        else
            chg_shell_quote(out, argv[i]);
    }
}
