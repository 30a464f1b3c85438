/* SPDX-License-Identifier: MIT */
/* Reporting, and access to arguments, shared by all commands. */
#include "cli/cli.h"

#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "cli/term_text.h"

#include "base/banned.h"

const char *chg_cli_word(const struct chg_cli *cli, size_t index)
{
    return index < cli->args.words.len ? cli->args.words.items[index] : NULL;
}

const char *chg_cli_option(const struct chg_cli *cli, const char *name)
{
    return chg_args_value(&cli->args, name);
}

/* {"error": {...}} for programs that asked for JSON. */
static void report_json(struct chg_cli *cli, const char *name, const char *message, int exit_code)
{
    chg_auto(str) clean = CHG_STR_INIT;
    chg_autojson object = NULL;
    chg_autofree char *text = NULL;

    chg_text_clean(&clean, message);
    object = json_pack("{s:{s:s, s:s, s:i}}", "error", "code", name, "message", clean.ptr,
                       "exit-code", exit_code);
    text = object == NULL ? NULL : chg_json_dump(object);

    chg_out_addf(&cli->err, "%s\n", text == NULL ? "{}" : text);
}

static void report_text(struct chg_cli *cli, enum chg_style style, const char *kind,
                        const char *message)
{
    chg_auto(str) line = CHG_STR_INIT;

    chg_str_add(&line, "chengis: ");
    chg_paint(&line, cli->err.look, style, kind);
    chg_str_add(&line, " ");
    chg_text_clean(&line, message);
    chg_str_add_char(&line, '\n');
    chg_out_add_len(&cli->err, line.ptr, line.len);
}

static void report(struct chg_cli *cli, int code, const char *message, int exit_code)
{
    /* What went to stdout before comes before, also when both are one file. */
    (void)chg_out_flush(&cli->out);
    if (cli->json)
        report_json(cli, chengis_error_name(code), message, exit_code);
    else
        report_text(cli, CHG_STYLE_RED, "error:", message);
}

int chg_cli_fail(struct chg_cli *cli)
{
    int code = chg_error_code();
    int exit_code = chg_exit_of_error(code);

    report(cli, code, chg_error_message(), exit_code);
    (void)chg_out_flush(&cli->err);
    return exit_code;
}

int chg_cli_usage(struct chg_cli *cli, const char *format, ...)
{
    chg_auto(str) message = CHG_STR_INIT;
    va_list args;

    va_start(args, format);
    chg_str_vaddf(&message, format, args);
    va_end(args);
    report(cli, CHENGIS_ERR_INVALID, message.ptr, CHG_EXIT_USAGE);
    if (!cli->json)
        chg_out_addf(&cli->err, "Try 'chengis%s%s --help'.\n", cli->command == NULL ? "" : " ",
                     cli->command == NULL ? "" : cli->command->path);
    (void)chg_out_flush(&cli->err);
    return CHG_EXIT_USAGE;
}

void chg_cli_warn(struct chg_cli *cli, const char *format, ...)
{
    chg_auto(str) message = CHG_STR_INIT;
    va_list args;

    va_start(args, format);
    chg_str_vaddf(&message, format, args);
    va_end(args);
    report_text(cli, CHG_STYLE_YELLOW, "warning:", message.ptr);
    (void)chg_out_flush(&cli->err);
}

static void add_diagnostic(struct chg_str *line, struct chg_look look,
                           const chengis_diagnostics *diags, size_t index)
{
    static const struct {
        const char *word;
        enum chg_style style;
    } kinds[] = {
        [CHENGIS_SEVERITY_ERROR] = {"error:", CHG_STYLE_RED},
        [CHENGIS_SEVERITY_WARNING] = {"warning:", CHG_STYLE_YELLOW},
        [CHENGIS_SEVERITY_NOTE] = {"note:", CHG_STYLE_BLUE},
    };
    chengis_severity severity = chengis_diagnostics_severity(diags, index);
    uint32_t row = chengis_diagnostics_line(diags, index);
    uint32_t column = chengis_diagnostics_column(diags, index);

    if (severity < CHENGIS_SEVERITY_ERROR || severity > CHENGIS_SEVERITY_NOTE)
        severity = CHENGIS_SEVERITY_NOTE;
    chg_text_clean(line, chengis_diagnostics_file(diags, index));
    if (row > 0)
        chg_str_addf(line, ":%u", row);
    if (row > 0 && column > 0)
        chg_str_addf(line, ":%u", column);
    chg_str_add(line, line->len > 0 ? ": " : "");
    chg_paint(line, look, kinds[severity].style, kinds[severity].word);
    chg_str_add_char(line, ' ');
    chg_text_clean(line, chengis_diagnostics_text(diags, index));
    chg_str_add_char(line, '\n');
}

void chg_cli_diagnostics(struct chg_out *out, const chengis_diagnostics *diags)
{
    chg_auto(str) line = CHG_STR_INIT;

    for (size_t i = 0; i < chengis_diagnostics_count(diags); i++) {
        chg_str_reset(&line);
        add_diagnostic(&line, out->look, diags, i);
        chg_out_add_len(out, line.ptr, line.len);
    }
    (void)chg_out_flush(out);
}

int chg_cli_number(int64_t *out, struct chg_cli *cli, const char *name, int64_t absent, int64_t min,
                   int64_t max)
{
    const char *text = chg_cli_option(cli, name);
    int64_t number;

    if (text == NULL) {
        *out = absent;
        return 0;
    }
    if (chg_parse_i64(&number, text) < 0 || number < min || number > max)
        return chg_error_set(CHENGIS_ERR_INVALID,
                             "option '--%s': '%s' is not a number from %lld to %lld", name, text,
                             (long long)min, (long long)max);
    *out = number;
    return 0;
}

void chg_cli_put_json(struct chg_cli *cli, const char *text)
{
    size_t len = strlen(text);

    chg_out_add_len(&cli->out, text, len);
    if (len == 0 || text[len - 1] != '\n')
        chg_out_add(&cli->out, "\n");
}

void chg_cli_put_clean(struct chg_cli *cli, const char *text)
{
    chg_auto(str) clean = CHG_STR_INIT;

    chg_text_clean(&clean, text);
    chg_out_add_len(&cli->out, clean.ptr, clean.len);
}
