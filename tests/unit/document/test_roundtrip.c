/* SPDX-License-Identifier: MIT */
/* What is printed is read back as the same: over generated trees, the same ones in every run. */
#include "document_test.h"

#include <criterion/parameterized.h>

#include "same_tree.h"

struct generator {
    struct chg_document *doc;
    uint64_t state;
    bool edn; /* kinds that only EDN has */
};

static unsigned next(struct generator *g, unsigned below)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (unsigned)(g->state >> 33) % below;
}

/* Bits of text that formats stumble over. */
static const char *const pieces[] = {
    "a",
    "b",
    "key",
    "1",
    "0x1F",
    "1.10",
    "true",
    "null",
    "~",
    "on",
    "yes",
    ":",
    ": ",
    " #",
    "#",
    "- ",
    "-",
    "?",
    "!",
    "&a",
    "*a",
    "{",
    "}",
    "[",
    "]",
    ",",
    "|",
    ">",
    "\"",
    "'",
    "%",
    "@",
    "`",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n ",
    "\t",
    "\r",
    "\\",
    "\\n",
    "$",
    "${x}",
    "\x01",
    "\x7f",
    "\xC3\xA9",
    "\xE2\x82\xAC",
    "\xF0\x9F\x98\x80",
    "\xC2\x85",
    "\xE2\x80\xA8",
    "\xEF\xBB\xBF",
    "---",
    "...",
    "<<",
    "=",
    ".",
    "_",
    "0",
    "e5",
    "\b",
    "\f",
};

static void make_text(struct generator *g, struct chg_str *out)
{
    unsigned count = next(g, 6);

    for (unsigned i = 0; i < count; i++)
        chg_str_add(out, pieces[next(g, sizeof(pieces) / sizeof(pieces[0]))]);
    if (next(g, 40) == 0)
        chg_str_add_char(out, '\0');
}

static const struct chg_node *make_string(struct generator *g)
{
    struct chg_str text = CHG_STR_INIT;
    const struct chg_node *node;

    make_text(g, &text);
    node = chg_document_add_text(g->doc, CHG_NODE_STRING, text.ptr, text.len);
    chg_str_fini(&text);
    return node;
}

static const struct chg_node *make_scalar(struct generator *g)
{
    static const char *const names[] = {"a", "b-c", "ns/x", "k?", "-", "+a", ".b", "true?"};
    static const char *const floats[] = {"1.5", "-0.25e10", "1.10", "1e300",
                                         "123456789012345678901"};
    static const char *const chars[] = {"a", "\n", " ", ",", "\\", "\xC3\xA9", "\x01", "u"};
    const char *text;

    switch (next(g, g->edn ? 9 : 5)) {
    case 0:
        return chg_document_add_int(g->doc, (int64_t)g->state);
    case 1:
        return chg_document_add_bool(g->doc, next(g, 2) == 0);
    case 2:
        return chg_document_add_text(g->doc, CHG_NODE_NULL, "", 0);
    case 3:
        text = floats[next(g, 5)];
        return chg_document_add_text(g->doc, CHG_NODE_FLOAT, text, strlen(text));
    case 5:
        text = names[next(g, 8)];
        return chg_document_add_text(g->doc, CHG_NODE_KEYWORD, text, strlen(text));
    case 6:
        text = names[next(g, 8)];
        return chg_document_add_text(g->doc, CHG_NODE_SYMBOL, text, strlen(text));
    case 7:
        text = chars[next(g, 8)];
        return chg_document_add_text(g->doc, CHG_NODE_CHAR, text, strlen(text));
    case 8:
        return chg_document_add_text(g->doc, CHG_NODE_INST, "2026-01-31T12:00:00Z", 20);
    default:
        return make_string(g);
    }
}

static const struct chg_node *make_tree(struct generator *g, unsigned depth)
{
    static const enum chg_node_kind kinds[] = {CHG_NODE_MAP, CHG_NODE_VECTOR, CHG_NODE_LIST};
    const struct chg_node *items[20];
    enum chg_node_kind kind = kinds[next(g, g->edn ? 3 : 2)];
    unsigned count = next(g, 6);
    unsigned step = kind == CHG_NODE_MAP ? 2 : 1;

    if (depth == 0 || next(g, 3) == 0)
        return make_scalar(g);
    for (unsigned i = 0; i < count; i++) {
        struct chg_str key = CHG_STR_INIT;

        make_text(g, &key);
        chg_str_addf(&key, "%u", i); /* keys of a map differ */
        items[step * i] = chg_document_add_text(g->doc, CHG_NODE_STRING, key.ptr, key.len);
        items[step * i + step - 1] = make_tree(g, depth - 1);
        chg_str_fini(&key);
    }
    return chg_document_add_items(g->doc, kind, items, count);
}

static void check_tree(const struct chg_node *root, const char *format, int indent)
{
    struct chg_str out = CHG_STR_INIT;
    struct chg_document *again;
    char *errors = NULL;

    assert_ok(strcmp(format, "edn") == 0    ? chg_document_print_edn(&out, root, indent)
              : strcmp(format, "yaml") == 0 ? chg_document_print_yaml(&out, root)
                                            : chg_document_print_json(&out, root, indent));
    again = read_document(&errors, format, out.ptr, out.len, NULL);
    cr_assert(again != NULL, "%s of <%s>", errors, out.ptr);
    cr_expect(same_tree(root, chg_document_root(again), format), "changed: <%s>", out.ptr);
    chg_document_free(again);
    chg_str_fini(&out);
}

static void check_many(const char *format, int indent)
{
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        struct generator g = {.state = seed * 0x9E3779B97F4A7C15u,
                              .edn = strcmp(format, "edn") == 0};

        assert_ok(chg_document_new(&g.doc, NULL));
        check_tree(make_tree(&g, 5), format, indent);
        chg_document_free(g.doc);
    }
}

Test(document_roundtrip, edn_on_one_line_is_read_back_as_the_same)
{
    check_many("edn", 0);
}

Test(document_roundtrip, edn_on_many_lines_is_read_back_as_the_same)
{
    check_many("edn", 2);
}

Test(document_roundtrip, json_on_one_line_is_read_back_as_the_same)
{
    check_many("json", 0);
}

Test(document_roundtrip, json_on_many_lines_is_read_back_as_the_same)
{
    check_many("json", 3);
}

Test(document_roundtrip, yaml_is_read_back_as_the_same)
{
    check_many("yaml", 0);
}
