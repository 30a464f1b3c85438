# SPDX-License-Identifier: MIT
"""Public headers: each compiles alone as C99 and C++, is documented in full, and shows no third-party type."""
import re
import shutil
import subprocess
import tempfile

import common

MAX_LINES = 500
ALLOWED_INCLUDES = {"stddef.h", "stdint.h", "stdbool.h"}
FOREIGN = re.compile(r"\b(json_t|sqlite3\w*|PG(?:conn|result)|git_\w+|CURL\w*|mg_\w+|yaml_\w+|EVP_\w+|FILE|va_list)\b")
TAGS = re.compile(r"@(param|return|thread|blocks|since)\b\s*(\w+|\.\.\.)?")


def compilers():
    c = shutil.which("gcc") or shutil.which("clang") or shutil.which("cc")
    cxx = shutil.which("g++") or shutil.which("clang++") or shutil.which("clang") or c
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
    return [("C99", [c, "-std=c99", "-x", "c", *flags]), ("C++", [cxx, "-std=c++11", "-x", "c++", *flags])]


def compile_alone(root, header, problems):
    name = header.relative_to(root / "include")
    with tempfile.NamedTemporaryFile("w", suffix=".c") as probe:
        probe.write(f"#include <{name}>\n#include <{name}>\nint chengis_probe_;\n")
        probe.flush()
        for language, command in compilers():
            done = subprocess.run([*command, "-I", str(root / "include"), probe.name], capture_output=True, text=True)
            if done.returncode != 0:
                problems.append(f"{name}: does not compile alone as {language}:\n{done.stderr.strip()}")


def parameter_names(text):
    depth, current, parts = 0, "", []
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    parts.append(current)
    names = []
    for part in (p.strip() for p in parts):
        pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", part)
        if pointer:
            names.append(pointer.group(1))
        elif part not in ("", "void", "..."):
            names.append(re.search(r"(\w+)\s*(?:\[[^\]]*\])?$", part).group(1))
    return names


def comment_before(text, position):
    """The text of a documentation comment that ends right before a position."""
    head = text[:position].rstrip()
    if not head.endswith("*/"):
        return None
    start = head.rfind("/*")
    return head[start:] if head.startswith("/**", start) else None


def judge_comment(comment, result, parameters):
    tags = TAGS.findall(comment)
    names = [tag for tag, _ in tags]
    told = [name for tag, name in tags if tag == "param"]
    if told != parameters:
        yield f"@param lines are {told}, the parameters are {parameters}"
    needed = (["return"] if result != "void" else []) + ["thread", "blocks", "since"]
    if [n for n in names if n != "param"] != needed:
        yield f"needs {', '.join('@' + n for n in needed)}, in this order, after the parameters"
    if not re.search(r"/\*\*\s*(?:\n\s*\*\s*)?[A-Z]", comment):
        yield "has no sentence that says what it does"


def judge_text(root, header, problems):
    name, text = header.relative_to(root), header.read_text()
    code = common.code_of(text)
    if text.count("\n") >= MAX_LINES:
        problems.append(f"{name}: {text.count(chr(10))} lines, the limit is {MAX_LINES}")
    for match in FOREIGN.finditer(code):
        problems.append(f"{name}:{common.line_of(code, match.start())}: third-party type {match.group(1)}")
    for match in re.finditer(r"^#\s*include\s*<([^>]+)>", text, re.MULTILINE):
        if match.group(1) not in ALLOWED_INCLUDES and not match.group(1).startswith("chengis/"):
            problems.append(f"{name}:{common.line_of(text, match.start())}: includes <{match.group(1)}>")
    found = list(common.declarations(text))
    marked = len(re.findall(r"^CHENGIS_API\b", code, re.MULTILINE))
    if len(found) != marked:
        problems.append(f"{name}: {marked} CHENGIS_API lines, {len(found)} of them understood")
    for position, result, function, parameters in found:
        where = f"{name}:{common.line_of(text, position)}: {function}"
        comment = comment_before(text, position)
        if comment is None:
            problems.append(f"{where}: no documentation comment")
            continue
        problems += [f"{where}: {p}" for p in judge_comment(comment, result, parameter_names(parameters))]
    return len(found)


def main():
    args = common.arguments(__doc__, ("--no-compile", {"action": "store_true"}))
    problems, functions = [], 0
    headers = common.public_headers(args.root)
    umbrella = (args.root / "include/chengis/chengis.h").read_text()
    for header in headers:
        functions += judge_text(args.root, header, problems)
        if not args.no_compile:
            compile_alone(args.root, header, problems)
        stable = header.parent.name == "chengis"
        if stable != (f"<chengis/{header.name}>" in umbrella) and header.name != "chengis.h":
            problems.append(f"{header.relative_to(args.root)}: chengis.h must include the stable headers and no others")
    common.finish(problems, f"{len(headers)} public headers, {functions} functions documented")


main()
