# SPDX-License-Identifier: MIT
"""What the checks share: the tree, its files, C text without comments and strings, and the result."""
import argparse
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent


def arguments(description, *extra):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent.parent)
    for name, options in extra:
        parser.add_argument(name, **options)
    return parser.parse_args()


def files(root, folders, suffixes):
    """The files below some folders, in a fixed order."""
    found = []
    for folder in folders:
        for directory, names, entries in os.walk(root / folder):
            names[:] = sorted(n for n in names if not n.startswith((".", "build", "__pycache__")))
            found += [pathlib.Path(directory, e) for e in sorted(entries) if e.endswith(suffixes)]
    return found


TOKENS = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def code_of(text):
    """C text with comments and literals blanked out, lines and columns kept. Line comments stay, as `//`."""
    def blank(match):
        token = match.group(0)
        if token.startswith("//"):
            return "//" + " " * (len(token) - 2)
        if token.startswith("/*"):
            return re.sub(r"[^\n]", " ", token)
        return token[0] + " " * (len(token) - 2) + token[-1]
    return TOKENS.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def public_headers(root):
    return files(root, ["include/chengis"], (".h",))


DECLARATION = re.compile(r"^CHENGIS_API\s+([^;]*?)\b(chengis_\w+)\s*\(([^;]*)\)[^;()]*(?:CHENGIS_PRINTF\([^)]*\))?\s*;",
                         re.MULTILINE)


def declarations(text):
    """(position, result type, name, parameter text) of every exported function of a header."""
    code = code_of(text)
    for match in DECLARATION.finditer(code):
        result, name, parameters = match.group(1), match.group(2), match.group(3)
        if "CHENGIS_PRINTF" in parameters:
            parameters = parameters[:parameters.index("CHENGIS_PRINTF")].rstrip().rstrip(")")
        yield match.start(), result.strip(), name, parameters


def listed_symbols(root):
    lines = (root / "tests/checks/libchengis.syms").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def finish(problems, good):
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem(s)")
        sys.exit(1)
    print(good)
