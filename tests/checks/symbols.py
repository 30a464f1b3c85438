# SPDX-License-Identifier: MIT
"""Exported symbols: the public headers, libchengis.syms and the library itself must name the same functions."""
import pathlib
import subprocess

import common


def exported(library):
    output = subprocess.run(["nm", "-D", "--defined-only", str(library)], check=True, capture_output=True, text=True)
    symbols = set()
    for line in output.stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind != "A":  # the version node itself
            symbols.add(name.split("@")[0])
    return symbols


def differences(one, one_name, other, other_name):
    return ([f"{name}: in {one_name}, not in {other_name}" for name in sorted(one - other)] +
            [f"{name}: in {other_name}, not in {one_name}" for name in sorted(other - one)])


def main():
    args = common.arguments(__doc__, ("--library", {"type": pathlib.Path}),
                            ("--write", {"action": "store_true", "help": "rewrite the list from the headers"}))
    declared = set()
    for header in common.public_headers(args.root):
        declared |= {name for _, _, name, _ in common.declarations(header.read_text())}
    if args.write:
        head = "# The functions that libchengis exports, one a line, sorted. Write anew: tests/checks/symbols.py --write\n"
        (args.root / "tests/checks/libchengis.syms").write_text(head + "".join(f"{s}\n" for s in sorted(declared)))

    lines = common.listed_symbols(args.root)
    listed = set(lines)
    problems = differences(declared, "the headers", listed, "libchengis.syms")
    if lines != sorted(listed):
        problems.append("libchengis.syms: not sorted, or a name stands twice")
    if args.library:
        problems += differences(exported(args.library), args.library.name, listed, "libchengis.syms")
    common.finish(problems, f"{len(listed)} exported functions agree")


main()
