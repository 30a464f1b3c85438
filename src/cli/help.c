/* SPDX-License-Identifier: MIT */
/* Layout of help texts. */
#include "cli/help.h"

#include <chengis/version.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/exit_code.h"
#include "cli/term_text.h"

#include "base/banned.h"

#define TEXT_COLUMN 26

static void heading(struct chg_str *out, struct chg_look look, const char *text)
{
    chg_str_add_char(out, '\n');
    chg_paint(out, look, CHG_STYLE_BOLD, text);
    chg_str_add_char(out, '\n');
}

/* "  LEFT      right", right at TEXT_COLUMN or on the next line; line ends in right are indented
 * alike. */
static void entry(struct chg_str *out, const char *left, const char *right)
{
    size_t width = chg_text_width(left) + 2;

    chg_str_add(out, "  ");
    chg_str_add(out, left);
    if (width + 2 > TEXT_COLUMN) {
        chg_str_add_char(out, '\n');
        width = 0;
    }
    for (;;) {
        size_t len = strcspn(right, "\n");

        chg_text_pad(out, TEXT_COLUMN - width);
        chg_str_add_len(out, right, len);
        chg_str_add_char(out, '\n');
        if (right[len] == '\0')
            return;
        right += len + 1;
        width = 0;
    }
}

static void add_options(struct chg_str *out, const struct chg_option *table)
{
    for (; table != NULL && table->name != NULL; table++) {
        chg_auto(str) left = CHG_STR_INIT;

        if (table->letter != 0)
            chg_str_addf(&left, "-%c, ", table->letter);
        else
            chg_str_add(&left, "    ");
        chg_str_addf(&left, "--%s", table->name);
        if (table->arg != NULL)
            chg_str_addf(&left, " %s", table->arg);
        entry(out, left.ptr, table->help);
    }
}

/* Lines of text, each indented by two spaces. */
static void indented(struct chg_str *out, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        chg_str_add(out, len > 0 ? "  " : "");
        chg_str_add_len(out, text, len);
        chg_str_add_char(out, '\n');
        text += len + (text[len] == '\n');
    }
}

static void add_exit_codes(struct chg_str *out)
{
#define CHG_EXIT_HELP_(name, number, meaning) entry(out, #number, meaning);
    CHG_EXIT_LIST(CHG_EXIT_HELP_)
#undef CHG_EXIT_HELP_
}

static void add_commands(struct chg_str *out, const char *prefix)
{
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const struct chg_command *command = chg_commands[i];
        chg_auto(str) left = CHG_STR_INIT;

        if (command->alias_of != NULL || !chg_starts_with(command->path, prefix))
            continue;
        chg_str_addf(&left, "%s%s%s", command->path, command->synopsis[0] == '\0' ? "" : " ",
                     command->synopsis);
        entry(out, left.ptr, command->summary);
    }
}

void chg_help_main(struct chg_str *out, struct chg_look look)
{
    chg_str_add(out, "chengis " CHENGIS_VERSION_STRING
                     ": runs CI/CD pipelines, here and now, without a server\n");
    heading(out, look, "Usage");
    chg_str_add(out, "  chengis COMMAND [ARGUMENTS] [OPTIONS]\n");
    heading(out, look, "Start here");
    entry(out, "chengis run", "run the pipeline of this folder (Chengisfile or chengis.yml)");
    entry(out, "chengis run --dry-run", "show what would run");
    entry(out, "chengis build list", "see what ran");
    entry(out, "chengis help run", "everything about a command, with examples");
    heading(out, look, "A first pipeline: put this into chengis.yml, then type 'chengis run'");
    indented(out, "stages:\n"
                  "  - name: test\n"
                  "    steps:\n"
                  "      - name: hello\n"
                  "        run: echo hello\n");
    heading(out, look, "Commands");
    add_commands(out, "");
    heading(out, look, "Options of every command");
    add_options(out, chg_global_options);
    heading(out, look, "Exit codes");
    add_exit_codes(out);
    heading(out, look, "Files");
    entry(out, "$XDG_STATE_HOME/chengis",
          "database, logs, workspaces, artifacts\n(by default ~/.local/state/chengis)");
    entry(out, "$XDG_CONFIG_HOME/chengis/chengis.yaml",
          "configuration; CHENGIS_... variables win over it,\nand options over both");
    chg_str_add(out, "\nData goes to stdout, everything else to stderr.\n");
}

void chg_help_group(struct chg_str *out, struct chg_look look, const char *const *words,
                    size_t count)
{
    chg_auto(str) prefix = CHG_STR_INIT;

    for (size_t i = 0; i < count; i++)
        chg_str_addf(&prefix, "%s ", words[i]);
    chg_str_addf(out, "Usage: chengis %sCOMMAND\n", prefix.ptr);
    heading(out, look, "Commands");
    add_commands(out, prefix.ptr);
    chg_str_addf(out, "\nMore about each: chengis %sCOMMAND --help\n", prefix.ptr);
}

void chg_help_command(struct chg_str *out, struct chg_look look, const struct chg_command *command)
{
    chg_str_addf(out, "Usage: chengis %s%s%s [OPTIONS]\n\n", command->path,
                 command->synopsis[0] == '\0' ? "" : " ", command->synopsis);
    chg_str_add(out, command->details);
    if (command->options != NULL) {
        heading(out, look, "Options");
        add_options(out, command->options);
    }
    heading(out, look, "Options of every command");
    add_options(out, chg_global_options);
    heading(out, look,
            command->examples[strcspn(command->examples, "\n")] == '\0' ? "Example" : "Examples");
    indented(out, command->examples);
}
