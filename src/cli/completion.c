/* SPDX-License-Identifier: MIT */
/*
 * All three scripts work alike: the words typed so far that are no options make the path of a
 * command; for that path the next words, the options, and the values of the option just typed are
 * known.
 */
#include "cli/completion.h"

#include <string.h>

#include "cli/command.h"

#include "base/banned.h"

/* Words of "a|b|c" or of a path with another separator, separated by spaces. */
static void add_words(struct chg_str *out, const char *choices)
{
    for (; *choices != '\0'; choices++)
        chg_str_add_char(out, *choices == '|' ? ' ' : *choices);
}

/* Is a group ("build") with words after it named before in the table? Then it was handled there. */
static bool seen_before(size_t index, size_t prefix_len)
{
    for (size_t i = 0; i < index; i++)
        if (strncmp(chg_commands[i]->path, chg_commands[index]->path, prefix_len) == 0 &&
            (chg_commands[i]->path[prefix_len] == ' ' || chg_commands[i]->path[prefix_len] == '\0'))
            return true;
    return false;
}

/* The words that can follow the first `prefix_len` bytes of chg_commands[index]->path. */
static void add_next_words(struct chg_str *out, const char *prefix, size_t prefix_len)
{
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const char *path = chg_commands[i]->path;
        size_t from = prefix_len == 0 ? 0 : prefix_len + 1, len;

        if (strncmp(path, prefix, prefix_len) != 0 || (prefix_len > 0 && path[prefix_len] != ' '))
            continue;
        len = strcspn(path + from, " ");
        if (seen_before(i, from + len))
            continue;
        chg_str_add_char(out, ' ');
        chg_str_add_len(out, path + from, len);
    }
}

static void add_option_names(struct chg_str *out, const struct chg_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        chg_str_addf(out, " --%s", options->name);
        if (options->letter != 0)
            chg_str_addf(out, " -%c", options->letter);
    }
}

/* ---- bash ---- */

static void add_bash_values(struct chg_str *out, const char *path, const struct chg_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (options->arg == NULL)
            continue;
        chg_str_addf(out, "        '%s:--%s'", path, options->name);
        if (options->letter != 0)
            chg_str_addf(out, "|'%s:-%c'", path, options->letter);
        chg_str_add(out, ") ");
        if (options->choices != NULL) {
            chg_str_add(out, "candidates='");
            add_words(out, options->choices);
            chg_str_add(out, "'");
        } else if (options->complete == CHG_COMPLETE_NOTHING) {
            chg_str_add(out, "return");
        } else {
            chg_str_add(out, "files=1");
        }
        chg_str_add(out, " ;;\n");
    }
}

static void add_bash_paths(struct chg_str *out)
{
    chg_str_add(out, "        '') candidates='");
    add_next_words(out, "", 0);
    chg_str_add(out, "' ;;\n");
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const struct chg_command *command = chg_commands[i];
        size_t group = strcspn(command->path, " ");

        if (command->path[group] == ' ' && !seen_before(i, group)) {
            chg_str_addf(out, "        '%.*s') candidates='", (int)group, command->path);
            add_next_words(out, command->path, group);
            chg_str_add(out, "' ;;\n");
        }
        chg_str_addf(out, "        '%s') flags='", command->path);
        add_option_names(out, command->options);
        chg_str_add(out, "'");
        if (command->word_choices != NULL) {
            chg_str_add(out, "; candidates='");
            add_words(out, command->word_choices);
            chg_str_add(out, "'");
        }
        chg_str_addf(out, "%s ;;\n", command->complete != CHG_COMPLETE_NOTHING ? "; files=1" : "");
    }
}

/* A case arm that matches every path known: `place` grows only while it names something. */
static void add_bash_known(struct chg_str *out)
{
    chg_str_add(out, "            case \"$next\" in\n            ");
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        size_t group = strcspn(chg_commands[i]->path, " ");

        if (chg_commands[i]->path[group] == ' ' && !seen_before(i, group))
            chg_str_addf(out, "'%.*s'|", (int)group, chg_commands[i]->path);
        chg_str_addf(out, "'%s'%s", chg_commands[i]->path, chg_commands[i + 1] == NULL ? "" : "|");
    }
    chg_str_add(out, ") place=\"$next\" ;;\n            esac ;;\n");
}

