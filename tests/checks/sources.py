# SPDX-License-Identifier: MIT
"""Rules of every source file: licence line, no unfinished work, banned.h last, one door to the heap."""
import re

import common

# Assembled here so that this file does not contain them itself.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
HEAP = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf)\s*\(")
# Programs that do not link libchengis or its heap door.
STANDALONE = {"src/proc/step_reaper.c", "src/proc/step_reaper_main.c"}
LICENCE_C = "/* SPDX-License-Identifier: MIT */\n"
LICENCE_SCRIPT = "# SPDX-License-Identifier: MIT\n"


def lines(text, pattern):
    return [(common.line_of(text, m.start()), m.group(1)) for m in pattern.finditer(text)]


def judge_c(relative, text, problems):
    code = common.code_of(text)
    name = str(relative)
    if not text.startswith(LICENCE_C):
        problems.append(f"{name}:1: the head must be the SPDX line")
    elif relative.parts[0] != "tests" and not text.startswith("/*", len(LICENCE_C)):
        problems.append(f"{name}:2: a comment must say the purpose of the file")
    for line, _ in lines(code, re.compile(r"(//)")):
        problems.append(f"{name}:{line}: a // comment is work in progress")
    if relative.parts[0] != "src" or name in STANDALONE:
        return
    if name != "src/base/alloc.c":
        problems += [f"{name}:{line}: {word}() belongs to base/alloc.c" for line, word in lines(code, HEAP)]
    if relative.suffix == ".c":
        includes = re.findall(r"^#include\s+[<\"]([^>\"]+)", text, re.MULTILINE)
        if includes[-1:] != ["base/banned.h"]:
            problems.append(f"{name}: the last #include must be \"base/banned.h\"")


def main():
    args = common.arguments(__doc__)
    problems, count = [], 0
    for path in common.files(args.root, ["src", "include", "tests", "examples"], (".c", ".h", ".inc", ".py", ".sh")):
        relative, text = path.relative_to(args.root), path.read_text(errors="replace")
        if relative.parts[:2] in (("tests", "data"), ("tests", "fuzz")) and path.suffix not in (".c", ".h"):
            continue
        count += 1
        problems += [f"{relative}:{line}: {word}" for line, word in lines(text, UNFINISHED)]
        if path.suffix in (".c", ".h", ".inc"):
            judge_c(relative, text, problems)
        elif LICENCE_SCRIPT not in text[:200]:
            problems.append(f"{relative}: no SPDX line at the head")
    common.finish(problems, f"{count} files keep the rules of every file")


main()
