# SPDX-License-Identifier: MIT
"""Documents against the code: tables of codes, events, statuses and keys, the API list, the example, links."""
import re

import common


def macro_entries(root, header, macro, fields):
    text = (root / header).read_text()
    body = re.search(rf"#define {macro}\(X\)(.*?)\n\n", text, re.DOTALL).group(1)
    return re.findall(fields, body)


def table_rows(root, document):
    """First cells of the table rows of a document, without backticks."""
    path = root / document
    if not path.exists():
        return None
    return re.findall(r"^\| `([^`|]+)`", path.read_text(), re.MULTILINE)


def compare(document, what, expected, rows, problems):
    if rows is None:
        problems.append(f"{document}: missing")
        return
    for name in expected:
        if rows.count(name) != 1:
            problems.append(f"{document}: {what} `{name}` has {rows.count(name)} table rows, needs one")


def check_tables(root, problems):
    errors = macro_entries(root, "include/chengis/error.h", "CHENGIS_ERR_LIST", r'X\((\w+), (-\d+), "([\w-]+)"')
    rows = table_rows(root, "docs/errors.md")
    compare("docs/errors.md", "code", [f"CHENGIS_ERR_{name}" for name, _, _ in errors], rows, problems)
    text = (root / "docs/errors.md").read_text() if rows is not None else ""
    for name, number, word in errors:
        if f"| `CHENGIS_ERR_{name}` | {number} | `{word}` |" not in text:
            problems.append(f"docs/errors.md: the row of CHENGIS_ERR_{name} must begin with its number {number} and `{word}`")

    events = macro_entries(root, "include/chengis/event.h", "CHENGIS_EVENT_LIST", r'X\(\w+, \d+, "([\w-]+)"')
    compare("docs/events.md", "event", events, table_rows(root, "docs/events.md"), problems)
    statuses = macro_entries(root, "include/chengis/types.h", "CHENGIS_STATUS_LIST", r'X\(\w+, \d+, "([\w-]+)"')
    compare("docs/json.md", "status", statuses, table_rows(root, "docs/json.md"), problems)
    keys = re.findall(r'\.name = "([\w.-]+)"', (root / "src/config/keys.c").read_text())
    compare("docs/configuration.md", "key", keys, table_rows(root, "docs/configuration.md"), problems)


def check_pipeline_keys(root, problems):
    """Every key of the pipeline language, as people write it, is named in the document."""
    text = (root / "docs/pipelines.md").read_text()
    rows = re.findall(r'^    (?:ROW|SAME|LATER)\(\w+, "([^"]+)"(?:, "([^"]+)")?', (root / "src/dsl/keys.c").read_text(), re.M)
    for canonical, usual in sorted(set(rows)):
        for name in filter(None, (canonical, usual)):
            if f"`{name}`" not in text:
                problems.append(f"docs/pipelines.md: key `{name}` is not named")


def check_api_list(root, problems):
    named = set(re.findall(r"`(chengis_\w+)`", (root / "docs/api-changes.md").read_text()))
    for symbol in common.listed_symbols(root):
        if symbol not in named:
            problems.append(f"docs/api-changes.md: `{symbol}` is not listed")


def check_example(root, problems):
    blocks = re.findall(r"```c\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    if (root / "examples/embed_minimal.c").read_text() not in blocks:
        problems.append("README.md: no C block equals examples/embed_minimal.c")


def check_links(root, problems):
    documents = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text()):
            if not re.match(r"[a-z]+:", target) and not (document.parent / target).exists():
                problems.append(f"{document.relative_to(root)}: link to {target}, which does not exist")


def main():
    args = common.arguments(__doc__)
    problems = []
    for check in (check_tables, check_pipeline_keys, check_api_list, check_example, check_links):
        check(args.root, problems)
    common.finish(problems, "the documents agree with the code")


main()