void chg_completion_bash(struct chg_str *out)
{
    chg_str_add(out,
                "# bash completion of chengis; load it with: source <(chengis completion bash)\n"
                "_chengis() {\n"
                "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
                "    local place='' next i candidates='' flags='' files=''\n"
                "    COMPREPLY=()\n"
                "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                "        case \"${COMP_WORDS[i]}\" in\n"
                "        -*) ;;\n"
                "        *)\n"
                "            next=\"${place:+$place }${COMP_WORDS[i]}\"\n");
    add_bash_known(out);
    chg_str_add(out, "        esac\n"
                     "    done\n"
                     "    case \"$place:$prev\" in\n");
    for (size_t i = 0; chg_commands[i] != NULL; i++)
        add_bash_values(out, chg_commands[i]->path, chg_commands[i]->options);
    chg_str_add(out, "        *) case \":$prev\" in\n");
    add_bash_values(out, "", chg_global_options);
    chg_str_add(out, "        esac ;;\n"
                     "    esac\n"
                     "    if [[ -z $candidates && -z $files ]]; then\n"
                     "        case \"$place\" in\n");
    add_bash_paths(out);
    chg_str_add(out, "        esac\n"
                     "    fi\n"
                     "    if [[ $cur == -* ]]; then\n"
                     "        candidates=\"$flags");
    add_option_names(out, chg_global_options);
    chg_str_add(out, "\"\n"
                     "        files=''\n"
                     "    fi\n"
                     "    COMPREPLY=($(compgen -W \"$candidates\" -- \"$cur\"))\n"
                     "    if [[ -n $files ]]; then\n"
                     "        compopt -o filenames 2>/dev/null\n"
                     "        COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
                     "    fi\n"
                     "}\n"
                     "complete -F _chengis chengis\n");
}

/* ---- zsh: the same function, through its emulation of bash. Names that are special in zsh (path,
 * words, options) are not used as variables. Found in $fpath, the file is itself the first
 * completion. ---- */

void chg_completion_zsh(struct chg_str *out)
{
    chg_str_add(out, "#compdef chengis\n"
                     "# zsh completion of chengis; load it with: source <(chengis completion zsh)\n"
                     "autoload -U +X bashcompinit && bashcompinit\n");
    chg_completion_bash(out);
    chg_str_add(out, "[[ -z ${compstate[context]-} ]] || _bash_complete -F _chengis\n");
}

/* ---- fish ---- */

/* Text between single quotes. */
static void add_fish_quoted(struct chg_str *out, const char *text)
{
    chg_str_add_char(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            chg_str_add_char(out, '\\');
        chg_str_add_char(out, *text == '\n' ? ' ' : *text);
    }
    chg_str_add_char(out, '\'');
}

static void add_fish_options(struct chg_str *out, const char *path,
                             const struct chg_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        chg_str_add(out, "complete -c chengis");
        if (path != NULL)
            chg_str_addf(out, " -n '__chengis_path_is \"%s\"'", path);
        chg_str_addf(out, " -l %s", options->name);
        if (options->letter != 0)
            chg_str_addf(out, " -s %c", options->letter);
        if (options->arg != NULL)
            chg_str_add(out, options->complete == CHG_COMPLETE_NOTHING ? " -x" : " -r -F");
        if (options->choices != NULL) {
            chg_str_add(out, " -a '");
            add_words(out, options->choices);
            chg_str_add_char(out, '\'');
        }
        chg_str_add(out, " -d ");
        add_fish_quoted(out, options->help);
        chg_str_add_char(out, '\n');
    }
}

/* The last word of a path completes after the words before it. */
static void add_fish_word(struct chg_str *out, const struct chg_command *command)
{
    const char *space = strrchr(command->path, ' ');
    size_t prefix = space == NULL ? 0 : (size_t)(space - command->path);

    chg_str_addf(out, "complete -c chengis -f -n '__chengis_path_is \"%.*s\"' -a %s -d ",
                 (int)prefix, command->path, space == NULL ? command->path : space + 1);
    add_fish_quoted(out, command->summary);
    chg_str_add_char(out, '\n');
}

void chg_completion_fish(struct chg_str *out)
{
    chg_str_add(out,
                "# fish completion of chengis; load it with: chengis completion fish | source\n"
                "function __chengis_path_is\n"
                "    set -l words (commandline -opc)\n"
                "    set -e words[1]\n"
                "    test (string join ' ' -- (string match -v -- '-*' $words)) = \"$argv[1]\"\n"
                "end\n");
    for (size_t i = 0; chg_commands[i] != NULL; i++) {
        const struct chg_command *command = chg_commands[i];
        size_t group = strcspn(command->path, " ");

        if (command->path[group] == ' ' && !seen_before(i, group))
            chg_str_addf(out, "complete -c chengis -f -n '__chengis_path_is \"\"' -a %.*s\n",
                         (int)group, command->path);
        add_fish_word(out, command);
        add_fish_options(out, command->path, command->options);
        if (command->word_choices != NULL) {
            chg_str_addf(out, "complete -c chengis -f -n '__chengis_path_is \"%s\"' -a '",
                         command->path);
            add_words(out, command->word_choices);
            chg_str_add(out, "'\n");
        }
    }
    add_fish_options(out, NULL, chg_global_options);
}
