# SPDX-License-Identifier: MIT
"""Report on the length of files and functions. Fails for functions over 100 lines and files over 1,000."""
import re
import statistics

import common

FUNCTION_QUESTION, FUNCTION_MAX = 60, 100
FILE_QUESTION, FILE_MAX = 600, 1000


def functions(text):
    """(name, lines) of the functions of a file in our layout: braces of a function stand in the first column."""
    start, head = None, ""
    for number, line in enumerate(common.code_of(text).splitlines()):
        if line == "{":
            names = re.findall(r"(\w+)\s*\(", head)
            start, name = number, names[0] if names else "?"
        elif line == "}" and start is not None:
            yield name, number - start - 1
            start, head = None, ""
        elif start is None:
            head = head + " " + line if line.strip() and not line.startswith(("#", "}")) else ""


def count_lines(root, folders):
    return sum(path.read_text(errors="replace").count("\n") for path in common.files(root, folders, (".c", ".h")))


def main():
    args = common.arguments(__doc__)
    sizes, problems = [], []
    for path in common.files(args.root, ["src"], (".c",)):
        name, text = path.relative_to(args.root), path.read_text()
        total = text.count("\n")
        if total > FILE_QUESTION:
            print(f"{name}: {total} lines")
        if total > FILE_MAX:
            problems.append(f"{name}: {total} lines, the limit is {FILE_MAX}")
        for function, length in functions(text):
            sizes.append(length)
            if length > FUNCTION_QUESTION:
                print(f"{name}: {function}() has {length} lines")
            if length > FUNCTION_MAX:
                problems.append(f"{name}: {function}() has {length} lines, the limit is {FUNCTION_MAX}")
    source, tests = count_lines(args.root, ["src"]), count_lines(args.root, ["tests"])
    if sizes:
        over = sum(size > 40 for size in sizes)
        print(f"{len(sizes)} functions: median {statistics.median(sizes):.0f} lines, {over} over 40")
    print(f"source {source} lines, tests {tests} lines, ratio {tests / max(source, 1):.2f}")
    common.finish(problems, "no file or function is beyond its limit")


main()
